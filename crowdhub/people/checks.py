from __future__ import annotations

from typing import Any

from django.core.checks import Error, register

from crowdhub.people.second_factor import BadEncryptionKey, encryption
from crowdhub.tenancy.checks import SAFETY


@register(SAFETY)
def check_encryption_keys(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Refuse to start with keys that would fail only when somebody signs in."""
    try:
        encryption()
    except BadEncryptionKey as error:
        return [Error(str(error), id="crowdhub.E004")]
    return []
