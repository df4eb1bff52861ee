"""Beginning a challenge once, however often the button is pressed."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.urls import reverse

from challenges.domain.beginning import begin_from_template
from challenges.domain.drafting import create_challenge
from challenges.models import Challenge
from challenges.question_templates import TEMPLATE_NAMED
from crowdhub.people.enums import Role
from crowdhub.tenancy.context import tenant
from tests import factories
from tests.harness.races import overlap

NEW = reverse("challenges:new")
UUID_FIELD = re.compile(r'name="client_uuid" value="([^"]+)"')


@pytest.fixture
def carol(in_acme, as_member):
    return as_member(in_acme.carol)


def form(**changes: str) -> dict[str, str]:
    typed = {"title": "Less heat?", "objective": "A tenth less.", "kind": "ideas", "language": "en", "version": "0"}
    return typed | {"client_uuid": str(uuid4())} | changes


def test_the_page_gives_each_form_a_uuid_of_its_own(carol):
    pages = [carol.get(url).content.decode() for url in (NEW, NEW, reverse("challenges:templates"))]

    found = [uuid for page in pages for uuid in UUID_FIELD.findall(page)]
    assert len(set(map(UUID, found))) == len(found) == 2 + 4


def test_two_presses_make_one_draft_and_lead_to_the_same_page(carol):
    typed = form()

    first, second = carol.post(NEW, typed), carol.post(NEW, typed)

    challenge = Challenge.objects.get()
    assert first.url == second.url == reverse("challenges:edit", args=[challenge.public_id, "audience"])
    assert (challenge.title, challenge.version) == ("Less heat?", 0)
    assert challenge.managers.count() == 1


def test_other_words_from_the_same_page_change_the_draft(carol):
    typed = form()
    carol.post(NEW, typed)

    response = carol.post(NEW, typed | {"title": "Much less heat?"})

    assert response.status_code == 302
    assert Challenge.objects.get().title == "Much less heat?"


def test_the_page_of_before_overwrites_nothing_that_was_written_since(carol):
    typed = form()
    carol.post(NEW, typed)
    challenge = Challenge.objects.get()
    carol.post(reverse("challenges:edit", args=[challenge.public_id, "question"]), typed | {"title": "Since"})

    response = carol.post(NEW, typed | {"title": "Before"})

    challenge.refresh_from_db()
    assert response.status_code == 409
    assert challenge.title == "Since"
    assert "Before" in response.content.decode()


def test_uuid_of_somebody_else_begins_a_draft_of_ones_own(in_acme, as_member, carol):
    factories.grant(in_acme.ed, Role.MANAGER)
    typed = form()
    carol.post(NEW, typed)

    response = as_member(in_acme.ed).post(NEW, typed | {"title": "Mine"})

    assert response.status_code == 302
    assert sorted(Challenge.objects.values_list("title", "created_by")) == [
        ("Less heat?", in_acme.carol.pk),
        ("Mine", in_acme.ed.pk),
    ]


@pytest.mark.parametrize("uuid", ["", "nothing"])
def test_without_a_uuid_each_press_counts(carol, uuid):
    sent = form(client_uuid=uuid)

    statuses = [carol.post(NEW, sent).status_code for _press in range(2)]

    assert statuses == ([302, 302] if not uuid else [422, 422])
    assert Challenge.objects.count() == (0 if uuid else 2)


def test_two_presses_of_a_template_make_one_draft(carol):
    url, sent = reverse("challenges:begin", args=["cost"]), {"client_uuid": str(uuid4())}

    first, second = carol.post(url, sent), carol.post(url, sent)
    carol.post(url, {"client_uuid": str(uuid4())})
    carol.post(url, {"client_uuid": "nothing"})

    assert first.url == second.url
    assert Challenge.objects.count() == 3


@pytest.mark.parametrize("with_template", [True, False])
def test_both_presses_at_once_make_one_draft(committed_db, with_template):
    acme, uuid = factories.organization("acme"), uuid4()
    with tenant(acme), transaction.atomic():
        carol = factories.member("Carol")
        factories.grant(carol, Role.MANAGER)

    def begin() -> Challenge:
        if with_template:
            return begin_from_template(TEMPLATE_NAMED["cost"], actor=carol, client_uuid=uuid)
        return create_challenge(actor=carol, client_uuid=uuid, title="Less heat?")

    made = overlap(acme, begin, lambda: None, lambda _nothing: begin())

    with tenant(acme), transaction.atomic():
        challenge = Challenge.objects.get()
        assert made == challenge
        assert challenge.managers.count() == 1
