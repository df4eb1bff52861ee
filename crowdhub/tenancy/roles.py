"""The database roles, and what each may do.

owner     owns the schema and runs migrations; under FORCE it sees no tenant's rows
app       what pages and workers run as: owns nothing, no superuser, no BYPASSRLS
relay     carries the outbox across organizations, and can read nothing else
operator  sees every organization; used by the operator's admin and backups
searcher  owns the search function; nobody signs in as it
"""

from __future__ import annotations

OWNER, APP, RELAY, OPERATOR, SEARCHER = (
    "crowdhub_owner",
    "crowdhub_app",
    "crowdhub_relay",
    "crowdhub_operator",
    "crowdhub_searcher",
)
LOGIN_ROLES = (OWNER, APP, RELAY, OPERATOR)
BYPASSING_ROLES = (RELAY, OPERATOR)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def roles_sql(passwords: dict[str, str]) -> str:
    """Return idempotent SQL, to be run by an administrator, that creates every role.

    `passwords` maps the names in LOGIN_ROLES to their passwords.
    """
    statements = []
    for role in LOGIN_ROLES:
        bypass = "BYPASSRLS" if role in BYPASSING_ROLES else "NOBYPASSRLS"
        # Owner hands the search function to searcher, so it is a member; without INHERIT it gets none of
        # searcher's rights, above all not the policy that sees every organization.
        inherit = "NOINHERIT" if role == OWNER else "INHERIT"
        options = f"LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE {bypass} {inherit} PASSWORD {_literal(passwords[role])}"
        statements.append(_create_role(role, options))
    statements.append(_create_role(SEARCHER, "NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS"))
    statements.append(f"GRANT {SEARCHER} TO {OWNER};")
    return "\n".join(statements)


def _create_role(role: str, options: str) -> str:
    return (
        f"DO $do$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN "
        f"CREATE ROLE {role}; END IF; END $do$;\n"
        f"ALTER ROLE {role} {options};"
    )


def database_sql(database: str) -> str:
    """Return idempotent SQL, to be run by an administrator inside `database`, that grants what each role needs."""
    return "\n".join(
        [
            f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC;',
            f'GRANT CONNECT ON DATABASE "{database}" TO {APP}, {RELAY}, {OPERATOR};',
            f'GRANT CONNECT, CREATE, TEMPORARY ON DATABASE "{database}" TO {OWNER};',
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC;",
            f"ALTER SCHEMA public OWNER TO {OWNER};",
            f"GRANT USAGE ON SCHEMA public TO {APP}, {RELAY}, {OPERATOR}, {SEARCHER};",
            f"GRANT CREATE ON SCHEMA public TO {SEARCHER};",
            f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public "
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP}, {OPERATOR};",
            f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public "
            f"GRANT USAGE, SELECT ON SEQUENCES TO {APP}, {OPERATOR};",
        ]
    )
