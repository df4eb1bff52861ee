"""A session that ends while somebody writes loses nothing of what they wrote, wherever a form is sent."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from challenges.models import Challenge
from ideas.models import Comment
from tests import factories
from tests.harness import uploads
from tests.tenancy.matrix import MATRIX

pytestmark = pytest.mark.django_db
WRITTEN = "Half an hour of <b>work</b>,\nand one more line"
SHOWN = "Half an hour of &lt;b&gt;work&lt;/b&gt;,\nand one more line"
FORMS = sorted({row.name for row in MATRIX if row.post and row.visitor is None})


def address_of(name: str) -> str:
    row = next(row for row in MATRIX if row.name == name and row.post)
    return reverse(name, kwargs=row.ids)


@pytest.fixture
def challenge(in_acme) -> Challenge:
    return factories.challenge(in_acme.carol)


@pytest.mark.parametrize("name", FORMS)
def test_every_form_gives_a_visitor_the_text_back(visitor, acme, name):
    response = visitor.post(address_of(name), {"body": WRITTEN, "abc-reasons": "Costs", "anything": "and more of it"})

    page = response.content.decode()
    assert response.status_code == 401
    assert f">\n{SHOWN}</textarea>" in page
    assert 'value="Costs" readonly' in page
    assert 'value="and more of it" readonly' in page


def test_only_the_accounts_own_forms_and_links_of_mails_have_no_text_to_give_back():
    elsewhere = {row.app for row in MATRIX if row.post and row.visitor is not None}

    assert elsewhere == {"accounts", "inbox"}


def test_texts_stand_in_their_order_under_the_names_of_their_fields(visitor, acme):
    sent = {"version": "3", "kind": "ideas", "title": "Pulse", "objective": "", "why_it_matters": WRITTEN}

    typed = visitor.post(address_of("challenges:new"), sent).context["typed"]

    assert [(str(one.label), one.text) for one in typed] == [("Title", "Pulse"), ("Why it matters", WRITTEN)]


def test_secrets_choices_and_ids_are_not_shown(visitor, acme):
    sent = {"password": "open sesame now", "csrfmiddlewaretoken": "a b", "client_uuid": "1b4e28ba", "kind": "ideas"}

    response = visitor.post(address_of("people:create"), sent)

    assert response.context["typed"] == []
    assert "open sesame" not in response.content.decode()


def test_files_are_said_to_be_needed_again(visitor, acme):
    sent = {"body": WRITTEN, "file": uploads.upload(b"x", "costs.txt")}

    assert "Files have to be chosen again." in visitor.post(address_of("ideas:attach"), sent).content.decode()


@pytest.mark.parametrize(
    ("referer", "led_back_to"),
    [
        ("http://acme.localhost/ideas/abc/?page=2", "/ideas/abc/?page=2"),
        ("http://globex.localhost/ideas/abc/", None),
        ("javascript:alert(1)", None),
        ("", None),
    ],
)
def test_sign_in_leads_back_to_the_page_of_the_form(visitor, acme, referer, led_back_to):
    response = visitor.post(address_of("ideas:comment"), {"body": WRITTEN}, headers={"referer": referer})

    wanted = quote(led_back_to or address_of("ideas:comment"), safe="")
    assert f'href="{reverse("account_login")}?next={wanted}"' in response.content.decode()


def test_a_page_is_led_to_the_sign_in_as_ever(visitor, acme):
    response = visitor.get(reverse("challenges:new"))

    assert response.status_code == 302
    assert response.url == f"{reverse('account_login')}?next=/challenges/new/"


def test_htmx_gets_no_page_to_swap_in(visitor, acme):
    """Its configuration in base.html swaps nothing at a 401, and static/js/trouble.js says what happened."""
    response = visitor.post(address_of("ideas:comment"), {"body": WRITTEN}, headers={"hx-request": "true"})

    assert response.status_code == 401
    assert "HX-Redirect" not in response.headers


class TestToken:
    """The token of a form is another one after a sign-in in a second tab, and none is left without cookies."""

    def test_text_is_given_back_to_who_signed_in_again(self, in_acme, as_member, challenge):
        idea = factories.idea(challenge, in_acme.alice)
        alice = strict(as_member(in_acme.alice))
        address = reverse("ideas:comment", args=[idea.public_id])
        page = f"http://acme.localhost/ideas/{idea.public_id}/"

        response = alice.post(
            address,
            {"body": WRITTEN, "csrfmiddlewaretoken": "x" * 64},
            headers={"origin": "http://acme.localhost", "referer": page},
        )

        assert response.status_code == 403
        assert f">\n{SHOWN}</textarea>" in response.content.decode()
        assert f'href="/ideas/{idea.public_id}/"' in response.content.decode()
        assert not Comment.objects.exists()

    def test_text_is_given_back_to_a_visitor(self, acme):
        visitor = strict(Client(headers={"host": "acme.localhost"}))

        response = visitor.post(address_of("ideas:comment"), {"body": WRITTEN, "password": "open sesame now"})

        page = response.content.decode()
        assert response.status_code == 403
        assert f">\n{SHOWN}</textarea>" in page
        assert "open sesame" not in page
        assert "Your browser sent no cookie." in page

    def test_nobody_puts_words_on_the_page_from_another_site(self, in_acme, as_member):
        alice = strict(as_member(in_acme.alice))

        response = alice.post(
            address_of("ideas:comment"), {"body": WRITTEN}, headers={"origin": "https://elsewhere.example"}
        )

        assert response.status_code == 403
        assert "Half an hour" not in response.content.decode()


def strict(client: Client) -> Client:
    """Let a browser of the tests be asked for tokens, as every other one is."""
    client.handler.enforce_csrf_checks = True
    return client
