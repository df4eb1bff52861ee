from __future__ import annotations

from ideas.models import Idea


def lock(idea: Idea) -> None:
    """Read the idea again with its challenge and organization, and keep others from changing it until the commit.

    Rows that point at the idea can still be added meanwhile: votes and comments need not wait.
    """
    rows = Idea.objects.select_for_update(of=("self",), no_key=True).select_related("challenge", "organization")
    idea.refresh_from_db(from_queryset=rows)
