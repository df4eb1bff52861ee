"""Co-authors and their shares."""

from __future__ import annotations

import pytest

from challenges.enums import Visibility
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from ideas.domain import teams, voting
from ideas.domain.writing import NotAContributor
from ideas.enums import ContributorPart
from ideas.models import Vote


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


def test_every_change_of_the_team_is_on_record(in_acme, idea):
    teams.add_contributor(idea, in_acme.ed, actor=in_acme.alice, share=30)
    teams.remove_contributor(idea, in_acme.alice, actor=in_acme.ed)

    assert list(Event.objects.order_by("pk").values_list("verb", "actor", "idea", "data")) == [
        (Verb.CONTRIBUTOR_ADDED, in_acme.alice.pk, idea.pk, {"member": in_acme.ed.pk, "share": 30}),
        (
            Verb.CONTRIBUTOR_REMOVED,
            in_acme.ed.pk,
            idea.pk,
            {"member": in_acme.alice.pk, "share": 70, "heir": in_acme.ed.pk},
        ),
    ]


def test_a_refused_change_is_not_on_record(in_acme, idea):
    with pytest.raises(teams.CannotContribute):
        teams.remove_contributor(idea, in_acme.alice, actor=in_acme.alice)

    assert not Event.objects.exists()


def test_vote_of_a_new_co_author_is_taken_back(in_acme, idea):
    voting.cast_vote(idea, actor=in_acme.ed)

    teams.add_contributor(idea, in_acme.ed, actor=in_acme.alice)

    assert not Vote.objects.exists()
    assert list(Event.objects.order_by("pk").values_list("verb", "actor")) == [
        (Verb.VOTE_CAST, in_acme.ed.pk),
        (Verb.VOTE_WITHDRAWN, in_acme.ed.pk),
        (Verb.CONTRIBUTOR_ADDED, in_acme.alice.pk),
    ]
