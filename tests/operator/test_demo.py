"""What only a demo has."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from django.test import Client
from django.urls import reverse

from crowdhub.people.models import Member
from crowdhub.tenancy.context import tenant


@pytest.fixture
def demo(settings, tmp_path):
    settings.DEMO = True
    settings.DEMO_MAILBOX = str(tmp_path)
    return tmp_path


def put_mail(folder, name: str, to: str, *, subject: str = "Hello", html: str = "<p>Hi</p>") -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "CrowdHub <x@crowdhub.invalid>", to, subject
    mail["Date"] = "Sat, 21 Nov 2026 12:00:00 +0000"
    mail["X-Envelope-To"] = to
    mail.set_content("See http://acme.localhost/ for more.")
    mail.add_alternative(html, subtype="html")
    (folder / f"{name}.eml").write_bytes(bytes(mail))


def signed_in_as(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def test_one_click_signs_in(cast, visitor, demo):
    response = visitor.post(reverse("demo:sign-in"), {"email": cast.alice.email})

    assert response.status_code == 302
    assert signed_in_as(visitor) == str(cast.alice.pk)


def test_sign_in_page_offers_the_cast_of_this_organization(cast, visitor, demo):
    page = visitor.get("/accounts/login/")

    assert [person["email"].split("@")[0] for person in page.context["demo_cast"]] == [
        "alice",
        "bob",
        "carol",
        "dave",
        "ed",
        "erin",
        "grace",
        "frank",
    ]
    assert "mallory" not in page.content.decode()


def test_one_click_is_for_the_cast_of_this_organization_only(cast, visitor, demo):
    with tenant(cast.acme):
        Member.objects.filter(pk=cast.ed.pk).update(is_active=False)

    for email in (cast.mallory.email, cast.ed.email, "nobody@acme.example", ""):
        assert visitor.post(reverse("demo:sign-in"), {"email": email}).status_code == 404
    assert signed_in_as(visitor) is None


@pytest.mark.parametrize(("target", "leads"), [("/people/me/", "/people/me/"), ("https://evil.example/", "/")])
def test_one_click_leads_on_to_pages_of_ours_only(cast, visitor, demo, target, leads):
    response = visitor.post(reverse("demo:sign-in"), {"email": cast.alice.email, "next": target})

    assert response.url == leads


def test_without_a_demo_there_is_none_of_it(cast, visitor, settings):
    settings.DEMO = False

    assert visitor.post(reverse("demo:sign-in"), {"email": cast.alice.email}).status_code == 404
    assert visitor.get(reverse("demo:mailbox")).status_code == 404
    assert visitor.get(reverse("demo:letter", args=["1-1"])).status_code == 404
    assert visitor.get(reverse("demo:letter-html", args=["1-1"])).status_code == 404
    assert "demo_cast" not in visitor.get("/accounts/login/").context


def test_mailbox_shows_mail_to_members_of_this_organization_newest_first(cast, visitor, demo):
    put_mail(demo, "1-1", cast.alice.email, subject="First")
    put_mail(demo, "2-1", cast.alice.email, subject="Second")
    put_mail(demo, "3-1", cast.mallory.email, subject="Secret of globex")

    page = visitor.get(reverse("demo:mailbox"))

    assert [letter.subject for letter in page.context["letters"]] == ["Second", "First"]
    assert "Secret" not in page.content.decode()
    assert visitor.get(reverse("demo:letter", args=["3-1"])).status_code == 404
    assert visitor.get(reverse("demo:letter-html", args=["3-1"])).status_code == 404
    assert visitor.get(reverse("demo:letter", args=["9-9"])).status_code == 404


def test_mail_is_shown_as_text_and_in_a_frame_that_can_do_nothing(cast, visitor, demo):
    put_mail(demo, "1-1", cast.alice.email, html="<script>alert(1)</script><p style='color:red'>Hi</p>")

    page = visitor.get(reverse("demo:letter", args=["1-1"]))
    html = visitor.get(reverse("demo:letter-html", args=["1-1"]))

    assert 'href="http://acme.localhost/"' in page.content.decode()
    assert "<script>alert" not in page.content.decode()
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    policy = html.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "sandbox" in policy
    assert html.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_mailbox_without_a_folder_is_empty(cast, visitor, settings):
    settings.DEMO, settings.DEMO_MAILBOX = True, ""

    assert "No mail has been sent yet" in visitor.get(reverse("demo:mailbox")).content.decode()
