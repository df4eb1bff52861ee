"""Structured logs: one JSON object a line, with the ids of request and organization."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any, Final

import structlog
from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware

# Addresses that are a key: whoever reads one in a log must not be able to use it.
_KEYS: Final = re.compile(r"(/password/reset/key/|/confirm-email/|/inbox/unsubscribe/)[^/\s]+")


def hide_secrets(logger: Any, method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take keys out of the addresses in a line."""
    for name, value in line.items():
        if isinstance(value, str) and "/" in value:
            line[name] = _KEYS.sub(r"\1…", value)
    return line


class RequestLogMiddleware(RequestMiddleware):
    """Logs requests without what stands behind the "?": people search for names and addresses."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {request.path}"


SHARED_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    hide_secrets,
]


def logging_config(*, level: str) -> dict[str, Any]:
    """Configure structlog and return the matching setting for the standard library's logging."""
    structlog.configure(
        processors=[
            *SHARED_PROCESSORS,
            structlog.stdlib.filter_by_level,
            structlog.processors.format_exc_info,
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
                "processor": structlog.processors.JSONRenderer(),
                "foreign_pre_chain": SHARED_PROCESSORS,
            }
        },
        "handlers": {"stdout": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stdout"], "level": level},
        "loggers": {"django.server": {"handlers": ["stdout"], "level": level, "propagate": False}},
    }
