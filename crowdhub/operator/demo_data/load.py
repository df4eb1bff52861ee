from __future__ import annotations

from datetime import datetime
from random import Random

from django.contrib.auth.hashers import make_password

from crowdhub.operator.demo_data.aftermath import finish
from crowdhub.operator.demo_data.clock import Clock
from crowdhub.operator.demo_data.content import organization_content
from crowdhub.operator.demo_data.organizations import is_there, new_organization
from crowdhub.operator.demo_data.people import load_people
from crowdhub.operator.demo_data.stories import replay_stories
from crowdhub.operator.demo_data.world import World
from crowdhub.people.models import Member

# Hosts by which visitors come without knowing better; they are led on to acme.
PLAIN_HOSTS = ("localhost", "127.0.0.1")
ORGANIZATIONS = {"acme": PLAIN_HOSTS, "globex": ()}
OPERATOR = "operator"
OPERATOR_EMAIL = "operator@crowdhub.example"


def load_demo(*, password: str, now: datetime) -> list[str]:
    """Load the organizations that are not there yet, each in one transaction; return their names.

    An organization that is there is left as it is, whatever people have done in it since.
    """
    wanted = {slug: hosts for slug, hosts in ORGANIZATIONS.items() if not is_there(f"{slug}.localhost")}
    needs_operator = not is_there(f"{OPERATOR}.localhost")
    if not wanted and not needs_operator:
        return []
    # One hash for everybody: it is slow by design, and the password is no secret.
    hashed = make_password(password)
    names = [_load_organization(slug, hosts, hashed, now) for slug, hosts in wanted.items()]
    if needs_operator:
        names.append(_load_operator(hashed))
    return names


def _load_organization(slug: str, redirecting: tuple[str, ...], password: str, now: datetime) -> str:
    content = organization_content(slug)
    fields = {
        "name": content["name"],
        "accent_colour": content["accent_colour"],
        "language": content["language"],
        "timezone": content["time_zone"],
    }
    with new_organization(slug, redirecting=redirecting, **fields) as organization:
        world = World(
            organization=organization,
            clock=Clock.of(organization, now),
            random=Random(slug),  # noqa: S311  the same people every time, and no secret
            content=content,
        )
        load_people(world, password)
        replay_stories(world)
        finish(world)
    return organization.name


def _load_operator(password: str) -> str:
    """Make the operator's own organization, on a host of its own, with one account."""
    with new_organization(OPERATOR, name="CrowdHub operator", is_operator=True) as organization:
        operator = Member(organization=organization, name="Operator", email=OPERATOR_EMAIL, password=password)
        operator.save()
    return organization.name
