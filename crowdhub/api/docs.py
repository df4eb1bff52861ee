"""The schema and the page that shows it, for members."""

from __future__ import annotations

from typing import Any

from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from crowdhub.people.signed_out import login_required

schema = SpectacularAPIView.as_view()
_page = SpectacularSwaggerSplitView.as_view(url_name="api:schema")


@login_required
# Swagger UI writes styles into its page; its scripts come from our own host like all others.
@csp_update({"style-src": [UNSAFE_INLINE]})
def docs(request: HttpRequest, **options: Any) -> HttpResponse:
    """The API's documentation, in which it can be tried with one's own session."""
    response: HttpResponse = _page(request, **options)
    return response
