from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from challenges.domain.audience import AudienceChoice, NotOfThisOrganization, set_audience
from challenges.domain.invitations import (
    AlreadyInvited,
    InvitationWithdrawn,
    MemberNotActive,
    invite_by_name,
    mark_seen,
    withdraw_invitation,
)
from challenges.domain.launching import launch_challenge
from challenges.domain.locks import ChallengeNotLaunched
from challenges.domain.terms import (
    ChallengeHasNoTerms,
    TermsAreEmpty,
    accept_terms,
    publish_terms,
)
from challenges.enums import ChallengeState, PhaseKind
from challenges.models import Challenge, Invitation, TermsAcceptance, TermsVersion
from challenges.reach import audience_reach
from challenges.wording import audience_sentence, why_asked, why_asked_each, why_asked_in_short
from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event, OutboxRow
from crowdhub.people.enums import SkillSource
from crowdhub.people.models import Group, GroupMembership, Location, Member, MemberSkill
from tests import factories
from tests.challenges.shared import NOW, launched, ready_draft
from tests.harness.cast import Cast
from tests.harness.outbox import run_consumers


def invited(challenge: Challenge) -> dict[str, object]:
    return {
        invitation.member.name: invitation.reason
        for invitation in Invitation.objects.filter(challenge=challenge, withdrawn_at=None).select_related("member")
    }


def test_workers_invite_exactly_the_audience_with_reasons(in_acme: Cast) -> None:
    challenge = launched(in_acme)

    assert invited(challenge) == {"Alice": [["skill", in_acme.welding.pk, 4]]}
    assert challenge.invited_at is not None


def test_running_the_consumer_again_changes_nothing(in_acme: Cast) -> None:
    challenge = launched(in_acme)
    before = Invitation.objects.values().get()
    OutboxRow.objects.update(done_at=None)

    run_consumers()

    assert Invitation.objects.values().get() == before
    assert invited(challenge) == {"Alice": [["skill", in_acme.welding.pk, 4]]}


def _tell(member: Member, verb: Verb = Verb.MEMBER_SKILLS_CHANGED) -> None:
    record(verb, subject=member, actor=member)
    run_consumers()


OVER, RUNNING, TO_COME = (-9, -1), (-9, 9), (1, 9)  # days from now


@pytest.mark.parametrize(
    ("submission", "voting", "is_asked"),
    [
        pytest.param(RUNNING, RUNNING, True, id="ideas-and-votes"),
        pytest.param(RUNNING, None, True, id="ideas-without-voting"),
        pytest.param(TO_COME, None, True, id="ideas-to-come"),
        pytest.param(OVER, RUNNING, True, id="votes-only"),
        pytest.param(OVER, TO_COME, True, id="votes-to-come"),
        pytest.param(OVER, OVER, False, id="over"),
        pytest.param(OVER, None, False, id="over-without-voting"),
    ],
)
def test_a_later_match_is_invited_until_nothing_is_left_to_take_part_in(
    in_acme: Cast, submission: tuple[int, int], voting: tuple[int, int] | None, is_asked: bool
) -> None:
    challenge = launched(in_acme)
    challenge.phases.exclude(kind=PhaseKind.REVIEW).delete()
    for kind, days in ((PhaseKind.SUBMISSION, submission), (PhaseKind.VOTING, voting)):
        if days is not None:
            factories.phase(challenge, kind, starts_in=days[0], ends_in=days[1])
    factories.phase(challenge, PhaseKind.REVIEW, starts_in=-9, ends_in=20)
    factories.has_skill(in_acme.ed, in_acme.welding, level=3)

    _tell(in_acme.ed)

    assert set(invited(challenge)) == ({"Alice", "Ed"} if is_asked else {"Alice"})


def test_drafts_and_closed_challenges_invite_nobody_later(in_acme: Cast) -> None:
    draft = ready_draft(in_acme)
    closed = launched(in_acme)
    Challenge.objects.filter(pk=closed.pk).update(state=ChallengeState.CLOSED)
    factories.has_skill(in_acme.ed, in_acme.welding, level=3)

    _tell(in_acme.ed)

    assert (set(invited(draft)), set(invited(closed))) == (set(), {"Alice"})


def test_saying_so_oneself_lets_nobody_in(in_acme: Cast) -> None:
    challenge = launched(in_acme)
    factories.has_skill(in_acme.ed, in_acme.welding, level=5, source=SkillSource.OWN_WORD)

    _tell(in_acme.ed)

    assert set(invited(challenge)) == {"Alice"}


def test_losing_a_skill_takes_no_invitation_away(in_acme: Cast) -> None:
    challenge = launched(in_acme)
    MemberSkill.objects.filter(member=in_acme.alice).delete()

    _tell(in_acme.alice)

    assert set(invited(challenge)) == {"Alice"}


def test_a_withdrawn_invitation_does_not_come_back_by_itself(in_acme: Cast) -> None:
    challenge = launched(in_acme)
    withdraw_invitation(Invitation.objects.get(), actor=in_acme.carol, now=NOW)

    _tell(in_acme.alice, Verb.MEMBER_CHANGED)

    assert invited(challenge) == {}
    assert Invitation.objects.get().withdrawn_at == NOW


def test_withdrawing_is_on_record_and_works_once(in_acme: Cast) -> None:
    challenge = launched(in_acme)
    invitation = Invitation.objects.get()

    withdraw_invitation(invitation, actor=in_acme.carol, now=NOW)

    event = Event.objects.get(verb=Verb.INVITATION_WITHDRAWN)
    assert (event.challenge, event.data) == (challenge, {"member": in_acme.alice.pk})
    with pytest.raises(InvitationWithdrawn):
        withdraw_invitation(invitation, actor=in_acme.carol)


def test_invite_by_name(in_acme: Cast) -> None:
    challenge = launched(in_acme)

    invite_by_name(challenge, member=in_acme.ed, actor=in_acme.carol)

    assert invited(challenge)["Ed"] == [["include"]]
    with pytest.raises(AlreadyInvited):
        invite_by_name(challenge, member=in_acme.ed, actor=in_acme.carol)


def test_inviting_again_lifts_a_withdrawal(in_acme: Cast) -> None:
    challenge = launched(in_acme)
    withdraw_invitation(Invitation.objects.get(), actor=in_acme.carol)

    invite_by_name(challenge, member=in_acme.alice, actor=in_acme.carol)

    assert set(invited(challenge)) == {"Alice"}


def test_who_cannot_be_invited_by_name(in_acme: Cast) -> None:
    challenge = launched(in_acme)
    Member.objects.filter(pk=in_acme.ed.pk).update(is_active=False)
    in_acme.ed.refresh_from_db()

    with pytest.raises(MemberNotActive):
        invite_by_name(challenge, member=in_acme.ed, actor=in_acme.carol)
    with pytest.raises(NotOfThisOrganization):
        invite_by_name(challenge, member=in_acme.mallory, actor=in_acme.carol)
    with pytest.raises(ChallengeNotLaunched):
        invite_by_name(ready_draft(in_acme), member=in_acme.alice, actor=in_acme.carol)


def test_the_first_look_counts(in_acme: Cast) -> None:
    challenge = launched(in_acme)

    mark_seen(challenge, member=in_acme.alice, now=NOW)
    mark_seen(challenge, member=in_acme.alice, now=NOW + timedelta(days=1))

    assert Invitation.objects.get().seen_at == NOW


# --- Why -----------------------------------------------------------------------------------------


def test_why_says_what_matched(in_acme: Cast) -> None:
    invitation = factories.invitation(factories.challenge(in_acme.carol), in_acme.alice)

    assert why_asked(invitation) == "Everyone in your organization is asked."

    invitation.reason = [["skill", in_acme.welding.pk, 4]]
    assert why_asked(invitation) == "You are asked because you know Welding (level 4)."

    invitation.reason = [["skill", in_acme.welding.pk, 4], ["department", in_acme.operations.pk]]
    assert why_asked(invitation) == ("You are asked because you know Welding (level 4) and you work in Operations.")

    invitation.reason = [["include"]]
    assert why_asked(invitation) == "You are asked because a manager of this challenge chose you by name."

    invitation.reason = [["skill", 0, 4]]
    assert why_asked(invitation) == "You are asked because you matched what this challenge looks for."


def test_why_names_several_skills_in_one_breath(in_acme: Cast) -> None:
    invitation = factories.invitation(factories.challenge(in_acme.carol), in_acme.alice)
    sealing = factories.skill("Sealing")
    invitation.reason = [["skill", in_acme.welding.pk, 4], ["skill", sealing.pk, 3], ["department", in_acme.sales.pk]]

    assert (
        why_asked(invitation)
        == "You are asked because you know Welding (level 4) and Sealing (level 3) and you work in Sales."
    )
    assert why_asked_in_short([invitation]) == {invitation.pk: "Welding, level 4; Sealing, level 3; Sales"}


@pytest.mark.parametrize(
    ("reason", "short"),
    [
        ([["everyone"]], "Everyone is asked"),
        ([["include"]], "Chosen by name"),
        ([["skill", 0, 4]], "Matched what was looked for"),
    ],
)
def test_why_in_short_is_about_somebody_else(in_acme: Cast, reason: list, short: str) -> None:
    invitation = factories.invitation(factories.challenge(in_acme.carol), in_acme.alice)
    invitation.reason = reason

    assert why_asked_in_short([invitation]) == {invitation.pk: short}


def test_why_takes_one_query_for_any_number(in_acme: Cast, django_assert_num_queries: object) -> None:
    reasons = [["skill", in_acme.welding.pk, 4]], [["department", in_acme.sales.pk]], [["everyone"]]
    invitations = []
    for reason in reasons:
        invitation = factories.invitation(factories.challenge(in_acme.carol), in_acme.alice)
        invitation.reason = reason
        invitations.append(invitation)

    with django_assert_num_queries(1):  # type: ignore[operator]
        sentences = why_asked_each(invitations)

    assert list(sentences.values()) == [
        "You are asked because you know Welding (level 4).",
        "You are asked because you work in Sales.",
        "Everyone in your organization is asked.",
    ]


def test_an_audience_in_words(in_acme: Cast) -> None:
    berlin = Location.objects.create(organization=in_acme.acme, name="Site Berlin")
    sealing = factories.skill("Sealing")
    council = Group.objects.create(organization=in_acme.acme, name="Safety circle")
    challenge = ready_draft(in_acme)

    def sentence(choice: AudienceChoice) -> str:
        clauses = set_audience(challenge, actor=in_acme.carol, choice=choice)
        return audience_sentence(challenge, clauses, viewer=in_acme.carol)

    with translation.override("en"):
        assert sentence(AudienceChoice()) == "Nobody yet"
        assert sentence(AudienceChoice(everyone=True)) == "Everyone in the organization"
        assert (
            sentence(
                AudienceChoice(skills=((in_acme.welding, 3),), departments=(in_acme.operations,), locations=(berlin,))
            )
            == "People with Welding (level 3 or more) in Operations or Site Berlin"
        )
        assert (
            sentence(AudienceChoice(skills=((in_acme.welding, 1), (sealing, 3))))
            == "People with Welding (any level) or Sealing (level 3 or more)"
        )
        assert (
            sentence(AudienceChoice(groups=(council,), included=(in_acme.ed,), excluded=(in_acme.alice, in_acme.bob)))
            == "People who belong to Safety circle, and also Ed, but not Alice and Bob"
        )


# --- Terms ---------------------------------------------------------------------------------------


def test_terms_have_versions(in_acme: Cast) -> None:
    first = publish_terms("Be fair.", actor=in_acme.carol)
    same = publish_terms(" Be fair. ", actor=in_acme.carol)
    second = publish_terms("Be **very** fair.", actor=in_acme.carol)

    assert (first.number, second.number) == (1, 2)
    assert same == first
    assert second.text_html == "<p>Be <strong>very</strong> fair.</p>\n"
    with pytest.raises(TermsAreEmpty):
        publish_terms("  ", actor=in_acme.carol)
    assert TermsVersion.objects.count() == 2
    assert [(event.verb, event.actor, event.member, event.data) for event in Event.objects.order_by("pk")] == [
        (Verb.TERMS_PUBLISHED, in_acme.carol, in_acme.carol, {"terms": version.pk}) for version in (first, second)
    ]


def test_accepting_terms_twice_is_accepting_them_once(in_acme: Cast) -> None:
    challenge = launched(in_acme)

    first = accept_terms(challenge, member=in_acme.alice, now=NOW)
    second = accept_terms(challenge, member=in_acme.alice)

    assert first == second
    assert TermsAcceptance.objects.get().accepted_at == NOW
    [event] = Event.objects.filter(verb=Verb.TERMS_ACCEPTED)
    assert (event.challenge, event.actor, event.data, event.occurred_at) == (
        challenge,
        in_acme.alice,
        {"terms": challenge.terms_id},
        NOW,
    )


def test_terms_that_cannot_be_accepted(in_acme: Cast) -> None:
    with pytest.raises(ChallengeNotLaunched):
        accept_terms(ready_draft(in_acme), member=in_acme.alice)
    with pytest.raises(ChallengeHasNoTerms):
        accept_terms(factories.challenge(in_acme.carol), member=in_acme.alice)


# --- Reach ---------------------------------------------------------------------------------------


def test_reach_counts_people_departments_and_skills(in_acme: Cast) -> None:
    for _ in range(29):
        factories.has_skill(factories.member(department=in_acme.assembly), in_acme.welding)
    factories.has_skill(in_acme.ed, in_acme.welding)
    challenge = ready_draft(in_acme)

    reach = audience_reach(challenge)

    assert reach.count == 31
    assert reach.departments == [("Assembly", 30), ("Sales", 1)]
    assert reach.dominant_department == "Assembly"
    assert [(covered.clause.skill, covered.holders, covered.is_thin) for covered in reach.coverage] == [
        (in_acme.welding, 31, False)
    ]
    assert len(reach.sample) == 8
    assert reach == audience_reach(challenge)


def test_reach_warns_of_thin_skills(in_acme: Cast) -> None:
    reach = audience_reach(ready_draft(in_acme))

    assert reach.count == 1
    assert [covered.is_thin for covered in reach.coverage] == [True]
    assert reach.dominant_department is None
    assert [(person.name, department) for person, department in reach.sample] == [("Alice", "Assembly")]


def test_reach_tells_who_was_asked_twice_in_thirty_days(in_acme: Cast) -> None:
    challenge = ready_draft(in_acme)
    first, second, old = (factories.challenge(in_acme.carol) for _ in range(3))
    factories.invitation(first, in_acme.alice)
    assert audience_reach(challenge).tired_count == 0

    outdated = factories.invitation(old, in_acme.alice)
    Invitation.objects.filter(pk=outdated.pk).update(created_at=timezone.now() - timedelta(days=31))
    assert audience_reach(challenge).tired_count == 0

    factories.invitation(second, in_acme.alice)
    assert audience_reach(challenge).tired_count == 1


def test_reach_of_nobody(in_acme: Cast) -> None:
    challenge = ready_draft(in_acme)
    set_audience(challenge, actor=in_acme.carol, choice=AudienceChoice())

    reach = audience_reach(challenge)

    assert (reach.count, reach.departments, reach.coverage, reach.tired_count, reach.sample) == (0, [], [], 0, [])


def test_a_group_is_asked(in_acme: Cast) -> None:
    council = Group.objects.create(organization=in_acme.acme, name="Safety circle")
    GroupMembership.objects.create(organization=in_acme.acme, group=council, member=in_acme.ed)
    challenge = ready_draft(in_acme)
    set_audience(challenge, actor=in_acme.carol, choice=AudienceChoice(groups=(council,)))
    launch_challenge(challenge, actor=in_acme.carol, now=NOW)

    run_consumers()

    assert invited(challenge) == {"Ed": [["group", council.pk]]}
