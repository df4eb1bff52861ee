"""Screens that one comes to by doing something: what is opened, refused, swapped in.

Tests let axe look at them (test_interactions.py), `make screenshots` takes pictures of them. Controls are found by what
they send or where they lead, because what they say depends on the language.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tests.browser.scenes import accounts, forms, looking_after, mishaps, moderating, writing
from tests.browser.scenes.stage import Stage

Scene = Callable[[Stage], None]

PEOPLE = ("alice", "bob", "carol", "dave", "erin", "grace")  # who plays in them
SCENES: dict[str, Scene] = {
    f"refused to {who}": partial(forms.forms_that_are_refused, who=who) for who in forms.REFUSED
}
SCENES |= {
    scene.__name__.replace("_", " "): scene
    for scene in (
        forms.a_visitor_who_mistypes,
        moderating.a_case_its_reason_its_toast_and_the_keys,
        moderating.a_queue_that_is_longer,
        writing.the_editor_with_preview_similar_ideas_and_both_versions,
        writing.what_htmx_brings,
        writing.a_comment_of_ones_own,
        writing.the_terms_before_an_idea,
        writing.the_offline_page,
        looking_after.menus_that_are_open,
        looking_after.imports,
        looking_after.many_people_at_once,
        looking_after.an_export,
        accounts.stopping_the_digest_by_its_own_link,
        accounts.a_second_factor,
        mishaps.forms_that_come_to_nothing,
        mishaps.an_idea_that_is_withdrawn_meanwhile,
        mishaps.a_page_that_breaks,
    )
}
