from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.core.exceptions import TooManyFieldsSent, TooManyFilesSent
from django.utils.translation import gettext as _
from rest_framework import parsers
from rest_framework.exceptions import ParseError

from crowdhub.common.characters import clean_data
from crowdhub.common.sent_text import cleaned


class JSONParser(parsers.JSONParser):
    """JSON, its texts cleaned; a body that is nested too deep to be read is as wrong as one that is no JSON."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            return clean_data(super().parse(stream, media_type, parser_context))
        except RecursionError as error:
            raise ParseError(_("This is nested too deeply.")) from error


class FormParser(parsers.MultiPartParser):
    """A form with a file, its texts cleaned; one with more parts than any form has is as wrong as one that is none."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            parsed = super().parse(stream, media_type, parser_context)
        except (TooManyFieldsSent, TooManyFilesSent) as error:
            raise ParseError(_("This has too many parts.")) from error
        parsed.data = cleaned(parsed.data)
        return parsed
