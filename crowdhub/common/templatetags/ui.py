"""Components that appear many times on a page, as tags: an include costs ten times as much as a function call."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import lucide
from django import template
from django.forms import BaseForm, BoundField, Textarea
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from crowdhub.common import numbers

register = template.Library()
register.filter("grouped", numbers.grouped)

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
    svg = lucide._render_icon(name, None, aria_hidden="true", focusable="false")
    named = svg.replace("<svg ", format_html('<svg class="{}" ', classes), 1)
    return mark_safe(named)  # noqa: S308  # the package's own file, and names from our templates: nothing of a visitor


@register.simple_tag
def status(label: str, tone: str = "neutral", shape: str = "") -> SafeString:
    """Where something stands, in a word, a shape and a colour; tone: neutral, active, good, warn, bad or closed."""
    return format_html('<span class="status {}">{}{}</span>', tone, _icon(shape or SHAPES[tone], ""), label)


@register.simple_tag
def button(
    label: str,
    kind: str = "",
    *,
    icon: str = "",
    href: str = "",
    key: str = "",
    **attributes: object,
) -> SafeString:
    """A button, or a link that looks like one when it has an `href`.

    kind: nothing for the one main action in view, quiet, plain or danger; key: the single key that presses it. Other
    attributes are passed on, `hx_target="#panel"` as `hx-target`.
    """
    words = format_html(
        "{}{}{}",
        _icon(icon, "") if icon else "",
        label,
        format_html(' <kbd aria-hidden="true">{}</kbd>', key) if key else "",
    )
    more = attributes_of({"data_key": key, **attributes})
    classes = f"button {kind}".strip()
    if not href:
        return format_html('<button class="{}"{}>{}</button>', classes, more, words)
    return format_html('<a class="{}" href="{}"{}>{}</a>', classes, href, more, words)


@register.simple_tag
def tag(label: str) -> SafeString:
    """A short word that says what something is or belongs to."""
    return format_html('<span class="tag">{}</span>', label)


@register.simple_tag
def badge(count: int, words: str = "") -> SafeString:
    """How many, in a spot of the accent; words say of what, where they do not stand beside it: "unread"."""
    hidden = format_html('<span class="visually-hidden"> {}</span>', words) if words else ""
    return format_html('<span class="badge">{}{}</span>', numbers.grouped(count), hidden)


@register.simple_block_tag
def row(
    content: str,
    title: str,
    href: str = "",
    *,
    text: str = "",
    end: str = "",
    unread: bool = False,
    current: bool = False,
    level: int = 3,
    lang: str = "",
) -> SafeString:
    """One `<li>` of a list `<ul class="rows">`; the block is what stands below its title, mostly a `<p class="meta">`.

    href: where the whole row leads; text: two lines are shown; end: what stands at its end; level: of its heading;
    lang: of title and text, where members wrote them.
    """
    spoken = format_html(' lang="{}"', lang) if lang else ""
    hidden = format_html('<span class="visually-hidden">{} </span>', _("Unread:")) if unread else ""
    name = format_html('<a href="{}">{}{}</a>', href, hidden, title) if href else format_html("{}{}", hidden, title)
    return format_html(
        '<li class="row{}"{}><div><h{} class="row-title"{}>{}</h{}>{}{}</div>{}</li>',
        " is-unread" if unread else "",
        mark_safe(' aria-current="true"') if current else "",  # words of ours
        level,
        spoken,
        name,
        level,
        format_html('<p class="row-text"{}>{}</p>', spoken, text) if text else "",
        content.strip() and mark_safe(content.strip()),  # noqa: S308  # the block was rendered by the engine
        format_html('<div class="row-end">{}</div>', end) if end else "",
    )


@register.simple_block_tag
def menu(content: str, label: str, icon: str = "", face: str = "", spoken: str = "") -> SafeString:
    """Links and buttons that are there when asked for; parameters in components/menu.html."""
    context = {"content": content, "label": label, "icon": icon, "face": face, "spoken": spoken}
    return render_to_string("components/menu.html", context)


@register.simple_block_tag
def dialog(content: str, identifier: str, title: str, **attributes: object) -> SafeString:
    """A question or some help over the page, opened by `data-dialog`; parameters in components/dialog.html."""
    context = {"content": content, "id": identifier, "title": title, "attributes": attributes_of(attributes)}
    return render_to_string("components/dialog.html", context)


def attributes_of(values: dict[str, object]) -> SafeString:
    """Return HTML attributes, `data_key` as `data-key`; True stands for one without a value, nothing for none."""
    # Not `value not in (…)`: 0 is equal to False, and an attribute like any other number.
    named = [
        (name.replace("_", "-"), value)
        for name, value in values.items()
        if value is not None and value is not False and value != ""
    ]
    return format_html_join("", "{}", ((_attribute(name, value),) for name, value in named))


def _attribute(name: str, value: object) -> SafeString:
    return format_html(" {}", name) if value is True else format_html(' {}="{}"', name, value)


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
    """Render a form field's control with more attributes: `field|widget_with:"rows=4 autocomplete=off"`.

    Without the placeholder that forms of allauth give it: the label says the same, and stays. Without the limit of a
    long text, because a browser would cut off without a word what is pasted, and counts line ends as two: the limit is
    said below the control, which is described by it, and the server refuses what is longer.
    """
    widget = field.field.widget
    widget.attrs.pop("placeholder", None)
    if isinstance(widget, Textarea):
        widget.attrs.pop("maxlength", None)
    attrs: dict[str, str | bool] = dict(pair.partition("=")[::2] for pair in attributes.split())
    if max_length(field):
        attrs["aria-describedby"] = " ".join(filter(None, [field.aria_describedby, f"{field.auto_id}_counter"]))
    return field.as_widget(attrs=attrs)


@register.filter
def is_choice(field: BoundField) -> bool:
    """Whether a form field is one tick box, whose label stands after it."""
    return getattr(field.field.widget, "input_type", "") == "checkbox" and not field.use_fieldset


@register.filter
def keeps_everything(form: BaseForm) -> bool:
    """Whether a form that was refused comes back as it was sent: passwords and files never do."""
    emptied = {"password", "file"}
    return not any(getattr(field.widget, "input_type", "") in emptied for field in form.fields.values())


@register.filter
def max_length(field: BoundField) -> int | None:
    """Return how many characters a form field takes, when it is text that people compose; a name is never that long."""
    if getattr(field.field.widget, "input_type", "text") != "text":
        return None
    length = getattr(field.field, "max_length", None)
    return length if length is not None and length >= 140 else None
