"""Public ids drawn by the database, for statements that write many rows in one go."""

from __future__ import annotations

from crowdhub.tenancy.models import PUBLIC_ID_ALPHABET, PUBLIC_ID_LENGTH


def public_id_sql(number: str) -> str:
    """Return an expression for a public id; `number` is a number of the row for which it is, such as "member.id".

    Naming the row makes PostgreSQL draw anew for each, where it would else draw one id for all. What it draws is unique
    as new_public_id is, but could be foreseen: for rows that nobody reaches by their id alone.
    """
    return f"""(
        SELECT string_agg(substr('{PUBLIC_ID_ALPHABET}', 1 + floor(random() * {len(PUBLIC_ID_ALPHABET)})::int, 1), '')
        FROM generate_series(1, {PUBLIC_ID_LENGTH} + 0 * {number})
    )"""  # noqa: S608  constants, and a name that code gives
