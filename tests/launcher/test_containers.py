"""The image and the compose file are read, not run: a machine that tests them may have no container engine."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
import yaml
from django.core.management import load_command_class

from crowdhub.launcher.database import URL_NAMES

ROOT = Path(__file__).resolve().parent.parent.parent
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE = yaml.safe_load(COMPOSE_TEXT)
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service.get("build")}
ONCE = {"roles", "migrate"}
# The owner's URL migrates and does nothing else, and an installation that is really used is no demo.
KEPT_FROM_WHAT_RUNS = {"DATABASE_OWNER_URL", "CROWDHUB_DEMO"}
# Set by the image, the launcher or the tests.
NOT_FOR_OPERATORS = {"CROWDHUB_DEMO_MAILBOX", "DEBUG", "STATIC_ROOT", "STATICFILES_STORAGE"}
REFERENCE = re.compile(r"\$\{(\w+)(:[-?][^}]*)?\}")


def dockerfile() -> list[tuple[str, str]]:
    """Return the instructions of the Dockerfile with their arguments."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.M).replace("\\\n", " ")
    return [(word, rest) for line in text.splitlines() if line for word, _, rest in [line.partition(" ")]]


def test_the_parts_of_the_product_are_there():
    assert set(SERVICES) == {"web", "worker", "beat", "roles", "migrate", "postgres", "redis", "mail"}
    assert set(OURS) == {"web", "worker", "beat", "roles", "migrate"}


def test_what_runs_on_is_watched():
    (image_check,) = [rest for word, rest in dockerfile() if word == "HEALTHCHECK"]
    assert "/healthz" in image_check

    for name, service in SERVICES.items():
        check = service.get("healthcheck", {})
        if name in ONCE:
            assert check == {"disable": True}
        elif name != "web":
            assert check["test"][0] in ("CMD", "CMD-SHELL"), name


def test_nothing_of_ours_runs_as_root_or_writes_into_the_image():
    users = [rest for word, rest in dockerfile() if word == "USER"]
    assert users == ["crowdhub"]
    assert dockerfile()[-1][0] == "CMD"

    for service in OURS.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert "user" not in service


def test_the_image_is_built_from_the_lock_file_alone():
    runs = [rest for word, rest in dockerfile() if word == "RUN"]

    assert any("uv sync --frozen --no-dev" in run for run in runs)
    assert any("collectstatic" in run for run in runs)
    allowed = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert (ROOT / ".dockerignore").read_text().splitlines()[1] == "*"
    assert {"!uv.lock", "!LICENSE"} <= set(allowed)
    assert not {"!.env", "!.data", "!tests", "!.git"} & set(allowed)


def test_every_command_of_the_image_is_a_list():
    (command,) = [rest for word, rest in dockerfile() if word == "CMD"]
    assert json.loads(command)[:2] == ["gunicorn", "crowdhub.wsgi"]


def test_secrets_are_demanded_and_never_written_down():
    for name, default in REFERENCE.findall(COMPOSE_TEXT):
        if name.endswith(("PASSWORD", "KEY")):
            assert default == ":?", f"{name} needs no default: {default}"
    for line in COMPOSE_TEXT.splitlines():
        if re.search(r"(PASSWORD|KEY|AUTH): ", line):
            assert re.search(r": \$\{\w+:\?\}$", line), line


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_variable_is_one_that_is_read(name):
    readers = (ROOT / "crowdhub" / "settings.py").read_text()
    if name == "roles":
        readers = (ROOT / "crowdhub" / "launcher" / "provision.py").read_text() + " ".join(f'"{n}"' for n in URL_NAMES)

    for variable in SERVICES[name]["environment"]:
        assert f'"{variable}"' in readers


def documented() -> set[str]:
    """Return the variables in the table of settings of docs/operations.md."""
    table = OPERATIONS.partition("## Settings")[2].partition("\n## ")[0]
    first_cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return {variable for cell in first_cells for variable in re.findall(r"`([A-Z_]+)`", cell)}


def test_every_documented_setting_reaches_what_runs():
    assert len(documented()) > 10
    for name in ("web", "worker"):
        missing = documented() - set(SERVICES[name]["environment"])
        assert missing == KEPT_FROM_WHAT_RUNS | ({"DATABASE_OPERATOR_URL"} if name == "worker" else set()), name


def test_every_setting_is_documented():
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "crowdhub" / "settings.py").read_text()))

    assert read | set(URL_NAMES) == documented() | NOT_FOR_OPERATORS


def test_the_documented_secrets_are_all_that_are_demanded():
    (names,) = re.findall(r"^for name in (.+); do$", OPERATIONS, flags=re.M)
    demanded = {name for name, default in REFERENCE.findall(COMPOSE_TEXT) if default == ":?"}

    assert set(names.split()) == demanded


def test_the_documented_first_organization_can_be_made():
    (given,) = re.findall(r"^docker compose exec web python manage\.py (.+?[^\\])$", OPERATIONS, flags=re.M | re.S)
    command, *arguments = shlex.split(given.replace("\\\n", ""))
    parser = load_command_class("crowdhub.operator", command).create_parser("manage.py", command)

    options = parser.parse_args(arguments)

    assert (options.slug, options.host, options.admin_email) == ("acme", "acme.localhost", "erin@acme.example")


def test_every_service_holds_the_keys_to_the_database_that_it_needs_and_no_other():
    keys = ("", *(f"{role}_" for role in ("ADMIN", "OWNER", "RELAY", "OPERATOR")))
    held = {
        name: {key.rstrip("_") for key in keys if f"DATABASE_{key}URL" in service["environment"]}
        for name, service in OURS.items()
    }

    assert held == {
        "web": {"", "RELAY", "OPERATOR"},
        "worker": {"", "RELAY"},
        "beat": {""},
        "migrate": {"", "OWNER"},
        "roles": {"", "OWNER", "RELAY", "OPERATOR", "ADMIN"},
    }


def test_every_key_is_the_one_of_its_role():
    for service in OURS.values():
        for variable, role in URL_NAMES.items():
            if url := service["environment"].get(variable):
                password = role.removeprefix("crowdhub_").upper()
                assert url == f"postgres://{role}:${{{password}_PASSWORD:?}}@postgres:5432/crowdhub"


def test_the_product_waits_for_its_migrations():
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert SERVICES["migrate"]["depends_on"]["roles"]["condition"] == "service_completed_successfully"
    assert SERVICES["roles"]["depends_on"]["postgres"]["condition"] == "service_healthy"


def test_nothing_is_open_to_the_network():
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]

    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)
