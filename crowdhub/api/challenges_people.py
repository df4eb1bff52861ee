"""The people of a challenge: who manages it, who moderates it, and who is invited."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from challenges import rules
from challenges.domain.invitations import invite_by_name, withdraw_invitation
from challenges.domain.managing import appoint_manager, appoint_moderator, dismiss_manager, dismiss_moderator
from challenges.enums import ManagerPart
from challenges.models import Challenge, ChallengeManager, ChallengeModerator, Invitation
from challenges.queries import challenges_visible_to, invitations_listed, managers_listed, moderators_listed
from challenges.wording import why_asked_each
from crowdhub.api.base import VisibleRows
from crowdhub.api.enums import Scope
from crowdhub.api.fields import PersonSerializer, ViewerSerializer
from crowdhub.api.parameters import in_path
from crowdhub.common.http import refuse_unless
from crowdhub.people.models import Member

CHALLENGE_ID = in_path("id", "The challenge.")
MEMBER_ID = in_path("member", "The person.")


class PeopleOfChallenge(VisibleRows):
    """Views on people of one challenge, each found by their own id."""

    lookup_field = "member__public_id"
    lookup_url_kwarg = "member"

    @cached_property
    def challenge(self) -> Challenge:
        """The challenge of the address; 404 unless the member may know of it."""
        managers = ChallengeManager.objects.select_related("member").order_by("pk")
        visible = challenges_visible_to(self.member).prefetch_related(Prefetch("managers", managers))
        found: Challenge = get_object_or_404(visible, public_id=self.kwargs["id"])
        return found

    def person(self, public_id: str) -> Member:
        """Return the person of the address, who must be a colleague."""
        found: Member = get_object_or_404(Member.objects.filter(erased_at=None), public_id=public_id)
        return found

    def check_may_appoint(self) -> None:
        """Refuse those who do not say who looks after the challenge."""
        refuse_unless(rules.appoint_people, self.member, self.challenge, rules.WHO_APPOINTS)


class ManagerSerializer(ViewerSerializer):
    """Who manages a challenge, or stands in for the one who does."""

    person = serializers.SerializerMethodField()
    part = serializers.ChoiceField(ManagerPart.choices)

    @extend_schema_field(PersonSerializer)
    def get_person(self, manager: ChallengeManager) -> dict[str, Any]:
        return self.shown(manager.member)


class ManagerBody(serializers.Serializer[Any]):
    """The part that somebody gets."""

    part = serializers.ChoiceField(ManagerPart.choices, default=ManagerPart.MANAGER)


@extend_schema(parameters=[CHALLENGE_ID])
class ManagerViewSet(PeopleOfChallenge):
    """Who manages a challenge. Everyone who sees it sees them."""

    queryset = ChallengeManager.objects.none()
    serializer_class = ManagerSerializer
    scopes: ClassVar[dict[str, Scope]] = dict.fromkeys(("update", "destroy"), Scope.MANAGE)

    def visible(self) -> QuerySet[ChallengeManager]:
        return managers_listed(self.challenge)

    def list(self, request: Request, id: str) -> Response:
        """The managers, then their deputies."""
        return self.listed()

    @extend_schema(request=ManagerBody, responses=ManagerSerializer, parameters=[MEMBER_ID])
    def update(self, request: Request, id: str, member: str) -> Response:
        """Add somebody who holds the role of a challenge manager, or give another part to one who is there."""
        self.check_may_appoint()
        part = ManagerPart(self.checked(ManagerBody)["part"])
        return self.shown(appoint_manager(self.challenge, member=self.person(member), part=part, actor=self.member))

    @extend_schema(responses={204: None}, parameters=[MEMBER_ID])
    def destroy(self, request: Request, id: str, member: str) -> Response:
        """Remove somebody; the last manager stays."""
        self.check_may_appoint()
        dismiss_manager(self.challenge, member=self.get_object().member, actor=self.member)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ModeratorSerializer(ViewerSerializer):
    """Who moderates a challenge, and no other."""

    person = serializers.SerializerMethodField()

    @extend_schema_field(PersonSerializer)
    def get_person(self, moderator: ChallengeModerator) -> dict[str, Any]:
        return self.shown(moderator.member)


@extend_schema(parameters=[CHALLENGE_ID])
class ModeratorViewSet(PeopleOfChallenge):
    """Who moderates a challenge, besides those who moderate the whole organization. Everyone who sees it sees them."""

    queryset = ChallengeModerator.objects.none()
    serializer_class = ModeratorSerializer
    scopes: ClassVar[dict[str, Scope]] = dict.fromkeys(("update", "destroy"), Scope.MANAGE)

    def visible(self) -> QuerySet[ChallengeModerator]:
        return moderators_listed(self.challenge)

    def list(self, request: Request, id: str) -> Response:
        """By name."""
        return self.listed()

    @extend_schema(request=None, responses=ModeratorSerializer, parameters=[MEMBER_ID])
    def update(self, request: Request, id: str, member: str) -> Response:
        """Let an employee decide about what is handed in and reported here; a second time changes nothing."""
        self.check_may_appoint()
        return self.shown(appoint_moderator(self.challenge, member=self.person(member), actor=self.member))

    @extend_schema(responses={204: None}, parameters=[MEMBER_ID])
    def destroy(self, request: Request, id: str, member: str) -> Response:
        """Take that from somebody, at once."""
        self.check_may_appoint()
        dismiss_moderator(self.challenge, member=self.get_object().member, actor=self.member)
        return Response(status=status.HTTP_204_NO_CONTENT)


class InvitationSerializer(ViewerSerializer):
    """That somebody is asked, and why."""

    person = serializers.SerializerMethodField()
    why = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    seen_at = serializers.DateTimeField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(PersonSerializer)
    def get_person(self, invitation: Invitation) -> dict[str, Any]:
        return self.shown(invitation.member)

    def get_why(self, invitation: Invitation) -> str:
        reasons: dict[int, str] = self.context["reasons"]
        return reasons[invitation.pk]


@extend_schema(parameters=[CHALLENGE_ID])
class InvitationViewSet(PeopleOfChallenge):
    """Who is invited to a challenge, for its managers."""

    queryset = Invitation.objects.none()
    serializer_class = InvitationSerializer
    scopes: ClassVar[dict[str, Scope]] = {"*": Scope.MANAGE}

    def visible(self) -> QuerySet[Invitation]:
        refuse_unless(rules.edit_challenge, self.member, self.challenge, rules.WHO_MANAGES)
        return invitations_listed(self.challenge)

    def list(self, request: Request, id: str) -> Response:
        """By name, with those that were withdrawn."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(self._told(page))

    @extend_schema(request=None, responses=InvitationSerializer, parameters=[MEMBER_ID])
    def update(self, request: Request, id: str, member: str) -> Response:
        """Invite one more person to a running challenge; a withdrawn invitation stands again."""
        self.visible()
        invitation = invite_by_name(self.challenge, member=self.person(member), actor=self.member)
        return Response(self._told([invitation])[0])

    @extend_schema(responses={204: None}, parameters=[MEMBER_ID])
    def destroy(self, request: Request, id: str, member: str) -> Response:
        """Take an invitation away; what the person contributed stays theirs."""
        withdraw_invitation(self.get_object(), actor=self.member)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _told(self, invitations: Sequence[Invitation]) -> Any:
        context = {**self.get_serializer_context(), "reasons": why_asked_each(invitations)}
        return InvitationSerializer(invitations, many=True, context=context).data
