from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from crowdhub.common.sent_text import clean_form
from crowdhub.operator.first_run import is_founded
from crowdhub.operator.views import first_run


class FirstRunMiddleware:
    """Answer everything with the page that founds an organization, as long as there is none.

    Without a set-up code there is no such page: whoever finds a new installation first must not be its owner.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not settings.SETUP_CODE:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self._is_founded = False

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Organizations never go away, so one yes is enough.
        self._is_founded = self._is_founded or is_founded()
        if self._is_founded:
            return self.get_response(request)
        clean_form(request)  # which it is for any other view by the time that it is called
        return first_run(request)
