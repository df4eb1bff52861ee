"""The HTML of a mail, from its MJML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import mrml
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from structlog import get_logger

from crowdhub.common.characters import clean_text

log = get_logger(__name__)


def attach_html(mail: EmailMultiAlternatives, template: str, context: Mapping[str, Any]) -> None:
    """Add the mail as HTML. One that cannot be made stays without it: its text says the same, and goes out.

    Texts that were stored before they were cleaned may hold what XML cannot.
    """
    try:
        html = mrml.to_html(clean_text(render_to_string(template, dict(context)))).content
    except OSError:  # what mrml calls all that it cannot parse
        log.exception("mail goes out as plain text", template=template)
    else:
        mail.attach_alternative(html, "text/html")
