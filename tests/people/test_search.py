"""Finding people by pieces of their name or address."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction

from crowdhub.people import search
from crowdhub.people.models import Member
from crowdhub.people.search import people_named
from crowdhub.tenancy.context import tenant
from tests import factories

pytestmark = pytest.mark.django_db

PEOPLE = {
    "jörg.müller@x.example": "Jörg Müller",
    "percy@x.example": "Percy 100% Ã",
    "under_score@x.example": "Under_Score",
    "oneill@x.example": "Sinéad O'Neill",
    "back@x.example": "Back\\slash",
    "anna-lena@x.example": "Anna-Lena Ö",
    "lena@x.example": "Lena Berg",
    "xu@x.example": "Xu Li",
}


@pytest.fixture(params=["few", "many"])
def directory(in_acme, request, monkeypatch):
    """The same people, found through their ids, or by walking because there are too many ids."""
    if request.param == "many":
        monkeypatch.setattr(search, "MOST_IDS", 0)
    for email, name in PEOPLE.items():
        factories.member(name, email=email)
    return Member.objects.filter(email__endswith="@x.example")


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("müller", {"Jörg Müller"}),
        ("MÜLLER jörg", {"Jörg Müller"}),
        ("üll", {"Jörg Müller"}),
        ("100%", {"Percy 100% Ã"}),
        ("0%", set()),  # too short to be looked for within a word
        ("%%%", set()),
        ("___", set()),
        ("r_s", {"Under_Score"}),
        ("rxs", set()),
        ("o'neill", {"Sinéad O'Neill"}),
        ("';--", set()),
        ("k\\s", {"Back\\slash"}),
        ("lena", {"Anna-Lena Ö", "Lena Berg"}),
        ("lena berg", {"Lena Berg"}),
        ("le", {"Lena Berg"}),
        ("ö", {"Anna-Lena Ö"}),
        ("x", {"Xu Li"}),
        ("xu@", {"Xu Li"}),
        ("x.exa", set(PEOPLE.values())),
        ("berg lena@", {"Lena Berg"}),
        ("nobody", set()),
    ],
)
def test_words_stand_anywhere_and_short_ones_begin_something(directory, words, names):
    assert {person.name for person in people_named(directory, words)} == names


def test_no_words_find_everyone(directory):
    assert people_named(directory, "  ").count() == len(PEOPLE)


def test_people_of_others_and_erased_ones_are_not_found(cast):
    with tenant(cast.acme):
        assert not people_named(Member.objects.all(), "mallory").exists()
        Member.objects.filter(pk=cast.alice.pk).update(erased_at="2026-01-01T00:00Z")
        assert ids("%alice%") == []
    with tenant(cast.globex):
        assert ids("%mallory%") == [cast.mallory.pk]
        assert ids("%alice%") == []


def test_nothing_is_found_where_no_organization_is_open(cast):
    assert ids("%a%") == []


def test_the_function_gives_ids_and_takes_patterns_for_nothing_else(in_acme):
    assert ids("%') OR true --%") == []
    assert ids("%s%", "%L") == []


def test_reading_as_the_function_does_is_not_for_the_application(in_acme):
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET ROLE crowdhub_searcher")


def ids(*patterns: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT search_people(%s, 100)", [list(patterns)])
        return [row[0] for row in cursor.fetchall()]
