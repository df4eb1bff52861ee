"""Groups: being put into one is on record, and makes open challenges ask."""

from __future__ import annotations

from challenges.domain.audience import AudienceChoice, set_audience
from challenges.domain.launching import launch_challenge
from challenges.models import Challenge, Invitation
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.people.domain import structure
from crowdhub.people.models import Group
from tests.challenges.shared import NOW, ready_draft
from tests.harness.cast import Cast
from tests.harness.outbox import run_consumers


def asking(cast: Cast, group: Group) -> Challenge:
    """Launch a challenge for those of a group."""
    draft = ready_draft(cast)
    set_audience(draft, actor=cast.carol, choice=AudienceChoice(groups=(group,)))
    challenge = launch_challenge(draft, actor=cast.carol, now=NOW)
    run_consumers()
    return challenge


def invited(challenge: Challenge) -> list[tuple[str, object]]:
    found = Invitation.objects.filter(challenge=challenge, withdrawn_at=None).order_by("member__name")
    return list(found.values_list("member__name", "reason"))


def test_whoever_joins_a_group_is_asked_by_the_open_challenges_for_it(in_acme: Cast) -> None:
    group = structure.create_named(Group, in_acme.acme, "First aid", actor=in_acme.erin)
    structure.add_to_group(group, in_acme.alice, actor=in_acme.erin)
    challenge = asking(in_acme, group)
    before = invited(challenge)

    structure.add_to_group(group, in_acme.ed, actor=in_acme.erin)
    run_consumers()

    reason = [["group", group.pk]]
    assert before == [("Alice", reason)]
    assert invited(challenge) == [("Alice", reason), ("Ed", reason)]


def test_leaving_a_group_takes_no_invitation_away(in_acme: Cast) -> None:
    group = structure.create_named(Group, in_acme.acme, "First aid", actor=in_acme.erin)
    structure.add_to_group(group, in_acme.alice, actor=in_acme.erin)
    challenge = asking(in_acme, group)

    structure.remove_from_group(group, in_acme.alice, actor=in_acme.erin)
    run_consumers()

    assert [name for name, _reason in invited(challenge)] == ["Alice"]


def test_joining_and_leaving_are_on_record_once(in_acme: Cast) -> None:
    group = structure.create_named(Group, in_acme.acme, "First aid", actor=in_acme.erin)

    assert structure.add_to_group(group, in_acme.ed, actor=in_acme.erin)
    assert not structure.add_to_group(group, in_acme.ed, actor=in_acme.erin)
    assert structure.remove_from_group(group, in_acme.ed, actor=in_acme.erin)
    assert not structure.remove_from_group(group, in_acme.ed, actor=in_acme.erin)

    events = Event.objects.filter(verb__startswith="group.").order_by("pk")
    assert [(event.verb, event.member, event.actor, event.data) for event in events] == [
        (verb, in_acme.ed, in_acme.erin, {"group": group.pk}) for verb in (Verb.GROUP_JOINED, Verb.GROUP_LEFT)
    ]
