from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from crowdhub.tenancy.models import PUBLIC_ID_LENGTH
from ideas.domain.writing import MAX_TITLE_LENGTH
from ideas.models import Idea
from moderation.domain.deciding import MAX_REASON_LENGTH
from moderation.domain.reporting import MAX_REPORT_LENGTH
from moderation.enums import NEEDS_REASON, CaseKind, CaseOutcome, ReportReason
from moderation.models import ReasonTemplate
from moderation.queries import Overview, QueueFilter


class QueueFilterForm(forms.Form):
    """Which cases the list shows; nonsense in the address shows all of them."""

    kind = forms.ChoiceField(label=_("Kind"), required=False)
    challenge = forms.ChoiceField(label=_("Challenge"), required=False)
    mine = forms.BooleanField(label=_("Only what I have open"), required=False)

    def __init__(self, chosen: QueueFilter, found: Overview) -> None:
        super().__init__(initial={"kind": chosen.kind, "challenge": chosen.challenge, "mine": chosen.mine}, prefix=None)
        self.is_narrow = chosen.is_narrow
        kinds = [(kind.value, f"{kind.label} ({found.kinds.get(kind, 0)})") for kind in CaseKind]
        challenges = [(key, f"{title} ({number})") for key, title, number in found.challenges]
        self.fields["kind"].choices = [("", _("All kinds (%d)") % found.total), *kinds]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["challenge"].choices = [("", _("All challenges")), *challenges]  # type: ignore[attr-defined]  # a ChoiceField
        for name in ("kind", "challenge", "mine"):
            self.fields[name].widget.attrs["data-autosubmit"] = True


class ReasonForm(forms.Form):
    """The reason of a decision, and the original of what is rejected; the domain says what both have to be."""

    outcome = forms.ChoiceField(choices=CaseOutcome.choices, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=MAX_REASON_LENGTH,
        required=False,
        help_text=_("The author reads this, word for word. Say what is needed, and what happens next."),
        widget=forms.Textarea(attrs={"rows": 7, "autofocus": True}),
    )

    words = forms.CharField(label=_("Words of its title"), max_length=MAX_TITLE_LENGTH, required=False)
    original = forms.CharField(
        label=_("It says the same as"), max_length=PUBLIC_ID_LENGTH, required=False, widget=forms.RadioSelect
    )
    may_name_original = False
    offered: Sequence[Idea] | None = None  # originals to choose from; None before anybody has searched

    def offer(self, ideas: Sequence[Idea]) -> None:
        """Let one of these ideas be chosen as the original of the one that is rejected."""
        self.offered = ideas
        choices = [("", _("No other idea")), *((idea.public_id, idea.title) for idea in ideas)]
        self.fields["original"].widget.choices = choices


class ReportForm(forms.Form):
    """What is wrong with an idea or a comment."""

    reason = forms.ChoiceField(label=_("What is wrong?"), choices=ReportReason.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("In a few words"),
        max_length=MAX_REPORT_LENGTH,
        required=False,
        help_text=_("Only moderators and auditors read this."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReasonTemplateForm(forms.ModelForm):
    """A reason that moderators start from; it is saved by moderation/domain/reasons.py."""

    class Meta:
        model = ReasonTemplate
        fields = ("outcome", "language", "title", "text")
        widgets = {"text": forms.Textarea(attrs={"rows": 7})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outcomes = [(outcome.value, outcome.label) for outcome in CaseOutcome if outcome in NEEDS_REASON]
        self.fields["outcome"] = forms.ChoiceField(label=_("Used for"), choices=outcomes)
        self.fields["language"] = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
        self.fields["version"] = forms.IntegerField(
            widget=forms.HiddenInput, required=False, min_value=0, initial=self.instance.version
        )
        self.fields["text"].max_length = MAX_REASON_LENGTH  # type: ignore[attr-defined]  # a CharField
