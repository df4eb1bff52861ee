from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.http.request import split_domain_port
from django.utils.translation import gettext_lazy as _

from crowdhub.common.regions import region_choices
from crowdhub.operator.first_run import Founder, WrongCode, code_is_right
from crowdhub.operator.founding import HOST, OrganizationFields

DEFAULT_ACCENT = "#1f6f5c"


class FoundingForm(forms.Form):
    """What an empty installation has to know before anything else: whose it is, and who looks after it.

    Lengths are checked and not announced: nobody's name comes near them, and the page is long enough.
    """

    code = forms.CharField(
        label=_("Set-up code"),
        help_text=_("You find it in the console where CrowdHub was started."),
        validators=[MaxLengthValidator(200)],
    )
    name = forms.CharField(
        label=_("Name of the organization"),
        help_text=_("As people say it. It appears on every page."),
        validators=[MaxLengthValidator(120)],
    )
    host = forms.CharField(
        label=_("Web address"),
        help_text=_("The host name that people will type, such as ideas.example.org. Links in mails lead there."),
        validators=[MaxLengthValidator(500)],
    )
    language = forms.ChoiceField(
        label=_("Language"), help_text=_("To begin with; everybody can choose their own."), choices=settings.LANGUAGES
    )
    timezone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("The days of a challenge begin and end by it."),
        choices=[(name, name.replace("_", " ")) for name in sorted(available_timezones())],
    )
    holiday_region = forms.ChoiceField(
        label=_("Public holidays"),
        help_text=_("Answers are promised in working days, and nobody works on these."),
        required=False,
    )
    accent_colour = forms.RegexField(
        r"^#[0-9a-fA-F]{6}$",
        label=_("Accent colour"),
        help_text=_("For buttons and links. It is made lighter or darker where it could not be read."),
        widget=forms.ColorInput,
    )
    founder_name = forms.CharField(label=_("Your name"), validators=[MaxLengthValidator(120)])
    email = forms.EmailField(label=_("Your e-mail address"), help_text=_("You sign in with it."), max_length=254)
    password = forms.CharField(
        label=_("Your password"),
        help_text=_("Eight characters or more, and none that others use often."),
        validators=[MaxLengthValidator(200)],
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["holiday_region"].choices = region_choices()  # type: ignore[attr-defined]  # a ChoiceField

    def clean_code(self) -> str:
        """Tell of a wrong code at once, whatever else is missing."""
        code: str = self.cleaned_data["code"]
        if not code_is_right(code):
            raise forms.ValidationError(WrongCode.message)
        return code

    def clean_host(self) -> str:
        """Return the host name alone, because people paste what stands in their browser."""
        typed = self.cleaned_data["host"].strip().lower()
        name, _port = split_domain_port(typed.partition("://")[2].partition("/")[0] or typed.partition("/")[0])
        if not HOST.fullmatch(name) or len(name) > 253:
            raise forms.ValidationError(_("This is not a host name. One looks like ideas.example.org."))
        return name

    def founder(self) -> Founder:
        chosen = self.cleaned_data
        return Founder(name=chosen["founder_name"], email=chosen["email"], password=chosen["password"])

    def organization_fields(self) -> OrganizationFields:
        chosen = self.cleaned_data
        return {
            "language": chosen["language"],
            "timezone": chosen["timezone"],
            "holiday_region": chosen["holiday_region"],
            "accent_colour": chosen["accent_colour"].lower(),
        }
