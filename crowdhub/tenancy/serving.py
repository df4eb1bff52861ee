"""Sending stored files: what somebody uploaded is nobody's page."""

from __future__ import annotations

from typing import Final

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.utils.cache import get_conditional_response

from crowdhub.tenancy.files import open_file

# Should a browser show it all the same, it runs nothing and reads nothing.
HARMLESS: Final = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",  # asked for again each time, because access can end
}


def file_response(
    request: HttpRequest, key: str, *, digest: str, name: str, content_type: str, shown: bool = False
) -> HttpResponseBase:
    """Return a stored file, to keep unless `shown`; 304 where the browser has what has this digest.

    Who may is decided before. Raises Http404 when it is not in the storage.
    """
    etag = f'"{digest}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        try:
            file = open_file(key)
        except FileNotFoundError as error:
            raise Http404 from error
        response = FileResponse(file, as_attachment=not shown, filename=name, content_type=content_type)
    for header, value in (HARMLESS | {"ETag": etag}).items():
        response.headers[header] = value
    return response
