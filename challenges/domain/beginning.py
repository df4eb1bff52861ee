"""Beginning a challenge with a template instead of an empty page."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from challenges.domain.drafting import create_challenge
from challenges.enums import Visibility
from challenges.models import Challenge
from challenges.question_templates import QuestionTemplate
from crowdhub.people.domain.roles import grant_role
from crowdhub.people.enums import Role
from crowdhub.people.models import Member
from crowdhub.people.rules import is_manager


def begin_from_template(template: QuestionTemplate, *, actor: Member, client_uuid: UUID | None = None) -> Challenge:
    """Make a draft that says what the template says, for everyone in the organization, in the actor's language.

    For challenge managers, and for administrators, who hold that role from then on: whoever asks has to answer.
    The same UUID once more makes no second one. Raises NotActive.
    """
    with transaction.atomic():
        if not is_manager(actor):
            grant_role(actor, Role.MANAGER, actor=actor)
        fields = template.fields(actor.language)
        fields |= {"visibility": Visibility.ORGANIZATION, "everyone": True}
        return create_challenge(actor=actor, client_uuid=client_uuid, **fields)
