"""Co-authors and their shares."""

from __future__ import annotations

import pytest

from challenges.enums import Visibility
from ideas.domain import teams
from ideas.domain.writing import NotAContributor
from ideas.enums import ContributorPart


def shares(idea) -> dict[str, int]:
    return {one.member.name: one.share for one in idea.contributors.select_related("member").order_by("pk")}


def test_share_of_a_co_author_comes_out_of_the_authors(in_acme, idea):
    teams.add_contributor(idea, in_acme.ed, actor=in_acme.alice, share=30)

    assert shares(idea) == {"Alice": 70, "Ed": 30}


@pytest.mark.parametrize("share", [100, 120, -1])
def test_author_cannot_give_all_or_nonsense(in_acme, idea, share):
    with pytest.raises(teams.CannotContribute):
        teams.add_contributor(idea, in_acme.ed, actor=in_acme.alice, share=share)

    assert shares(idea) == {"Alice": 100}


def test_person_who_cannot_see_the_challenge_cannot_be_added(in_acme, challenge, idea):
    challenge.visibility = Visibility.INVITED
    challenge.save()

    with pytest.raises(teams.CannotContribute):
        teams.add_contributor(idea, in_acme.ed, actor=in_acme.alice, share=30)


def test_reader_cannot_add_themselves(in_acme, idea):
    with pytest.raises(NotAContributor):
        teams.add_contributor(idea, in_acme.ed, actor=in_acme.ed, share=0)


def test_person_is_added_once(in_acme, idea):
    teams.add_contributor(idea, in_acme.ed, actor=in_acme.alice, share=10)

    with pytest.raises(teams.CannotContribute):
        teams.add_contributor(idea, in_acme.ed, actor=in_acme.alice, share=10)

    assert shares(idea) == {"Alice": 90, "Ed": 10}


def test_leaving_author_hands_share_and_part_on(in_acme, idea):
    teams.add_contributor(idea, in_acme.ed, actor=in_acme.alice, share=30)

    teams.remove_contributor(idea, in_acme.alice, actor=in_acme.alice)

    assert shares(idea) == {"Ed": 100}
    assert idea.contributors.get().part == ContributorPart.AUTHOR


def test_last_author_stays(in_acme, idea):
    with pytest.raises(teams.CannotContribute):
        teams.remove_contributor(idea, in_acme.alice, actor=in_acme.alice)
