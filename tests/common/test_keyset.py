"""Pages of a list that begin after a row: forwards, backwards, over the seams of its parts, and from nowhere."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from datetime import timedelta

import pytest
from django.db.models import Q
from django.utils import timezone

from crowdhub.common.keyset import Keyset, Part, counted
from crowdhub.people.models import Member
from tests import factories

pytestmark = pytest.mark.django_db
BY_NAME = (Part(("name", "pk")),)
BY_VISIT = (
    Part(("last_visit_at", "pk"), Q(last_visit_at__isnull=False)),
    Part(("name", "pk"), Q(last_visit_at=None)),
)
NAMES = ("Ada", "Bo", "Bo", "Bo", "Cy", "Cy", "Di")


@pytest.fixture
def people(in_acme):
    now = timezone.now()
    made = [
        factories.member(name, email=f"m{number}@x.example", last_visit_at=now - timedelta(days=number % 3 or 1))
        for number, name in enumerate(NAMES)
    ]
    made += [factories.member(name, email=f"n{number}@x.example") for number, name in enumerate(NAMES)]
    return Member.objects.filter(pk__in=[one.pk for one in made])


def walked(keyset: Keyset, rows, size: int, key: str, place: str = "") -> list[list[int]]:
    """Return the ids of all pages in one direction; fails rather than going round in circles."""
    pages = []
    for _page in range(50):
        page = keyset.page(rows, {key: place} if place else {}, size=size)
        pages.append([row.pk for row in page.rows])
        place = page.after if key == "after" else page.before
        if not place:
            return pages
    raise AssertionError("The pages have no end.")


@pytest.mark.parametrize("parts", [BY_NAME, BY_VISIT], ids=["one part", "two parts"])
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 13, 14, 20])
def test_pages_are_the_list_cut_up_with_ties_and_seams(people, parts, descending, size):
    keyset = Keyset("people", parts, descending=descending)
    whole = [row.pk for part in parts for row in keyset.ordered(people, part)]

    pages = walked(keyset, people, size, "after")

    assert [pk for page in pages for pk in page] == whole
    assert {len(page) for page in pages[:-1]} <= {size}


@pytest.mark.parametrize("parts", [BY_NAME, BY_VISIT], ids=["one part", "two parts"])
@pytest.mark.parametrize("size", [1, 3, 5])
def test_the_way_back_shows_the_same_pages(people, parts, size):
    keyset = Keyset("people", parts)
    forwards = walked(keyset, people, size, "after")
    last = {"after": ""}
    for _page in forwards[1:]:
        last = {"after": keyset.page(people, last, size=size).after}
    place = keyset.page(people, last, size=size).before

    backwards = walked(keyset, people, size, "before", place)

    assert backwards[::-1] == forwards[:-1]


@pytest.mark.parametrize(
    "names",
    [["a", "A", "ä", "Ä", "_", "%", "'", "\\\\"], ["a"] * 8, ["", "a", "aa", "A"]],
    ids=["signs", "ties", "begin"],
)
@pytest.mark.parametrize("size", [1, 2, 3])
def test_any_names_come_once_each(in_acme, names, size):
    made = [factories.member(f"{name} x", email=f"{index}@x.example") for index, name in enumerate(names)]
    people = Member.objects.filter(pk__in=[one.pk for one in made])

    pages = walked(Keyset("people", BY_NAME), people, size, "after")

    assert sorted(pk for page in pages for pk in page) == sorted(one.pk for one in made)


def test_the_row_that_a_page_begins_after_may_have_left_the_list(people):
    keyset = Keyset("people", BY_NAME)
    first = keyset.page(people, {}, size=3)
    rest = [row.pk for row in keyset.page(people, {"after": first.after}, size=20).rows]

    left = people.exclude(pk=first.rows[-1].pk)

    assert [row.pk for row in keyset.page(left, {"after": first.after}, size=20).rows] == rest


def test_one_that_was_moved_or_seen_meanwhile_marks_the_place_where_it_was(people):
    in_departments = (Part(("department__name", "department_id", "name", "pk"), Q(department__isnull=False)),)
    north, south = factories.department("North"), factories.department("South")
    people.update(department=north)
    listed = people.select_related("department")
    for keyset in (Keyset("people", in_departments), Keyset("people", BY_VISIT)):
        first = keyset.page(listed, {}, size=3)
        rest = [row.pk for row in keyset.page(listed, {"after": first.after}, size=20).rows]

        people.filter(pk=first.rows[-1].pk).update(department=south, last_visit_at=timezone.now())

        shown = [row.pk for row in keyset.page(listed, {"after": first.after}, size=20).rows]
        assert [pk for pk in shown if pk != first.rows[-1].pk] == rest


def test_after_a_row_that_is_gone_from_the_database_the_list_begins_anew(people):
    keyset = Keyset("people", BY_NAME)
    first = keyset.page(people, {}, size=3)

    first.rows[-1].delete()

    assert keyset.page(people, {"after": first.after}, size=3).rows[:2] == first.rows[:2]


@pytest.mark.parametrize("columns", [("name", "pk"), ("email", "pk"), ("department__name", "department_id", "pk")])
def test_addresses_hold_no_names(people, columns):
    people.update(department=factories.department("North"))
    place = Keyset("people", (Part(columns),)).page(people.select_related("department"), {}, size=3).after

    told = urlsafe_b64decode(place.partition(":")[0] + "==").decode()

    assert re.fullmatch(r"\[0(,(null|\d+))+\]", told)


def test_when_all_rows_of_a_page_are_gone_the_first_one_is_shown(people):
    keyset = Keyset("people", BY_NAME)
    first = keyset.page(people, {}, size=10)
    people.exclude(pk__in=[row.pk for row in first.rows]).delete()

    shown = keyset.page(people, {"after": first.after}, size=10)

    assert (shown.rows, shown.before, shown.after) == (first.rows, "", "")


@pytest.mark.parametrize("token", ["x", "a:b", "\0", "WzAsIkJvIiwxXQ:forged", "é", "a" * 5000])
@pytest.mark.parametrize("key", ["after", "before"])
def test_a_forged_place_is_the_beginning(people, token, key):
    keyset = Keyset("people", BY_NAME)

    page = keyset.page(people, {key: token}, size=3)

    assert page.rows == keyset.page(people, {}, size=3).rows
    assert page.before == ""


def test_the_place_of_another_list_is_the_beginning(people):
    token = Keyset("people", BY_NAME).page(people, {}, size=3).after

    for other in (Keyset("groups", BY_NAME), Keyset("people", BY_NAME, descending=True), Keyset("x", BY_VISIT)):
        assert other.page(people, {"after": token}, size=3).before == ""


@pytest.mark.parametrize(("up_to", "number", "is_more"), [(13, 13, True), (14, 14, False), (15, 14, False)])
def test_counting_ends_where_nobody_needs_it(people, up_to, number, is_more):
    count = counted(people, up_to=up_to)

    assert (count.number, count.is_more) == (number, is_more)
