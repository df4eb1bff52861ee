"""Sign-in by e-mail and password, bound to the organization of the host."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from crowdhub.activity.models import OutboxRow
from crowdhub.people.domain import joining
from crowdhub.people.mail import password_url
from crowdhub.people.models import Member
from crowdhub.tenancy.context import tenant
from crowdhub.tenancy.models import Organization
from tests import factories
from tests.harness.outbox import run_consumers

PASSWORD = "a-lamp-in-the-hall"
LOGIN = "/accounts/login/"


def browser(slug: str = "acme") -> Client:
    return Client(headers={"host": f"{slug}.localhost"})


def with_password(member: Member, password: str = PASSWORD) -> Member:
    with tenant(member.organization):
        member.set_password(password)
        member.save()
    return member


def sign_in(client: Client, email: str, password: str = PASSWORD):
    return client.post(LOGIN, {"login": email, "password": password})


def signed_in_as(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def path_of(url: str) -> str:
    return re.sub(r"^https?://[^/]+", "", url)


def choose_password(client: Client, url: str, password: str):
    """Follow a link to a new password as a browser does, through its redirect."""
    page = client.get(path_of(url), follow=True)
    if not page.redirect_chain:
        return page
    return client.post(page.redirect_chain[-1][0], {"password1": password, "password2": password})


def test_sign_in_with_password(cast):
    with_password(cast.alice)
    client = browser()

    response = sign_in(client, "Alice@acme.example")

    assert response.status_code == 302
    assert response.url == reverse("pages:home")
    assert signed_in_as(client) == str(cast.alice.pk)


@pytest.mark.parametrize("email", ["alice@acme.example", "nobody@acme.example"])
def test_sign_in_with_wrong_password_says_the_same_for_known_and_unknown(cast, email):
    with_password(cast.alice)
    client = browser()

    response = sign_in(client, email, "something else")

    assert response.status_code == 200
    assert "The email address and/or password you specified are not correct." in response.content.decode()
    assert signed_in_as(client) is None


def test_sign_in_with_one_address_in_two_organizations(cast):
    with tenant(cast.globex):
        other = factories.member("Alice", email="alice@acme.example")
    with_password(cast.alice, "the acme password")
    with_password(other, "the globex password")
    at_acme, at_globex = browser(), browser("globex")

    sign_in(at_acme, "alice@acme.example", "the acme password")
    sign_in(at_globex, "alice@acme.example", "the globex password")
    crossed = browser()
    sign_in(crossed, "alice@acme.example", "the globex password")

    assert signed_in_as(at_acme) == str(cast.alice.pk)
    assert signed_in_as(at_globex) == str(other.pk)
    assert signed_in_as(crossed) is None


def test_sign_in_by_member_of_other_organization_is_refused(cast):
    with_password(cast.mallory)
    client = browser("acme")

    sign_in(client, cast.mallory.email)

    assert signed_in_as(client) is None


def test_replayed_cookie_on_another_host_finds_nobody(cast, as_member):
    at_acme = as_member(cast.alice)
    at_globex = browser("globex")
    at_globex.cookies = at_acme.cookies

    response = at_globex.get(reverse("people:me"))

    assert at_acme.get(reverse("people:me")).status_code == 200
    assert response.status_code == 302
    assert response.url.startswith(LOGIN)


def test_deactivated_member_is_signed_out_and_cannot_sign_in(cast, as_member):
    client = as_member(with_password(cast.alice))
    with tenant(cast.acme):
        Member.objects.filter(pk=cast.alice.pk).update(is_active=False)

    response = client.get(reverse("people:me"))
    again = browser()
    sign_in(again, cast.alice.email)

    assert response.status_code == 302
    assert signed_in_as(again) is None


def test_sign_in_is_refused_after_too_many_attempts(cast):
    with_password(cast.alice)
    client = browser()
    for _attempt in range(5):
        sign_in(client, cast.alice.email, "wrong")

    response = sign_in(client, cast.alice.email)

    assert "Too many failed login attempts" in response.content.decode()
    assert signed_in_as(client) is None


def test_too_many_attempts_are_counted_apart_in_each_organization(cast):
    with tenant(cast.globex):
        other = with_password(factories.member("Alice", email="alice@acme.example"))
    for _attempt in range(5):
        sign_in(browser(), "alice@acme.example", "wrong")
    client = browser("globex")

    sign_in(client, other.email)

    assert signed_in_as(client) == str(other.pk)


def test_sign_up_is_closed(cast, visitor):
    page = visitor.get("/accounts/signup/")
    visitor.post("/accounts/signup/", {"email": "x@acme.example", "password1": PASSWORD})

    assert "By invitation only" in page.content.decode()
    with tenant(cast.acme):
        assert not Member.objects.filter(email="x@acme.example").exists()


@pytest.mark.parametrize("email", ["alice@acme.example", "nobody@acme.example", "mallory@globex.example"])
def test_password_reset_answers_the_same_for_every_address(cast, visitor, email):
    response = visitor.post("/accounts/password/reset/", {"email": email})

    assert response.status_code == 302
    assert response.url == reverse("account_reset_password_done")


def test_password_link_changes_the_password_once(in_acme, visitor):
    assert joining.mail_password_links({in_acme.alice.pk: 1}) == 1
    message = mail.outbox[0]
    url = re.search(r"http://acme\.localhost\S+", message.body)[0]

    choose_password(visitor, url, "ten-quiet-rivers")
    client = browser()
    sign_in(client, in_acme.alice.email, "ten-quiet-rivers")
    second = browser()
    choose_password(second, url, "another-one-altogether")
    sign_in(second, in_acme.alice.email, "another-one-altogether")

    assert message.to == ["alice@acme.example"]
    assert url in message.alternatives[0].content.replace("&amp;", "&")
    assert signed_in_as(client) == str(in_acme.alice.pk)
    assert signed_in_as(second) is None


def test_password_link_of_one_organization_fails_on_another_host(cast):
    with tenant(cast.acme):
        url = password_url(cast.alice)

    response = choose_password(browser("globex"), url, "ten-quiet-rivers")

    assert "ten-quiet-rivers" not in response.content.decode()
    with tenant(cast.acme):
        cast.alice.refresh_from_db()
        assert not cast.alice.check_password("ten-quiet-rivers")


def test_invitation_leads_into_the_account(in_acme, visitor):
    ann = factories.member("Ann")

    joining.invite_member(ann, actor=in_acme.erin)
    run_consumers()
    url = re.search(r"http://acme\.localhost\S+", mail.outbox[0].body)[0]
    choose_password(visitor, url, "ten-quiet-rivers")
    client = browser()
    sign_in(client, ann.email, "ten-quiet-rivers")

    assert mail.outbox[0].to == [ann.email]
    assert signed_in_as(client) == str(ann.pk)


def test_invitation_mail_is_not_sent_to_someone_who_joined_meanwhile(in_acme):
    ann = factories.member("Ann")
    joining.invite_member(ann, actor=in_acme.erin)
    Member.objects.filter(pk=ann.pk).update(last_login=ann.joined_on.isoformat() + "T00:00Z")

    run_consumers()

    assert mail.outbox == []


@pytest.mark.parametrize("kind", ["invitation", "password"])
def test_mail_that_is_sent_twice_can_be_told_from_one_that_is_asked_for_twice(in_acme, kind):
    ann = factories.member("Ann")

    def ask() -> None:
        if kind == "invitation":
            joining.invite_member(ann, actor=in_acme.erin)
        else:
            joining.ask_for_password_link(ann)
        run_consumers()

    ask()
    OutboxRow.objects.update(done_at=None)
    run_consumers()
    ask()

    first, again, asked_again = [message.message()["Message-ID"] for message in mail.outbox]
    assert first == again
    assert first != asked_again
    assert first.endswith("@acme.localhost>")


def test_second_factor_is_activated_and_then_asked_for(cast, monkeypatch):
    from allauth.mfa.totp.internal import auth

    # Time stands still, or a code could grow old between being made and being checked.
    monkeypatch.setattr(auth, "yield_hotp_counters_from_time", lambda: iter([1]))

    def code(secret: str) -> str:
        return auth.format_hotp_value(auth.hotp_value(secret, 1))

    with_password(cast.alice)
    client = browser()
    sign_in(client, cast.alice.email)

    first = client.get(reverse("mfa_activate_totp"))
    client.post(first.url, {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    secret = client.session["mfa.totp.secret"]
    activated = client.post(reverse("mfa_activate_totp"), {"code": code(secret)})
    again = browser()
    challenged = sign_in(again, cast.alice.email)

    assert first.url.startswith(reverse("account_reauthenticate"))
    assert page.status_code == 200
    assert activated.status_code == 302
    assert challenged.url == reverse("mfa_authenticate")
    assert signed_in_as(again) is None
    assert client.get(reverse("mfa_view_recovery_codes")).status_code == 200


def test_members_do_not_change_their_own_address(cast, as_member, visitor):
    client = as_member(cast.alice)

    refused = client.post(reverse("account_email"), {"email": "other@acme.example", "action_add": ""})

    assert refused.status_code == 403
    assert "Administrators look after addresses." in refused.content.decode()
    assert visitor.get(reverse("account_email")).status_code == 302


def test_sign_in_and_its_limit_work_while_redis_is_down(cast, settings):
    with_password(cast.alice)
    nowhere = "redis://127.0.0.1:1/0"
    settings.CACHES = {"default": {"BACKEND": "crowdhub.common.cache.ResilientRedisCache", "LOCATION": nowhere}}
    cache._memory.clear()
    client = browser()

    sign_in(client, cast.alice.email)
    for _attempt in range(5):
        sign_in(browser(), cast.alice.email, "wrong")
    limited = browser()
    response = sign_in(limited, cast.alice.email)

    assert signed_in_as(client) == str(cast.alice.pk)
    assert "Too many failed login attempts" in response.content.decode()
    assert signed_in_as(limited) is None


@pytest.mark.parametrize("path", ["/", "/inbox/", "/api/v1/ideas/", "/challenges/nothing/"])
def test_no_cache_on_the_way_keeps_what_a_member_reads(cast, as_member, path):
    response = as_member(cast.alice).get(path)

    assert response.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [("fr, pl;q=0.5", "de"), ("", "de"), ("*", "de"), ("fr, en-GB;q=0.8, de;q=0.5", "en"), ("; ,q=nothing", "de")],
)
def test_visitor_reads_the_language_they_ask_for_or_else_the_organizations(cast, asked, spoken):
    with tenant(cast.alice.organization):
        Organization.objects.filter(pk=cast.alice.organization_id).update(language="de")

    page = browser().get(LOGIN, headers={"accept-language": asked})

    assert page.headers["Content-Language"] == spoken
    assert f'<html lang="{spoken}"' in page.text
