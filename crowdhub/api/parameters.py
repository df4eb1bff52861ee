"""Parts of addresses that the router knows and the schema cannot tell from a model: what they name is said here."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter


def in_path(name: str, description: str) -> OpenApiParameter:
    """Return the id of something, as a part of an address."""
    return OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.PATH, description=description)


IDEA_ID = in_path("id", "The idea.")
