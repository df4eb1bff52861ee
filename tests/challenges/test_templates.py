"""Beginning with a template: four questions in two languages, and what is made of them."""

from __future__ import annotations

import pytest
from django.urls import reverse

from challenges.domain.beginning import begin_from_template
from challenges.domain.launching import problems_of
from challenges.enums import ChallengeState, Visibility
from challenges.models import Challenge
from challenges.question_templates import TEMPLATE_NAMED, TEMPLATES, suggested_terms
from crowdhub.people.models import Member
from tests import factories


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
@pytest.mark.parametrize("language", ["en", "de"])
def test_template_prefills_all_that_the_first_step_needs(in_acme, template, language):
    in_acme.carol.language = language

    challenge = begin_from_template(template, actor=in_acme.carol)

    assert (challenge.state, challenge.language) == (ChallengeState.DRAFT, language)
    assert (challenge.everyone, challenge.visibility) == (True, Visibility.ORGANIZATION)
    assert challenge.brief_html["good_answer"].count("<li>") == 3
    assert {problem.field for problem in problems_of(challenge)} == {"submission_starts_on", "terms"}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_templates_are_written_in_both_languages(template):
    english, german = template.fields("en"), template.fields("de")

    for name in ("title", "objective", "why_it_matters", "good_answer", "success_measure"):
        assert english[name] != german[name], name
    assert suggested_terms("en") != suggested_terms("de")


def test_administrator_who_begins_becomes_a_manager(in_acme, as_member):
    erin = in_acme.erin

    response = as_member(erin).post(reverse("challenges:begin", args=["safety"]))

    challenge = Challenge.objects.get()
    assert response.headers["Location"] == reverse("challenges:edit", args=[challenge.public_id, "question"])
    assert [manager.member_id for manager in challenge.managers.all()] == [erin.pk]
    assert Member.objects.get(pk=erin.pk).roles == {"administrator", "manager"}


def test_page_says_that_an_administrator_gets_the_role(in_acme, as_member):
    url = reverse("challenges:templates")

    assert "you also get the role" in as_member(in_acme.erin).get(url).content.decode()
    assert "you also get the role" not in as_member(in_acme.carol).get(url).content.decode()


def test_unknown_template_is_not_found(in_acme, as_member):
    assert as_member(in_acme.carol).post(reverse("challenges:begin", args=["nothing"])).status_code == 404


def test_first_terms_are_suggested_and_wait_for_a_save_on_purpose(in_acme, as_member):
    browser = as_member(in_acme.carol)
    challenge = begin_from_template(TEMPLATE_NAMED["cost"], actor=in_acme.carol)
    url = reverse("challenges:edit", args=[challenge.public_id, "dates"])

    form = browser.get(url).context["form"]
    assert form["new_terms"].initial == suggested_terms("en")
    values = {name: form[name].value() or "" for name in form.fields}
    assert browser.post(url, values).status_code == 302

    challenge.refresh_from_db()
    assert challenge.terms.number == 1
    assert problems_of(challenge) == []
    assert "new_terms" not in browser.get(url).context["form"].initial


def test_empty_list_leads_on(in_acme, as_member):
    url = reverse("challenges:list")

    assert reverse("challenges:templates") in as_member(in_acme.carol).get(url).content.decode()
    assert reverse("challenges:templates") not in as_member(in_acme.alice).get(url).content.decode()


def test_challenge_of_a_template_can_be_launched(in_acme):
    challenge = begin_from_template(TEMPLATE_NAMED["process"], actor=in_acme.carol)
    for kind, ends_in in (("submission", 20), ("review", 30)):
        factories.phase(challenge, kind, starts_in=1, ends_in=ends_in)

    assert {problem.field for problem in problems_of(challenge)} == {"terms"}
