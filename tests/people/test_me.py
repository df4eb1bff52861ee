"""My profile: my skills, who sees them, my language and time zone."""

from __future__ import annotations

import re

from django.urls import reverse

from crowdhub.people.models import Member, MemberSkill
from crowdhub.tenancy.context import tenant
from tests import factories


def text_of(response) -> str:
    return response.content.decode()


def test_my_page_says_who_else_sees_my_skills(cast, as_member):
    with tenant(cast.acme):
        Member.objects.filter(pk=cast.alice.pk).update(manager=cast.carol)
    page = text_of(as_member(cast.alice).get(reverse("people:me")))

    assert "Carol, your manager" in page
    assert "HR analysts, who confirm skills (1)" in page


def test_my_skills_are_added_changed_and_removed(cast, as_member):
    with tenant(cast.acme):
        sewing = factories.skill("Sewing")
    client = as_member(cast.ed)

    def mine():
        with tenant(cast.acme):
            return list(MemberSkill.objects.filter(member=cast.ed).values_list("skill__name", "level"))

    client.post(reverse("people:state-skill"), {"skill": sewing.public_id, "level": "2"})
    assert mine() == [("Sewing", 2)]
    client.post(reverse("people:change-skill", args=[sewing.public_id]), {"level": "4"})
    assert mine() == [("Sewing", 4)]
    client.post(reverse("people:change-skill", args=[sewing.public_id]), {"level": "9"})
    assert mine() == [("Sewing", 4)]
    client.post(reverse("people:change-skill", args=[sewing.public_id]), {"remove": "1"})
    assert mine() == []


def test_foreign_skill_is_refused(cast, as_member):
    with tenant(cast.globex):
        foreign = factories.skill("Alchemy")
    client = as_member(cast.ed)

    added = client.post(reverse("people:state-skill"), {"skill": foreign.public_id, "level": "2"})
    changed = client.post(reverse("people:change-skill", args=[foreign.public_id]), {"level": "2"})

    assert (added.status_code, changed.status_code) == (422, 404)


def test_my_language_and_time_zone(cast, as_member):
    client = as_member(cast.ed)

    client.post(reverse("people:my-settings"), {"language": "de", "timezone": "Europe/Lisbon"})
    refused = client.post(reverse("people:my-settings"), {"language": "xx", "timezone": "Mars/Base"})

    assert refused.status_code == 422
    with tenant(cast.acme):
        assert list(Member.objects.filter(pk=cast.ed.pk).values_list("language", "timezone")) == [
            ("de", "Europe/Lisbon")
        ]


def test_pages_tell_times_in_the_members_zone(in_acme, as_member):
    Member.objects.filter(pk=in_acme.alice.pk).update(timezone="Asia/Tokyo")
    idea = factories.idea(factories.challenge(in_acme.carol), in_acme.ed)

    page = as_member(in_acme.alice).get(reverse("ideas:detail", args=[idea.public_id])).content.decode()

    assert set(re.findall(r'<time datetime="[^"]+([+-][0-9:]{5})"', page)) == {"+09:00"}


def test_settings_sent_after_the_session_ended_lead_back_to_the_profile(cast, as_member, visitor):
    url = reverse("people:my-settings")

    sent = visitor.post(url, {"language": "de", "timezone": "Europe/Lisbon"})
    back = as_member(cast.ed).get(url, follow=True)

    assert sent.status_code == 401
    assert back.redirect_chain == [(reverse("people:me"), 302)]
    assert back.status_code == 200
