"""What each action of the API owes to whom, and the scope that a token needs for it; relations as in scenario.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from crowdhub.api.enums import Scope
from tests.tenancy.scenario import ACME_RELATIONS

EVERYONE = " ".join(ACME_RELATIONS)
READERS = "author colleague moderator challenge_moderator manager auditor"
OUTSIDERS = "outsider other_manager hr administrator evaluator"  # who may not know that it exists
MODERATORS = "moderator challenge_moderator"
ASKED = "author colleague manager"  # who take part in it
MANAGERS = "manager other_manager"
STRUCTURE = "manager other_manager administrator hr auditor"
FILE = object()  # a body that is a form with a file


@dataclass(frozen=True)
class Action:
    """A method of an address. Who is let in gets `ok`, and whom it is hidden from `hidden`, whatever else they sent.

    The body is one that is taken: any refusal is about who asks. Names in braces are those of scenario.ids.
    """

    name: str
    method: str
    names: str  # what the arguments of its address name, in their order
    let_in: str
    ok: int = 200
    refused: int = 403
    hidden_from: str = ""
    hidden: int = 404
    body: Any = None
    scope: Scope | None = None  # `read` for reading and `write` for anything else, unless another one is named
    foreign: int | None = None  # to mallory on her own host; 404 where the address names something of acme, else `ok`
    note: str = ""

    @property
    def in_words(self) -> str:
        return f"{self.method} {self.name} {self.note}".strip()

    @property
    def scope_needed(self) -> Scope:
        return self.scope or (Scope.READ if self.method == "GET" else Scope.WRITE)

    def expected(self, relation: str) -> int:
        if relation in ("visitor", "replayed"):
            return 401
        if relation == "foreign":
            return self.foreign or (404 if self.names else self.ok)
        if relation in self.let_in.split():
            return self.ok
        return self.hidden if relation in self.hidden_from.split() else self.refused


def reading(name: str, names: str = "", let_in: str = EVERYONE, **answers: Any) -> Action:
    return Action(name, "GET", names, let_in, **answers)


def within(name: str, method: str, names: str, let_in: str, ok: int = 200, **answers: Any) -> Action:
    """An action on something in the challenge for the invited, of which nobody else may know."""
    return Action(name, method, names, let_in, ok, hidden_from=OUTSIDERS, **answers)


def unseen(name: str, method: str, names: str, let_in: str, ok: int = 200, **answers: Any) -> Action:
    """An action on something that nobody sees but those who are let in."""
    return Action(name, method, names, let_in, ok, refused=404, **answers)


MANAGE, MODERATE, EXPORT = {"scope": Scope.MANAGE}, {"scope": Scope.MODERATE}, {"scope": Scope.EXPORT}
NEW_IDEA = {"challenge": "{challenge}", "title": "Pulse", "body": "x", "language": "en"}
LINK = {"other": "{other_idea}", "kind": "part_of"}
LATER = {"review": (timezone.now() + timedelta(days=60)).isoformat()}
ANSWER = {"outcome": "selected", "reasons": "It pays."}
MONTHS = {"first_month": "2026-01-01", "last_month": "2026-03-01"}

PEOPLE = [
    reading("me"),
    reading("my_skills"),
    Action("my_skills", "PUT", "", EVERYONE, body=[]),
    reading("standing"),
    Action("standing", "PATCH", "", EVERYONE, body={"is_listed": True}),
    reading("schema"),
    reading("ledger-list"),
    reading("member-list", let_in="administrator hr auditor"),
    reading("member-detail", "member"),
    reading("skill-list"),
    reading("skill-detail", "skill"),
    *(reading(f"{kind}-list", let_in=STRUCTURE) for kind in ("department", "location", "group")),
]
CHALLENGES = [
    reading("challenge-list"),
    Action("challenge-list", "POST", "", MANAGERS, 201, body={"title": "x"}, **MANAGE),
    within("challenge-detail", "GET", "challenge", READERS),
    unseen("challenge-detail", "GET", "draft_challenge", "manager", note="draft"),
    unseen("challenge-detail", "PATCH", "draft_challenge", "manager", body={"title": "y"}, note="draft", **MANAGE),
    within("challenge-detail", "PATCH", "challenge", "manager", 409, body={"title": "y"}, **MANAGE),
    unseen("challenge-detail", "DELETE", "draft_challenge", "manager", 204, note="draft", **MANAGE),
    within("challenge-detail", "DELETE", "challenge", "manager", 409, **MANAGE),
    unseen("challenge-launch", "POST", "draft_challenge", "manager", 422, body={}, note="draft", **MANAGE),
    within("challenge-launch", "POST", "challenge", "manager", 409, body={}, **MANAGE),
    unseen("challenge-reach", "GET", "draft_challenge", "manager", note="draft"),
    within("challenge-extend", "POST", "challenge", "manager", body=LATER, **MANAGE),
    within("challenge-close", "POST", "challenge", "manager", **MANAGE),
    within("challenge-accept-terms", "PUT", "challenge", ASKED, 204),
    within("challenge-manager-list", "GET", "challenge", READERS),
    within("challenge-manager-detail", "PUT", "challenge other_manager", "manager", body={}, **MANAGE),
    within("challenge-manager-detail", "DELETE", "challenge manager", "manager", 409, note="the last", **MANAGE),
    within("challenge-moderator-list", "GET", "challenge", READERS),
    within("challenge-moderator-detail", "PUT", "challenge other_manager", "manager", **MANAGE),
    within("challenge-moderator-detail", "DELETE", "challenge challenge_moderator", "manager", 204, **MANAGE),
    within("challenge-invitation-list", "GET", "challenge", "manager", **MANAGE),
    within("challenge-invitation-detail", "PUT", "challenge outsider", "manager", **MANAGE),
    within("challenge-invitation-detail", "DELETE", "challenge member", "manager", 204, **MANAGE),
    reading("terms-list", let_in=MANAGERS, **MANAGE),
]
IDEAS = [
    reading("idea-list"),
    within("idea-list", "POST", "", ASKED, 201, body=NEW_IDEA, hidden=400, foreign=400),
    within("idea-detail", "GET", "idea", READERS),
    within("idea-detail", "PATCH", "idea", "author", body={"body": "More of it."}),
    unseen("idea-detail", "GET", "draft_idea", "author", note="draft"),
    unseen("idea-detail", "PATCH", "draft_idea", "author", body={"body": "More of it."}, note="draft"),
    unseen("idea-submit", "POST", "draft_idea", "author", note="draft"),
    within("idea-submit", "POST", "idea", "author", 403, note="handed in already"),
    unseen("idea-withdraw", "POST", "draft_idea", "author", note="draft"),
    within("idea-withdraw", "POST", "idea", "author"),
    within("idea-answer", "POST", "idea", "manager", 201, body=ANSWER, **MANAGE),
    *(within("idea-vote", method, "idea", "colleague manager", 204) for method in ("PUT", "DELETE")),
    *(within("idea-follow", method, "idea", READERS, 204) for method in ("PUT", "DELETE")),
    within("attachment-list", "GET", "idea", READERS),
    within("attachment-list", "POST", "idea", "author", 201, body=FILE),
    within("attachment-detail", "GET", "idea attachment", READERS),
    within("attachment-detail", "DELETE", "idea attachment", "author", 204),
    within("attachment-file", "GET", "idea attachment", READERS),
    within("idea-link-list", "GET", "idea", READERS),
    within("idea-link-list", "POST", "idea", f"author {MODERATORS} manager", 201, body=LINK),
    within("idea-link-detail", "DELETE", "idea link", f"author {MODERATORS} manager", 204),
    reading("comment-list"),
    within(
        "comment-list",
        "POST",
        "",
        f"author colleague {MODERATORS} manager",
        201,
        body={"idea": "{idea}", "body": "x"},
        hidden=400,
        foreign=400,
    ),
    within("comment-detail", "GET", "comment", READERS),
    within("comment-detail", "PATCH", "comment", "colleague", body={"body": "Said better."}),
    unseen("comment-detail", "GET", "hidden_comment", f"colleague {MODERATORS} auditor", note="hidden"),
    *(within("comment-helpful", method, "comment", "author", 204) for method in ("PUT", "DELETE")),
]
ROLES = [
    reading("case-list", let_in=f"{MODERATORS} auditor", **MODERATE),
    reading("case-detail", "case", f"{MODERATORS} auditor", **MODERATE, foreign=404),
    Action("case-claim", "POST", "case", MODERATORS, **MODERATE),
    Action("case-decide", "POST", "case", MODERATORS, 201, body={"outcome": "approved"}, **MODERATE),
    Action("case-undo", "POST", "case", MODERATORS, 409, note="of nothing", **MODERATE),
    reading("export-list", let_in="hr auditor", **EXPORT),
    Action("export-list", "POST", "", "hr", 202, body=MONTHS, **EXPORT),
    reading("export-detail", "export", "hr auditor", **EXPORT),
    reading("export-file", "export", "hr", **EXPORT),
]
ACTIONS: list[Action] = [*PEOPLE, *CHALLENGES, *IDEAS, *ROLES]
# Pages beside the API, which are in matrix.py, and its answer to what it does not have.
ELSEWHERE = {"docs", "not_here"}


def address_of(action: Action, ids: dict[str, str]) -> str:
    """Return the address with these ids in it, the first one as `id` and a second one as the router calls it."""
    first, *second = [ids[name] for name in action.names.split()] or [""]
    argument = action.name.split("-")[0] if action.name.startswith("attachment") else "member"
    argument = "link" if action.name.startswith("idea-link") else argument
    arguments = {"id": first} if first else {}
    return reverse(f"api:{action.name}", kwargs=arguments | dict(zip((argument,), second, strict=False)))
