"""Characters that nothing can hold, in everything that a visitor sends: to every address, in every field, no answer is
an error, and what is stored is clean."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django import forms
from django.apps import apps
from django.db import connection, models, transaction
from django.test import Client
from django.urls import get_resolver, resolve, reverse

from crowdhub.common.characters import is_clean
from crowdhub.common.sent_text import read_as_utf8
from crowdhub.tenancy.context import tenant
from ideas.models import Idea
from tests.tenancy.api_matrix import ACTIONS, address_of
from tests.tenancy.bodies import API, FORMS
from tests.tenancy.matrix import MATRIX
from tests.tenancy.test_foreign_bodies import nested

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("crowdhub", "challenges", "ideas", "moderation", "rewards")
# NUL as such, and in what would otherwise be an id.
WORST = ("\0", "abc\0")
DIRT = "\x07\0\x9f\ufeff"


ASKED = re.compile(r'(?:\b(?:GET|POST|query_params)(?:\.get|\.getlist)?[(\[]|id_from\(\s*request\.\w+, )"(\w+)"')


def asked_in(module: str) -> set[str]:
    """Return every name that the views of an app ask a query or a form for."""
    folder = ROOT / module.replace(".", "/")
    return {name for path in folder.rglob("*.py") for name in ASKED.findall(path.read_text())}


def fields_of_forms(base: type = forms.BaseForm) -> set[str]:
    """Return the names of the fields of every form that there is."""
    names = set(getattr(base, "base_fields", {}))
    return names.union(*(fields_of_forms(form) for form in base.__subclasses__()))


def parameters() -> set[str]:
    get_resolver().url_patterns  # noqa: B018  imports every view
    return fields_of_forms().union(*(asked_in(package) for package in PRODUCT))


def test_parameters_are_found_where_views_ask_for_them():
    found = {"q", "page", "done", "case", "person", "notification", "challenge", "member", "parent", "next", "title"}

    assert found <= parameters()


@pytest.mark.slow
def test_no_address_fails_whatever_is_in_its_query_and_its_form(scenario, as_member):
    everything, failed = sorted(parameters()), []
    browsers: dict[str, Client] = {}
    for row in MATRIX:
        address = reverse(row.name, kwargs={key: scenario.ids.get(what, what) for key, what in row.ids.items()})
        module = resolve(address).func.__module__.rpartition(".views")[0]
        # Some views look at one only where another has no value: those of the view's own app are sent alone, too.
        alone = sorted(asked_in(module)) if module.startswith(PRODUCT) else []
        for method, who in (("get", row.get), ("post", row.post)):
            if not who or who == "nobody":
                continue
            relation = who.split()[0]
            browser = browsers.setdefault(relation, as_member(scenario.members[relation]))
            sent = [dict.fromkeys(everything, worst) for worst in WORST]
            sent += [{name: "abc\0"} for name in alone if method == "get"]
            for data in sent:
                with transaction.atomic():
                    if getattr(browser, method)(address, data).status_code >= 500:
                        failed.append(f"{method} {row.name} {list(data)[:1]}")
                    transaction.set_rollback(True)

    assert failed == []


@pytest.mark.parametrize(
    ("who", "name", "sent"),
    [
        ("administrator", "people:list", {"action": "deactivate", "person": "\0"}),
        ("moderator", "moderation:bulk", {"case": "\0", "outcome": "approved"}),
        ("moderator", "moderation:undo", {"case": "\0"}),
        ("author", "inbox:mark", {"notification": "\0"}),
        ("manager", "challenges:managers", {"member": "\0"}),
    ],
)
def test_a_null_in_an_id_names_nothing(scenario, as_member, who, name, sent):
    ids = {"public_id": scenario.ids["challenge"]} if name == "challenges:managers" else {}

    response = as_member(scenario.members[who]).post(reverse(name, kwargs=ids), sent)

    assert response.status_code < 500


@pytest.mark.slow
def test_no_address_of_the_api_fails(scenario, as_member):
    browser = as_member(scenario.members["administrator"])
    names, failed = sorted(parameters() | {"search", "author", "ordering", "state", "kind"}), []
    for name, address in {(action.name, address_of(action, scenario.ids)) for action in ACTIONS}:
        with transaction.atomic():
            answers = [browser.get(address, dict.fromkeys(names, "x\0"))]
            answers += [browser.get(address, {parameter: "x\0"}) for parameter in ("search", "challenge", "author")]
            body = dict.fromkeys(names, "x\0\ud800")
            answers += [
                browser.generic(method, address, json.dumps(body), content_type="application/json")
                for method in ("POST", "PUT", "PATCH")
            ]
            failed += [name for answer in answers if answer.status_code >= 500]
            transaction.set_rollback(True)

    assert failed == []


@pytest.mark.parametrize("unknown", ["\0", "\x07", "\u200b"])
def test_a_filter_that_names_nothing_never_becomes_no_filter(scenario, as_member, unknown):
    browser = as_member(scenario.members["administrator"])
    address = f"{reverse('people:list')}?{urlencode({'department': unknown})}"

    response = browser.post(address, {"action": "deactivate", "everyone": "1"})

    assert response.status_code == 422  # nobody was chosen


def test_an_address_with_a_null_leads_nowhere(visitor, in_acme, as_member):
    browser = as_member(in_acme.alice)
    assert [browser.get(path).status_code for path in ("/ideas/%00/", "/people/%00abc/", "/static/%00", "/%00")] == [
        404
    ] * 4


@pytest.mark.parametrize("charset", ["utf-7", "unicode_escape", "hex", '"utf-7"', "nonsense"])
def test_no_other_encoding_smuggles_in_half_a_character(in_acme, as_member, charset):
    halves = {"utf-7": "+2AA-", "unicode_escape": r"\ud800"}.get(charset.strip('"'), "%ed%a0%80")
    browser = as_member(in_acme.alice)
    handler = browser.handler
    browser.handler = lambda environ: read_as_utf8(lambda inner, _start: handler(inner))(environ, None)

    read = browser.get(f"/search/?q={halves}", headers={"content-type": f"text/plain; charset={charset}"})
    written = browser.generic(
        "POST",
        reverse("people:my-settings"),
        f'--x\r\nContent-Disposition: form-data; name="language"\r\n\r\n{halves}\r\n--x--\r\n',
        content_type=f"multipart/form-data; charset={charset}; boundary=x",
    )

    assert (read.status_code, written.status_code) == (200, 422)


@pytest.mark.parametrize("value", [r'"\000\000\000\000\000\000\000\000\000"', r'"abcdefgh\000"'])
def test_a_cookie_with_a_null_is_no_cookie(in_acme, value):
    browser = Client(headers={"host": "acme.localhost", "cookie": f"sessionid={value}; csrftoken={value}"})

    assert browser.get(reverse("pages:home")).status_code == 302


@pytest.mark.parametrize("body", FORMS + API, ids=lambda body: body.in_words)
def test_what_is_pasted_with_stray_characters_works_and_is_stored_without(scenario, as_member, body):
    """The same body as in the walk over foreign ids, with dirt after each of its texts."""
    browser = as_member(scenario.members[body.who])
    address = reverse(body.address, kwargs={key: scenario.ids.get(what, what) for key, what in body.ids.items()})
    rest = {key.format(scenario.ids[body.names]): dirty(value) for key, value in body.rest.items()}
    named = dirty(scenario.ids[body.names])

    if body.address.startswith("api:"):
        data = nested(body.field.split("."), named, rest)
        response = browser.generic(body.method, address, json.dumps(data), content_type="application/json")
    else:
        if body.first:
            browser.post(reverse(body.first), rest | {body.field: named})
        response = browser.post(address, rest | {body.field: named})

    assert response.status_code == body.done
    with tenant(scenario.cast.acme):
        assert dirty_columns() == []


def dirty(value: Any) -> Any:
    return f"{value}{DIRT}" if isinstance(value, str) else value


def dirty_columns() -> list[str]:
    """Return the columns of any kind in which a control character stands."""
    found = []
    for model in apps.get_models():
        columns = [
            field.column
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField | models.JSONField)
        ]
        if model.__module__.split(".")[0] in PRODUCT and columns and model._meta.managed:
            with connection.cursor() as cursor:
                texts = ", ".join(f'"{column}"::text' for column in columns)
                cursor.execute(f"SELECT concat_ws(' ', {texts}) FROM {model._meta.db_table}")
                found += [model.__name__ for (text,) in cursor.fetchall() if not is_clean(text)]
    return found


def test_a_draft_is_stored_clean_by_the_page_and_the_api(scenario, as_member):
    author = as_member(scenario.members["author"])
    texts = {"title": "Bell\u202e \x07 rings\x01", "body": "Line\r\nand\x0bline\0", "language": "en"}
    page = reverse("ideas:new", kwargs={"public_id": scenario.ids["challenge"]})

    author.post(page, texts)
    author.post(
        reverse("api:idea-list"), texts | {"challenge": scenario.ids["challenge"]}, content_type="application/json"
    )

    with tenant(scenario.cast.acme):
        saved = Idea.objects.filter(title__startswith="Bell").values_list("title", "body")
        assert list(saved) == [("Bell  rings", "Line\nand\nline")] * 2
