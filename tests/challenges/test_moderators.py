"""Who moderates a challenge and no other: appointing, dismissing, and who may do that to whom."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from challenges.domain.drafting import discard_draft
from challenges.domain.managing import (
    ModeratesEverything,
    NotAModerator,
    NotAnEmployee,
    appoint_manager,
    appoint_moderator,
    dismiss_moderator,
)
from challenges.enums import ManagerPart
from challenges.models import Challenge, ChallengeModerator
from challenges.queries import challenges_listed, challenges_visible_to
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.people.enums import Kind, Role
from crowdhub.people.models import Member
from crowdhub.tenancy.context import tenant
from tests import factories
from tests.challenges.shared import BUDGET, SignIn, launched, page, queries_of, ready_draft
from tests.harness.cast import Cast, make_cast
from tests.harness.queries import page_and_queries


def moderators_of(challenge: Challenge) -> set[str]:
    return {one.member.name for one in ChallengeModerator.objects.filter(challenge=challenge)}


def told() -> list[tuple[str, Member | None, Member | None, dict[str, object]]]:
    about = Event.objects.filter(verb__startswith="moderator.").order_by("pk")
    return [(event.verb, event.member, event.actor, event.data) for event in about]


def test_appointing_and_dismissing_are_on_record(in_acme: Cast) -> None:
    draft, about = ready_draft(in_acme), (in_acme.ed, in_acme.carol)

    appoint_moderator(draft, member=in_acme.ed, actor=in_acme.carol)
    assert moderators_of(draft) == {"Ed"}
    dismiss_moderator(draft, member=in_acme.ed, actor=in_acme.carol)

    assert moderators_of(draft) == set()
    assert told() == [
        (verb, *about, {"challenge": draft.pk}) for verb in (Verb.MODERATOR_ADDED, Verb.MODERATOR_REMOVED)
    ]


def test_appointing_again_changes_nothing(in_acme: Cast) -> None:
    draft = ready_draft(in_acme)

    first, second = (appoint_moderator(draft, member=in_acme.ed, actor=in_acme.carol) for _ in range(2))

    assert first == second
    assert len(told()) == 1


def test_the_object_at_hand_knows_at_once(in_acme: Cast) -> None:
    draft, ed = ready_draft(in_acme), in_acme.ed
    assert ed.moderated == frozenset()

    appoint_moderator(draft, member=ed, actor=in_acme.carol)
    assert ed.moderated == {draft.pk}
    dismiss_moderator(draft, member=ed, actor=in_acme.carol)
    assert ed.moderated == frozenset()


def test_a_challenge_that_is_closed_gets_and_loses_one(in_acme: Cast) -> None:
    closed = factories.challenge(in_acme.carol, state="closed")

    appoint_moderator(closed, member=in_acme.ed, actor=in_acme.carol)
    dismiss_moderator(closed, member=in_acme.ed, actor=in_acme.carol)


@pytest.mark.parametrize(
    "who", ["a partner", "a guest", "who left", "who was erased", "of another organization", "who moderates everything"]
)
def test_who_cannot_be_appointed(in_acme: Cast, who: str) -> None:
    draft = ready_draft(in_acme)
    member, refusal = {
        "a partner": lambda: (factories.member("Pia", kind=Kind.PARTNER), NotAnEmployee),
        "a guest": lambda: (factories.member("Gus", kind=Kind.GUEST), NotAnEmployee),
        "who left": lambda: (factories.member("Lars", is_active=False), NotAnEmployee),
        "who was erased": lambda: (factories.member("Nobody", erased_at=draft.created_at), NotAnEmployee),
        "of another organization": lambda: (in_acme.mallory, NotAnEmployee),
        "who moderates everything": lambda: (in_acme.bob, ModeratesEverything),
    }[who]()

    with pytest.raises(refusal) as refused:
        appoint_moderator(draft, member=member, actor=in_acme.carol)

    assert refused.value.field == "member"
    assert moderators_of(draft) == set()
    assert told() == []


def test_only_who_moderates_it_is_dismissed(in_acme: Cast) -> None:
    draft = ready_draft(in_acme)

    with pytest.raises(NotAModerator):
        dismiss_moderator(draft, member=in_acme.ed, actor=in_acme.carol)
    assert told() == []


def test_a_draft_with_a_moderator_can_be_discarded(in_acme: Cast) -> None:
    draft = ready_draft(in_acme)
    appoint_moderator(draft, member=in_acme.ed, actor=in_acme.carol)

    discard_draft(draft, actor=in_acme.carol)

    assert not ChallengeModerator.objects.exists()
    assert len(told()) == 1


def test_they_know_of_the_challenge_once_it_is_launched_and_of_no_other(in_acme: Cast) -> None:
    for state in ("draft", "launched", "closed"):
        mine = factories.challenge(in_acme.carol, title=state, state=state, visibility="invited")
        factories.moderator(mine, in_acme.ed)
        factories.challenge(in_acme.carol, state=state, visibility="invited")

    assert {one.title for one in challenges_visible_to(in_acme.ed)} == {"launched", "closed"}
    assert [one.title for one in challenges_listed(in_acme.ed, "asked")] == []
    assert [one.title for one in challenges_listed(in_acme.ed, "managed")] == []


def test_a_row_of_another_organization_is_refused_by_the_database(in_acme: Cast) -> None:
    draft = ready_draft(in_acme)

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError), transaction.atomic():
        factories.moderator(draft, in_acme.mallory)


@pytest.mark.usefixtures("committed_db")
def test_two_managers_appoint_the_same_person_once() -> None:
    with transaction.atomic():
        cast = make_cast(factories.organization("acme"), factories.organization("globex"))
    with tenant(cast.acme), transaction.atomic():
        challenge = ready_draft(cast)
    together = Barrier(2)

    def appoint() -> None:
        with tenant(cast.acme):
            together.wait()
            with transaction.atomic():
                ed = Member.objects.get(pk=cast.ed.pk)
                appoint_moderator(Challenge(pk=challenge.pk), member=ed, actor=cast.carol)
        connection.close()

    threads = [Thread(target=appoint) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with tenant(cast.acme), transaction.atomic():
        assert ChallengeModerator.objects.count() == 1
        assert len(told()) == 1


# --- The page -------------------------------------------------------------------------------------


def test_a_moderator_is_found_added_and_removed(in_acme: Cast, as_member: SignIn) -> None:
    challenge = launched(in_acme)
    carol, url = as_member(in_acme.carol), page("challenges:managers", challenge.public_id)
    body = {"member": in_acme.ed.public_id, "part": "moderator"}
    queue = page("moderation:queue")

    before = carol.get(url).content.decode()
    found = carol.get(url, {"q": "ed@acme"}).content.decode()
    assert "Nobody in particular" in before
    assert in_acme.ed.public_id not in before
    assert in_acme.ed.public_id in found
    assert "Add as moderator" in found
    assert as_member(in_acme.ed).get(queue).status_code == 403

    added = carol.post(url, body)
    shown = carol.get(url).content.decode()
    assert added["Location"] == url
    assert "Ed is now a moderator of this challenge." in shown
    assert as_member(in_acme.ed).get(queue).status_code == 200
    assert in_acme.ed.public_id not in carol.get(url, {"q": "zzz"}).content.decode().partition('id="add"')[2]

    removed = carol.post(page("challenges:remove_moderator", challenge.public_id, in_acme.ed.public_id))
    assert removed["Location"] == url
    assert "Ed no longer moderates this challenge." in carol.get(url).content.decode()
    assert as_member(in_acme.ed).get(queue).status_code == 403


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        ("Ed", {"moderator"}),
        ("Grace", {"moderator"}),
        ("Carol", {"moderator"}),  # who manages it
        ("Otto", {"manager", "deputy", "moderator"}),
        ("Olga", {"manager", "deputy"}),  # who moderates it
        ("Bob", set()),  # who moderates every challenge
        ("Gus", set()),
        ("Lars", set()),
        ("Mallory", set()),
    ],
)
def test_what_is_offered_of_whom(in_acme: Cast, as_member: SignIn, who: str, offered: set[str]) -> None:
    draft = ready_draft(in_acme)
    for name in ("Otto", "Olga"):
        factories.grant(factories.member(name), Role.MANAGER)
    factories.moderator(draft, Member.objects.get(name="Olga"))
    factories.member("Gus", kind=Kind.GUEST)
    factories.member("Lars", is_active=False)

    html = as_member(in_acme.carol).get(page("challenges:managers", draft.public_id), {"q": who}).content.decode()

    html = html.partition('id="add"')[2]
    assert {part for part in ("manager", "deputy", "moderator") if f'name="part" value="{part}"' in html} == offered


def test_what_was_looked_for_stays_when_it_is_refused(in_acme: Cast, as_member: SignIn) -> None:
    draft = ready_draft(in_acme)
    carol, url = as_member(in_acme.carol), page("challenges:managers", draft.public_id)

    refused = carol.post(f"{url}?q=bob+the", {"member": in_acme.bob.public_id, "part": "moderator"})

    assert refused.status_code == 422
    assert "already moderates every challenge" in refused.content.decode()
    assert 'value="bob the"' in refused.content.decode()


def test_what_the_page_refuses(in_acme: Cast, as_member: SignIn) -> None:
    draft = ready_draft(in_acme)
    carol, url = as_member(in_acme.carol), page("challenges:managers", draft.public_id)
    guest = factories.member("Gus", kind=Kind.GUEST)

    for person in (in_acme.mallory, guest, in_acme.bob):
        assert carol.post(url, {"member": person.public_id, "part": "moderator"}).status_code == 422
    assert carol.post(page("challenges:remove_moderator", draft.public_id, in_acme.ed.public_id)).status_code == 404
    assert moderators_of(draft) == set()


@pytest.mark.parametrize(
    ("who", "status"), [("deputy", 403), ("moderator", 403), ("erin", 404), ("bob", 403), ("alice", 403), ("ed", 404)]
)
def test_only_its_managers_appoint(in_acme: Cast, as_member: SignIn, who: str, status: int) -> None:
    challenge, deputy = launched(in_acme), factories.member("Olga")
    factories.grant(deputy, Role.MANAGER)
    appoint_manager(challenge, member=deputy, part=ManagerPart.DEPUTY, actor=in_acme.carol)
    factories.moderator(challenge, in_acme.grace)
    client: Client = as_member({"deputy": deputy, "moderator": in_acme.grace}.get(who) or getattr(in_acme, who))

    add = {"member": in_acme.dave.public_id, "part": "moderator"}
    assert client.post(page("challenges:managers", challenge.public_id), add).status_code == status
    remove = page("challenges:remove_moderator", challenge.public_id, in_acme.grace.public_id)
    assert client.post(remove).status_code == status
    assert moderators_of(challenge) == {"Grace"}


def test_a_deputy_sees_who_moderates(in_acme: Cast, as_member: SignIn) -> None:
    challenge, deputy = launched(in_acme), factories.member("Olga")
    factories.grant(deputy, Role.MANAGER)
    appoint_manager(challenge, member=deputy, part=ManagerPart.DEPUTY, actor=in_acme.carol)
    factories.moderator(challenge, in_acme.grace)

    html = as_member(deputy).get(page("challenges:managers", challenge.public_id)).content.decode()

    assert "Grace" in html
    assert "Remove" not in html
    assert "Add as moderator" not in html


@pytest.mark.parametrize("number", [1, 20])
def test_the_page_stays_within_its_budget(in_acme: Cast, as_member: SignIn, number: int) -> None:
    draft = ready_draft(in_acme)
    for one in range(number):
        factories.member(f"Free {one}")
        factories.moderator(draft, factories.member(f"Busy {one}"))
    url = page("challenges:managers", draft.public_id)

    assert len(queries_of(as_member(in_acme.carol), url)) <= BUDGET
    assert len(queries_of(as_member(in_acme.carol), f"{url}?q=free")) <= BUDGET


def test_whoever_moderates_pays_for_no_query_more(in_acme: Cast, as_member: SignIn) -> None:
    challenge = factories.challenge(in_acme.carol)
    for url in (page("pages:home"), page("pages:challenge", challenge.public_id), page("challenges:list")):
        as_member(in_acme.ed).get(url)  # the first visit is noted
        before = len(page_and_queries(as_member(in_acme.ed), url)[1])
        row = factories.moderator(challenge, in_acme.ed)
        assert len(page_and_queries(as_member(in_acme.ed), url)[1]) == before, url
        row.delete()
