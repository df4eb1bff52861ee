"""Who wants to know of which events. Apps register their receivers when they are ready."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event

Receiver = Callable[[Event], None]
Consumer = Callable[[list[Event]], None]

_receivers: dict[str, list[Receiver]] = defaultdict(list)
_consumers: dict[str, Consumer] = {}
_consumers_of: dict[str, list[str]] = defaultdict(list)


def in_transaction(*verbs: Verb) -> Callable[[Receiver], Receiver]:
    """Register a function of one event that runs in the transaction of what happened: both or neither."""

    def register(receiver: Receiver) -> Receiver:
        for verb in verbs:
            _receivers[verb].append(receiver)
        return receiver

    return register


def after_commit(name: str, *verbs: Verb) -> Callable[[Consumer], Consumer]:
    """Register a function of a batch of events, oldest first, that a worker runs after the commit.

    It may be called again with events that it has seen if it failed, so its effects need unique keys.
    """

    def register(consumer: Consumer) -> Consumer:
        if name in _consumers:
            raise ValueError(f"Two consumers are named {name}.")
        _consumers[name] = consumer
        for verb in verbs:
            _consumers_of[verb].append(name)
        return consumer

    return register


def receivers_of(verb: str) -> list[Receiver]:
    return _receivers[verb]


def consumers_of(verb: str) -> list[str]:
    """Return the names of the consumers of a verb."""
    return _consumers_of[verb]


def consumer_named(name: str) -> Consumer:
    """Return the consumer; raises KeyError when this version of the code has none of that name."""
    return _consumers[name]
