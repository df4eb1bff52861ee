from __future__ import annotations

import pytest

from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.people.domain import skills
from crowdhub.people.enums import SkillSource
from crowdhub.people.models import MemberSkill
from tests import factories


def row(member, skill):
    found = MemberSkill.objects.get(member=member, skill=skill)
    return found.level, found.claimed_level, found.source


def test_state_skill_is_own_word_and_recorded(in_acme):
    skills.state_skill(in_acme.ed, in_acme.welding, 2)

    assert row(in_acme.ed, in_acme.welding) == (2, None, SkillSource.OWN_WORD)
    event = Event.objects.get(verb=Verb.MEMBER_SKILLS_CHANGED)
    assert (event.member, event.actor, event.data) == (in_acme.ed, in_acme.ed, {"skills": [in_acme.welding.pk]})


def test_state_skill_again_at_the_same_level_records_nothing(in_acme):
    skills.state_skill(in_acme.alice, in_acme.welding, 4)

    assert not Event.objects.exists()


def test_raising_a_confirmed_skill_keeps_the_confirmation_below(in_acme):
    skills.state_skill(in_acme.alice, in_acme.welding, 5)

    assert row(in_acme.alice, in_acme.welding) == (4, 5, SkillSource.IMPORT)


def test_lowering_a_confirmed_skill_keeps_it_confirmed_and_drops_the_claim(in_acme):
    skills.state_skill(in_acme.alice, in_acme.welding, 5)
    skills.state_skill(in_acme.alice, in_acme.welding, 3)

    assert row(in_acme.alice, in_acme.welding) == (3, None, SkillSource.IMPORT)


def test_raising_own_word_stays_own_word(in_acme):
    skills.state_skill(in_acme.ed, in_acme.welding, 2)
    skills.state_skill(in_acme.ed, in_acme.welding, 5)

    assert row(in_acme.ed, in_acme.welding) == (5, None, SkillSource.OWN_WORD)


def test_confirm_skill_confirms_the_claim(in_acme):
    skills.state_skill(in_acme.alice, in_acme.welding, 5)
    skills.confirm_skill(in_acme.alice, in_acme.welding, 5, actor=in_acme.dave)

    assert row(in_acme.alice, in_acme.welding) == (5, None, SkillSource.HR)


def test_confirm_skill_below_the_stated_level_leaves_the_rest_a_claim(in_acme):
    in_acme.ed.manager = in_acme.carol
    skills.state_skill(in_acme.ed, in_acme.welding, 5)
    skills.confirm_skill(in_acme.ed, in_acme.welding, 3, actor=in_acme.carol)

    assert row(in_acme.ed, in_acme.welding) == (3, 5, SkillSource.MANAGER)


def test_confirm_own_skill_is_refused(in_acme):
    skills.state_skill(in_acme.dave, in_acme.welding, 3)

    with pytest.raises(skills.OwnSkill):
        skills.confirm_skill(in_acme.dave, in_acme.welding, 3, actor=in_acme.dave)


def test_confirm_skill_that_is_not_stated_is_refused(in_acme):
    with pytest.raises(skills.SkillNotStated):
        skills.confirm_skill(in_acme.ed, in_acme.welding, 3, actor=in_acme.dave)


def test_remove_skill(in_acme):
    skills.remove_skill(in_acme.alice, in_acme.welding)

    assert not MemberSkill.objects.filter(member=in_acme.alice).exists()
    with pytest.raises(skills.SkillNotStated):
        skills.remove_skill(in_acme.alice, in_acme.welding)


@pytest.mark.parametrize("level", [0, 6, -1])
def test_level_out_of_range_is_refused(in_acme, level):
    with pytest.raises(skills.WrongLevel):
        skills.state_skill(in_acme.ed, in_acme.welding, level)


def test_too_many_skills_are_refused(in_acme, monkeypatch):
    monkeypatch.setattr(skills, "MAX_SKILLS", 1)
    skills.state_skill(in_acme.ed, in_acme.welding, 2)

    with pytest.raises(skills.TooManySkills):
        skills.state_skill(in_acme.ed, factories.skill("Sewing"), 2)
