from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.reports.domain.exports import request_export
from crowdhub.reports.models import Export
from tests.api.conftest import fields_of, problem_of

pytestmark = pytest.mark.django_db

BODY = {"file_format": "csv", "first_month": "2026-03-01", "last_month": "2026-04-30"}


@pytest.fixture
def export(in_acme) -> Export:
    """Dave's export, which is done."""
    made = waiting(in_acme.dave, 1)
    Export.objects.filter(pk=made.pk).update(
        state="done", progress=100, content=b"a;b", file_name="engagement.csv", finished_at=timezone.now()
    )
    made.refresh_from_db()
    return made


def waiting(actor, month: int) -> Export:
    day = timezone.datetime(2026, month, 1).date()
    return request_export("engagement", "csv", day, day, actor=actor)


def test_request_and_wait(in_acme, api):
    dave = api(in_acme.dave)

    asked = dave.post("exports/", BODY)
    again = dave.post("exports/", BODY)
    found = dave.get(f"exports/{asked.json()['id']}/").json()

    assert asked.status_code == 202
    assert again.json()["id"] == asked.json()["id"]
    assert (found["state"], found["progress"], found["last_month"]) == ("waiting", 0, "2026-04-01")
    assert problem_of(dave.get(f"exports/{found['id']}/file/"))[0] == 409


def test_download_is_put_on_record(in_acme, api, export):
    dave = api(in_acme.dave)

    response = dave.client.get(f"/api/v1/exports/{export.public_id}/file/", headers={"accept": "text/csv"})

    assert (response.status_code, response.content) == (200, b"a;b")
    assert response.headers["Content-Disposition"] == 'attachment; filename="engagement.csv"'
    assert Event.objects.filter(verb=Verb.EXPORT_DOWNLOADED, actor=in_acme.dave).count() == 1
    downloads = dave.get(f"exports/{export.public_id}/").json()["downloads"]
    assert [download["person"]["name"] for download in downloads] == ["Dave"]


@pytest.mark.parametrize("who", ["alice", "bob", "carol", "ed", "erin", "grace"])
def test_reports_are_for_hr(in_acme, api, export, who):
    program = api(getattr(in_acme, who))

    for address in ("exports/", f"exports/{export.public_id}/", f"exports/{export.public_id}/file/"):
        assert problem_of(program.get(address))[0] == 403
    assert problem_of(program.post("exports/", BODY))[0] == 403
    assert Export.objects.count() == 1


def test_auditor_reads_the_log_only(in_acme, api, export):
    frank = api(in_acme.frank)

    assert frank.get("exports/").json()["results"][0]["requested_by"]["name"] == "Dave"
    assert frank.get(f"exports/{export.public_id}/").status_code == 200
    assert problem_of(frank.get(f"exports/{export.public_id}/file/"))[0] == 403
    assert problem_of(frank.post("exports/", BODY))[0] == 403


def test_hr_of_another_organization_finds_nothing(in_acme, api, export):
    mallory = api(in_acme.mallory)

    assert mallory.get("exports/").json()["count"] == 0
    assert problem_of(mallory.get(f"exports/{export.public_id}/"))[0] == 404
    assert problem_of(mallory.get(f"exports/{export.public_id}/file/"))[0] == 404


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"last_month": "2026-02-01"}, 422, "last_month"),
        ({"last_month": "9999-12-31"}, 422, "last_month"),
        ({"first_month": "0001-01-01"}, 422, "first_month"),
        ({"first_month": "March"}, 400, "first_month"),
        ({"file_format": "pdf"}, 400, "file_format"),
        ({"kind": "everything"}, 400, "kind"),
    ],
)
def test_reports_that_make_no_sense_are_refused(in_acme, api, change, status, field):
    response = api(in_acme.dave).post("exports/", BODY | change)

    assert problem_of(response)[0] == status
    assert fields_of(response) == {field}


def test_same_number_of_queries_for_one_and_three(in_acme, api, export, django_assert_num_queries):
    dave = api(in_acme.dave)
    dave.get("exports/")
    with CaptureQueriesContext(connection) as one:
        dave.get("exports/")
    for month in (2, 3):
        waiting(in_acme.dave, month)

    with django_assert_num_queries(len(one)):
        assert dave.get("exports/").json()["count"] == 3
