from __future__ import annotations

import hashlib
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.api.enums import Scope
from crowdhub.api.models import PersonalToken
from crowdhub.api.tokens import (
    ExpiresInThePast,
    NoScope,
    NoTokenName,
    TokenMadeAlready,
    TooManyTokens,
    create_token,
    find_token,
    note_use,
    revoke_token,
)
from crowdhub.tenancy.context import tenant
from tests.api.conftest import API, problem_of, with_secret

pytestmark = pytest.mark.django_db

TOKENS = "/people/me/tokens/"


def new_token(member, **options):
    return create_token(member, **({"name": "CI", "scopes": [Scope.READ], "expires_at": None} | options))


def test_secret_is_long_random_and_stored_as_a_digest(in_acme):
    token, secret = new_token(in_acme.alice)

    assert secret.startswith("chub_")
    assert len(secret) == 45
    assert token.digest == hashlib.sha256(secret.encode()).hexdigest()
    stored = PersonalToken.objects.filter(pk=token.pk).values().get()
    assert not any(secret in str(value) for value in stored.values())


@pytest.mark.parametrize(
    ("options", "refusal"),
    [
        ({"name": " "}, NoTokenName),
        ({"name": "x" * 81}, NoTokenName),
        ({"scopes": []}, NoScope),
        ({"scopes": ["everything"]}, NoScope),
        ({"expires_at": timezone.now() - timedelta(days=1)}, ExpiresInThePast),
    ],
)
def test_token_that_makes_no_sense_is_refused(in_acme, options, refusal):
    with pytest.raises(refusal):
        new_token(in_acme.alice, **options)


def test_twenty_tokens_are_enough(in_acme):
    for _ in range(20):
        new_token(in_acme.alice)

    with pytest.raises(TooManyTokens):
        new_token(in_acme.alice)
    new_token(in_acme.ed)


def test_token_signs_in(in_acme, by_token):
    me = by_token(in_acme.bob, Scope.READ).get("me/").json()

    assert (me["id"], me["roles"], me["scopes"]) == (in_acme.bob.public_id, ["moderator"], ["read"])


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer chub_", "Bearer chub_" + "a" * 40, "Bearer a b", "Bearer ché", "Bearer \x00", "Token abc"],
)
def test_anything_else_does_not(in_acme, header):
    client = Client(headers={"host": "acme.localhost", "authorization": header})

    response = client.get(f"{API}me/")

    assert problem_of(response)[0] == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="CrowdHub"'


def test_token_of_another_organization_is_unknown(in_acme, by_token):
    program = by_token(in_acme.mallory, host="acme.localhost")

    assert problem_of(program.get("me/"))[0] == 401
    assert by_token(in_acme.mallory).get("me/").json()["id"] == in_acme.mallory.public_id


def test_expired_token_is_unknown(in_acme):
    now = timezone.now()
    _token, secret = new_token(in_acme.alice, expires_at=now + timedelta(days=1))

    assert find_token(secret, now=now) is not None
    assert find_token(secret, now=now + timedelta(days=1)) is None


def test_revoked_token_is_unknown(in_acme):
    token, secret = new_token(in_acme.alice)
    assert with_secret(secret).get(f"{API}me/").status_code == 200

    revoke_token(token, actor=in_acme.alice)

    assert problem_of(with_secret(secret).get(f"{API}me/"))[0] == 401


def test_making_and_revoking_a_token_are_on_record_once_each(in_acme):
    token, _secret = new_token(in_acme.alice)
    revoke_token(token, actor=in_acme.alice)
    revoke_token(token, actor=in_acme.alice)

    events = list(Event.objects.order_by("pk"))
    assert [(event.verb, event.actor, event.member, event.data) for event in events] == [
        (Verb.TOKEN_CREATED, in_acme.alice, in_acme.alice, {"token": token.pk, "scopes": ["read"]}),
        (Verb.TOKEN_REVOKED, in_acme.alice, in_acme.alice, {"token": token.pk}),
    ]


class TestSecondPress:
    """Only the second answer is seen, so its secret must be the one that opens."""

    def test_is_one_token_with_the_second_secret(self, in_acme):
        uuid = uuid4()

        (first, lost), (second, secret) = (new_token(in_acme.alice, client_uuid=uuid) for _press in range(2))

        assert first == second == PersonalToken.objects.get()
        assert find_token(lost) is None
        assert find_token(secret) == second
        assert list(Event.objects.values_list("verb", flat=True)) == [Verb.TOKEN_CREATED]

    @pytest.mark.parametrize("since", ["used", "revoked", "renamed", "rescoped"])
    def test_long_after_the_first_takes_no_secret_away(self, in_acme, since):
        uuid = uuid4()
        token, secret = new_token(in_acme.alice, client_uuid=uuid)
        if since == "used":
            note_use(token)
        if since == "revoked":
            revoke_token(token, actor=in_acme.alice)
        other = {"renamed": {"name": "Another"}, "rescoped": {"scopes": ["write"]}}.get(since, {})

        with pytest.raises(TokenMadeAlready):
            new_token(in_acme.alice, client_uuid=uuid, **other)

        assert (find_token(secret) is None) == (since == "revoked")
        assert new_token(in_acme.ed, client_uuid=uuid)[0] != token

    def test_on_the_page_and_a_third_one_that_is_meant(self, in_acme, as_member):
        browser = as_member(in_acme.alice)
        typed = {"name": "CI", "scopes": ["read"], "lifetime": "30"}
        typed["client_uuid"] = browser.get(TOKENS).context["form"]["client_uuid"].value()

        secrets = [browser.post(TOKENS, typed).context["secret"] for _press in range(2)]
        with_secret(secrets[1]).get(f"{API}me/")
        asked = browser.post(TOKENS, typed)
        meant = browser.post(TOKENS, typed | {"client_uuid": asked.context["form"]["client_uuid"].value()})

        assert [with_secret(secret).get(f"{API}me/").status_code for secret in secrets] == [401, 200]
        assert asked.status_code == 409
        assert "This form has already made a token." in asked.content.decode()
        assert meant.status_code == 200
        assert PersonalToken.objects.count() == 2


def test_refused_token_is_not_on_record(in_acme):
    with pytest.raises(NoScope):
        new_token(in_acme.alice, scopes=[])

    assert not Event.objects.exists()


def test_token_dies_with_its_member(in_acme):
    _token, secret = new_token(in_acme.alice)
    in_acme.alice.is_active = False
    in_acme.alice.save()

    assert problem_of(with_secret(secret).get(f"{API}me/"))[0] == 401


def test_use_is_noted_once_a_minute(in_acme):
    token, _secret = new_token(in_acme.alice)
    now = timezone.now()

    for seconds in (0, 30, 61):
        note_use(token, now=now + timedelta(seconds=seconds))
        token.refresh_from_db()
        assert token.last_used_at == now + timedelta(seconds=61 if seconds > 60 else 0)


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("get", "ideas/", Scope.READ),
        ("get", "members/", Scope.READ),
        ("put", "ideas/{idea}/follow/", Scope.WRITE),
        ("put", "me/skills/", Scope.WRITE),
        ("get", "cases/", Scope.MODERATE),
        ("post", "cases/2345678901/claim/", Scope.MODERATE),
        ("post", "challenges/", Scope.MANAGE),
        ("post", "challenges/{challenge}/launch/", Scope.MANAGE),
        ("post", "ideas/{idea}/answer/", Scope.MANAGE),
        ("get", "exports/", Scope.EXPORT),
        ("get", "terms/", Scope.MANAGE),
    ],
)
def test_each_request_needs_its_scope(in_acme, by_token, challenge, idea, method, path, scope):
    path = path.format(idea=idea.public_id, challenge=challenge.public_id)
    sends = {} if method == "get" else {"body": {}}
    others = [other for other in Scope if other != scope]

    refused = getattr(by_token(in_acme.carol, *others), method)(path, **sends)
    allowed = getattr(by_token(in_acme.carol, scope), method)(path, **sends)

    assert problem_of(refused) == (403, f"This token lacks the scope “{scope}”.")
    assert "lacks the scope" not in allowed.content.decode()


class TestPage:
    def test_secret_is_shown_once(self, in_acme, as_member):
        browser = as_member(in_acme.alice)

        made = browser.post(TOKENS, {"name": "CI", "scopes": ["read", "write"], "lifetime": "30"})
        again = browser.get(TOKENS)

        secret = made.context["secret"]
        assert made.status_code == 200
        assert made.headers["Cache-Control"].count("no-store")
        assert secret in made.content.decode()
        assert secret not in again.content.decode()
        assert with_secret(secret).get(f"{API}me/").json()["scopes"] == ["read", "write"]
        token = PersonalToken.objects.get()
        assert timedelta(days=29) < token.expires_at - timezone.now() < timedelta(days=30)

    @pytest.mark.parametrize(
        "typed", [{}, {"name": "CI"}, {"name": "CI", "scopes": ["moderate"]}, {"name": "CI", "scopes": ["x"]}]
    )
    def test_incomplete_form_keeps_what_was_typed(self, in_acme, as_member, typed):
        response = as_member(in_acme.alice).post(TOKENS, typed)

        assert response.status_code == 422
        assert not PersonalToken.objects.exists()
        assert typed.get("name", "") in response.content.decode()

    def test_password_is_asked_for_again_and_what_was_typed_is_kept(self, in_acme, as_member):
        in_acme.alice.set_password("a-lamp-in-the-hall")
        in_acme.alice.save()
        browser = as_member(in_acme.alice)

        asked = browser.post(TOKENS, {"name": "CI", "scopes": ["read"], "lifetime": "30"})
        wrong = browser.post(asked.url, {"password": "something else"})
        made_before = PersonalToken.objects.count()
        made = browser.post(asked.url, {"password": "a-lamp-in-the-hall", "next": TOKENS})
        second = browser.post(TOKENS, {"name": "CI 2", "scopes": ["read"], "lifetime": "30"})

        assert browser.get(TOKENS).status_code == 200
        assert asked.url.startswith(reverse("account_reauthenticate"))
        assert (wrong.status_code, made_before) == (200, 0)
        assert with_secret(made.context["secret"]).get(f"{API}me/").status_code == 200
        assert made.headers["Cache-Control"].count("no-store")
        assert second.context["secret"]
        assert sorted(PersonalToken.objects.values_list("name", flat=True)) == ["CI", "CI 2"]

    def test_only_useful_scopes_are_offered(self, in_acme, as_member):
        def offered(member):
            return [value for value, _label in as_member(member).get(TOKENS).context["form"].fields["scopes"].choices]

        assert offered(in_acme.alice) == ["read", "write"]
        assert offered(in_acme.bob) == ["read", "write", "moderate"]
        assert offered(in_acme.carol) == ["read", "write", "manage"]
        assert offered(in_acme.dave) == ["read", "write", "export"]

    def test_list_marks_expired_tokens(self, in_acme, as_member):
        now = timezone.now()
        new_token(in_acme.alice, expires_at=now - timedelta(days=1), now=now - timedelta(days=2))

        assert "Expired" in as_member(in_acme.alice).get(TOKENS).content.decode()

    def test_token_can_be_revoked_by_its_member_alone(self, in_acme, as_member):
        token, secret = new_token(in_acme.alice)
        address = reverse("api:revoke_token", args=[token.public_id])

        assert as_member(in_acme.erin).post(address).status_code == 404
        assert as_member(in_acme.mallory).post(address).status_code == 404
        assert as_member(in_acme.alice).get(address).url == TOKENS
        assert with_secret(secret).get(f"{API}me/").status_code == 200
        assert as_member(in_acme.alice).post(address).status_code == 302
        assert with_secret(secret).get(f"{API}me/").status_code == 401

    def test_page_shows_own_tokens_only(self, in_acme, as_member):
        new_token(in_acme.alice, name="Of Alice")
        with tenant(in_acme.globex):
            new_token(in_acme.mallory, name="Of Mallory")

        page = as_member(in_acme.ed).get(TOKENS).content.decode()

        assert "Of Alice" not in page
        assert "Of Mallory" not in page

    def test_visitor_is_led_to_the_sign_in_page(self, in_acme, visitor):
        response = visitor.get(TOKENS)

        assert response.status_code == 302
        assert "login" in response.headers["Location"]
