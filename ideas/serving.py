"""Sending the files of ideas, to pages and programs alike."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

from crowdhub.tenancy.serving import file_response
from ideas.models import Attachment


def attachment_response(request: HttpRequest, found: Attachment) -> HttpResponseBase:
    """Return the file of an attachment that the member may see; a picture with `?inline=1` to be shown."""
    return file_response(
        request,
        found.storage_key,
        digest=found.sha256,
        name=found.name,
        content_type=found.content_type,
        shown=found.is_picture and "inline" in request.GET,
    )
