"""Who manages a challenge: appointing, giving another part, dismissing, and that somebody always does."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from challenges.domain.drafting import discard_draft
from challenges.domain.managing import LastManager, NotAManager, NotEligible, appoint_manager, dismiss_manager
from challenges.enums import ManagerPart
from challenges.models import Challenge, ChallengeManager
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.people.enums import Role
from crowdhub.people.models import Member
from crowdhub.tenancy.context import tenant
from tests import factories
from tests.challenges.shared import BUDGET, SignIn, launched, page, queries_of, ready_draft
from tests.harness.cast import Cast, make_cast


def manager(name: str) -> Member:
    """Make a member who holds the role of a challenge manager."""
    member = factories.member(name)
    factories.grant(member, Role.MANAGER)
    return member


def parts_in(challenge: Challenge) -> dict[str, str]:
    return {one.member.name: one.part for one in ChallengeManager.objects.filter(challenge=challenge)}


def told() -> list[tuple[str, str, dict[str, object]]]:
    about = Event.objects.filter(verb__startswith="manager.").select_related("member").order_by("pk")
    return [(event.verb, event.member.name if event.member else "", event.data) for event in about]


def test_a_co_manager_and_a_deputy_are_appointed(in_acme: Cast) -> None:
    draft = ready_draft(in_acme)

    appoint_manager(draft, member=manager("Olga"), part=ManagerPart.MANAGER, actor=in_acme.carol)
    appoint_manager(draft, member=manager("Otto"), part=ManagerPart.DEPUTY, actor=in_acme.carol)

    assert parts_in(draft) == {"Carol": "manager", "Olga": "manager", "Otto": "deputy"}
    assert told() == [
        (Verb.MANAGER_ADDED, "Olga", {"challenge": draft.pk, "part": "manager"}),
        (Verb.MANAGER_ADDED, "Otto", {"challenge": draft.pk, "part": "deputy"}),
    ]


def test_the_same_part_again_changes_nothing(in_acme: Cast) -> None:
    draft, olga = ready_draft(in_acme), manager("Olga")

    for _ in range(2):
        appoint_manager(draft, member=olga, part=ManagerPart.DEPUTY, actor=in_acme.carol)

    assert [verb for verb, _name, _data in told()] == [Verb.MANAGER_ADDED]


def test_a_deputy_takes_over(in_acme: Cast) -> None:
    draft, olga = ready_draft(in_acme), manager("Olga")
    appoint_manager(draft, member=olga, part=ManagerPart.DEPUTY, actor=in_acme.carol)

    appoint_manager(draft, member=olga, part=ManagerPart.MANAGER, actor=in_acme.carol)
    dismiss_manager(draft, member=in_acme.carol, actor=olga)

    assert parts_in(draft) == {"Olga": "manager"}
    assert [verb for verb, _name, _data in told()] == [Verb.MANAGER_ADDED, Verb.MANAGER_CHANGED, Verb.MANAGER_REMOVED]


@pytest.mark.parametrize("who", ["without the role", "who left", "of another organization"])
def test_who_cannot_be_appointed(in_acme: Cast, who: str) -> None:
    draft, left = ready_draft(in_acme), manager("Olga")
    Member.objects.filter(pk=left.pk).update(is_active=False)
    member = {"without the role": in_acme.ed, "who left": left, "of another organization": in_acme.mallory}[who]

    with pytest.raises(NotEligible):
        appoint_manager(draft, member=member, part=ManagerPart.MANAGER, actor=in_acme.carol)

    assert parts_in(draft) == {"Carol": "manager"}
    assert told() == []


def test_the_last_manager_stays(in_acme: Cast) -> None:
    draft, olga, left = ready_draft(in_acme), manager("Olga"), manager("Lars")
    appoint_manager(draft, member=olga, part=ManagerPart.DEPUTY, actor=in_acme.carol)
    appoint_manager(draft, member=left, part=ManagerPart.MANAGER, actor=in_acme.carol)
    Member.objects.filter(pk=left.pk).update(is_active=False)

    with pytest.raises(LastManager):
        dismiss_manager(draft, member=in_acme.carol, actor=in_acme.carol)
    with pytest.raises(LastManager):
        appoint_manager(draft, member=in_acme.carol, part=ManagerPart.DEPUTY, actor=in_acme.carol)
    with pytest.raises(NotAManager):
        dismiss_manager(draft, member=in_acme.ed, actor=in_acme.carol)

    assert parts_in(draft) == {"Carol": "manager", "Olga": "deputy", "Lars": "manager"}


def test_a_draft_with_several_managers_can_be_discarded(in_acme: Cast) -> None:
    draft = ready_draft(in_acme)
    appoint_manager(draft, member=manager("Olga"), part=ManagerPart.MANAGER, actor=in_acme.carol)

    discard_draft(draft, actor=in_acme.carol)

    assert not Challenge.objects.exists()
    assert len(told()) == 1


@pytest.mark.usefixtures("committed_db")
def test_of_two_managers_who_dismiss_each_other_one_stays() -> None:
    with transaction.atomic():
        cast = make_cast(factories.organization("acme"), factories.organization("globex"))
    with tenant(cast.acme), transaction.atomic():
        challenge, olga = ready_draft(cast), manager("Olga")
        appoint_manager(challenge, member=olga, part=ManagerPart.MANAGER, actor=cast.carol)
    together, outcomes = Barrier(2), []

    def dismiss(removed: int, actor: int) -> None:
        with tenant(cast.acme):
            together.wait()
            try:
                with transaction.atomic():
                    people = Member.objects.in_bulk([removed, actor])
                    dismiss_manager(Challenge(pk=challenge.pk), member=people[removed], actor=people[actor])
                outcomes.append("removed")
            except LastManager:
                outcomes.append("refused")
        connection.close()

    pairs = [(olga.pk, cast.carol.pk), (cast.carol.pk, olga.pk)]
    threads = [Thread(target=dismiss, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["refused", "removed"]
    with tenant(cast.acme), transaction.atomic():
        assert ChallengeManager.objects.count() == 1


# --- The page -------------------------------------------------------------------------------------


def test_managers_are_found_added_and_removed(in_acme: Cast, as_member: SignIn) -> None:
    draft, olga = ready_draft(in_acme), manager("Olga")
    carol, url = as_member(in_acme.carol), page("challenges:managers", draft.public_id)

    assert url in carol.get(page("challenges:edit", draft.public_id)).content.decode()
    found = carol.get(url, {"q": "olg"}).content.decode()
    assert olga.public_id in found
    assert "Add as manager" not in carol.get(url, {"q": "alice"}).content.decode()

    assert carol.post(url, {"member": olga.public_id, "part": "deputy"})["Location"] == url
    assert "Olga is now a deputy for this challenge." in carol.get(url).content.decode()
    assert as_member(olga).get(page("challenges:edit", draft.public_id)).status_code == 200

    removed = carol.post(page("challenges:remove_manager", draft.public_id, olga.public_id))
    assert removed["Location"] == url
    assert as_member(olga).get(page("challenges:edit", draft.public_id)).status_code == 404


def test_the_room_leads_to_the_managers(in_acme: Cast, as_member: SignIn) -> None:
    challenge = launched(in_acme)
    carol, url = as_member(in_acme.carol), page("challenges:managers", challenge.public_id)

    assert url in carol.get(page("pages:room", challenge.public_id)).content.decode()
    assert carol.get(url).status_code == 200


def test_who_removes_themselves_goes_back_to_their_list(in_acme: Cast, as_member: SignIn) -> None:
    draft = ready_draft(in_acme)
    appoint_manager(draft, member=manager("Olga"), part=ManagerPart.MANAGER, actor=in_acme.carol)

    left = as_member(in_acme.carol).post(page("challenges:remove_manager", draft.public_id, in_acme.carol.public_id))

    assert left["Location"] == page("challenges:list")
    assert parts_in(draft) == {"Olga": "manager"}


def test_what_the_page_refuses(in_acme: Cast, as_member: SignIn) -> None:
    draft = ready_draft(in_acme)
    carol, url = as_member(in_acme.carol), page("challenges:managers", draft.public_id)
    own = {"member": in_acme.carol.public_id, "part": "deputy"}

    for body in ({}, {"member": "nobody"}, {"member": in_acme.mallory.public_id}, own | {"part": "king"}):
        assert carol.post(url, body).status_code == 422
    without_role = carol.post(url, {"member": in_acme.ed.public_id, "part": "manager"})
    last = carol.post(page("challenges:remove_manager", draft.public_id, in_acme.carol.public_id))

    assert "administrators grant it" in without_role.content.decode()
    assert (without_role.status_code, last.status_code, carol.post(url, own).status_code) == (422, 409, 409)
    assert "make somebody else a manager first" in last.content.decode()
    assert carol.post(page("challenges:remove_manager", draft.public_id, in_acme.ed.public_id)).status_code == 404
    assert parts_in(draft) == {"Carol": "manager"}


def test_a_deputy_sees_the_managers_and_appoints_once_they_have_left(in_acme: Cast, as_member: SignIn) -> None:
    draft, deputy, other = ready_draft(in_acme), manager("Olga"), manager("Otto")
    appoint_manager(draft, member=deputy, part=ManagerPart.DEPUTY, actor=in_acme.carol)
    client, url = as_member(deputy), page("challenges:managers", draft.public_id)
    body = {"member": other.public_id, "part": "manager"}

    assert "Add as manager" not in client.get(url).content.decode()
    assert client.post(url, body).status_code == 403
    assert client.post(page("challenges:remove_manager", draft.public_id, in_acme.carol.public_id)).status_code == 403

    Member.objects.filter(pk=in_acme.carol.pk).update(is_active=False)
    assert client.post(url, body).status_code == 302
    assert client.post(page("challenges:remove_manager", draft.public_id, in_acme.carol.public_id)).status_code == 403
    assert parts_in(draft) == {"Carol": "manager", "Olga": "deputy", "Otto": "manager"}


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_stays_within_its_budget(in_acme: Cast, as_member: SignIn, number: int) -> None:
    draft = ready_draft(in_acme)
    for one in range(number):
        manager(f"Free {one}")
        appoint_manager(draft, member=manager(f"Busy {one}"), part=ManagerPart.DEPUTY, actor=in_acme.carol)

    assert len(queries_of(as_member(in_acme.carol), page("challenges:managers", draft.public_id))) <= BUDGET
