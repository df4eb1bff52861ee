from __future__ import annotations

import pytest
from django.urls import reverse

from moderation.models import Case, ReasonTemplate, Report
from tests import factories

REASON = "Please say in which hall this happens."
HTMX = {"HX-Request": "true", "HX-Target": "panel"}


def decide_url(case: Case) -> str:
    return reverse("moderation:decide", args=[case.public_id])


def test_a_member_reports_a_comment(in_acme, as_member, challenge):
    comment = factories.comment(factories.idea(challenge, in_acme.alice), in_acme.ed)
    url = reverse("moderation:report_comment", args=[comment.public_id])
    alice = as_member(in_acme.alice)
    assert "Good point." in alice.get(url).content.decode()

    first = alice.post(url, {"reason": "offensive", "text": "Look at this"})
    again = alice.post(url, {"reason": "offensive"})

    assert (first.status_code, again.status_code) == (302, 409)
    assert Report.objects.get().text == "Look at this"


def test_what_a_member_cannot_see_they_cannot_report(in_acme, as_member):
    hidden = factories.challenge(in_acme.carol, visibility="invited")
    idea = factories.idea(hidden, in_acme.alice)
    comment = factories.comment(idea, in_acme.alice)
    ed = as_member(in_acme.ed)

    for url in (
        reverse("moderation:report_idea", args=[idea.public_id]),
        reverse("moderation:report_comment", args=[comment.public_id]),
    ):
        assert ed.get(url).status_code == 404
        assert ed.post(url, {"reason": "safety"}).status_code == 404


def test_a_report_of_nothing_in_particular_keeps_the_form(in_acme, as_member, challenge):
    idea = factories.idea(challenge, in_acme.alice)
    response = as_member(in_acme.ed).post(reverse("moderation:report_idea", args=[idea.public_id]), {"reason": "other"})

    assert response.status_code == 422
    assert "Say in a few words what is wrong." in response.content.decode()


def test_nobody_reports_their_own_idea(in_acme, as_member, challenge):
    idea = factories.idea(challenge, in_acme.alice)

    response = as_member(in_acme.alice).post(
        reverse("moderation:report_idea", args=[idea.public_id]), {"reason": "safety"}
    )

    assert response.status_code == 403
    assert "This is your own; you can change or withdraw it yourself." in response.content.decode()
    assert not Report.objects.exists()


def test_the_log_keeps_undone_decisions(bob, case):
    bob.post(decide_url(case), {"outcome": "rejected", "reason": REASON})
    bob.post(reverse("moderation:undo") + f"?case={case.public_id}")

    page = bob.get(reverse("moderation:log")).content.decode()
    assert REASON in page
    assert "undone" in page


def test_moderators_write_change_and_delete_reasons(in_acme, bob):
    data = {"outcome": "rejected", "language": "de", "title": "Doppelt", "text": "Das gibt es schon."}
    assert bob.post(reverse("moderation:add_template"), data).status_code == 302
    template = ReasonTemplate.objects.get()
    assert bob.post(reverse("moderation:edit_template", args=[template.public_id]), data | {"title": "Gibt es"})
    assert "Gibt es" in bob.get(reverse("moderation:templates")).content.decode()
    assert bob.post(reverse("moderation:add_template"), data | {"outcome": "approved"}).status_code == 422

    asked = bob.get(reverse("moderation:delete_template", args=[template.public_id])).content.decode()
    assert "Delete this reason?" in asked
    assert ReasonTemplate.objects.filter(pk=template.pk).exists()
    bob.post(reverse("moderation:delete_template", args=[template.public_id]))

    assert not ReasonTemplate.objects.exists()


@pytest.mark.parametrize(("name", "reads"), [("alice", 403), ("frank", 200)])
def test_nobody_else_writes_reasons(in_acme, as_member, name, reads):
    template = ReasonTemplate.objects.create(organization=in_acme.acme, outcome="rejected", title="t", text="x")
    client = as_member(getattr(in_acme, name))

    assert client.get(reverse("moderation:templates")).status_code == reads
    for url in (reverse("moderation:add_template"), reverse("moderation:edit_template", args=[template.public_id])):
        assert client.get(url).status_code == 403
    assert client.post(reverse("moderation:delete_template", args=[template.public_id])).status_code == 403
