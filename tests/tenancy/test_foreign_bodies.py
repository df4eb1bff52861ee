"""Ids and addresses of acme in what somebody of another organization sends, who may do the same with their own."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.db import transaction
from django.forms import BaseForm
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from crowdhub.tenancy.context import tenant
from ideas.models import Idea
from tests.tenancy.bodies import API, FORMS, NAMELESS, Body
from tests.tenancy.matrix import MATRIX
from tests.tenancy.rows import changed, rows_of
from tests.tenancy.scenario import CANARY, NEIGHBOUR, Scenario

pytestmark = pytest.mark.django_db
# Looking at one's own page is noted; a refused form is such a page.
NOTED_BY_LOOKING = {"ideas_exposure"}


@pytest.fixture
def browser(neighbour: Scenario, as_member):
    """Return a browser of whoever stands so to the neighbour's things."""
    made: dict[str, Client] = {}
    return lambda who: made.setdefault(who, as_member(neighbour.members[who]))


def test_every_form_says_what_it_names():
    """A new address to post to is in FORMS, or in NAMELESS."""
    posted = {row.name for row in MATRIX if row.post}

    assert posted - {body.address for body in FORMS} == NAMELESS


def test_ids_of_another_organization_in_a_body_name_nothing(scenario, neighbour, browser):
    wrong = [
        f"{body.in_words}: {problem}"
        for body in FORMS + API
        for problem in problems_with(body, scenario, neighbour, browser(body.who))
    ]

    assert wrong == []


def problems_with(body: Body, acme: Scenario, own: Scenario, client: Client) -> list[str]:
    return [*with_ones_own(body, own, client), *with_anothers(body, acme, own, client)]


def with_ones_own(body: Body, own: Scenario, client: Client) -> list[str]:
    """The same body works when it names a thing of one's own; or the other test would prove nothing."""
    before = rows_of(own.cast.acme)
    with transaction.atomic():
        response = send(client, body, own, own.ids[body.names])
        written = changed(before, rows_of(own.cast.acme))
        transaction.set_rollback(True)
    problems = [] if response.status_code == body.done else [f"one's own gave {response.status_code}"]
    if body.writes and not written:
        problems.append("one's own changed nothing")
    if not body.writes and NEIGHBOUR.encode() not in response.content:
        problems.append("one's own is not shown")
    return problems


def with_anothers(body: Body, acme: Scenario, own: Scenario, client: Client) -> list[str]:
    """Acme's answers as nothing at all does, shows nothing, and leaves both organizations as they were."""
    before, own_before = rows_of(acme.cast.acme), rows_of(own.cast.acme)
    with transaction.atomic():
        response = send(client, body, own, acme.ids[body.names])
        touched, own_touched = changed(before, rows_of(acme.cast.acme)), changed(own_before, rows_of(own.cast.acme))
        transaction.set_rollback(True)
    problems = [] if response.status_code == body.refused else [f"acme's gave {response.status_code}"]
    if touched:
        problems.append(f"acme's {touched} changed")
    if not body.goes_on and set(own_touched) - NOTED_BY_LOOKING:
        problems.append(f"acme's changed one's own {own_touched}")
    if CANARY.encode() in response.content:
        problems.append("shows something of acme")
    return problems


def send(client: Client, body: Body, own: Scenario, named: str) -> Any:
    """Send the body to one's own thing, with what it names in its field."""
    address = reverse(body.address, kwargs={key: own.ids.get(what, what) for key, what in body.ids.items()})
    if body.address.startswith("api:"):
        data = nested(body.field.split("."), named, body.rest)
        return client.generic(body.method, address, json.dumps(data), content_type="application/json")
    data = {key.format(named): value for key, value in body.rest.items()} | {body.field: named}
    if body.first:
        client.post(reverse(body.first), data)
    return client.post(address, data)


def nested(path: list[str], value: str, rest: dict[str, Any]) -> Any:
    """Return a body with the value at the end of a path, in which a number stands for a list."""
    inner: Any = value
    for step in reversed(path):
        inner = [inner] if step == "0" else {step: inner} | ({"level": 3} if step == "skill" else {})
    return rest | inner if isinstance(inner, dict) else inner


def test_a_draft_is_found_again_by_its_uuid_in_ones_own_organization_only(scenario, neighbour, browser):
    """The UUID is the client's choice: acme's is free here, by a page and by the API."""
    taken = scenario.ids["draft_uuid"]
    sent = {
        "challenge": neighbour.ids["challenge"],
        "client_uuid": taken,
        "title": "Mine",
        "body": "x",
        "language": "en",
    }

    response = browser("author").post(reverse("api:idea-list"), sent, content_type="application/json")

    assert response.status_code == 201
    with tenant(neighbour.cast.acme):
        assert Idea.objects.get(client_uuid=taken).title == "Mine"
    with tenant(scenario.cast.acme):
        assert Idea.objects.get(client_uuid=taken).title == f"Draft {CANARY}"


@pytest.mark.parametrize(("whose", "status"), [("neighbour", 201), ("scenario", 400)])
def test_a_comment_answers_only_one_of_ones_own_organization(scenario, neighbour, browser, whose, status):
    parent = {"neighbour": neighbour, "scenario": scenario}[whose].ids["comment"]
    sent = {"idea": neighbour.ids["idea"], "parent": parent, "body": "x"}

    response = browser("author").post(reverse("api:comment-list"), sent, content_type="application/json")

    assert response.status_code == status
    assert CANARY.encode() not in response.content


# What a parameter names, where it is not called so; any other one gets the id of an idea.
CALLED = {"reply": "comment", "done": "case", "draft": "draft_uuid"}


class Watched(QueryDict):
    """The parameters of a request, which note by what names they are asked."""

    asked: ClassVar[set[str]] = set()

    def __getitem__(self, name: str) -> Any:
        self.asked.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.asked.add(str(name))
        return super().__contains__(name)

    def getlist(self, name: str, default: Any = None) -> Any:
        self.asked.add(name)
        return super().getlist(name, default)

    def dict(self) -> Any:
        """Return what is sent once each; a form or a list asks for it by name, and is noted too."""
        return self.copy()


@pytest.fixture
def asked(monkeypatch) -> set[str]:
    """The names of all parameters that the pages have asked for so far."""
    monkeypatch.setattr(Watched, "asked", set())
    # What the middleware has cleaned is put in its place, and is the same here.
    listening = property(lambda request: Watched(request.environ["QUERY_STRING"]), lambda request, cleaned: None)
    monkeypatch.setattr(WSGIRequest, "GET", listening)
    clean = BaseForm.full_clean

    def full_clean(form: BaseForm) -> None:
        """Note the fields of a form, too: one that was filled by a GET was filled by its parameters."""
        if form.is_bound:
            Watched.asked.update(form.add_prefix(name) for name in form.fields)
        clean(form)

    monkeypatch.setattr(BaseForm, "full_clean", full_clean)
    return Watched.asked


def test_ids_of_another_organization_in_parameters_show_nothing(scenario, neighbour, browser, asked):
    """Pages of one's own things, with acme's ids in every parameter that any of them asks for.

    The names are found by listening, until a round over all pages hears none that is new.
    """
    pages = {row.name: row for row in MATRIX if row.get and row.get != "nobody"}
    sent: set[str] = set()
    while not sent or asked - sent:
        sent |= asked | {"anything"}
        parameters = {name: scenario.ids.get(CALLED.get(name, name), scenario.ids["idea"]) for name in sorted(sent)}
        for name, row in pages.items():
            address = reverse(name, kwargs={key: neighbour.ids.get(what, what) for key, what in row.ids.items()})
            response = browser(row.get.split()[0]).get(address, parameters)

            assert response.status_code < 500, name
            assert CANARY.encode() not in b"".join(response), name
    # One that is read by a view, by a form, by a list that goes on, and by a page that wants several.
    assert {"reply", "department", "after", "done"} <= asked
