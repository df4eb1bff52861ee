"""Whoever loses the role of a challenge manager manages nothing, and nobody gets at a challenge by their account."""

from __future__ import annotations

import pytest
from django.urls import reverse

from challenges.domain.managing import LastManager, appoint_manager, dismiss_manager
from challenges.domain.reporting_back import NotYoursToReport, save_report
from challenges.enums import ManagerPart, Visibility
from challenges.models import ChallengeManager
from challenges.queries import challenges_visible_to, managed_by, managers_listed
from challenges.rules import appoint_people, edit_challenge
from crowdhub.people.domain import directory
from crowdhub.people.domain.keeping import NotKept
from crowdhub.people.domain.roles import grant_role, revoke_role
from crowdhub.people.enums import Role
from crowdhub.people.models import Member
from crowdhub.people.rules import keep_account
from ideas.domain.answering import NotYoursToAnswer, answer_idea
from ideas.enums import IdeaState, Outcome
from ideas.queries import ideas_visible_to
from tests import factories


@pytest.fixture
def challenge(in_acme):
    """For the invited only, managed by Carol and by Olga, who stands in for her."""
    made = factories.challenge(in_acme.carol, visibility=Visibility.INVITED)
    olga = factories.member("Olga", department=in_acme.sales)
    factories.grant(olga, Role.MANAGER)
    appoint_manager(made, member=olga, part=ManagerPart.DEPUTY, actor=in_acme.carol)
    return made


def fresh(name):
    return Member.objects.select_related("department").get(name=name)


def revoke(name, actor):
    revoke_role(fresh(name), Role.MANAGER, actor=actor)
    return fresh(name)


def test_with_the_role_everything_ends_that_it_allowed(in_acme, challenge, as_member):
    handed_in = factories.idea(challenge, in_acme.alice, state=IdeaState.SUBMITTED)
    published = factories.idea(challenge, in_acme.alice)
    room = reverse("pages:room", args=[challenge.public_id])
    assert as_member(fresh("Olga")).get(room).status_code == 200

    olga = revoke("Olga", in_acme.erin)

    assert as_member(olga).get(room).status_code == 404
    assert not edit_challenge(olga, challenge)
    assert not managed_by(olga).exists()
    assert challenge not in challenges_visible_to(olga)
    assert handed_in not in ideas_visible_to(olga)
    with pytest.raises(NotYoursToAnswer):
        answer_idea(published, outcome=Outcome.SELECTED, reasons="Mine.", actor=olga)
    with pytest.raises(NotYoursToReport):
        save_report(challenge, body="Mine.", known_version=challenge.version, actor=olga)


def test_the_appointment_sleeps_and_wakes_with_the_role(in_acme, challenge):
    olga = revoke("Olga", in_acme.erin)
    assert [(one.member.name, one.is_acting) for one in managers_listed(challenge)] == [
        ("Carol", True),
        ("Olga", False),
    ]

    grant_role(olga, Role.MANAGER, actor=in_acme.erin)

    assert edit_challenge(fresh("Olga"), challenge)


def test_deputies_appoint_once_no_manager_has_the_role(in_acme, challenge):
    assert not appoint_people(fresh("Olga"), challenge)

    revoke("Carol", in_acme.erin)

    assert appoint_people(fresh("Olga"), challenge)
    assert not appoint_people(fresh("Carol"), challenge)


def test_somebody_without_the_role_is_not_the_manager_who_remains(in_acme, challenge):
    appoint_manager(challenge, member=fresh("Olga"), part=ManagerPart.MANAGER, actor=in_acme.carol)
    olga = revoke("Olga", in_acme.erin)

    with pytest.raises(LastManager):
        dismiss_manager(challenge, member=in_acme.carol, actor=in_acme.carol)
    dismiss_manager(challenge, member=olga, actor=in_acme.carol)

    assert ChallengeManager.objects.get(challenge=challenge).member == in_acme.carol


def test_the_page_says_whose_appointment_does_not_count(in_acme, challenge, as_member):
    revoke("Olga", in_acme.erin)

    page = as_member(in_acme.carol).get(reverse("challenges:managers", args=[challenge.public_id]))

    assert page.content.decode().count("has lost the role") == 1


def test_an_account_with_an_appointment_is_not_taken_over_by_its_address(in_acme, challenge):
    grant_role(in_acme.ed, Role.ADMINISTRATOR, actor=in_acme.erin, department=in_acme.sales)
    ed, olga = fresh("Ed"), revoke("Olga", in_acme.erin)
    taken = directory.Entry(name="Olga", email="taken@evil.example", department=olga.department)

    assert not keep_account(ed, olga)
    with pytest.raises(NotKept):
        directory.change_member(olga, taken, actor=ed)

    dismiss_manager(challenge, member=olga, actor=in_acme.carol)
    assert directory.change_member(olga, taken, actor=ed) == ["email"]
