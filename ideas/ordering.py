"""In which order the ideas of a challenge are shown, so that each gets its chance.

The sources of what is done here are in the works on idea contests: what is shown first is voted for first, so the least
seen comes first; later in a phase, half of the places go to what looks promising, drawn by chance (Thompson sampling);
after voting, a score from so few views ranks too finely, so that ideas stand in tiers.
"""

from __future__ import annotations

from datetime import datetime, time
from enum import StrEnum
from typing import Final

from django.db.models import (
    BigIntegerField,
    Case,
    ExpressionWrapper,
    F,
    FloatField,
    Func,
    IntegerField,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import (
    Cast,
    Coalesce,
    Concat,
    Greatest,
    Least,
    Ln,
    NullIf,
    PercentRank,
    RowNumber,
    Sqrt,
)
from django.utils import timezone

from challenges.enums import PHASE_OPENS, Action, ChallengeState
from challenges.models import Challenge
from challenges.rules import counts_are_public
from crowdhub.people.models import Member
from ideas.enums import IdeaState
from ideas.models import Idea, Vote
from ideas.queries import count_of, for_cards, published_ideas, votes_of_each

SCORE_PRIOR: Final = 10.0  # views that an idea is given before anyone has seen it
SEEN_FIRST_UNTIL: Final = 0.6  # of a phase; then every other place is drawn
TIERS: Final = {1: 0.1, 2: 0.5}  # up to which share of the ideas each reaches; the others are the third
BITS_32: Final = 2**32 - 1
LOGISTIC: Final = 3**0.5 / 3.141592653589793  # makes a logistic curve as wide as a normal one


class Order(StrEnum):
    LEAST_SEEN = "least_seen"
    MIXED = "mixed"
    TIERS = "tiers"


def order_of(challenge: Challenge, *, now: datetime | None = None) -> Order:
    """Return how the ideas of a challenge are ordered now; uses prefetched phases.

    It changes between days, never while somebody turns pages: what counts is how far the phase was in the morning.
    """
    if counts_are_public(challenge, now=now):
        return Order.TIERS
    day = timezone.localtime(now).date()
    morning = timezone.make_aware(datetime.combine(day, time.min))
    working = {Action.SUBMIT, Action.VOTE}
    is_late = any(
        phase.starts_at <= morning < phase.ends_at
        and (morning - phase.starts_at) >= SEEN_FIRST_UNTIL * (phase.ends_at - phase.starts_at)
        for phase in challenge.phases.all()
        if PHASE_OPENS[phase.kind] & working
    )
    return Order.MIXED if is_late and challenge.state == ChallengeState.LAUNCHED else Order.LEAST_SEEN


def ideas_in_fair_order(challenge: Challenge, member: Member, *, now: datetime | None = None) -> QuerySet[Idea]:
    """Return a challenge's published ideas for cards, in two queries whatever their number.

    For the first 60 % of a phase the least seen idea is first. Then its list is taken by turns with one that is drawn:
    an idea's chance in it is Beta(1 + t, 1 + s - t), where s members have seen it and t others than its authors have
    talked about it, drawn as a logistic variable with the mean and the deviation of that. Votes have no part in it:
    they are secret, and an order that depends on them tells them to whoever compares it over days or with colleagues;
    who talks is there to be read. All chance falls differently for each member and day, and stays for that day.

    Once counts are public ideas stand in three `tier`s, the first a tenth and the second up to the half of them, by
    their score: (votes + C * mean) / (views + C), C = 10, a Bayesian average of votes over views. Equal scores share a
    tier, and within one there is no rank.

    Each idea has contributors with their members, `excerpt`, `comment_count`, `my_vote`, `following`, `outcome` (of the
    latest answer, or None), `vote_count` and `tier` (None while counts are hidden); its text is deferred.
    """
    ideas = for_cards(published_ideas(challenge), member)
    chance = _chance(f"{member.public_id}{timezone.localtime(now).date()}")
    order = order_of(challenge, now=now)
    if order == Order.TIERS:
        return _in_tiers(ideas, challenge, chance)
    hidden = Value(None, output_field=IntegerField())
    ideas = ideas.annotate(vote_count=hidden, tier=hidden)
    return ideas.order_by(_by_turns(chance)) if order == Order.MIXED else ideas.order_by("seen_count", chance)


def _chance(of: str) -> Func:
    """Return a number of 64 bits that differs for each idea, and is the same whenever it is asked for `of` the same."""
    return Func(Concat("public_id", Value(of)), Value(0), function="hashtextextended", output_field=BigIntegerField())


def _by_turns(chance: Func) -> Combinable:
    """Return the place of an idea in two lists that are taken by turns, each idea where it comes up first."""
    by_views = Window(RowNumber(), order_by=[F("seen_count").asc(), chance.asc()])
    by_draw = Window(RowNumber(), order_by=[_drawn(chance).desc(), chance.asc()])
    return Least(by_views * 2 - 1, by_draw * 2)


def _drawn(chance: Func) -> ExpressionWrapper:
    talked, seen = Cast("talk_count", FloatField()), Cast(Greatest("seen_count", "talk_count"), FloatField())
    mean = (talked + 1.0) / (seen + 2.0)
    deviation = Sqrt(mean * (1.0 - mean) / (seen + 3.0))
    even = (Cast(chance.bitand(BITS_32), FloatField()) + 0.5) / (BITS_32 + 1.0)  # between 0 and 1
    drawn = mean + deviation * LOGISTIC * (Ln(even) - Ln(1.0 - even))
    return ExpressionWrapper(drawn, output_field=FloatField())


def _in_tiers(ideas: QuerySet[Idea], challenge: Challenge, chance: Func) -> QuerySet[Idea]:
    scored = ideas.annotate(vote_count=votes_of_each(), score=_score(challenge))
    placed = scored.annotate(share=Window(PercentRank(), order_by=F("score").desc()))
    within = [When(share__lte=share, then=Value(tier)) for tier, share in TIERS.items()]
    return placed.annotate(tier=Case(*within, default=Value(len(TIERS) + 1))).order_by("tier", chance)


def _score(challenge: Challenge) -> Combinable:
    votes = Vote.objects.filter(idea__challenge=challenge, idea__state=IdeaState.PUBLISHED)
    views = published_ideas(challenge).order_by().values("challenge").annotate(views=Sum("seen_count")).values("views")
    votes_of_all, views_of_all = count_of(votes, "idea__challenge"), Subquery(views, output_field=FloatField())
    mean = Coalesce(Cast(votes_of_all, FloatField()) / NullIf(views_of_all, Value(0.0)), Value(0.0))
    # Who votes has seen the idea, even when exposures were not counted since.
    seen = Greatest(F("seen_count"), F("vote_count"))
    score = (F("vote_count") + mean * Value(SCORE_PRIOR)) / (seen + Value(SCORE_PRIOR))
    return ExpressionWrapper(score, output_field=FloatField())
