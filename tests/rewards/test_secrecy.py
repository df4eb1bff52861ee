"""While vote counts are hidden, a vote changes nothing that anyone but the voter can read, at any address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from challenges.enums import ChallengeState, PhaseKind, Visibility
from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.inbox.digest_content import collect
from crowdhub.inbox.domain.digests import claim_digests
from crowdhub.inbox.models import Digest
from crowdhub.people.models import Member
from crowdhub.reports.domain.exports import request_export
from crowdhub.reports.domain.running import run_export
from crowdhub.reports.enums import ExportFormat, ExportKind
from crowdhub.reports.models import FrozenMonth
from crowdhub.tenancy.context import tenant
from ideas.domain.exposure import count_exposures, note_exposures
from ideas.domain.voting import cast_vote
from ideas.models import Idea
from rewards.domain.standings import choose_listing
from rewards.models import LedgerEntry
from tests import factories
from tests.harness.outbox import run_consumers
from tests.reports.working import comment, last_month, staff, within
from tests.tenancy import scenario as scenarios
from tests.tenancy.api_matrix import ACTIONS, address_of
from tests.tenancy.matrix import MATRIX
from tests.tenancy.scenario import Scenario

# One of each who can read something that the others cannot, and is no voter: for administrators it is the directory.
READERS = ("author", "outsider", "moderator", "manager", "hr", "auditor")
# What is new at every reading: the token of each form, and the number under which it begins something.
TOKEN = re.compile(rb'(?:csrfmiddlewaretoken|client_uuid)" value="[^"]+"|"X-CSRFToken": ?"[^"]+"|X-CSRFToken[^}]+')
# Reading these for the first time is seen elsewhere: visits, what was read, who saw which idea.
LEAVES_TRACES = frozenset({"pages:home", "pages:challenge", "ideas:detail", "idea-detail", "inbox:open"})
# Every download of an export is on record, and the file itself was made before.
GOES_ON_RECORD = frozenset({"reports:download", "export-file"})
# Pages about one's own sign-in: they are about nobody else, and offer a new secret at every reading.
ABOUT_SIGN_IN = ("account_", "mfa_", "usersessions_")
ORDERS = ("created_at", "-published_at", "title", "vote_count", "-vote_count")


@pytest.fixture
def scenario(cast) -> VotingWorld:
    """The walk's world, with voting open, everybody on the leaderboard, and ideas that somebody might rank."""
    made = VotingWorld(**vars(scenarios.build(cast)))
    with tenant(cast.acme):
        idea = Idea.objects.get(public_id=made.ids["idea"])
        over = factories.challenge(cast.carol, visibility=Visibility.INVITED)
        factories.phase(over, PhaseKind.VOTING, starts_in=-9, ends_in=-1)
        rated = factories.idea(over, cast.alice)
        rival = factories.idea(idea.challenge, cast.ed)
        for _ in range(22):  # above the limit of a day
            record(Verb.VOTE_CAST, subject=rated, actor=factories.member())
        record(Verb.IDEA_PUBLISHED, subject=rival, actor=cast.bob)
        for name in ("alice", "ed", "colleague"):
            member = made.members["colleague"] if name == "colleague" else getattr(cast, name)
            choose_listing(member, listed=True)
        note_exposures([idea, rival], made.members["colleague"])
        made.voters = staff(cast.sales, 9)
        comment(idea, made.voters[0], at=within(last_month()))  # so that the report of the month shows something
        settle()
    return made


@dataclass
class VotingWorld(Scenario):
    """The walk's world, and people whose votes of last month no report may tell."""

    voters: list[Member] = field(default_factory=list)


def settle() -> None:
    """Do what workers and clocks would do."""
    run_consumers()
    count_exposures()


def addresses(scenario: VotingWorld) -> Iterator[tuple[str, str, str]]:
    """Yield name, reader and address, for everybody but the voter."""
    for row in MATRIX:
        ids = {name: scenario.ids.get(what, what) for name, what in row.ids.items()}
        # Whoever may decide a case renews its lease by reading; auditors read the same page.
        for who in set(row.get.split()) & set(READERS) - ({"moderator"} if row.name == "moderation:case" else set()):
            yield row.name, who, reverse(row.name, kwargs=ids)
    for action in ACTIONS:
        if action.method == "GET":
            for who in set(action.let_in.split()) & set(READERS):
                yield action.name, who, address_of(action, scenario.ids)
    for who in READERS:
        challenge = scenario.ids["challenge"]
        for order in ORDERS:
            yield "idea-list", who, f"{reverse('api:idea-list')}?challenge={challenge}&ordering={order}"
        yield "rewards:board", who, reverse("rewards:board") + "?board=newcomers"
        yield "pages:search", who, reverse("pages:search") + "?q=Pulse"


def everything(
    scenario: VotingWorld, browsers: dict[str, Client], only: frozenset[str] = frozenset()
) -> dict[tuple[str, str], tuple[int, bytes]]:
    found = {}
    for name, who, address in addresses(scenario):
        if name in GOES_ON_RECORD or name.startswith(ABOUT_SIGN_IN) or (only and name not in only):
            continue
        response = browsers[who].get(address)
        body = b"".join(response) if response.streaming else response.content
        found[who, address] = (response.status_code, TOKEN.sub(b"", body))
    return found


def report_of_last_month(scenario: VotingWorld) -> bytes:
    """Return the file that HR gets, as if nobody had read the month before."""
    with tenant(scenario.cast.acme):
        FrozenMonth.objects.all().delete()
        with transaction.atomic():
            month = last_month()
            export = request_export(ExportKind.ENGAGEMENT, ExportFormat.CSV, month, month, actor=scenario.cast.dave)
            run_export(scenario.cast.acme, export.pk)
            export.refresh_from_db()
            content = bytes(export.content or b"")
            transaction.set_rollback(True)  # the log of exports would differ by those of this test
    return content


def digests(scenario: VotingWorld) -> dict[int, object]:
    """Return what everyone's digest would say, the voter's apart."""
    with tenant(scenario.cast.acme):
        Digest.objects.all().delete()
        ids = claim_digests(scenario.cast.acme, now=timezone.now())
        waiting = list(Digest.objects.filter(pk__in=ids).select_related("member"))
        contents = collect(waiting, now=timezone.now())
    return {member: content for member, content in contents.items() if member != scenario.members["colleague"].pk}


@pytest.mark.slow
def test_a_secret_vote_can_be_read_nowhere(scenario, as_member, monkeypatch):
    moment = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: moment)  # "a minute ago" is no trace of a vote
    browsers = {who: as_member(scenario.members[who]) for who in READERS}
    everything(scenario, browsers, only=LEAVES_TRACES)
    with tenant(scenario.cast.acme):
        settle()
        entries = LedgerEntry.objects.count()
    file = report_of_last_month(scenario)
    before, mails = everything(scenario, browsers), digests(scenario)

    with tenant(scenario.cast.acme):
        idea = Idea.objects.get(public_id=scenario.ids["idea"])
        cast_vote(idea, actor=scenario.members["colleague"])
        for voter in scenario.voters[1:4]:
            record(Verb.VOTE_CAST, subject=idea, actor=voter, now=within(last_month()))
        settle()
        assert LedgerEntry.objects.count() > entries  # the votes have earned their points already
    file_after = report_of_last_month(scenario)
    after = everything(scenario, browsers)

    assert [place for place in before if before[place] != after[place]] == []
    assert {200} < {status for status, _body in before.values()}
    assert file == file_after
    assert b",Sales KANARIENVOGEL,All departments,9,1," in file
    assert digests(scenario) == mails


def test_the_vote_can_be_read_when_voting_is_over(scenario, as_member):
    """What shows that the test above looks at the right places."""
    author = as_member(scenario.members["author"])
    standing, idea = reverse("api:standing"), reverse("api:idea-detail", kwargs={"id": scenario.ids["idea"]})
    with tenant(scenario.cast.acme):
        cast_vote(Idea.objects.get(public_id=scenario.ids["idea"]), actor=scenario.members["colleague"])
        settle()
    before = author.get(standing).json()["points"], author.get(idea).json()["vote_count"]

    with tenant(scenario.cast.acme):
        challenge = Idea.objects.get(public_id=scenario.ids["idea"]).challenge
        challenge.state = ChallengeState.CLOSED
        challenge.save()
    after = author.get(standing).json()["points"], author.get(idea).json()["vote_count"]

    assert (before[1], after[1], after[0] - before[0]) == (None, 1, 2)
