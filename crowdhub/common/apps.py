from django import forms
from django.apps import AppConfig
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# What a form says to an empty field that it needs, unless the field has better words: Django's are of nobody's voice.
MISSING: dict[type[forms.Field], Promise] = {
    forms.Field: _("Please fill this in."),
    forms.ChoiceField: _("Choose one."),
    forms.MultipleChoiceField: _("Choose at least one."),
    forms.ModelChoiceField: _("Choose one."),
    forms.ModelMultipleChoiceField: _("Choose at least one."),
    forms.BooleanField: _("Please tick this."),
    forms.FileField: _("Choose a file."),
}


class CommonConfig(AppConfig):
    name = "crowdhub.common"

    def ready(self) -> None:
        """Put our words in before the first form is made: a field takes its messages when it is written down."""
        for field, words in MISSING.items():
            field.default_error_messages = field.__dict__.get("default_error_messages", {}) | {"required": words}
