"""Structured logs: one JSON object a line, with the ids of request and organization."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, MutableMapping
from typing import Any, Final

import structlog
from django.core.signals import request_finished, request_started
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from structlog.contextvars import bind_contextvars, clear_contextvars

log = structlog.get_logger(__name__)

# Addresses that are a key: whoever reads one in a log must not be able to use it.
_KEYS: Final = re.compile(r"(/password/reset/key/|/confirm-email/|/inbox/unsubscribe/)[^/\s]+")


def hide_secrets(logger: Any, method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take keys out of the addresses in a line."""
    for name, value in line.items():
        if isinstance(value, str) and "/" in value:
            line[name] = _KEYS.sub(r"\1…", value)
    return line


def name_request(**kwargs: Any) -> None:
    """Give everything that is logged from now on in this thread the id of a new request."""
    clear_contextvars()
    bind_contextvars(request_id=str(uuid.uuid4()))


def forget_request(**kwargs: Any) -> None:
    """Let nothing that is logged later carry the id of a request that is over."""
    clear_contextvars()


# Signals, not a middleware: what the outermost middleware answers is logged with an id too.
request_started.connect(name_request, dispatch_uid="crowdhub.common.logs")
request_finished.connect(forget_request, dispatch_uid="crowdhub.common.logs")


class RequestLogMiddleware:
    """Logs one line for every answer, without what stands behind the "?": people search for names and addresses."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began_at = time.monotonic()
        response = self.get_response(request)
        log.info(
            "request_finished",
            request=self.format_request(request),
            code=response.status_code,
            milliseconds=round((time.monotonic() - began_at) * 1000),
            **_who(request),
        )
        return response

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {request.path}"


def _who(request: HttpRequest) -> dict[str, Any]:
    """Return whose request it was, by ids, as far as answering it has found that out: a log asks no database."""
    organization = getattr(request, "organization", None)
    # Who signed in just now or by a token stands in `user`; who came by a session only behind its lazy object.
    member = request.__dict__.get("user")
    if isinstance(member, SimpleLazyObject):
        member = getattr(request, "_cached_user", None)
    found = {
        "organization_id": getattr(organization, "pk", None),
        "user_id": getattr(member, "__dict__", {}).get("public_id"),
    }
    return {name: value for name, value in found.items() if value is not None}


SHARED_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
# Every line ends with these, whoever wrote it; a traceback is text before keys are taken out.
LAST_PROCESSORS: list[Any] = [
    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
    structlog.processors.format_exc_info,
    hide_secrets,
    structlog.processors.JSONRenderer(),
]

# These would have handlers and formats of their own.
SPEAK_LIKE_ALL: Final = ("django", "django.server", "gunicorn.error")


def logging_config(*, level: str) -> dict[str, Any]:
    """Configure structlog and return the matching setting for the standard library's logging."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED_PROCESSORS,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": LAST_PROCESSORS,
                "foreign_pre_chain": SHARED_PROCESSORS,
            }
        },
        # Not stdout, which belongs to what a management command says.
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {name: {"handlers": [], "level": level, "propagate": True} for name in SPEAK_LIKE_ALL},
    }
