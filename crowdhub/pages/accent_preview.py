"""What becomes of an accent colour in both themes, before it is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from crowdhub.common.colour import DARK, LIGHT, Accent, Theme, accent_for, contrast


@dataclass(frozen=True)
class AccentPreview:
    """The accent on the paper of one theme, with the sentence that says what was done to it."""

    title: str
    sentence: str
    theme: Theme
    accent: Accent


def accent_previews(colour: str) -> list[AccentPreview]:
    """Return the colour in the light and in the dark theme; nothing for what is no colour."""
    try:
        return [
            _preview(_("On light pages"), colour, LIGHT),
            _preview(_("On dark pages"), colour, DARK),
        ]
    except ValueError:
        return []


def _preview(title: str, colour: str, theme: Theme) -> AccentPreview:
    accent = accent_for(colour, theme)
    ratio = number_format(contrast(accent.accent, theme.paper), 1)
    if accent.accent == colour.lower():
        sentence = _("As you chose it. Text in it has a contrast of %s to 1; 4.5 is enough.") % ratio
    elif theme.dark:
        sentence = _("Made lighter, so that it can be read: %(colour)s, with a contrast of %(ratio)s to 1.")
        sentence %= {"colour": accent.accent, "ratio": ratio}
    else:
        sentence = _("Made darker, so that it can be read: %(colour)s, with a contrast of %(ratio)s to 1.")
        sentence %= {"colour": accent.accent, "ratio": ratio}
    return AccentPreview(title, sentence, theme, accent)
