"""Files of organizations: each lives and dies with the transaction that writes or deletes the row which names it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from functools import partial

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import DEFAULT_DB_ALIAS, connections, transaction

from crowdhub.tenancy.backend.base import DatabaseWrapper


def keep_file(content: File[bytes], *, organization_id: int, shelf: str) -> str:
    """Store a file under a random name below the organization's id and return its key.

    It goes again when the transaction, or a savepoint around this call, is taken back.
    """
    name = secrets.token_hex(16)
    key = default_storage.save(f"{organization_id}/{shelf}/{name[:2]}/{name}", content)
    connection = connections[DEFAULT_DB_ALIAS]
    if isinstance(connection, DatabaseWrapper):
        connection.on_rollback(partial(delete_file, key))
    return key


def open_file(key: str) -> File[bytes]:
    """Open a stored file for reading; raises FileNotFoundError. Who may is decided before, by whoever knows the key."""
    return default_storage.open(key)


def forget_file(key: str) -> None:
    """Delete a file once the transaction is committed."""
    transaction.on_commit(partial(delete_file, key), robust=True)


def delete_file(key: str) -> None:
    """Delete a file that no row names; one that is gone already is none."""
    default_storage.delete(key)


def files_on(shelf: str, *, organization_id: int, before: datetime) -> Iterator[str]:
    """Yield the keys of an organization's files that were stored before then, as far as they are there yet."""
    top = f"{organization_id}/{shelf}"
    for folder in _listed(top)[0]:
        for name in _listed(f"{top}/{folder}")[1]:
            key = f"{top}/{folder}/{name}"
            with suppress(FileNotFoundError):  # deleted since its folder was read
                if default_storage.get_modified_time(key) < before:
                    yield key


def _listed(folder: str) -> tuple[list[str], list[str]]:
    try:
        return default_storage.listdir(folder)
    except FileNotFoundError:
        return [], []
