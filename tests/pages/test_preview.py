"""The preview of a draft is the page that those will see whom it asks, and nothing on it can be used."""

from __future__ import annotations

import pytest

from challenges.domain.audience import AudienceChoice, set_audience
from challenges.domain.drafting import create_challenge
from challenges.models import Invitation
from tests import factories
from tests.challenges.shared import BUDGET, SignIn, launched, page, queries_of, ready_draft
from tests.harness.cast import Cast


def test_the_preview_is_the_page_itself_with_a_reason_that_many_will_read(in_acme: Cast, as_member: SignIn) -> None:
    draft = ready_draft(in_acme)
    for level in (3, 3):
        factories.has_skill(factories.member(), in_acme.welding, level=level)

    response = as_member(in_acme.carol).get(page("pages:preview", draft.public_id))

    text = response.content.decode()
    assert "pages/challenge.html" in {template.name for template in response.templates}
    assert "This is a preview." in text
    assert "You are asked because you know Welding (level 3)." in text
    assert "Halve the leaks." in text
    assert [step.state for step in response.context["steps"]] == ["next", "next", "next"]
    assert "Every idea is answered within 10 working days." in text
    assert "asked by Carol" in text
    assert "Draft" not in text
    assert not Invitation.objects.exists()


def test_nothing_on_the_preview_can_be_used(in_acme: Cast, as_member: SignIn) -> None:
    draft = ready_draft(in_acme)

    text = as_member(in_acme.carol).get(page("pages:preview", draft.public_id)).content.decode()

    main = text[text.index("<main") : text.index("</main>")]
    assert '<button class="button" type="button" disabled>' in main
    assert page("ideas:new", draft.public_id) not in main
    assert page("pages:room", draft.public_id) not in main
    assert "<form" not in main


def test_an_empty_draft_says_what_is_missing(in_acme: Cast, as_member: SignIn) -> None:
    draft = create_challenge(actor=in_acme.carol)

    text = as_member(in_acme.carol).get(page("pages:preview", draft.public_id)).content.decode()

    assert "Untitled challenge" in text
    assert "The audience reaches nobody yet." in text
    assert "No dates are set yet." in text


def test_the_preview_of_a_challenge_that_is_launched_is_its_page(in_acme: Cast, as_member: SignIn) -> None:
    challenge = launched(in_acme)

    response = as_member(in_acme.carol).get(page("pages:preview", challenge.public_id))

    assert response["Location"] == page("pages:challenge", challenge.public_id)


@pytest.mark.parametrize("people", [1, 12])
def test_the_preview_costs_the_same_for_any_audience(in_acme: Cast, as_member: SignIn, people: int) -> None:
    draft = ready_draft(in_acme)
    for _number in range(people):
        factories.has_skill(factories.member(), in_acme.welding)
    set_audience(draft, actor=in_acme.carol, choice=AudienceChoice(skills=((in_acme.welding, 1),)))

    assert len(queries_of(as_member(in_acme.carol), page("pages:preview", draft.public_id))) <= BUDGET
