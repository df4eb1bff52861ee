"""How an idea is connected with others."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from crowdhub.api.base import VisibleRows
from crowdhub.api.fields import Reference
from crowdhub.api.parameters import IDEA_ID, in_path
from crowdhub.common.http import refuse_unless
from ideas import rules
from ideas.domain.linking import LinkNotAllowed, link_ideas, unlink_ideas
from ideas.enums import LinkKind
from ideas.models import Idea, IdeaLink
from ideas.queries import ideas_visible_to, links_of

LINK_ID = in_path("link", "The link.")


class IdeaReferenceSerializer(serializers.Serializer[Any]):
    """An idea at one end of a link."""

    id = serializers.CharField(source="public_id")
    title = serializers.CharField()


class IdeaLinkSerializer(serializers.Serializer[Any]):
    """That `idea` builds on `other`, is a part of it, or says the same."""

    id = serializers.CharField(source="public_id")
    kind = serializers.ChoiceField(LinkKind.choices)
    idea = IdeaReferenceSerializer()
    other = IdeaReferenceSerializer()
    created_at = serializers.DateTimeField()
    may_remove = serializers.SerializerMethodField(help_text="On the idea whose link it is, for those who may set it.")

    @extend_schema_field(OpenApiTypes.BOOL)
    def get_may_remove(self, link: Any) -> bool:
        return link.is_outgoing and link.kind in self.context["own_kinds"]


class IdeaLinkBody(serializers.Serializer[Any]):
    """How the idea of the address is connected with which published one."""

    other = Reference(ideas_visible_to)
    kind = serializers.ChoiceField(LinkKind.choices)


@extend_schema(parameters=[IDEA_ID])
class IdeaLinkViewSet(VisibleRows):
    """The links from and to an idea, as far as the reader sees the other one."""

    queryset = IdeaLink.objects.none()
    serializer_class = IdeaLinkSerializer
    lookup_url_kwarg = "link"

    @cached_property
    def idea(self) -> Idea:
        """The idea of the address; 404 unless the member can see it."""
        visible = ideas_visible_to(self.member).select_related("challenge").prefetch_related("contributors")
        found: Idea = get_object_or_404(visible, public_id=self.kwargs["id"])
        return found

    def visible(self) -> QuerySet[IdeaLink]:
        return links_of(self.idea, self.member)

    def get_serializer_context(self) -> dict[str, Any]:
        own_kinds = () if getattr(self, "swagger_fake_view", False) else rules.link_kinds(self.member, self.idea)
        return {**super().get_serializer_context(), "own_kinds": own_kinds}

    def list(self, request: Request, id: str) -> Response:
        """The oldest first."""
        return self.listed()

    @extend_schema(request=IdeaLinkBody, responses={201: IdeaLinkSerializer, 200: IdeaLinkSerializer})
    def create(self, request: Request, id: str) -> Response:
        """Say that the idea of the address is connected with another one (201); a second time changes nothing (200)."""
        refuse_unless(rules.link_idea, self.member, self.idea, rules.WHO_LINKS)
        sent = self.checked(IdeaLinkBody)
        link, is_new = link_ideas(self.idea, sent["other"], sent["kind"], actor=self.member)
        made = self.visible().get(pk=link.pk)
        return self.shown(made, status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)

    @extend_schema(responses={204: None}, parameters=[LINK_ID])
    def destroy(self, request: Request, id: str, link: str) -> Response:
        """Take a link away that starts at the idea of the address."""
        refuse_unless(rules.link_idea, self.member, self.idea, rules.WHO_LINKS)
        found: Any = self.get_object()
        if not found.is_outgoing:
            raise LinkNotAllowed(_("A link is removed where it starts: at the idea that builds on the other one."))
        unlink_ideas(found, actor=self.member)
        return Response(status=status.HTTP_204_NO_CONTENT)
