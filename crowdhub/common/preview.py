from __future__ import annotations

from django.http import HttpRequest
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from crowdhub.common.text import MAX_TEXT_LENGTH, render_markdown


def preview_of(request: HttpRequest) -> str:
    """Return the Markdown that was sent as safe HTML."""
    source = request.POST.get("body") or request.POST.get("reasons") or ""
    if len(source) > MAX_TEXT_LENGTH:
        return _("This text is too long for a preview.")
    return mark_safe(render_markdown(source))  # noqa: S308  render_markdown sanitises
