"""The tests' broker: what was sent to the workers is delivered to this process, or lost on purpose."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from kombu import Message

from crowdhub.celery import app

NOWHERE = "redis://127.0.0.1:1/0"


def deliver() -> int:
    """Run the tasks that wait in the queue, and those that they send, as a worker does; return how many they were."""
    done = 0
    for message in _messages():
        args, kwargs, _embedded = message.payload
        # One that fails is logged, and the worker takes the next.
        app.tasks[message.headers["task"]].apply(args, kwargs)
        done += 1
    return done


def waiting() -> list[str]:
    """Take the tasks that wait out of the queue, and return their names."""
    return [message.headers["task"] for message in _messages()]


def lose() -> None:
    """Forget every task that was sent, as a broker does that is killed."""
    with app.connection_for_write() as connection, connection.SimpleQueue("celery") as queue:
        queue.clear()


def _messages() -> Iterator[Message]:
    with app.connection_for_read() as connection, connection.SimpleQueue("celery") as queue:
        while True:
            try:
                message = queue.get(block=False)
            except queue.Empty:
                return
            message.ack()
            yield message


@contextmanager
def at(url: str) -> Iterator[None]:
    """Have the broker looked for elsewhere."""
    before = app.conf.broker_url
    _connect_to(url)
    try:
        yield
    finally:
        _connect_to(before)


def down() -> AbstractContextManager[None]:
    """Let nothing listen where the broker should be."""
    return at(NOWHERE)


def _connect_to(url: str) -> None:
    app.conf.broker_url = app.conf.broker_write_url = app.conf.broker_read_url = url
    app._after_fork()  # drops the connections that it keeps
