"""Attaching files to an idea and removing them, and what is in the storage then."""

from __future__ import annotations

import hashlib
import os
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from challenges.enums import PhaseKind
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.common.limits import LARGEST_REQUEST
from crowdhub.tenancy.context import tenant
from ideas.domain import attaching, files, writing
from ideas.domain.attaching import attach_file, remove_attachment
from ideas.enums import IdeaState
from ideas.models import Attachment, Contributor
from tests import factories
from tests.harness import uploads
from tests.harness.uploads import upload


@pytest.fixture
def draft(challenge, in_acme):
    return factories.idea(challenge, in_acme.alice, state=IdeaState.DRAFT)


class Broken(Exception):
    """Something that goes wrong later in the same transaction."""


def test_attached_file_is_stored_below_its_organization_and_recorded(in_acme, draft, stored):
    attached, _is_new = attach_file(draft, file=upload(name="../Plan.png"), actor=in_acme.alice)

    (file,) = stored()
    assert (attached.name, attached.kind, attached.size) == ("Plan.png", "png", len(uploads.png()))
    assert attached.sha256 == hashlib.sha256(uploads.png()).hexdigest()
    assert attached.uploader == in_acme.alice
    assert file.read_bytes() == uploads.png()
    assert str(file).endswith(attached.storage_key)
    assert attached.storage_key.startswith(f"{in_acme.acme.pk}/attachments/")
    assert "lan" not in attached.storage_key
    assert file.stat().st_mode & 0o077 == 0
    event = Event.objects.get()
    assert (event.verb, event.idea) == (Verb.ATTACHMENT_ADDED, draft)
    assert event.data == {"attachment": attached.pk, "kind": "png", "size": attached.size}


def test_what_the_browser_claims_is_not_believed(in_acme, draft, stored):
    attached, _is_new = attach_file(draft, file=upload(uploads.PDF, "page.html", "text/html"), actor=in_acme.alice)

    assert (attached.content_type, attached.name) == ("application/pdf", "page.html.pdf")


def test_photo_is_stored_without_its_place(in_acme, draft, stored):
    photo = uploads.jpeg(orientation=6, place=uploads.PLACE)

    attached, _is_new = attach_file(draft, file=upload(photo, "IMG_1.jpeg"), actor=in_acme.alice)

    (file,) = stored()
    assert uploads.PLACE not in file.read_bytes()
    assert attached.size == file.stat().st_size < len(photo)


def test_same_file_twice_is_one_attachment(in_acme, draft, stored):
    first, is_new = attach_file(draft, file=upload(), actor=in_acme.alice)
    again, is_new_again = attach_file(draft, file=upload(name="copy.png"), actor=in_acme.alice)

    assert again == first
    assert (is_new, is_new_again) == (True, False)
    assert len(stored()) == Event.objects.count() == 1


def test_same_file_of_two_ideas_is_stored_twice(in_acme, draft, idea, stored, django_capture_on_commit_callbacks):
    """Removing one must leave the other."""
    first, other = (attach_file(one, file=upload(), actor=in_acme.alice)[0] for one in (draft, idea))

    with django_capture_on_commit_callbacks(execute=True):
        remove_attachment(first, actor=in_acme.alice)

    (file,) = stored()
    assert str(file).endswith(other.storage_key)


@pytest.mark.parametrize(
    ("file", "refusal"),
    [
        (upload(b""), attaching.EmptyFile),
        (upload(b"\0" * (attaching.LARGEST_FILE + 1)), attaching.FileTooLarge),
        (upload(b"<svg onload='alert(1)'/>", "drawing.svg", "image/png"), attaching.FileKindNotAllowed),
        (upload(b"MZ\x90\0", "plan.png", "image/png"), attaching.FileKindNotAllowed),
        (upload(uploads.png()[:-4], "plan.png", "image/png"), attaching.PictureDamaged),
        (upload(uploads.jpeg()[:60], "photo.jpg", "image/jpeg"), attaching.PictureDamaged),
        (upload(uploads.png(20_000, 20_000)), attaching.PictureTooLarge),
    ],
    ids=["empty", "too large", "drawing", "program", "cut off", "cut off before its image", "too many pixels"],
)
def test_what_cannot_be_attached_is_refused_at_its_field_and_not_stored(in_acme, draft, stored, file, refusal):
    with pytest.raises(refusal) as refused:
        attach_file(draft, file=file, actor=in_acme.alice)

    assert refused.value.field == "file"
    assert stored() == set()
    assert not Attachment.objects.exists()
    assert not Event.objects.exists()


def test_largest_file_is_attached_and_fits_into_a_request_with_the_longest_text(in_acme, draft, stored):
    largest = ContentFile(b"x" * attaching.LARGEST_FILE, name="log.txt")

    assert attach_file(draft, file=largest, actor=in_acme.alice)[0].size == attaching.LARGEST_FILE
    assert attaching.LARGEST_FILE * 2 < LARGEST_REQUEST


def test_one_file_too_many_is_refused(in_acme, draft, stored):
    for number in range(attaching.MAX_ATTACHMENTS):
        attach_file(draft, file=upload(f"{number}".encode(), f"{number}.txt"), actor=in_acme.alice)

    with pytest.raises(attaching.TooManyFiles, match="at most 10"):
        attach_file(draft, file=upload(), actor=in_acme.alice)

    assert len(stored()) == attaching.MAX_ATTACHMENTS
    assert attach_file(draft, file=upload(b"3", "3.txt"), actor=in_acme.alice)[0].name == "3.txt"


@pytest.mark.parametrize("who", ["ed", "bob", "carol"])
def test_only_contributors_attach_and_remove(in_acme, draft, stored, who):
    attached, _is_new = attach_file(draft, file=upload(), actor=in_acme.alice)
    stranger = getattr(in_acme, who)

    with pytest.raises(writing.NotAContributor):
        attach_file(draft, file=upload(uploads.PDF, "x.pdf"), actor=stranger)
    with pytest.raises(writing.NotAContributor):
        remove_attachment(attached, actor=stranger)

    assert len(stored()) == 1


def test_co_author_attaches_and_removes_what_another_has_attached(in_acme, draft, stored):
    Contributor.objects.create(organization=in_acme.acme, idea=draft, member=in_acme.ed, share=0, part="co_author")
    attached, _is_new = attach_file(draft, file=upload(), actor=in_acme.alice)
    attach_file(draft, file=upload(uploads.PDF, "x.pdf"), actor=in_acme.ed)

    remove_attachment(attached, actor=in_acme.ed)

    assert list(Attachment.objects.values_list("name", flat=True)) == ["x.pdf"]


CLOSED = {
    "handed in": ({"state": IdeaState.SUBMITTED}, writing.IdeaNotDraft),
    "rejected": ({"state": IdeaState.REJECTED}, writing.IdeaNotDraft),
    "withdrawn": ({"state": IdeaState.WITHDRAWN}, writing.IdeaNotInTheRunning),
    "answered": ({"answered_at": timezone.now()}, writing.AlreadyAnswered),
}


@pytest.mark.parametrize("what", CLOSED)
def test_files_of_an_idea_that_cannot_be_changed_stay_as_they_are(in_acme, idea, stored, what):
    attached, _is_new = attach_file(idea, file=upload(), actor=in_acme.alice)
    fields, refusal = CLOSED[what]
    for name, value in fields.items():
        setattr(idea, name, value)
    idea.save()

    with pytest.raises(refusal):
        attach_file(idea, file=upload(uploads.PDF, "x.pdf"), actor=in_acme.alice)
    with pytest.raises(refusal):
        remove_attachment(attached, actor=in_acme.alice)

    assert Attachment.objects.count() == len(stored()) == 1


def test_published_idea_keeps_its_files_once_submissions_are_closed(in_acme, challenge, idea, draft, stored):
    factories.phase(challenge, PhaseKind.SUBMISSION, starts_in=-3, ends_in=-1)

    with pytest.raises(writing.SubmissionsClosed):
        attach_file(idea, file=upload(), actor=in_acme.alice)

    assert attach_file(draft, file=upload(), actor=in_acme.alice)[0].idea == draft


def test_removed_file_goes_after_the_commit_and_not_before(in_acme, draft, stored, django_capture_on_commit_callbacks):
    attached, _is_new = attach_file(draft, file=upload(), actor=in_acme.alice)

    with django_capture_on_commit_callbacks() as callbacks:
        remove_attachment(attached, actor=in_acme.alice)
    left = stored()
    for callback in callbacks:
        callback()

    assert len(left) == 1
    assert stored() == set()
    assert not Attachment.objects.exists()
    assert list(Event.objects.values_list("verb", flat=True)) == [Verb.ATTACHMENT_ADDED, Verb.ATTACHMENT_REMOVED]


def test_removing_twice_is_refused(in_acme, draft, stored):
    attached, _is_new = attach_file(draft, file=upload(), actor=in_acme.alice)
    same = Attachment.objects.get()
    remove_attachment(attached, actor=in_acme.alice)

    with pytest.raises(attaching.AttachmentGone):
        remove_attachment(same, actor=in_acme.alice)


def test_removal_that_is_taken_back_keeps_the_file(in_acme, draft, stored, django_capture_on_commit_callbacks):
    attached, _is_new = attach_file(draft, file=upload(), actor=in_acme.alice)

    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        remove_attachment(attached, actor=in_acme.alice)
        transaction.set_rollback(True)

    assert len(stored()) == Attachment.objects.count() == 1


def test_file_of_a_savepoint_that_is_taken_back_does_not_stay(in_acme, draft, stored):
    kept, _is_new = attach_file(draft, file=upload(), actor=in_acme.alice)
    with transaction.atomic():
        attach_file(draft, file=upload(uploads.PDF, "x.pdf"), actor=in_acme.alice)
        assert len(stored()) == 2
        transaction.set_rollback(True)

    (file,) = stored()
    assert str(file).endswith(kept.storage_key)


def test_file_of_a_transaction_that_is_taken_back_does_not_stay(committed_db, stored):
    """Without a test's own transaction around it; and after a commit the next rollback leaves the file alone."""
    acme = factories.organization("acme")
    with tenant(acme), transaction.atomic():
        alice = factories.member("Alice")
        draft = factories.idea(factories.challenge(alice), alice, state=IdeaState.DRAFT)
    with tenant(acme), transaction.atomic():
        attach_file(draft, file=upload(), actor=alice)
        transaction.set_rollback(True)
    after_rollback = stored()
    with tenant(acme), transaction.atomic():
        attach_file(draft, file=upload(), actor=alice)
    with tenant(acme), transaction.atomic():
        Attachment.objects.count()
        transaction.set_rollback(True)

    assert after_rollback == set()
    assert len(stored()) == 1


def test_file_goes_when_recording_fails(in_acme, draft, stored, monkeypatch):
    def fail(*args, **kwargs):
        raise Broken

    monkeypatch.setattr(attaching, "record", fail)

    with pytest.raises(Broken):
        attach_file(draft, file=upload(), actor=in_acme.alice)

    assert stored() == set()


@pytest.mark.parametrize(("state", "left"), [(IdeaState.DRAFT, 0), (IdeaState.CHANGES_REQUESTED, 1)])
def test_withdrawn_draft_loses_its_files(in_acme, challenge, stored, django_capture_on_commit_callbacks, state, left):
    mine = factories.idea(challenge, in_acme.alice, state=state)
    attach_file(mine, file=upload(), actor=in_acme.alice)

    with django_capture_on_commit_callbacks(execute=True):
        writing.withdraw_idea(mine, actor=in_acme.alice)

    assert Attachment.objects.count() == len(stored()) == left


def test_files_that_belong_to_nothing_go_after_a_day(in_acme, draft, stored):
    attach_file(draft, file=upload(), actor=in_acme.alice)
    stray = [attach_file(draft, file=upload(b"%d" % n, "x.txt"), actor=in_acme.alice)[0] for n in range(2)]
    Attachment.objects.filter(pk__in=[one.pk for one in stray]).delete()
    with tenant(in_acme.globex):
        other = factories.idea(factories.challenge(in_acme.mallory), in_acme.mallory, state=IdeaState.DRAFT)
        attach_file(other, file=upload(), actor=in_acme.mallory)
        Attachment.objects.all().delete()
    yesterday = (timezone.now() - timedelta(days=2)).timestamp()
    for path in stored():
        if not str(path).endswith(stray[0].storage_key):
            os.utime(path, (yesterday, yesterday))

    deleted = files.forget_stray_files()

    assert deleted == 1
    assert not any(str(path).endswith(stray[1].storage_key) for path in stored())
    assert len(stored()) == 3


def test_files_of_a_published_idea_change_in_a_version_each(in_acme, idea, stored):
    attached, _is_new = attach_file(idea, file=upload(), actor=in_acme.alice)
    attach_file(idea, file=upload(), actor=in_acme.alice)  # the same bytes: nothing changes
    attach_file(idea, file=upload(uploads.PDF, "costs.pdf"), actor=in_acme.alice)
    remove_attachment(attached, actor=in_acme.alice)

    versions = [[file["name"] for file in each.files] for each in idea.revisions.order_by("number")]
    assert versions == [["plan.png"], ["plan.png", "costs.pdf"], ["costs.pdf"]]
    assert {(each.title, each.body, each.author) for each in idea.revisions.all()} == {
        (idea.title, idea.body, in_acme.alice)
    }
    idea.refresh_from_db()
    assert idea.revision_number == 4
    assert [event.data["revision"] for event in Event.objects.order_by("pk")] == [2, 3, 4]


def test_files_of_a_draft_stand_in_the_version_that_is_handed_in(in_acme, draft, stored):
    attach_file(draft, file=upload(), actor=in_acme.alice)
    assert not draft.revisions.exists()

    writing.submit_idea(draft, actor=in_acme.alice)

    assert [file["name"] for file in draft.revisions.get().files] == ["plan.png"]


def test_a_file_that_goes_while_others_are_looked_at_does_not_end_the_search(in_acme, draft, stored):
    stray, _is_new = attach_file(draft, file=upload(), actor=in_acme.alice)
    (path,) = stored()
    os.utime(path, (0, 0))
    # What a folder lists and nobody finds there: just that is a file which was deleted in between.
    for name in ("0", "g"):
        (path.parent / name).symlink_to(path.parent / "gone")
    Attachment.objects.filter(pk=stray.pk).delete()

    assert files.forget_stray_files() == 1
    assert not path.exists()


def test_begin_draft_twice_makes_one_idea_that_can_still_be_saved(in_acme, challenge):
    uuid = uuid4()
    first, again = (
        writing.begin_draft(challenge, actor=in_acme.alice, client_uuid=uuid, language="de") for _attempt in range(2)
    )
    text = {"title": "Lights out", "body": "Off.", "language": "en"}

    saved = writing.save_draft(challenge, actor=in_acme.alice, client_uuid=uuid, known_version=0, **text)

    assert first.pk == again.pk == saved.pk
    assert (first.language, saved.version) == ("de", 1)
    with pytest.raises(writing.NotAContributor):
        writing.begin_draft(challenge, actor=in_acme.ed, client_uuid=uuid, language="en")


def test_begin_draft_out_of_time_is_refused(in_acme, challenge):
    factories.phase(challenge, PhaseKind.SUBMISSION, starts_in=-3, ends_in=-1)

    with pytest.raises(writing.SubmissionsClosed):
        writing.begin_draft(challenge, actor=in_acme.alice, client_uuid=uuid4(), language="en")
