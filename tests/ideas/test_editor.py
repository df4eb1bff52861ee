"""Writing in the browser: terms, drafts, autosave, conflicts, handing in, and all that can go wrong."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse

from challenges.enums import PhaseKind, Visibility
from challenges.models import TermsAcceptance, TermsVersion
from ideas.domain import writing
from ideas.enums import IdeaState
from ideas.models import Idea
from tests import factories

TEXT = {"title": "Lights out", "body": "Switch *everything* off.", "language": "en"}


@pytest.fixture
def terms(challenge) -> TermsVersion:
    made = TermsVersion.objects.create(
        organization=challenge.organization, number=1, text="Yours.", text_html="<p>Yours stays yours.</p>"
    )
    challenge.terms = made
    challenge.save()
    return made


def url(name: str, thing) -> str:
    return reverse(f"ideas:{name}", args=[thing.public_id])


def form(**fields) -> dict[str, str]:
    return {"client_uuid": str(uuid4()), "version": "0"} | TEXT | fields


def text_of(response) -> str:
    return response.content.decode()


def test_terms_are_asked_for_first(in_acme, challenge, terms, as_member):
    browser = as_member(in_acme.alice)

    asked = browser.get(url("new", challenge))
    shown = browser.get(asked.url)
    refused = browser.post(url("terms", challenge), {})
    accepted = browser.post(url("terms", challenge), {"accept": "1"})

    assert asked.url == url("terms", challenge)
    assert "Yours stays yours." in text_of(shown)
    assert refused.status_code == 422
    assert accepted.url == url("new", challenge)
    assert TermsAcceptance.objects.get().member == in_acme.alice


def test_new_page_keeps_its_uuid_over_a_reload(in_acme, challenge, as_member):
    browser = as_member(in_acme.alice)

    address = browser.get(url("new", challenge)).url
    first, again = (text_of(browser.get(address)) for _attempt in range(2))

    uuid = address.partition("?draft=")[2]
    assert f'value="{uuid}"' in first
    assert f'data-autosave-key="idea-{uuid}"' in again


def test_new_page_goes_on_with_an_unfinished_draft(in_acme, challenge, as_member):
    draft = factories.idea(challenge, in_acme.alice, state=IdeaState.DRAFT, client_uuid=uuid4())
    browser = as_member(in_acme.alice)

    led_to = [
        browser.get(url("new", challenge) + query).url for query in ("", f"?draft={draft.client_uuid}", "?another=1")
    ]

    assert led_to[:2] == [url("edit", draft)] * 2
    assert "?draft=" in led_to[2]


def test_an_empty_form_is_refused_once(in_acme, challenge, as_member):
    """Everything that the aside calls missing is marked at once."""
    response = as_member(in_acme.alice).post(url("new", challenge), form(title="", body="", submit="1"))

    assert response.status_code == 422
    assert response.context["missing"] == ["A title", "A description"]
    assert {name: list(errors) for name, errors in response.context["form"].errors.items()} == {
        "title": ["Give your idea a title."],
        "body": ["Describe your idea."],
    }


def test_writing_and_handing_in_without_script(in_acme, challenge, as_member):
    browser = as_member(in_acme.alice)
    typed = form()

    saved = browser.post(url("new", challenge), typed)
    idea = Idea.objects.get()
    handed_in = browser.post(url("edit", idea), typed | {"version": "1", "submit": "1"})

    assert saved.url == url("edit", idea)
    assert handed_in.url == url("detail", idea)
    assert Idea.objects.get().state == IdeaState.SUBMITTED


def test_double_submit_makes_one_idea(in_acme, challenge, as_member):
    browser = as_member(in_acme.alice)
    typed = form(submit="1")

    first = browser.post(url("new", challenge), typed)
    second = browser.post(url("new", challenge), typed)

    idea = Idea.objects.get()
    assert first.url == url("detail", idea)
    assert second.url == url("detail", idea)
    assert idea.revisions.count() == 1


def test_submit_button_on_the_page_hands_in(in_acme, challenge, as_member):
    draft = factories.idea(challenge, in_acme.alice, state=IdeaState.DRAFT)
    browser = as_member(in_acme.alice)

    statuses = [browser.post(url("submit", draft)).status_code for _attempt in range(2)]

    assert statuses == [302, 302]
    assert Idea.objects.get().state == IdeaState.SUBMITTED


@pytest.mark.parametrize("field", ["title", "body"])
def test_incomplete_idea_is_kept_and_says_what_is_missing(in_acme, challenge, as_member, field):
    response = as_member(in_acme.alice).post(url("new", challenge), form(**{field: "", "submit": "1"}))

    idea = Idea.objects.get()
    assert response.status_code == 422
    assert idea.state == IdeaState.DRAFT
    assert f'href="#id_{field}"' in text_of(response)
    assert 'name="version" value="1"' in text_of(response)


@pytest.mark.parametrize("field", ["title", "body"])
def test_a_megabyte_is_refused_and_given_back(in_acme, challenge, as_member, field):
    browser = as_member(in_acme.alice)
    typed = form(**{field: "x" * 1_000_000})

    page = browser.post(url("new", challenge), typed)
    autosaved = browser.post(url("autosave", challenge), typed)

    assert (page.status_code, autosaved.status_code) == (422, 422)
    assert "x" * 1_000_000 in text_of(page)
    assert not Idea.objects.exists()


TRICKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "![x](data:text/html,<script>alert(1)</script>)",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](<javascript:alert(1)>)",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "<style>body{display:none}</style>",
    "<!--><script>alert(1)</script>-->",
    "[a]: javascript:alert(1)\n\n[a]",
]


@pytest.mark.parametrize("trick", TRICKS)
def test_markdown_tricks_stay_text_on_every_page(in_acme, challenge, as_member, trick):
    browser = as_member(in_acme.alice)
    browser.post(url("new", challenge), form(title=trick[:140], body=trick, submit="1"))
    idea = Idea.objects.get()
    Idea.objects.update(state=IdeaState.PUBLISHED)
    browser.post(url("comment", idea), {"body": trick})
    as_member(in_acme.carol).post(url("answer", idea), {"outcome": "declined", "reasons": trick})

    pages = [
        text_of(browser.get(address))
        for address in (url("detail", idea), url("revisions", idea), reverse("ideas:mine"))
    ]
    pages.append(text_of(browser.post(reverse("ideas:preview"), {"body": trick})))

    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert 'href="javascript:' not in page
        assert "<style>body" not in page


@pytest.mark.parametrize(
    "endless", ["[" * 40_000, "> " * 20_000, "*a_" * 13_000, "- " * 20_000, "![" * 20_000, "`" * 40_000, "<a " * 13_000]
)
def test_markdown_that_is_hard_to_read_is_still_answered(in_acme, as_member, endless):
    response = as_member(in_acme.alice).post(reverse("ideas:preview"), {"body": endless})

    assert response.status_code == 200


def test_characters_that_nobody_sees_are_left_out(in_acme, challenge, as_member):
    as_member(in_acme.alice).post(url("new", challenge), form(title="a\0\x07b"))

    assert Idea.objects.get().title == "ab"


def test_preview_without_script_keeps_the_form(in_acme, challenge, as_member):
    response = as_member(in_acme.alice).post(url("new", challenge), form(preview="1"))

    assert response.status_code == 200
    assert "Switch <em>everything</em> off." in text_of(response)
    assert "Switch *everything* off." in text_of(response)
    assert not Idea.objects.exists()


def test_autosave_creates_then_changes_one_draft(in_acme, challenge, as_member):
    browser = as_member(in_acme.alice)
    typed = form()

    first = browser.post(url("autosave", challenge), typed)
    second = browser.post(url("autosave", challenge), typed | {"body": "More.", "version": "1"})

    assert first.json()["fields"] == {"version": "1"}
    assert second.json()["fields"] == {"version": "2"}
    assert Idea.objects.get().body == "More."


def test_autosave_of_an_empty_page_makes_no_draft(in_acme, challenge, as_member):
    response = as_member(in_acme.alice).post(url("autosave", challenge), form(title="", body=" "))

    assert response.status_code == 204
    assert not Idea.objects.exists()


def test_autosave_of_a_saved_draft(in_acme, challenge, as_member):
    draft = factories.idea(challenge, in_acme.alice, state=IdeaState.DRAFT)

    response = as_member(in_acme.alice).post(url("save", draft), form(body="Line one.\r\nLine two."))

    assert response.status_code == 200
    assert Idea.objects.get().body == "Line one.\nLine two."


def test_autosave_after_submissions_have_closed_still_saves(in_acme, challenge, as_member):
    draft = factories.idea(challenge, in_acme.alice, state=IdeaState.DRAFT)
    factories.phase(challenge, PhaseKind.SUBMISSION, starts_in=-9, ends_in=-1)
    browser = as_member(in_acme.alice)

    saved = browser.post(url("save", draft), form(body="In time for nothing."))
    page = browser.get(url("edit", draft))
    new = browser.post(url("autosave", challenge), form())

    assert (saved.status_code, page.status_code, new.status_code) == (200, 200, 403)
    assert "Your draft stays here." in text_of(page)


def test_two_tabs_conflict_shows_both_versions(in_acme, challenge, as_member):
    browser = as_member(in_acme.alice)
    typed = form()
    browser.post(url("autosave", challenge), typed | {"body": "From the first tab."})
    idea = Idea.objects.get()

    autosaved = browser.post(url("autosave", challenge), typed | {"body": "From the second tab."})
    page = browser.post(url("edit", idea), typed | {"body": "From the second tab."})
    deliberate = browser.post(url("edit", idea), typed | {"body": "From the second tab.", "version": "1"})

    assert autosaved.status_code == 409
    assert autosaved.json()["other"]["body"] == "From the first tab."
    assert page.status_code == 409
    assert "From the first tab." in text_of(page)
    assert "From the second tab." in text_of(page)
    assert 'name="version" value="1"' in text_of(page)
    assert deliberate.status_code == 302
    assert Idea.objects.get().body == "From the second tab."


def test_autosave_under_an_expired_session_is_401_and_saves_later(in_acme, challenge, as_member):
    browser = as_member(in_acme.alice)
    typed = form()
    browser.post(url("autosave", challenge), typed)
    draft = Idea.objects.get()
    browser.logout()

    signed_out = [
        browser.post(address, typed | {"body": "Typed meanwhile.", "version": "1"}).status_code
        for address in (url("autosave", challenge), url("save", draft))
    ]
    again = as_member(in_acme.alice).post(
        url("autosave", challenge), typed | {"body": "Typed meanwhile.", "version": "1"}
    )

    assert signed_out == [401, 401]
    assert again.status_code == 200
    assert Idea.objects.get().body == "Typed meanwhile."


def test_expired_session_without_script_gives_the_text_back(in_acme, challenge, visitor):
    response = visitor.post(url("new", challenge), form(body="Hours <b>of</b> work."))
    led_on = visitor.get(url("new", challenge))

    assert response.status_code == 401
    assert "Hours &lt;b&gt;of&lt;/b&gt; work." in text_of(response)
    assert led_on.status_code == 302
    assert not Idea.objects.exists()


def test_uuid_of_someone_else_is_not_there(in_acme, challenge, as_member):
    typed = form()
    as_member(in_acme.alice).post(url("autosave", challenge), typed)
    browser = as_member(in_acme.ed)

    autosaved = browser.post(url("autosave", challenge), typed | {"body": "Mine now."})
    page = browser.post(url("new", challenge), typed | {"body": "Mine now."})

    assert (autosaved.status_code, page.status_code) == (404, 403)
    assert "Switch" not in autosaved.content.decode()
    assert Idea.objects.get().body == TEXT["body"]


def test_published_idea_is_revised_with_a_revision(in_acme, idea, as_member):
    browser = as_member(in_acme.alice)

    page = browser.get(url("edit", idea))
    response = browser.post(url("edit", idea), form(body="Switch the presses off at ten."))

    assert "data-autosave-url" not in text_of(page)
    assert response.url == url("detail", idea)
    assert idea.revisions.count() == 1


def test_published_idea_without_a_title_is_refused_and_saved_with_one(in_acme, idea, as_member):
    browser, read = as_member(in_acme.alice), str(idea.version)

    refused = browser.post(url("edit", idea), form(title=" ", version=read))
    known = refused.context["form"]["version"].value()
    saved = browser.post(url("edit", idea), form(title="Dark at ten", version=known))

    assert (refused.status_code, known) == (422, read)
    assert saved.status_code == 302
    assert Idea.objects.get().title == "Dark at ten"


def test_idea_that_was_sent_back_is_handed_in_again(in_acme, challenge, as_member):
    sent_back = factories.idea(challenge, in_acme.alice, state=IdeaState.CHANGES_REQUESTED)

    response = as_member(in_acme.alice).post(url("edit", sent_back), form(submit="1"))

    assert response.url == url("detail", sent_back)
    assert Idea.objects.get().state == IdeaState.SUBMITTED


def test_new_terms_before_handing_in_lead_there_and_back(in_acme, challenge, terms, as_member):
    draft = factories.idea(challenge, in_acme.alice, state=IdeaState.DRAFT)
    browser = as_member(in_acme.alice)

    led_to = browser.post(url("edit", draft), form(submit="1")).url
    back = browser.post(led_to, {"accept": "1"}).url

    assert led_to == f"{url('terms', challenge)}?idea={draft.public_id}"
    assert back == url("edit", draft)
    assert Idea.objects.get().body == TEXT["body"]


@pytest.mark.parametrize("name", ["edit", "save", "submit", "withdraw"])
def test_published_idea_of_others_cannot_be_touched(in_acme, idea, as_member, name):
    statuses = [
        as_member(person).post(url(name, idea), form()).status_code
        for person in (in_acme.ed, in_acme.bob, in_acme.carol, in_acme.mallory)
    ]

    assert statuses == [403, 403, 403, 404]


def test_withdrawn_idea_is_gone_for_others(in_acme, idea, as_member):
    response = as_member(in_acme.alice).post(url("withdraw", idea))

    assert response.url == url("detail", idea)
    assert as_member(in_acme.ed).get(url("detail", idea)).status_code == 404


def test_challenge_out_of_reach_is_not_there(in_acme, challenge, as_member):
    challenge.visibility = Visibility.INVITED
    challenge.save()
    browser = as_member(in_acme.ed)

    statuses = [browser.get(url("new", challenge)).status_code] + [
        browser.post(url(name, challenge), form()).status_code for name in ("new", "autosave", "similar", "terms")
    ]

    assert statuses == [404] * 5


def test_moderator_who_is_not_asked_cannot_write(in_acme, challenge, as_member):
    challenge.visibility = Visibility.INVITED
    challenge.save()
    browser = as_member(in_acme.bob)

    statuses = [
        browser.get(url("new", challenge)).status_code,
        browser.post(url("autosave", challenge), form()).status_code,
    ]

    assert statuses == [403, 403]


def test_similar_ideas_stand_beside_the_editor(in_acme, challenge, idea, as_member):
    browser = as_member(in_acme.ed)

    fragment = text_of(browser.post(url("similar", challenge), {"title": "Presses off", "body": ""}))

    assert idea.title in fragment
    assert "Join this one" in fragment
    assert "A description" in fragment
    assert "A title" not in fragment


def test_the_number_of_similar_ideas_is_told_when_it_changes(in_acme, challenge, idea, as_member):
    """A screen reader reads a sentence once, and not all that stands beside the editor at every key."""
    browser, told = as_member(in_acme.ed), 'hx-swap-oob="innerHTML:#told">'

    def answer(title: str, known: str) -> str:
        sent = {"title": title, "body": "", "told": known}
        return text_of(browser.post(url("similar", challenge), sent, headers={"HX-Request": "true"}))

    assert f"{told}1 similar idea</div>" in answer("Presses off", "0")
    assert told not in answer("Presses off at night", "1")
    assert f"{told}</div>" in answer("Something else", "1")
    assert "aria-live" not in answer("Presses off", "x" * 999)


def test_version_protects_across_editor_and_api(in_acme, challenge):
    draft = writing.save_draft(challenge, actor=in_acme.alice, client_uuid=uuid4(), **TEXT)

    with pytest.raises(writing.DraftConflict):
        writing.save_text(draft, actor=in_acme.alice, known_version=0, **TEXT | {"body": "Other."})
