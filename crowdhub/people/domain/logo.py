"""The organization's logo: which files are taken, and how one takes the place of another."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crowdhub.common.errors import Refusal
from crowdhub.common.pictures import Picture, size_of_picture, without_traces
from crowdhub.people.domain.settings import LOGO, ensure_unseen, lock_settings, write_version
from crowdhub.people.models import Member, SettingsVersion
from crowdhub.tenancy.models import Logo, Organization

LARGEST_LOGO: Final = 512 * 1024  # bytes: every page of everybody loads it
LONGEST_SIDE: Final = 2_000  # pixels
FORMATS: Final = frozenset({"png", "jpeg", "webp"})


class LogoTooLarge(Refusal):
    message = _("The file is larger than 512 KB. A logo that is 200 pixels high is enough.")


class NotALogo(Refusal):
    message = _("This is no PNG, JPEG or WebP picture, or the file is damaged.")


class LogoTooWide(Refusal):
    message = _("The picture is larger than 2,000 by 2,000 pixels. A logo that is 200 pixels high is enough.")


@transaction.atomic
def set_logo(
    organization: Organization, content: bytes, *, actor: Member, known_version: int | None = None
) -> SettingsVersion | None:
    """Let the organization have this logo; None where it had it already.

    For administrators of the whole organization. Raises LogoTooLarge, NotALogo, LogoTooWide, SettingsConflict.
    """
    picture = _checked(content)
    content = without_traces(content)
    version = sha256(content).hexdigest()[:16]
    locked = lock_settings(organization)
    if locked.logo_version == version:
        return None
    ensure_unseen([LOGO], known_version)
    written = write_version(organization, locked, {LOGO: version}, actor=actor)
    fields = {
        "version": version,
        "content_type": f"image/{picture.format}",
        "width": picture.width,
        "height": picture.height,
        "content": content,
    }
    Logo.objects.update_or_create(organization=organization, defaults=fields)
    return written


@transaction.atomic
def remove_logo(
    organization: Organization, *, actor: Member, known_version: int | None = None
) -> SettingsVersion | None:
    """Go back to the initial of the name; None where there was no logo. Raises SettingsConflict.

    For administrators of the whole organization.
    """
    locked = lock_settings(organization)
    if not locked.logo_version:
        return None
    ensure_unseen([LOGO], known_version)
    written = write_version(organization, locked, {LOGO: ""}, actor=actor)
    Logo.objects.filter(organization=organization).delete()
    return written


def _checked(content: bytes) -> Picture:
    if len(content) > LARGEST_LOGO:
        raise LogoTooLarge(field="logo")
    picture = size_of_picture(content)
    if picture is None or picture.format not in FORMATS:
        raise NotALogo(field="logo")
    if max(picture.width, picture.height) > LONGEST_SIDE:
        raise LogoTooWide(field="logo")
    return picture
