from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from crowdhub.people.models import Member
from tests import factories
from tests.api.conftest import API, problem_of

pytestmark = pytest.mark.django_db


def test_signed_out_is_asked_to_authenticate(in_acme, visitor):
    response = visitor.get(f"{API}ideas/")

    assert problem_of(response)[0] == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="CrowdHub"'


@pytest.mark.parametrize("path", ["nothing/", "ideas/2345678901/nothing/", "ideas", "", "ideas/a'b/"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_unknown_address_is_a_problem_for_anybody(in_acme, api, visitor, path, method):
    for client in (visitor, api(in_acme.alice).client):
        assert problem_of(client.generic(method, API + path))[0] == 404


def test_what_cannot_be_seen_is_not_found(in_acme, api, idea):
    response = api(in_acme.ed).get(f"ideas/{idea.public_id}/")

    assert problem_of(response) == (404, "There is nothing here, or nothing that you can see.")
    assert response.json()["instance"] == f"{API}ideas/{idea.public_id}/"
    assert response.json()["type"] == "about:blank"
    assert response.json()["title"] == "Not Found"


def test_malformed_json_is_a_bad_request(in_acme, api):
    response = api(in_acme.alice).client.post(f"{API}comments/", "{", content_type="application/json")

    assert problem_of(response)[0] == 400


@pytest.mark.parametrize("body", ["[" * 100_000 + "]" * 100_000, '{"a":' * 100_000 + "1" + "}" * 100_000])
def test_json_too_deep_to_read_is_a_bad_request(in_acme, api, body):
    response = api(in_acme.alice).client.post(f"{API}comments/", body, content_type="application/json")

    assert problem_of(response)[0] == 400


@pytest.mark.parametrize("body", [[], "text", 3, None, {"challenge": {}}, {"challenge": ["x"]}])
def test_json_of_another_shape_is_a_bad_request(in_acme, api, body):
    assert problem_of(api(in_acme.alice).post("ideas/", body))[0] == 400


def test_other_media_types_are_refused(in_acme, api):
    response = api(in_acme.alice).client.post(f"{API}comments/", "<a/>", content_type="text/xml")

    assert problem_of(response)[0] == 415


def test_other_methods_are_refused(in_acme, api):
    response = api(in_acme.alice).delete("skills/")

    assert problem_of(response)[0] == 405
    assert response.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["skills/", "ideas/", "challenges/", "me/", "standing/"])
def test_options_are_not_there(in_acme, api, path):
    assert problem_of(api(in_acme.alice).client.options(API + path))[0] == 405


def test_formats_that_nobody_renders_are_refused(in_acme, api):
    response = api(in_acme.alice).client.get(f"{API}ideas/", headers={"accept": "text/csv"})

    assert problem_of(response)[0] == 406


@pytest.mark.parametrize(
    ("query", "field"),
    [({"state": "gone"}, "state"), ({"ordering": "body"}, "ordering"), ({"challenge": "x" * 11}, "challenge")],
)
def test_filters_that_make_no_sense_are_refused(in_acme, api, query, field):
    response = api(in_acme.alice).get("ideas/", **query)

    assert problem_of(response)[0] == 400
    assert [error["field"] for error in response.json()["errors"]] == [field]


@pytest.mark.parametrize("page", ["0", "9999", "x", "99999999999999999999"])
def test_pages_that_are_not_there_are_not_found(in_acme, api, page):
    assert problem_of(api(in_acme.alice).get("skills/", page=page))[0] == 404


def test_page_size_has_a_limit(in_acme, api):
    for number in range(101):
        factories.skill(f"Skill {number}")

    response = api(in_acme.alice).get("skills/", page_size="1000")

    assert len(response.json()["results"]) == 100
    assert response.json()["next"].startswith("http://acme.localhost/api/v1/skills/?page=2")


def test_nested_errors_name_the_field(in_acme, api):
    body = {"audience": {"skills": [{"skill": in_acme.welding.public_id, "level": 9}]}}

    response = api(in_acme.carol).post("challenges/", body)

    assert problem_of(response)[0] == 400
    assert [error["field"] for error in response.json()["errors"]] == ["audience.skills.0.level"]


def test_an_unexpected_error_is_a_problem_and_reported(in_acme, api, monkeypatch):
    client = api(in_acme.alice)
    client.client.raise_request_exception = False
    monkeypatch.setattr("crowdhub.api.people.SkillViewSet.visible", lambda self: 1 // 0)

    response = client.get("skills/")

    assert problem_of(response)[0] == 500
    assert "division" not in response.content.decode()
    client.client.raise_request_exception = True
    with pytest.raises(ZeroDivisionError):
        client.get("skills/")


@pytest.mark.parametrize("sign_in", ["api", "by_token"])
def test_refusals_speak_the_language_of_the_member(in_acme, idea, request, sign_in):
    Member.objects.filter(pk=in_acme.alice.pk).update(language="de")

    response = request.getfixturevalue(sign_in)(in_acme.alice).put(f"ideas/{idea.public_id}/vote/")

    assert problem_of(response) == (403, "Du kannst nicht für eine Idee stimmen, an der du selbst mitschreibst.")
    assert response.headers["Content-Language"] == "de"


@pytest.mark.parametrize("sign_in", ["api", "by_token"])
def test_times_are_those_of_the_members_zone(in_acme, idea, request, sign_in):
    Member.objects.filter(pk=in_acme.alice.pk).update(timezone="Asia/Tokyo")

    response = request.getfixturevalue(sign_in)(in_acme.alice).get(f"ideas/{idea.public_id}/")

    assert response.json()["published_at"].endswith("+09:00")


class TestThrottle:
    @pytest.fixture(autouse=True)
    def _three_a_day(self, settings):
        rates = {"DEFAULT_THROTTLE_RATES": {"member": "3/day"}}
        settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | rates

    def test_too_many_requests_have_to_wait(self, in_acme, api):
        alice = api(in_acme.alice)

        statuses = [alice.get("skills/").status_code for _ in range(4)]
        response = alice.get("skills/")

        assert statuses == [200, 200, 200, 429]
        assert problem_of(response)[0] == 429
        assert 0 < int(response.headers["Retry-After"]) <= 86400

    def test_each_member_has_their_own_limit(self, in_acme, api):
        for _ in range(4):
            api(in_acme.alice).get("skills/")

        assert api(in_acme.ed).get("skills/").status_code == 200

    def test_the_limit_holds_in_each_process_while_redis_is_down(self, in_acme, api, settings):
        nowhere = "redis://127.0.0.1:1/0"
        settings.CACHES = {"default": {"BACKEND": "crowdhub.common.cache.ResilientRedisCache", "LOCATION": nowhere}}
        cache._memory.clear()
        alice = api(in_acme.alice)

        assert [alice.get("skills/").status_code for _ in range(4)] == [200, 200, 200, 429]


class TestCsrf:
    @pytest.fixture
    def strict(self, in_acme, as_member) -> Client:
        client = Client(enforce_csrf_checks=True, headers={"host": "acme.localhost"})
        client.cookies = as_member(in_acme.alice).cookies
        return client

    def test_a_session_alone_cannot_write(self, strict, idea):
        response = strict.put(f"{API}ideas/{idea.public_id}/follow/")

        assert problem_of(response)[0] == 403
        assert not idea.follows.exists()

    def test_a_session_with_its_csrf_token_can(self, strict, idea):
        strict.cookies["csrftoken"] = "x" * 32

        response = strict.put(f"{API}ideas/{idea.public_id}/follow/", headers={"x-csrftoken": "x" * 32})

        assert response.status_code == 204
        assert idea.follows.count() == 1

    def test_a_personal_token_needs_none(self, in_acme, by_token, idea):
        program = by_token(in_acme.alice)
        program.client.handler.enforce_csrf_checks = True

        assert program.put(f"ideas/{idea.public_id}/follow/").status_code == 204
