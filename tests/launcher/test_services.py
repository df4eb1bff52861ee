from __future__ import annotations

import os

import pytest
import redis

from crowdhub.launcher import premises
from crowdhub.launcher.database import role_urls, value
from crowdhub.launcher.errors import LauncherError
from crowdhub.launcher.provision import passwords_in, provision
from crowdhub.launcher.services import start_services
from crowdhub.tenancy.roles import APP, LOGIN_ROLES, OPERATOR, OWNER, RELAY

PASSWORDS = {role: f"{role}-p@ss/word" for role in LOGIN_ROLES}
URLS = role_urls("postgres://postgres:secret@db.example:5432/postgres", "crowdhub", PASSWORDS)


def test_urls_carry_role_password_and_database():
    assert URLS["DATABASE_RELAY_URL"] == f"postgres://{RELAY}:{RELAY}-p%40ss%2Fword@db.example:5432/crowdhub"
    assert passwords_in(URLS) == PASSWORDS


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"DATABASE_URL": ""}, "DATABASE_URL must be a URL for crowdhub_app, with a password"),
        ({"DATABASE_URL": URLS["DATABASE_OWNER_URL"]}, "DATABASE_URL must be a URL for crowdhub_app"),
        ({"DATABASE_OWNER_URL": URLS["DATABASE_OWNER_URL"] + "2"}, "must name the same database"),
    ],
)
def test_provisioning_refuses_what_does_not_fit(change, reason):
    with pytest.raises(LauncherError, match=reason):
        provision(URLS | change)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["system", "wheel"])
def test_services_start_far_down_and_each_role_signs_in(tmp_path, kind, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    try:
        services = start_services(tmp_path / ("d" * 130), postgres=kind)
    except LauncherError as error:
        if kind == "system" and "No PostgreSQL" in str(error):
            pytest.skip(f"this machine has no PostgreSQL of its own: {error}")
        raise

    with services:
        services.create_database("story")
        urls = services.urls("story")
        people = {name: value(url, "SELECT current_user") for name, url in urls.items()}
        assert people == {
            "DATABASE_URL": APP,
            "DATABASE_OWNER_URL": OWNER,
            "DATABASE_RELAY_URL": RELAY,
            "DATABASE_OPERATOR_URL": OPERATOR,
        }
        assert services.postgres_version >= 15
        assert services.urls("story") == passing_through_provision(services, urls)
        assert redis.Redis.from_url(services.redis_url).ping()


def passing_through_provision(services, urls):
    """Make the same roles and database as the compose file's first step does; return the unchanged URLs."""
    provision(urls | {"DATABASE_ADMIN_URL": services.admin_url})
    assert value(urls["DATABASE_OWNER_URL"], "SELECT current_database()") == "story"
    return urls


@pytest.mark.slow
def test_binaries_that_their_user_cannot_reach_are_copied_and_removed_again(tmp_path, monkeypatch, request):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(premises, "can", lambda user, test, path: False)
    # As for an administrator whose files are for nobody else.
    before = os.umask(0o077)
    request.addfinalizer(lambda: os.umask(before))

    with start_services(tmp_path, postgres="wheel") as services:
        assert services.postgres is not None
        copies = services.postgres.premises.folder
        assert services.postgres.programs.is_relative_to(copies)
        assert services.redis.program.parent == copies

    assert not copies.exists()


@pytest.mark.slow
def test_a_broker_that_crashed_comes_back_where_it_was(tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with start_services(tmp_path) as services:
        client = redis.Redis.from_url(services.redis_url)
        services.redis.kill()
        with pytest.raises(redis.ConnectionError):
            client.ping()

        services.redis.launch()
        services.redis.ready()

        assert client.ping()
