"""A broker that is down when something is submitted: the page succeeds, and the work is done when it is back."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connections, transaction

from crowdhub.tenancy.context import tenant
from tests import factories
from tests.harness.cast import make_cast
from tests.harness.workers import ROOT, Workers

pytestmark = pytest.mark.slow
PATIENCE = 60.0

SUBMIT = """
import sys, django
django.setup()
from django.test import Client
browser = Client(headers={"host": "acme.localhost"})
browser.cookies["sessionid"] = sys.argv[1]
print(browser.post(sys.argv[2], {"body": "Which gas did you use?"}).status_code)
"""


def test_comment_is_posted_without_a_broker(committed_db, tmp_path: Path, as_member):
    workers = Workers(tmp_path)
    try:
        with transaction.atomic():
            cast = make_cast(factories.organization("acme"), factories.organization("globex"))
            with tenant(cast.acme):
                idea = factories.idea(factories.challenge(cast.carol), cast.alice)
            session = as_member(cast.carol).cookies["sessionid"].value
        workers.redis.kill()

        status = submit(session, f"/ideas/{idea.public_id}/comments/", redis_url=workers.redis.url)

        assert status == 302
        assert open_rows() > 0
        workers.redis.launch()
        workers.redis.ready()
        workers.start()
        deadline = time.monotonic() + PATIENCE
        while open_rows() and time.monotonic() < deadline:
            time.sleep(0.5)  # it is workers in other processes that are waited for
        assert open_rows() == 0
        assert count("select count(*) from inbox_notification where member_id = %s", cast.alice.pk) == 1
    finally:
        workers.family.stop()


def submit(session: str, path: str, *, redis_url: str) -> int:
    """Post as a process of its own, whose broker is at `redis_url`; return the status."""
    environment = os.environ | {"REDIS_URL": redis_url, "DJANGO_SETTINGS_MODULE": "crowdhub.settings"}
    done = subprocess.run(
        [sys.executable, "-c", SUBMIT, session, path],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return int(done.stdout.split()[-1])


def open_rows() -> int:
    return count("select count(*) from activity_outboxrow where done_at is null")


def count(sql: str, *values: int) -> int:
    with connections["operator"].cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.fetchone()[0])
