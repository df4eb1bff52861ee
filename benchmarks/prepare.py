"""Print, as JSON, what to measure: pages with somebody's session, in the demo's acme and in the large organization."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import django

django.setup()

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.db.models import Count
from django.urls import reverse

from challenges.models import Challenge, Invitation
from challenges.queries import challenges_visible_to
from challenges.wording import names_in
from crowdhub.people.models import Department, Member, Skill
from crowdhub.people.queries import directory_order, people_found
from crowdhub.people.views.directory import PER_PAGE
from crowdhub.tenancy.context import tenant
from crowdhub.tenancy.models import Domain, Organization
from ideas.models import Idea
from ideas.queries import comments_visible_to, ideas_visible_to, links_of
from moderation.domain.reporting import report_comment
from moderation.enums import CaseState, ReportReason
from moderation.models import Case
from moderation.queries import ROWS


def session_of(member: Member) -> str:
    store = SessionStore()
    store[SESSION_KEY] = str(member.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = member.get_session_auth_hash()
    store.create()
    return str(store.session_key)


def pages_of(host: str, people: dict[str, str]) -> dict[str, object]:
    domain = Domain.objects.get(host=host)
    with tenant(Organization(pk=domain.organization_id)), transaction.atomic():
        employee = Member.objects.get(email=people["employee"])
        moderator = Member.objects.get(email=people["moderator"])
        fill_queue(employee)
        # The same kind of page at both sizes: asked for a reason that names something, and somebody else's idea.
        asked = [one.challenge_id for one in Invitation.objects.filter(member=employee) if names_in([one.reason])]
        challenge = (
            challenges_visible_to(employee)
            .filter(pk__in=asked, ideas__state="published")
            .annotate(count=Count("ideas"))
            .order_by("-count")
            .first()
        )
        assert isinstance(challenge, Challenge)
        linked = (
            ideas_visible_to(employee)
            .filter(state="published")
            .exclude(contributors__member=employee)
            .exclude(links=None, links_here=None)
            .annotate(count=Count("comments", distinct=True))
            .order_by("-count", "pk")
        )
        # One that is connected with others, which its page asks for: some of them the reader can see.
        idea = next(one for one in linked if links_of(one, employee).exists())
        sizes = {
            "members": Member.objects.count(),
            "ideas": Idea.objects.count(),
            "open cases": Case.objects.filter(state="open").count(),
            "ideas of the challenge": challenge.count,
            "comments of the idea": idea.count,
        }
        session, moderators = session_of(employee), session_of(moderator)
        keepers = session_of(Member.objects.get(email=people["administrator"]))
        return {
            "host": host,
            "sizes": sizes,
            "pages": {
                "floor": {"path": "/floor/", "session": session},
                "home": {"path": reverse("pages:home"), "session": session},
                "challenge": {
                    "path": reverse("pages:challenge", kwargs={"public_id": challenge.public_id}),
                    "session": session,
                },
                "idea": {
                    "path": reverse("ideas:detail", kwargs={"public_id": idea.public_id}),
                    "session": session,
                },
                "moderation queue": {"path": reverse("moderation:queue"), "session": moderators},
                **{name: {"path": path, "session": keepers} for name, path in lists_of_people().items()},
            },
        }


def fill_queue(reporter: Member) -> None:
    """Have comments reported until there are as many open cases as the queue shows, which the demo's has not."""
    missing = max(0, ROWS - Case.objects.filter(state=CaseState.OPEN).count())
    others = comments_visible_to(reporter).filter(state="visible").exclude(author=reporter).exclude(cases__state="open")
    for comment in others.order_by("-pk")[:missing]:
        report_comment(comment, reporter=reporter, reason=ReportReason.OFF_TOPIC)


def lists_of_people() -> dict[str, str]:
    """Return the list of people as it is asked for: at its beginning, far down, in each order, searched, narrowed."""
    everyone = people_found(state="active")
    somebody = everyone.order_by("pk")[everyone.count() // 2]
    searched = {
        "an address": somebody.email.partition("@")[0],
        "a full name": somebody.name,
        "a first name": somebody.name.split()[0],
        "two letters": somebody.name[:2],
        "nobody": "xyzxyz",
    }
    department = Department.objects.exclude(parent=None).order_by("pk")[0]
    skill = Skill.objects.annotate(count=Count("holders")).order_by("-count", "pk")[0]
    narrowed = {"department": department.public_id, "skill": skill.public_id, "state": "inactive"}
    parameters: dict[str, dict[str, str]] = {
        "": {},
        **{f", by {sort}": {"sort": sort} for sort in ("email", "department", "-visit")},
        **{f", far down by {sort}": {"sort": sort, **far_down(sort)} for sort in ("name", "email", "department")},
        **{f", {what} looked for": {"q": words} for what, words in searched.items()},
        **{f", narrowed by {name}": {name: value} for name, value in narrowed.items()},
        ", narrowed and searched": {"department": department.public_id, "q": somebody.name.split()[0]},
    }
    return {f"people{name}": f"{reverse('people:list')}?{urlencode(chosen)}" for name, chosen in parameters.items()}


def far_down(sort: str) -> dict[str, str]:
    """Return the parameter of the page that begins after nine tenths of the list, or of the last that is a full one."""
    order, everyone = directory_order(sort), people_found(state="active").select_related("department")
    part = next(part for part in order.parts if everyone.filter(part.condition).exists())
    rows = order.ordered(everyone, part)
    count = rows.count()
    # A page that reaches the end looks for more beyond, which would be another kind of page.
    return {"after": order.place_of(rows[min(count * 9 // 10, count - PER_PAGE - 2)])}


if __name__ == "__main__":
    print(
        json.dumps(
            {
                "small": pages_of(
                    "acme.localhost",
                    {
                        "employee": "alice@acme.example",
                        "moderator": "bob@acme.example",
                        "administrator": "erin@acme.example",
                    },
                ),
                "large": pages_of(
                    "big.localhost",
                    {
                        "employee": "employee@big.example",
                        "moderator": "moderator@big.example",
                        "administrator": "administrator@big.example",
                    },
                ),
            }
        )
    )
