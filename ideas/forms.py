from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict
from uuid import uuid4

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from crowdhub.common.file_kinds import CONTENT_TYPES, EXTENSIONS
from crowdhub.common.text import MAX_TEXT_LENGTH
from ideas.domain.answering import possible_outcomes
from ideas.domain.attaching import LARGEST_MB, MAX_ATTACHMENTS
from ideas.domain.discussion import MAX_COMMENT_LENGTH
from ideas.domain.writing import MAX_TITLE_LENGTH
from ideas.enums import LinkKind, Outcome
from ideas.models import Idea


class MarkdownField(forms.CharField):
    """A long text. Browsers send its lines ended by CR LF; they are counted and kept as LF."""

    def __init__(self, *, rows: int, **options: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **options)

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value)


class Text(TypedDict):
    """What an idea says."""

    title: str
    body: str
    language: str


class IdeaForm(forms.Form):
    """The text of an idea. A draft may be incomplete; what is missing is checked when it is handed in."""

    title = forms.CharField(
        label=_("Title"),
        max_length=MAX_TITLE_LENGTH,
        required=False,
        help_text=_("Say in one line what would change."),
    )
    body = MarkdownField(label=_("Your idea"), rows=14, max_length=MAX_TEXT_LENGTH, required=False)
    language = forms.ChoiceField(label=_("Written in"), choices=settings.LANGUAGES)
    client_uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, data: Any = None, *, language: str, idea: Idea | None = None, client_uuid: Any = None) -> None:
        first = {"language": language, "version": 0, "client_uuid": client_uuid or uuid4()}
        if idea is not None:
            first = {"title": idea.title, "body": idea.body, "language": idea.language, "version": idea.version}
        super().__init__(data, initial=first)
        codes = dict(settings.LANGUAGES)
        if first["language"] not in codes:
            # Something that was imported in another language stays in it.
            self.fields["language"].choices = [*settings.LANGUAGES, (first["language"], first["language"])]  # type: ignore[attr-defined]  # a ChoiceField

    def text(self) -> Text:
        """Return title, body and language, as the domain calls take them."""
        sent = self.cleaned_data
        return {"title": sent["title"], "body": sent["body"], "language": sent["language"]}


# Endings and types: a phone offers its camera and its photos only when a type asks for pictures.
ACCEPTED = ",".join([*(ending for endings in EXTENSIONS.values() for ending in endings), *CONTENT_TYPES.values()])


class AttachmentForm(forms.Form):
    """The field that files are chosen with. What a file is, and whether it fits, is for the domain to say.

    It is always bound and valid, so that what the domain refuses can be put to it, and empty.
    """

    file = forms.FileField(label=_("Attachments"), required=False, widget=forms.FileInput(attrs={"accept": ACCEPTED}))

    def __init__(self) -> None:
        super().__init__({})
        self.done: list[str] = []  # what it has done, in words
        self.fields["file"].help_text = _(
            "Pictures (PNG, JPEG, GIF, WebP), PDF, text and CSV, Word, Excel and PowerPoint; up to %(size)d MB each, "
            "at most %(most)d. The place where a photo was taken is removed from it."
        ) % {"size": LARGEST_MB, "most": MAX_ATTACHMENTS}
        self.is_valid()


class CommentForm(forms.Form):
    body = MarkdownField(label=_("Your comment"), rows=4, max_length=MAX_COMMENT_LENGTH)


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    reasons = MarkdownField(
        label=_("Reasons"),
        rows=8,
        max_length=MAX_TEXT_LENGTH,
        help_text=_("The author and everyone with access to the challenge read them."),
    )

    def __init__(self, data: Any = None, *, given: list[str]) -> None:
        super().__init__(data)
        # Why one that was sent is not possible, or whether it is this very answer, is told by the domain.
        possible = possible_outcomes(given) | {self.data.get("outcome", "")}
        choices = [(code, label) for code, label in Outcome.choices if code in possible]
        self.fields["outcome"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField


class CoAuthorForm(forms.Form):
    email = forms.EmailField(label=_("E-mail of the co-author"))
    share = forms.IntegerField(
        label=_("Share in per cent"),
        min_value=0,
        max_value=99,
        initial=0,
        help_text=_("It comes out of your own share when they accept. All shares add up to 100."),
    )


class LinkForm(forms.Form):
    """How an idea is connected with which of those that were found."""

    kind = forms.ChoiceField(label=_("This idea …"), widget=forms.RadioSelect)
    other = forms.ChoiceField(label=_("the idea"), widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, kinds: Sequence[LinkKind], found: Sequence[Idea]) -> None:
        first = {"kind": kinds[0] if kinds else None, "other": found[0].public_id if len(found) == 1 else None}
        super().__init__(data, initial=first)
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]  # a ChoiceField
        others = [(idea.public_id, f"{idea.title} ({idea.challenge.title})") for idea in found]
        self.fields["other"].choices = others  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["other"].error_messages["required"] = _("Choose one of the ideas that were found.")
        self.fields["other"].error_messages["invalid_choice"] = _("Choose one of the ideas that were found.")
