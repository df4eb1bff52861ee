from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

from crowdhub.people.models import Member

if TYPE_CHECKING:
    from rest_framework.views import APIView  # its module reads the settings that name this one

SECONDS_IN: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class MemberThrottle(BaseThrottle):
    """So many requests of one member in each window of time, counted over all web processes.

    While the cache cannot be reached each process counts for itself, as ResilientRedisCache does: the limit is weaker
    then, and takes nothing off the air.
    """

    scope = "member"

    def allow_request(self, request: Request, view: APIView) -> bool:
        if not isinstance(request.user, Member):
            return True
        limit, seconds = parse_rate(str(api_settings.DEFAULT_THROTTLE_RATES[self.scope]))
        now = time.time()
        window = int(now // seconds)
        self.seconds_left = (window + 1) * seconds - now
        # The id alone: it is unique throughout the installation, so no two organizations share a counter.
        return _count(f"api-throttle:{request.user.pk}:{window}", seconds) <= limit

    def wait(self) -> float:
        return self.seconds_left


def parse_rate(rate: str) -> tuple[int, int]:
    """Return number and seconds of a rate such as "600/min"."""
    number, _slash, period = rate.partition("/")
    return int(number), SECONDS_IN[period[0]]


def _count(key: str, seconds: int) -> int:
    cache.add(key, 0, timeout=seconds * 2)
    try:
        return cache.incr(key)
    except ValueError:  # it expired between the two commands
        return 1
