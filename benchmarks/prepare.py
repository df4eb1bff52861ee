"""Print, as JSON, what to measure: pages with somebody's session, in the demo's acme and in the large organization."""

from __future__ import annotations

import json

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import transaction  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.urls import reverse  # noqa: E402

from challenges.models import Challenge  # noqa: E402
from challenges.queries import challenges_visible_to  # noqa: E402
from crowdhub.people.models import Member  # noqa: E402
from crowdhub.tenancy.context import tenant  # noqa: E402
from crowdhub.tenancy.models import Domain, Organization  # noqa: E402
from ideas.models import Idea  # noqa: E402
from ideas.queries import ideas_visible_to  # noqa: E402
from moderation.models import Case  # noqa: E402


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
        challenge = (
            challenges_visible_to(employee)
            .filter(ideas__state="published")
            .annotate(count=Count("ideas"))
            .order_by("-count")
            .first()
        )
        assert isinstance(challenge, Challenge)
        idea = (
            ideas_visible_to(employee)
            .filter(state="published")
            .annotate(count=Count("comments"))
            .order_by("-count", "pk")
            .first()
        )
        assert isinstance(idea, Idea)
        sizes = {
            "members": Member.objects.count(),
            "ideas": Idea.objects.count(),
            "open cases": Case.objects.filter(state="open").count(),
            "ideas of the challenge": challenge.count,  # type: ignore[attr-defined]
            "comments of the idea": idea.count,  # type: ignore[attr-defined]
        }
        session, moderators = session_of(employee), session_of(moderator)
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
            },
        }


if __name__ == "__main__":
    print(
        json.dumps(
            {
                "small": pages_of(
                    "acme.localhost", {"employee": "alice@acme.example", "moderator": "bob@acme.example"}
                ),
                "large": pages_of(
                    "big.localhost", {"employee": "employee@big.example", "moderator": "moderator@big.example"}
                ),
            }
        )
    )
