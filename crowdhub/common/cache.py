"""A cache that goes on when Redis is down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis import RedisError
from structlog import get_logger

log = get_logger(__name__)


class ResilientRedisCache(RedisCache):
    """Redis, and while it cannot be reached the memory of this process.

    The limits on signing in are counted here. Without Redis each process counts for itself: weaker, but nobody is
    locked out, and nobody gets unlimited tries.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._memory = LocMemCache("while-redis-is-down", params)

    def _either(self, name: str, *args: Any, **kwargs: Any) -> Any:
        act: Callable[..., Any] = getattr(super(), name)
        try:
            return act(*args, **kwargs)
        except RedisError as error:
            log.warning("cache is down", error=str(error))
            return getattr(self._memory, name)(*args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("add", *args, **kwargs)

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("get", *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("set", *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("touch", *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("delete", *args, **kwargs)

    def incr(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("incr", *args, **kwargs)
