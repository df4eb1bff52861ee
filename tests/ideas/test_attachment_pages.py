"""Attachments in the editor, on the idea's page and before a moderator's eyes; and how a file is handed out."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse

from challenges.enums import PhaseKind, Visibility
from ideas.domain.attaching import attach_file
from ideas.domain.writing import revise_idea, submit_idea
from ideas.enums import IdeaState
from ideas.models import Attachment, Contributor, Idea
from moderation.models import Case
from tests import factories
from tests.harness import uploads
from tests.harness.queries import page_and_queries
from tests.harness.uploads import upload

pytestmark = pytest.mark.usefixtures("stored")
TEXT = {"title": "Lights out", "body": "Switch *everything* off.", "language": "en"}
HTMX = {"HX-Request": "true", "HX-Target": "attachments"}


def url(name: str, *things) -> str:
    return reverse(f"ideas:{name}", args=[thing.public_id for thing in things])


def form(**fields) -> dict[str, object]:
    return {"client_uuid": str(uuid4()), "version": "0"} | TEXT | fields


def text_of(response) -> str:
    return response.content.decode()


@pytest.fixture
def draft(challenge, in_acme) -> Idea:
    return factories.idea(challenge, in_acme.alice, state=IdeaState.DRAFT, title="A draft", client_uuid=uuid4())


@pytest.fixture
def alice(in_acme, as_member):
    return as_member(in_acme.alice)


def attached(idea: Idea, content: bytes | None = None, name: str = "plan.png") -> Attachment:
    return attach_file(idea, file=upload(content, name), actor=idea.contributors.first().member)[0]


# --- Without script --------------------------------------------------------------------------------


def test_limits_are_said_before_anything_is_chosen(alice, challenge):
    page = text_of(alice.get(f"{url('new', challenge)}?draft={uuid4()}"))

    assert "up to 10 MB each, at most 10." in page
    assert 'enctype="multipart/form-data"' in page
    assert f'formaction="{url("attach_new", challenge)}"' in page
    assert ".docx" in page.partition('accept="')[2].partition('"')[0]


def test_attaching_to_a_new_idea_saves_what_was_typed(alice, challenge):
    typed = form()

    response = alice.post(url("attach_new", challenge), typed | {"attach": "1", "file": upload()}, follow=True)

    idea = Idea.objects.get()
    assert response.redirect_chain == [(f"{url('edit', idea)}#attachments", 302)]
    assert (idea.title, idea.body, str(idea.client_uuid)) == (TEXT["title"], TEXT["body"], typed["client_uuid"])
    assert "plan.png is attached." in text_of(response)
    assert f'src="{url("attachment", idea, idea.attachments.get())}?inline=1"' in text_of(response)


def test_attaching_twice_by_a_double_click_is_one_draft_and_one_file(alice, challenge):
    typed = form()

    for _click in range(2):
        alice.post(url("attach_new", challenge), typed | {"file": upload()})

    assert Attachment.objects.get().idea == Idea.objects.get()


def test_attaching_to_a_draft_saves_what_was_typed(alice, draft):
    alice.post(url("attach", draft), form(title="Better title", file=upload()))

    draft.refresh_from_db()
    assert draft.title == "Better title"
    assert draft.attachments.count() == 1


def test_readers_of_a_published_idea_can_trace_its_files(in_acme, alice, idea, as_member):
    assert "readers see at once what you attach or remove" in text_of(alice.get(url("edit", idea)))
    alice.post(url("attach", idea), {"file": upload(name="hall & stairs.png")}, headers=HTMX)
    (attached,) = idea.attachments.all()
    alice.post(reverse("ideas:remove_attachment", args=[idea.public_id, attached.public_id]), headers=HTMX)

    reader = as_member(in_acme.ed)
    versions = text_of(reader.get(url("revisions", idea)))

    assert url("revisions", idea) in text_of(reader.get(url("detail", idea)))
    assert versions.count("Alice added <bdi>hall &amp; stairs.png</bdi>") == 1
    assert versions.count("Alice removed <bdi>hall &amp; stairs.png</bdi>") == 2  # in the list, and of the latest


def test_attaching_to_a_published_idea_publishes_no_text(alice, idea):
    response = alice.post(url("attach", idea), form(title="Not yet", file=upload()))

    idea.refresh_from_db()
    assert response.status_code == 200
    assert idea.title == "Switch the presses off"
    assert idea.attachments.count() == 1
    assert 'value="Not yet"' in text_of(response)
    assert "plan.png is attached." in text_of(response)


@pytest.mark.parametrize(("content", "status"), [(None, 200), (b"<svg/>", 422)])
def test_attaching_to_a_published_idea_overwrites_nobody_later(in_acme, alice, idea, content, status):
    """Whether the file is refused or taken, the page has not shown what a co-author published meanwhile."""
    typed = form(version=str(idea.version), title="Alice's")
    Contributor.objects.create(organization=in_acme.acme, idea=idea, member=in_acme.ed, share=0)
    revise_idea(Idea.objects.get(), actor=in_acme.ed, title="Ed's")

    page = alice.post(url("attach", idea), typed | {"file": upload(content)})
    known = page.context["form"]["version"].value()
    saved = alice.post(url("edit", idea), typed | {"version": known})

    assert page.status_code == status
    assert (saved.status_code, Idea.objects.get().title) == (409, "Ed's")


@pytest.mark.parametrize("button", ["submit", "save"])
def test_file_that_was_chosen_and_not_attached_comes_along(alice, challenge, button):
    alice.post(url("new", challenge), form(**{button: "1"}, file=upload()))

    assert Attachment.objects.get().idea == Idea.objects.get()


def test_idea_is_not_handed_in_without_the_file_that_was_refused(alice, challenge):
    response = alice.post(url("new", challenge), form(submit="1", file=upload(b"<svg/>", "drawing.svg")))

    idea = Idea.objects.get()
    page = text_of(response)
    assert response.status_code == 422
    assert (idea.state, idea.title) == (IdeaState.DRAFT, TEXT["title"])
    assert 'id="id_file_error"' in page
    assert 'href="#id_file"' in page  # in the summary at the top
    assert 'name="version" value="1"' in page
    assert f'value="{TEXT["title"]}"' in page


def test_refused_file_leaves_what_was_typed(alice, draft):
    response = alice.post(url("attach", draft), form(title="Kept", file=upload(b"")))

    draft.refresh_from_db()
    assert response.status_code == 422
    assert "This file is empty." in text_of(response)
    assert draft.title == "Kept"


def test_newer_version_is_shown_before_a_file_is_attached(alice, draft):
    Idea.objects.filter(pk=draft.pk).update(version=4, body="Of another tab")

    response = alice.post(url("attach", draft), form(version="3", file=upload()))

    assert response.status_code == 409
    assert "Of another tab" in text_of(response)
    assert not Attachment.objects.exists()


def test_removing_without_script(alice, draft):
    plan = attached(draft)

    response = alice.post(url("remove_attachment", draft, plan), form(title="Kept"), follow=True)

    assert "plan.png is removed." in text_of(response)
    assert not Attachment.objects.exists()
    assert alice.post(url("remove_attachment", draft, plan), form(version="1", title="Kept")).status_code == 404


def test_visitor_who_was_signed_out_gets_the_text_back(visitor, in_acme, challenge, draft):
    for address in (url("attach_new", challenge), url("attach", draft)):
        response = visitor.post(address, form(file=upload()))

        assert response.status_code == 401
        assert TEXT["body"] in text_of(response)
    assert not Attachment.objects.exists()


# --- With htmx -------------------------------------------------------------------------------------


def test_htmx_begins_a_draft_and_leaves_its_text_to_the_autosave(alice, challenge):
    typed = form()

    response = alice.post(url("attach_new", challenge), typed | {"file": upload()}, headers=HTMX)
    saved = alice.post(url("autosave", challenge), typed)

    idea = Idea.objects.get()
    page = text_of(response)
    assert response.status_code == 200
    assert page.strip().startswith('<div class="stack" id="attachments"')
    assert f'data-attach-url="{url("attach", idea)}"' in page
    assert 'data-news="plan.png is attached."' in page
    assert 'data-room="9"' in page
    assert saved.json()["fields"] == {"version": "1"}


def test_htmx_saves_no_text(alice, draft):
    response = alice.post(url("attach", draft), form(title="For the autosave", file=upload()), headers=HTMX)

    draft.refresh_from_db()
    assert (response.status_code, draft.title, draft.version) == (200, "A draft", 0)


@pytest.mark.parametrize("is_new", [True, False])
def test_htmx_tells_the_refusal_at_the_field(alice, challenge, draft, is_new):
    address = url("attach_new", challenge) if is_new else url("attach", draft)

    response = alice.post(address, form(file=upload(b"MZ", "tool.exe")), headers=HTMX)

    assert response.status_code == 422
    assert 'id="id_file_error"' in text_of(response)
    assert "<html" not in text_of(response)


@pytest.mark.parametrize("uuid", ["", "nonsense"])
def test_htmx_without_an_id_for_the_draft_is_refused(alice, challenge, uuid):
    response = alice.post(url("attach_new", challenge), form(client_uuid=uuid, file=upload()), headers=HTMX)

    assert (response.status_code, text_of(response)) == (400, "Say which new idea the files belong to.")
    assert not Idea.objects.exists()


def test_htmx_with_the_uuid_of_somebody_else_is_refused(in_acme, challenge, as_member, draft):
    sent = form(client_uuid=str(draft.client_uuid), file=upload())

    response = as_member(in_acme.ed).post(url("attach_new", challenge), sent, headers=HTMX)

    assert response.status_code == 422
    assert not Attachment.objects.exists()
    assert "A draft" not in text_of(response)


def test_htmx_removes(alice, draft):
    plan = attached(draft)

    response = alice.post(url("remove_attachment", draft, plan), form(), headers=HTMX)

    assert 'data-news="plan.png is removed."' in text_of(response)
    assert "<ul" not in text_of(response)


def test_several_files_at_once_are_told_apart(alice, draft):
    files = [upload(name="a.png"), upload(b"", "b.txt"), upload(uploads.PDF, "c.pdf")]

    response = alice.post(url("attach", draft), form(file=files), headers=HTMX)

    assert response.status_code == 422
    assert "b.txt: This file is empty." in text_of(response)
    assert list(draft.attachments.order_by("pk").values_list("name", flat=True)) == ["a.png", "c.pdf"]


# --- Who reads them --------------------------------------------------------------------------------


def test_file_is_handed_out_to_be_kept(alice, idea):
    costs = attached(idea, uploads.CSV, 'Kosten "neu" für März.csv')

    response = alice.get(url("attachment", idea, costs))

    assert b"".join(response) == uploads.CSV
    assert response.headers["Content-Type"] == "text/csv"
    assert response.headers["Content-Disposition"] == (
        "attachment; filename*=utf-8''Kosten%20neu%20f%C3%BCr%20M%C3%A4rz.csv"
    )
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("content", "name", "disposition"),
    [(None, "plan.png", "inline"), (uploads.PDF, "plan.pdf", "attachment"), (uploads.CSV, "plan.csv", "attachment")],
)
def test_only_pictures_are_shown(alice, idea, content, name, disposition):
    response = alice.get(f"{url('attachment', idea, attached(idea, content, name))}?inline=1")

    assert b"".join(response)
    assert response.headers["Content-Disposition"] == f'{disposition}; filename="{name}"'


def test_unchanged_file_is_not_sent_again_but_only_to_those_who_may_see_it(in_acme, alice, as_member, idea):
    address = url("attachment", idea, attached(idea))
    first = alice.get(address)
    b"".join(first)
    known = {"If-None-Match": first.headers["ETag"]}

    again = alice.get(address, headers=known)

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Cache-Control"] == "private, no-cache"
    assert as_member(in_acme.mallory).get(address, headers=known).status_code == 404


def test_who_is_not_asked_in_a_challenge_for_the_invited_gets_no_file(in_acme, as_member, challenge, idea):
    challenge.visibility = Visibility.INVITED
    challenge.save()
    address = url("attachment", idea, attached(idea))

    statuses = {}
    for who in ("alice", "bob", "ed", "dave", "mallory"):
        response = as_member(getattr(in_acme, who)).get(address)
        b"".join(response)
        statuses[who] = response.status_code

    assert statuses == {"alice": 200, "bob": 200, "ed": 404, "dave": 404, "mallory": 404}


def test_file_is_found_below_its_own_idea_only(alice, idea, draft):
    assert alice.get(url("attachment", draft, attached(idea))).status_code == 404


def test_file_that_is_missing_in_the_storage_is_not_found(alice, idea, stored):
    plan = attached(idea)
    for path in stored():
        path.unlink()

    assert alice.get(url("attachment", idea, plan)).status_code == 404


def test_idea_page_shows_files_with_kind_and_size(in_acme, as_member, idea):
    attached(idea, uploads.CSV, "costs & <gains>.csv")

    page = text_of(as_member(in_acme.ed).get(url("detail", idea)))

    assert "costs &amp; gains.csv" in page
    assert "Table (CSV)" in page
    assert f"{len(uploads.CSV)}\xa0bytes" in page
    assert "Remove" not in page


def test_moderator_sees_the_files_of_what_is_approved(in_acme, as_member, draft):
    plan = attached(draft)
    draft.body = "Off."
    draft.save()
    submit_idea(draft, actor=in_acme.alice)

    page = text_of(as_member(in_acme.bob).get(reverse("moderation:case", args=[Case.objects.get().public_id])))

    assert f'src="{url("attachment", draft, plan)}?inline=1"' in page
    assert "Picture (PNG)" in page


def test_files_of_a_handed_in_idea_cannot_be_changed_by_the_page(alice, challenge, in_acme):
    waiting = factories.idea(challenge, in_acme.alice, state=IdeaState.SUBMITTED)

    assert alice.post(url("attach", waiting), form(file=upload())).status_code == 403


def test_draft_stays_changeable_once_submissions_are_closed(alice, challenge, draft):
    factories.phase(challenge, PhaseKind.SUBMISSION, starts_in=-3, ends_in=-1)

    assert alice.post(url("attach", draft), form(file=upload()), headers=HTMX).status_code == 200


def test_draft_that_is_withdrawn_says_that_its_files_go(alice, draft):
    before = text_of(alice.get(url("detail", draft)))
    attached(draft)

    assert "Its attachments are deleted." not in before
    assert "Its attachments are deleted." in text_of(alice.get(url("detail", draft)))


@pytest.mark.parametrize("page", ["detail", "edit"])
def test_same_number_of_queries_for_one_and_many_files(alice, idea, page):
    attached(idea)
    _text, one = page_and_queries(alice, url(page, idea))
    for number in range(5):
        attached(idea, f"{number}".encode(), "x.txt")

    _text, six = page_and_queries(alice, url(page, idea))

    assert len(six) == len(one) <= 8
