"""Search: what the member may see, best first, by words in English and German."""

import pytest
from django.urls import reverse

from challenges.enums import Visibility
from crowdhub.pages.search import SHOWN, search_for
from ideas.enums import IdeaState
from ideas.models import Idea
from tests import factories
from tests.harness.queries import page_and_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def challenge(in_acme):
    return factories.challenge(in_acme.carol, title="How do we save heat?", visibility=Visibility.ORGANIZATION)


def titles(words, member):
    return [idea.title for idea in search_for(words, member=member).ideas]


@pytest.mark.parametrize(("language", "words"), [("en", "closing doors"), ("de", "Türen")])
def test_finds_other_forms_of_a_word(in_acme, challenge, language, words):
    title = "Close the door" if language == "en" else "Die Tür schließen"
    factories.idea(challenge, in_acme.alice, title=title, language=language)

    assert titles(words, in_acme.ed) == [title]


def test_title_counts_for_more_than_text(in_acme, challenge):
    factories.idea(challenge, in_acme.alice, title="Something else", body="About a turbine.")
    factories.idea(challenge, in_acme.alice, title="A turbine", body="Something else.")

    assert titles("turbine", in_acme.ed) == ["A turbine", "Something else"]


def test_challenge_is_found_by_its_question(in_acme, challenge):
    assert search_for("heat", member=in_acme.ed).challenges == [challenge]


def test_what_is_not_visible_is_not_found(in_acme, challenge):
    closed = factories.challenge(in_acme.carol, title="A secret turbine", visibility=Visibility.INVITED)
    factories.invitation(closed, in_acme.alice)
    factories.idea(closed, in_acme.alice, title="My turbine")
    factories.idea(challenge, in_acme.alice, title="A drafted turbine", state=IdeaState.DRAFT)

    stranger, author = (search_for("turbine", member=member) for member in (in_acme.ed, in_acme.alice))

    assert not stranger
    assert author.challenges == [closed]
    assert {idea.title for idea in author.ideas} == {"My turbine", "A drafted turbine"}


def test_better_matches_that_are_not_visible_push_nothing_out(in_acme, challenge):
    factories.idea(challenge, in_acme.alice, title="Last", body="It has a turbine somewhere.")
    Idea.objects.bulk_create(
        Idea(organization=challenge.organization, challenge=challenge, title="turbine turbine", state=IdeaState.DRAFT)
        for _ in range(450)
    )

    assert titles("turbine", in_acme.ed) == ["Last"]


def test_only_the_best_are_shown(in_acme, challenge):
    for number in range(SHOWN + 1):
        factories.idea(challenge, in_acme.alice, title=f"Turbine {number}")

    assert len(titles("turbine", in_acme.ed)) == SHOWN


@pytest.mark.parametrize("words", ["", "   ", "\0", "'", '"', "-", "& | !", "a" * 5000, "%s", "\\"])
def test_odd_words_find_nothing_and_break_nothing(in_acme, challenge, as_member, words):
    page = as_member(in_acme.ed).get(reverse("pages:search"), {"q": words})

    assert page.status_code == 200
    assert "How do we save heat?" not in page.content.decode()


@pytest.mark.parametrize("number", [1, SHOWN])
def test_search_takes_five_queries_however_much_it_finds(in_acme, challenge, as_member, number):
    browser = as_member(in_acme.ed)
    for _ in range(number):
        factories.idea(challenge, in_acme.alice, title="Heat")

    _page, queries = page_and_queries(browser, reverse("pages:search"), {"q": "heat"})

    assert len(queries) == 5


def lines(words, member):
    return [str(idea.line) for idea in search_for(words, member=member).ideas]


def test_a_line_of_the_text_shows_what_was_found_in_it(in_acme, challenge):
    body = "Every morning. " * 40 + "A *turbine* turns. " + "So. " * 40
    factories.idea(challenge, in_acme.alice, title="Wind", body=body)

    [line] = lines("turbines", in_acme.ed)

    assert line.startswith("… ")
    assert "A <mark>turbine</mark> turns" in line
    assert line.endswith(" …")
    assert len(line) < 220


def test_a_match_in_the_title_alone_shows_how_the_text_begins(in_acme, challenge):
    for body in ("It turns.", ""):
        factories.idea(challenge, in_acme.alice, title="A turbine", body=body)

    assert lines("turbine", in_acme.ed) == ["", "It turns."]


def test_what_a_text_says_is_shown_as_text(in_acme, challenge, as_member):
    factories.idea(challenge, in_acme.alice, title="Wind", body="Buy <b onclick=x>a & turbine</b> <mark>now</mark>.")
    factories.idea(challenge, in_acme.alice, title="German", body="Die Türen sind offen.", language="de")

    hostile, german = lines("turbine", in_acme.ed), lines("Tür", in_acme.ed)
    page = as_member(in_acme.ed).get(reverse("pages:search"), {"q": "Tür"}).content.decode()

    assert "<mark>turbine</mark>" in hostile[0]
    assert "<b" not in hostile[0].replace("<mark>turbine</mark>", "")
    assert hostile[0].count("<") == 2
    assert german == ["Die <mark>Türen</mark> sind offen."]
    assert '<p class="row-text" lang="de">Die <mark>Türen</mark> sind offen.</p>' in page
