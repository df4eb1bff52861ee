"""What the launcher takes for an answer that everything is up."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from crowdhub.launcher.ports import LOOPBACK, free_port
from crowdhub.launcher.readiness import ask

UP = {"database": True, "redis": True, "worker": True, "beat": True, "outbox": True, "outbox_lag_seconds": 0.0}


@pytest.fixture
def answering() -> Iterator[Callable[[int, str], int]]:
    """Return a function that starts a server, which answers with that status and body; it returns the port."""
    servers: list[HTTPServer] = []

    def start(status: int, body: str) -> int:
        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *args: Any) -> None:
                pass

        servers.append(HTTPServer((LOOPBACK, 0), Answer))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return int(servers[-1].server_port)

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, True),
        ({"outbox": False, "outbox_lag_seconds": 86_400.0}, True),  # left by the last run
        ({"outbox": False, "outbox_lag_seconds": None}, False),
        *(({part: False}, False) for part in ("database", "redis", "worker", "beat")),
    ],
)
def test_every_part_has_to_be_up(answering, change, expected):
    is_up, answer = ask(answering(200, json.dumps(UP | change)))

    assert is_up is expected
    assert answer.startswith("200 ")


def test_other_answers_and_none_are_no_yes(answering):
    assert ask(answering(503, json.dumps(UP)))[0] is False
    assert ask(answering(200, "<html>"))[0] is False
    assert ask(free_port())[0] is False
