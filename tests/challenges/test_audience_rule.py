"""The audience rule, in Python and in SQL: one law."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from challenges.audience_sql import audience_queryset, invite_all
from challenges.enums import ChallengeState, ClauseKind, Visibility
from challenges.models import AudienceClause, Challenge, Invitation
from challenges.wording import Reason
from crowdhub.people.enums import SkillSource
from crowdhub.people.models import Department, Group, GroupMembership, Location, Member, MemberSkill
from tests import factories
from tests.challenges.audience_rule import audience_matches, audience_of, facts_of
from tests.harness.cast import Cast

SKILLS, DEPARTMENTS, PLACES, PEOPLE = 3, 5, 2, 6


def draft(manager: Member, **fields: Any) -> Challenge:
    fields = {"state": ChallengeState.DRAFT, "visibility": Visibility.INVITED} | fields
    return factories.challenge(manager, **fields)


def clause(challenge: Challenge, kind: ClauseKind, **target: Any) -> AudienceClause:
    new: AudienceClause = AudienceClause.objects.create(
        organization=challenge.organization, challenge=challenge, kind=kind, **target
    )
    return new


def reasons(challenge: Challenge) -> dict[int, Reason]:
    """Return the reason of each invitation that a launch would write, and write none."""
    with transaction.atomic():
        invite_all([challenge.pk], now=timezone.now())
        found = dict(Invitation.objects.filter(challenge=challenge).values_list("member_id", "reason"))
        transaction.set_rollback(True)
    return found


def asked(challenge: Challenge) -> dict[str, Any]:
    names = dict(Member.objects.values_list("pk", "name"))
    return {names[pk]: reason for pk, reason in reasons(challenge).items()}


def test_a_skill_asks_those_who_have_it_at_the_level(in_acme: Cast) -> None:
    challenge = draft(in_acme.carol)
    clause(challenge, ClauseKind.SKILL, skill=in_acme.welding, min_level=4)

    assert asked(challenge) == {"Alice": [["skill", in_acme.welding.pk, 4]]}


def test_a_level_that_is_too_low_is_not_asked(in_acme: Cast) -> None:
    challenge = draft(in_acme.carol)
    clause(challenge, ClauseKind.SKILL, skill=in_acme.welding, min_level=5)

    assert asked(challenge) == {}


def test_departments_count_with_everything_below_them(in_acme: Cast) -> None:
    challenge = draft(in_acme.carol)
    clause(challenge, ClauseKind.DEPARTMENT, department=in_acme.operations)
    clause(challenge, ClauseKind.SKILL, skill=in_acme.welding)

    assert asked(challenge) == {"Alice": [["skill", in_acme.welding.pk, 4], ["department", in_acme.operations.pk]]}


def test_departments_and_locations_are_alternatives(in_acme: Cast) -> None:
    berlin = Location.objects.create(organization=in_acme.acme, name="Site Berlin")
    Member.objects.filter(pk=in_acme.dave.pk).update(location=berlin)
    challenge = draft(in_acme.carol)
    clause(challenge, ClauseKind.DEPARTMENT, department=in_acme.sales)
    clause(challenge, ClauseKind.LOCATION, location=berlin)

    assert set(asked(challenge)) == {"Ed", "Dave"}


def test_own_word_does_not_open_a_challenge_for_the_invited(in_acme: Cast) -> None:
    factories.has_skill(in_acme.ed, in_acme.welding, level=5, source=SkillSource.OWN_WORD)
    challenge = draft(in_acme.carol)
    clause(challenge, ClauseKind.SKILL, skill=in_acme.welding)

    assert set(asked(challenge)) == {"Alice"}

    Challenge.objects.filter(pk=challenge.pk).update(own_word_counts=True)
    assert set(asked(challenge)) == {"Alice", "Ed"}

    Challenge.objects.filter(pk=challenge.pk).update(own_word_counts=False, visibility=Visibility.ORGANIZATION)
    assert set(asked(challenge)) == {"Alice", "Ed"}


def test_a_claim_above_the_confirmed_level_is_own_word(in_acme: Cast) -> None:
    MemberSkill.objects.filter(member=in_acme.alice).update(level=2, claimed_level=5)
    challenge = draft(in_acme.carol)
    clause(challenge, ClauseKind.SKILL, skill=in_acme.welding, min_level=3)

    assert asked(challenge) == {}

    Challenge.objects.filter(pk=challenge.pk).update(own_word_counts=True)
    assert asked(challenge) == {"Alice": [["skill", in_acme.welding.pk, 5]]}


def test_names_are_added_and_left_out(in_acme: Cast) -> None:
    challenge = draft(in_acme.carol)
    clause(challenge, ClauseKind.SKILL, skill=in_acme.welding)
    clause(challenge, ClauseKind.INCLUDE, member=in_acme.ed)
    clause(challenge, ClauseKind.EXCLUDE, member=in_acme.alice)

    assert asked(challenge) == {"Ed": [["include"]]}


def test_everyone_means_everyone_who_is_active(in_acme: Cast) -> None:
    Member.objects.filter(pk=in_acme.frank.pk).update(is_active=False)
    Member.objects.filter(pk=in_acme.grace.pk).update(erased_at=timezone.now())
    challenge = draft(in_acme.carol, everyone=True)
    clause(challenge, ClauseKind.EXCLUDE, member=in_acme.bob)

    assert set(asked(challenge)) == {"Alice", "Carol", "Dave", "Ed", "Erin"}


def test_an_audience_without_conditions_asks_nobody(in_acme: Cast) -> None:
    assert asked(draft(in_acme.carol)) == {}


# --- The law ------------------------------------------------------------------------------------

one_person = st.fixed_dictionaries(
    {
        "is_active": st.sampled_from([True, True, True, False]),
        "erased": st.sampled_from([False, False, False, True]),
        "department": st.none() | st.integers(0, DEPARTMENTS - 1),
        "location": st.none() | st.integers(0, PLACES - 1),
        "groups": st.sets(st.integers(0, PLACES - 1)),
        "skills": st.dictionaries(
            st.integers(0, SKILLS - 1),
            st.tuples(st.integers(1, 5), st.integers(0, 4), st.sampled_from(SkillSource)),
        ),
    }
)
one_clause = st.one_of(
    st.tuples(st.just(ClauseKind.SKILL), st.integers(0, SKILLS - 1), st.integers(1, 5)),
    st.tuples(st.just(ClauseKind.DEPARTMENT), st.integers(0, DEPARTMENTS - 1), st.just(1)),
    st.tuples(st.sampled_from([ClauseKind.LOCATION, ClauseKind.GROUP]), st.integers(0, PLACES - 1), st.just(1)),
    st.tuples(st.sampled_from([ClauseKind.INCLUDE, ClauseKind.EXCLUDE]), st.integers(0, PEOPLE - 1), st.just(1)),
)
# Department 1 is below 0, 2 below 1, 4 below 3.
PARENTS = (None, 0, 1, None, 3)


def make_organization(people: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """Make what clauses can name, and members as drawn."""
    departments: list[Department] = []
    for number, parent in enumerate(PARENTS):
        departments.append(factories.department(f"D{number}", departments[parent] if parent is not None else None))
    organization = departments[0].organization
    made: dict[str, list[Any]] = {
        "skill": [factories.skill(f"S{number}") for number in range(SKILLS)],
        "department": departments,
        "location": [Location.objects.create(organization=organization, name=f"L{n}") for n in range(PLACES)],
        "group": [Group.objects.create(organization=organization, name=f"G{n}") for n in range(PLACES)],
        "member": [],
    }
    for facts in people:
        made["member"].append(make_person(facts, made))
    return made


def make_person(facts: dict[str, Any], made: dict[str, list[Any]]) -> Member:
    person = factories.member(
        is_active=facts["is_active"],
        erased_at=timezone.now() if facts["erased"] else None,
        department=None if facts["department"] is None else made["department"][facts["department"]],
        location=None if facts["location"] is None else made["location"][facts["location"]],
    )
    for number in facts["groups"]:
        GroupMembership.objects.create(organization=person.organization, group=made["group"][number], member=person)
    for number, (level, above, source) in facts["skills"].items():
        held = factories.has_skill(person, made["skill"][number], level=level, source=source)
        if 0 < above <= 5 - level:
            MemberSkill.objects.filter(pk=held.pk).update(claimed_level=level + above)
    return person


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    people=st.lists(one_person, min_size=PEOPLE, max_size=PEOPLE),
    clauses=st.lists(one_clause, max_size=6),
    everyone=st.sampled_from([False, False, False, True]),
    own_word_counts=st.booleans(),
    visibility=st.sampled_from(Visibility),
)
def test_the_rule_in_python_is_the_rule_in_sql(
    in_acme: Cast, people: Any, clauses: Any, everyone: bool, own_word_counts: bool, visibility: str
) -> None:

    with transaction.atomic():
        made = make_organization(people)
        challenge = draft(in_acme.carol, everyone=everyone, own_word_counts=own_word_counts, visibility=visibility)
        for kind, number, level in clauses:
            target = "member" if kind in (ClauseKind.INCLUDE, ClauseKind.EXCLUDE) else str(kind)
            clause(challenge, kind, min_level=level, **{target: made[target][number]})
        audience = audience_of(challenge)

        in_python = {
            member.pk: reason
            for member in Member.objects.select_related("department")
            if (reason := audience_matches(audience, facts_of(member))) is not None
        }

        assert reasons(challenge) == in_python
        assert set(audience_queryset(challenge).values_list("pk", flat=True)) == set(in_python)
        transaction.set_rollback(True)
