"""Makes the roles and the database where the servers are somebody else's: `python -m crowdhub.launcher.provision`.

Reads DATABASE_ADMIN_URL, an administrator's, and the four DATABASE_…URL variables that the product will run with;
their passwords become the roles'. Run again, it puts changed passwords and grants right.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from crowdhub.launcher.database import URL_NAMES, create_database, create_roles, demand_administrator
from crowdhub.launcher.errors import LauncherError


def passwords_in(environment: Mapping[str, str]) -> dict[str, str]:
    """Return each role's password; raise LauncherError when a URL is missing or is for another role."""
    passwords = {}
    for name, role in URL_NAMES.items():
        url = urlsplit(environment.get(name, ""))
        if url.username != role or not url.password:
            raise LauncherError(f"{name} must be a URL for {role}, with a password.")
        passwords[role] = unquote(url.password)
    return passwords


def provision(environment: Mapping[str, str]) -> None:
    """Make or update roles and database; raise LauncherError with what is wrong in `environment`."""
    admin_url = environment.get("DATABASE_ADMIN_URL", "")
    passwords = passwords_in(environment)
    databases = {urlsplit(environment[name]).path.lstrip("/") for name in URL_NAMES}
    if len(databases) != 1:
        raise LauncherError("The four URLs must name the same database.")
    demand_administrator(admin_url)
    create_roles(admin_url, passwords)
    create_database(admin_url, databases.pop())


if __name__ == "__main__":
    try:
        provision(os.environ)
    except LauncherError as problem:
        sys.exit(str(problem))
