"""Every address x every method x every way of standing to what it names: the status that is expected, exactly.

What each address owes to whom is written in matrix.py; an address that is not there fails the first test.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from crowdhub.tenancy.context import tenant
from tests.tenancy import scenario as scenarios
from tests.tenancy.matrix import ELSEWHERE, MATRIX, Row
from tests.tenancy.scenario import CANARY, RELATIONS, Scenario

pytestmark = pytest.mark.django_db
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def directives(policy: str) -> set[str]:
    return set(policy.split("; "))


STRICT = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
}
# What is answered with a policy of its own, and where that is tested. Of those that are walked elsewhere the operator's
# admin has one (tests/operator/test_operator.py), and the demo's mailbox, which shows a mail's own HTML in a frame
# (tests/operator/test_demo.py).
OTHER_POLICY = {
    "api:docs": "Swagger UI writes styles into its page: tests/api/test_schema.py",
    "pages:worker": "a script that loads nothing itself: tests/pages/test_offline.py",
    "pages:logo": "a file that somebody uploaded, which may do nothing at all",
    "ideas:attachment": "the same: tests/ideas/test_attachment_pages.py",
}


def url_names(patterns: list[URLPattern | URLResolver] | None = None, space: str = "") -> set[str]:
    """Return the qualified name of every address that the product answers to."""
    names: set[str] = set()
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            names |= url_names(pattern.url_patterns, inner)
        else:
            names.add(f"{space}{pattern.name}" if pattern.name else f"unnamed: {pattern.pattern}")
    return names


@pytest.fixture(autouse=True)
def _nobody_tries_too_often(settings):
    """The walk knocks more often than allauth's limits allow; tests/people has those."""
    settings.ACCOUNT_RATE_LIMITS = False


@pytest.fixture
def browsers(scenario, as_member) -> dict[str, Client]:
    """A browser for each relation; the replayed one carries mallory's session to acme's host."""
    made = {who: as_member(member) for who, member in scenario.members.items()}
    made["visitor"] = Client(headers={"host": "acme.localhost"})
    replayed = Client(headers={"host": "acme.localhost"})
    replayed.cookies = made["foreign"].cookies
    made["replayed"] = replayed
    for browser in made.values():
        browser.raise_request_exception = True
    return made


def test_every_address_is_classified():
    known = {row.name for row in MATRIX}
    names = url_names()
    elsewhere = {name for name in names if name in ELSEWHERE or f"{name.partition(':')[0]}:" in ELSEWHERE}

    assert sorted(names - known) == sorted(elsewhere - known)
    assert sorted(known - names) == []


def test_what_is_walked_elsewhere_is_there():
    """An entry that names nothing any more would one day excuse something new."""
    names = url_names()

    assert [key for key in ELSEWHERE if not any(name == key or name.startswith(key) for name in names)] == []


APPS = sorted({row.app for row in MATRIX})


@pytest.mark.parametrize("app", APPS)
def test_addresses_answer_each_relation_as_written(app: str, scenario: Scenario, browsers: dict[str, Client]):
    assert differences(app, scenario, browsers, closed=False) == []


@pytest.mark.slow
@pytest.mark.parametrize("app", APPS)
def test_methods_that_an_address_does_not_have(app: str, scenario: Scenario, browsers: dict[str, Client]):
    assert differences(app, scenario, browsers, closed=True) == []


def differences(app: str, scenario: Scenario, browsers: dict[str, Client], *, closed: bool) -> list[str]:
    """Return, in words, every answer of an app's addresses that is not as written."""
    return [
        f"{row.name} {row.note}: {method} as {relation} gave {status}, not {sorted(row.expected(method, relation))}"
        for row in MATRIX
        if row.app == app
        for method in METHODS
        if row.has(method) is not closed
        for relation, status in answers(row, method, scenario, browsers)
        if status not in row.expected(method, relation)
    ]


def answers(row: Row, method: str, scenario: Scenario, browsers: dict[str, Client]) -> Iterator[tuple[str, int]]:
    """Ask an address as everyone; nothing of acme may stand in what a stranger gets."""
    address = reverse(row.name, kwargs={key: scenario.ids.get(what, what) for key, what in row.ids.items()})
    for relation in RELATIONS:
        response = ask(browsers[relation], method, address)
        if row.name not in OTHER_POLICY:
            assert directives(response.headers["Content-Security-Policy"]) == STRICT, (row.name, method, relation)
        if relation in scenarios.FOREIGN_RELATIONS:
            assert CANARY.encode() not in b"".join(response), (row.name, method, relation)
        yield relation, response.status_code


def ask(browser: Client, method: str, address: str):
    """Make a request whose effects are taken back, so that each finds the same world."""
    cookies = {name: morsel.value for name, morsel in browser.cookies.items()}
    with transaction.atomic():
        response = browser.generic(method, address)
        if response.streaming:
            response.streaming_content = [b"".join(response)]  # which closes the file
        transaction.set_rollback(True)
    browser.cookies.load(cookies)
    return response


def test_foreign_ids_in_parameters_open_nothing(scenario, browsers):
    """Acme's ids in every parameter that a list takes, on globex's host: nothing of acme, and no error."""
    # Part of the canary finds it, and is not it where a page says what was searched for.
    parameters = {**scenario.ids, "q": CANARY[:-3]}
    query = "&".join(f"{name}={value}" for name, value in parameters.items())
    for row in MATRIX:
        if not row.ids and "foreign" not in row.forbidden_to:
            response = browsers["foreign"].get(f"{reverse(row.name)}?{query}")

            assert CANARY.encode() not in b"".join(response), row.name
            assert response.status_code < 500, row.name


def test_scenario_is_seen_by_its_author(scenario, browsers):
    """The canary is where it should be: a walk over empty pages would prove nothing."""
    with tenant(scenario.cast.acme):
        page = browsers["author"].get(reverse("ideas:detail", kwargs={"public_id": scenario.ids["idea"]}))

    assert CANARY.encode() in page.content
