"""Components that appear many times on a page, as tags: an include costs ten times as much as a function call."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import lucide
from django import template
from django.forms import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

register = template.Library()

# Shape and colour say the same thing, so that neither is needed alone.
SHAPES: Final = {
    "neutral": "circle-dashed",
    "active": "circle-dot",
    "good": "circle-check",
    "warn": "triangle-alert",
    "bad": "circle-x",
    "closed": "circle-minus",
}
NOTICE_ICONS: Final = {"good": "circle-check", "warn": "triangle-alert", "bad": "octagon-alert"}
MESSAGE_TONES: Final = {"success": "good", "warning": "warn", "error": "bad"}


@register.simple_tag
def icon(name: str, css_class: str = "") -> SafeString:
    """An icon as inline SVG, hidden from assistive technology: words stand beside it."""
    return _icon(str(name), str(css_class))


@lru_cache(maxsize=512)
def _icon(name: str, css_class: str) -> SafeString:
    classes = f"icon {css_class}".strip()
    # Fixed attributes of the package's own files and names from our templates: nothing here comes from a visitor.
    svg = lucide._render_icon(name, None, aria_hidden="true", focusable="false")
    return mark_safe(svg.replace("<svg ", format_html('<svg class="{}" ', classes), 1))  # noqa: S308


@register.simple_tag
def status(label: str, tone: str = "neutral", shape: str = "") -> SafeString:
    """Where something stands, in a word, a shape and a colour; tone: neutral, active, good, warn, bad or closed."""
    return format_html('<span class="status {}">{}{}</span>', tone, _icon(shape or SHAPES[tone], ""), label)


@register.simple_tag
def avatar(name: str) -> SafeString:
    """The initials of a name in a circle; decoration, because the name stands beside it."""
    return format_html('<span class="avatar" aria-hidden="true"><span>{}</span></span>', initials(name))


@register.simple_tag
def member(name: str, url: str = "") -> SafeString:
    """A person as shown to this reader: initials and name, with a link where the page has one.

    Takes the name that `shown_name` gave, never a person: sealing and erasing are decided there.
    """
    shown = format_html('<a href="{}">{}</a>', url, name) if url else format_html("<span>{}</span>", name)
    return format_html('<span class="member">{}{}</span>', avatar(name), shown)


@register.simple_tag
def promise(text: str, share: int, tone: str = "") -> SafeString:
    """How much of a promise is used; text: "3 working days left", share: 0 to 100, tone: nothing, warn or bad."""
    return format_html(
        '<span class="promise {}"><span>{}</span><progress value="{}" max="100" aria-label="{}"></progress></span>',
        tone,
        text,
        share,
        _("Share of the promised time that has passed"),
    )


@register.filter
def initials(name: str) -> str:
    """Return the first letters of the first and the last word of a name."""
    words = [word for word in str(name).split() if word[0].isalpha()]
    if not words:
        return "·"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


@register.filter
def notice_icon(tone: str) -> str:
    """Return the icon of a notice of this tone."""
    return NOTICE_ICONS.get(tone, "info")


@register.filter
def message_tone(level_tag: str) -> str:
    """Return the tone of one of Django's messages."""
    return MESSAGE_TONES.get(level_tag, "")


@register.filter
def widget_with(field: BoundField, attributes: str) -> SafeString:
    """Render a form field's control with more attributes: `field|widget_with:"rows=4 autocomplete=off"`."""
    attrs = dict(pair.partition("=")[::2] for pair in attributes.split())
    return field.as_widget(attrs=dict(attrs))


@register.filter
def is_choice(field: BoundField) -> bool:
    """Whether a form field is one tick box, whose label stands after it."""
    return getattr(field.field.widget, "input_type", "") == "checkbox" and not field.use_fieldset


@register.filter
def max_length(field: BoundField) -> int | None:
    """Return how many characters a form field takes, when it is text that people compose."""
    if getattr(field.field.widget, "input_type", "text") != "text":
        return None
    length = getattr(field.field, "max_length", None)
    return length if length is not None and length >= 60 else None
