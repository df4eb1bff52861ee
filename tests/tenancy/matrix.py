"""What every address owes to whom. A relation is how somebody stands to what the address names (see scenario.py)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.tenancy.scenario import ACME_RELATIONS

Statuses = frozenset[int]
EVERYONE = " ".join(ACME_RELATIONS)

# Answers of a page to a POST with nothing in it: done and led on, asked again, or refused as it is now.
TRIED = frozenset({200, 204, 302, 303, 409, 422})
NOT_ALLOWED = frozenset({405})


def statuses(value: int | Iterable[int]) -> Statuses:
    return frozenset({value} if isinstance(value, int) else value)


@dataclass(frozen=True)
class Row:
    """One address. `get` and `post` name who is let in; all others of acme get `refused`."""

    name: str
    ids: dict[str, str] = field(default_factory=dict)  # argument -> what in scenario.ids (or a literal)
    get: str = ""  # relations; empty: no GET here
    post: str = ""
    ok: int = 200  # to those let in by GET
    posted: Statuses = TRIED
    refused: int = 404  # to acme's members who are not let in
    hidden_from: str = ""  # of those not let in, who get 404 although others get `refused`
    visitor: Statuses = frozenset({302})  # signed out, or with another host's cookie: led to the sign-in page
    foreign: Statuses | None = None  # mallory on her host; 404 where the address names something of acme
    query: str = ""
    note: str = ""

    @property
    def forbidden_to(self) -> set[str]:
        return set() if "administrator" in self.get or "moderator" in self.get or "hr" in self.get else {"foreign"}

    def expected(self, method: str, relation: str) -> Statuses:
        """Return the statuses that are right for this relation."""
        if method not in ("GET", "POST") or not (self.get if method == "GET" else self.post):
            return self._closed(relation)
        let_in = (self.get if method == "GET" else self.post).split()
        if relation in ("visitor", "replayed"):
            return self.visitor
        if relation == "foreign":
            return self._foreign(method)
        if relation in let_in:
            return statuses(self.ok) if method == "GET" else self.posted
        return statuses(404 if relation in self.hidden_from.split() else self.refused)

    def _foreign(self, method: str) -> Statuses:
        if self.foreign is not None:
            return self.foreign
        if self.ids:
            return statuses(404)
        return statuses(self.ok) if method == "GET" else self.posted

    def _closed(self, relation: str) -> Statuses:
        """A method that the address does not have; nobody learns more from it than that."""
        return NOT_ALLOWED | (self.visitor if relation in ("visitor", "replayed") else frozenset())


# Addresses that are walked elsewhere, and why.
ELSEWHERE = {
    "account_": "allauth's pages are about oneself: tests/people",
    "mfa_": "allauth's pages are about oneself: tests/people",
    "api:": "tests/tenancy/test_api_walk.py",
    "operator:admin": "on the operator's host only: tests/operator",
}

MATRIX: list[Row] = [
    Row("pages:home", get=EVERYONE),
    Row("pages:theme", get=EVERYONE, visitor=frozenset({200})),
    Row("pages:search", get=EVERYONE),
    Row("pages:challenge", {"public_id": "challenge"}, get="author colleague moderator manager auditor"),
    Row("pages:challenge", {"public_id": "draft_challenge"}, get="manager", note="draft"),
]
