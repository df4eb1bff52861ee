"""Errors as problem details (RFC 9457), whatever went wrong and wherever."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any, Final

import structlog
from django.conf import settings
from django.core import signals
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.request import Request

from crowdhub.common.errors import Refusal

log = structlog.get_logger(__name__)


class SeveralRefusals(Exception):
    """Everything that the domain refused about one request, the first one first."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__(str(refusals[0]))
        self.refusals = refusals


CONTENT_TYPE: Final = "application/problem+json"


def problem_details(error: Exception, context: dict[str, Any]) -> JsonResponse | None:
    """Return the answer to an error; what nobody expected is reported like in any other view, and a plain 500.

    While debugging an unexpected error is left to Django's own page.
    """
    request: Request = context["request"]
    if isinstance(error, Refusal):
        return _refusals([error], request)
    if isinstance(error, SeveralRefusals):
        return _refusals(error.refusals, request)
    if isinstance(error, Http404):
        error = exceptions.NotFound(_("There is nothing here, or nothing that you can see."))
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied(str(error) or None)
    elif isinstance(error, RequestDataTooBig):
        return problem(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _("This is more than can be sent at once."))
    if isinstance(error, exceptions.APIException):
        return _api_exception(error, request)
    return None if settings.DEBUG else _unexpected(error, request)


def problem(
    request: Request | HttpRequest,
    status: int,
    detail: str,
    *,
    kind: str = "about:blank",
    title: str = "",
    errors: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
) -> JsonResponse:
    """Return a problem; without a kind of its own its title is that of the HTTP status."""
    data = {
        "type": kind,
        "title": title or HTTPStatus(status).phrase,
        "status": int(status),
        "detail": detail,
        "instance": request.path,
        "errors": errors or [],
    }
    # Always JSON, also where the view renders something else: the schema is YAML, and an export a file.
    return JsonResponse(data, status=status, headers=headers, content_type=CONTENT_TYPE)


def _refusals(refusals: Sequence[Refusal], request: Request) -> JsonResponse:
    """Answer with the first one, and with what each one is about."""
    refusals = [part for refusal in refusals for part in refusal.parts]
    first = refusals[0]
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(first).__name__).lower()
    return problem(
        request,
        first.status,
        str(first),
        kind=f"urn:crowdhub:refusal:{words}",
        title=str(first.message) or str(first),
        errors=[{"field": refusal.field, "detail": str(refusal)} for refusal in refusals if refusal.field],
    )


def _api_exception(error: exceptions.APIException, request: Request) -> JsonResponse:
    headers: dict[str, str] = {}
    if (challenge := getattr(error, "auth_header", None)) is not None:
        headers["WWW-Authenticate"] = challenge
    if (wait := getattr(error, "wait", None)) is not None:
        headers["Retry-After"] = str(int(wait))
    if isinstance(error, exceptions.ValidationError):
        errors = list(_errors_in(error.detail))
        return problem(request, error.status_code, _("Some of what was sent is not valid."), errors=errors)
    return problem(request, error.status_code, str(error.detail), headers=headers)


def _errors_in(detail: Any, field: str = "") -> Iterator[dict[str, str]]:
    """Flatten nested errors: {"audience": {"skills": [{}, {"level": ["…"]}]}} is about audience.skills.1.level."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            own = "" if name == "non_field_errors" else str(name)
            yield from _errors_in(inner, ".".join(part for part in (field, own) if part))
    elif isinstance(detail, list):
        for number, inner in enumerate(detail):
            nested = isinstance(inner, dict)
            yield from _errors_in(inner, f"{field}.{number}" if nested else field)
    else:
        yield {"field": field, "detail": str(detail)}


def _unexpected(error: Exception, request: Request) -> JsonResponse:
    # What Django itself does for an error that leaves a view: whoever listens for errors hears of this one too.
    signals.got_request_exception.send(sender=None, request=request._request)
    log.error("api_error", path=request.path, exc_info=error)
    return problem(
        request,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        _("Something went wrong on our side. Nothing was changed; please try again."),
    )
