from __future__ import annotations

import os
from typing import Any

import pytest
from django.core.management import call_command

from tests.api.conftest import API, problem_of

pytestmark = pytest.mark.django_db

JSON = "application/vnd.oai.openapi+json"


@pytest.fixture
def schema(in_acme, as_member) -> dict[str, Any]:
    response = as_member(in_acme.alice).get(f"{API}schema/", headers={"accept": JSON})
    assert response.status_code == 200
    return response.json()


def test_schema_is_valid_and_complete(db):
    call_command("spectacular", validate=True, fail_on_warn=True, file=os.devnull)


def test_every_resource_is_in_it(schema):
    resources = {path.removeprefix(API).split("/")[0] for path in schema["paths"]}

    assert resources == {
        *("cases", "challenges", "comments", "exports", "ideas", "ledger", "me", "members", "skills", "standing"),
        *("terms", "departments", "locations", "groups"),
    }


def test_every_operation_says_how_it_fails(schema):
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            described = set(operation["responses"])
            assert {"400", "401", "403", "404", "429"} <= described, (method, path)
            assert "application/problem+json" in operation["responses"]["403"]["content"]
            assert {"personalToken": []} in operation["security"]


def test_no_number_of_the_database_is_promised(schema):
    for name, component in schema["components"]["schemas"].items():
        for field, described in component.get("properties", {}).items():
            assert field not in {"pk", "organization", "login", "password", "digest"}, (name, field)
            assert not (field == "id" and described.get("type") != "string"), (name, field)


def test_schema_and_docs_are_for_members(in_acme, visitor, as_member):
    assert problem_of(visitor.get(f"{API}schema/"))[0] == 401
    assert visitor.get(f"{API}docs/").status_code == 302
    assert as_member(in_acme.alice).get(f"{API}docs/").status_code == 200


def test_docs_page_widens_the_policy_for_styles_on_its_own_path(in_acme, as_member):
    browser = as_member(in_acme.alice)

    policy = browser.get(f"{API}docs/").headers["Content-Security-Policy"]
    script = browser.get(f"{API}docs/?script")

    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "script-src 'self';" in policy + ";"
    assert script.headers["Content-Type"].startswith("application/javascript")
    assert b"SwaggerUIBundle" in script.content
    assert "unsafe-inline" not in browser.get("/people/me/tokens/").headers["Content-Security-Policy"]
    assert "unsafe-inline" not in browser.get(f"{API}me/").headers["Content-Security-Policy"]


def test_docs_page_has_no_script_of_its_own(in_acme, as_member):
    page = as_member(in_acme.alice).get(f"{API}docs/").content.decode()

    assert page.count("<script") == page.count("<script src=")
