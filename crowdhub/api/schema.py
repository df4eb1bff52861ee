"""What the OpenAPI schema says beyond what the views say: how one signs in, and what errors look like."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

from crowdhub.api.problems import CONTENT_TYPE

ALWAYS: Final = ("401", "403", "404", "429")
WITH_A_BODY: Final = ("400", "409", "413", "415", "422")


class ProblemError(serializers.Serializer[Any]):
    """One thing that is wrong with what was sent; an empty field means all of it."""

    field = serializers.CharField(allow_blank=True)
    detail = serializers.CharField()


class Problem(serializers.Serializer[Any]):
    """Problem details (RFC 9457). A refusal by a rule has a type of its own, urn:crowdhub:refusal:..."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField()
    errors = ProblemError(many=True)  # type: ignore[assignment]  # the metaclass takes declared fields off the class


class ProblemSchema(AutoSchema):
    """The usual schema, with the problems that an operation can answer."""

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        problem = self.resolve_serializer(Problem, "response")
        content = {CONTENT_TYPE: {"schema": problem.ref}}
        for status in (*ALWAYS, *(WITH_A_BODY if self.method != "GET" else ("400",))):
            bodies.setdefault(status, {"description": "Problem", "content": content})
        return bodies


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself, untyped
    """Personal tokens, as the schema names them."""

    target_class = "crowdhub.api.authentication.TokenAuthentication"
    name = "personalToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "chub_…"}
