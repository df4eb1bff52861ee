"""The pictures of the report show what its table shows, in words too, and nothing that it hides."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest
from django.urls import reverse

from crowdhub.reports.engagement import measure_grid
from crowdhub.reports.models import FrozenMonth
from crowdhub.reports.pictures import by_department, by_month, from_asked_to_taking_part
from crowdhub.reports.privacy import MEASURES
from tests.reports.working import idea_voted_on, last_month, staff, vote, within

MONTHS = [date(2026, month, 1) for month in (7, 8, 9)]


def frozen(month: date, *rows: tuple[object, object, dict[str, int | None]]) -> FrozenMonth:
    """A month as it is kept: group, the one above it, figures; what is not given is hidden."""
    return FrozenMonth(
        month=month,
        rows=[
            {
                "department": group.pk if group else None,
                "parent": above.pk if above else None,
                "figures": dict.fromkeys(MEASURES) | figures,
            }
            for group, above, figures in rows
        ],
    )


@pytest.fixture
def sales_and_operations(in_acme):
    return in_acme.sales, in_acme.operations


def test_a_hidden_month_is_left_out_and_the_course_is_told_without_it(in_acme):
    months = [
        frozen(month, (None, None, {"active": figure})) for month, figure in zip(MONTHS, (12, None, 1_900), strict=True)
    ]

    picture = by_month(months, "active")

    assert picture.rows == [("Jul 2026", 12, ""), ("Sep 2026", 1_900, "")]
    assert picture.series == [("Took part", [12, 1_900])]
    assert picture.sentence == "Took part: 12 in Jul 2026, 1,900 in Sep 2026; most in Sep 2026, with 1,900."
    assert "left out" in picture.note
    assert by_month([months[1]], "active") is None


def test_a_hidden_department_has_a_row_and_no_number(in_acme, sales_and_operations):
    sales, operations = sales_and_operations
    month = frozen(
        MONTHS[0],
        (None, None, {"active": 50}),
        (sales, None, {"active": None}),
        (operations, None, {"active": 31}),
        (in_acme.assembly, operations, {"active": 8}),  # of the second level: in the table
    )

    picture = by_department(month, "active")

    assert picture.rows == [(operations.name, 31, ""), (sales.name, None, "")]
    assert picture.sentence.endswith(f"most in {operations.name}, with 31. 1 of 2 departments are shown.")
    none = frozen(MONTHS[0], (sales, None, {"active": 0}))
    assert by_department(none, "active").sentence == "Took part, Jul 2026: none. 1 of 1 departments are shown."
    assert by_department(frozen(MONTHS[0], (sales, None, {})), "active").sentence.endswith("too small to be shown.")


@pytest.mark.parametrize("hidden", ["members", "invited", "active"])
def test_there_is_no_funnel_around_a_hidden_figure(in_acme, hidden):
    figures: dict[str, int | None] = {"members": 200, "invited": 80, "active": 1}

    picture = from_asked_to_taking_part(frozen(MONTHS[0], (None, None, figures)))

    assert [value for _label, value, _share in picture.rows] == [200, 80, 1]
    assert "80 were invited to something (40%), and 1 took part (less than 1%)" in picture.sentence
    assert from_asked_to_taking_part(frozen(MONTHS[0], (None, None, figures | {hidden: None}))) is None


@pytest.mark.parametrize("measure", MEASURES)
def test_the_page_draws_nothing_but_what_its_table_shows(in_acme, as_member, measure):
    idea = idea_voted_on(in_acme)
    sizes = ((in_acme.sales, 9), (in_acme.operations, 12), (in_acme.assembly, 3))
    for department, count in sizes:
        vote(idea, *staff(department, count)[:2], at=within(last_month()))
    month = last_month().isoformat()
    chosen = {"first_month": month, "last_month": month, "measure": measure}

    response = as_member(in_acme.dave).get(reverse("reports:preview"), chosen)

    text = response.content.decode()
    kept = list(FrozenMonth.objects.all())
    shown = {
        cell for each in MEASURES for row in measure_grid(kept, each) for cell in row.cells if isinstance(cell, int)
    }
    grid_shown = {cell for row in measure_grid(kept, measure) for cell in row.cells if isinstance(cell, int)}
    department_rows = response.context["by_department"].rows
    assert {value for _name, value, _note in department_rows if value is not None} <= grid_shown
    assert {value for _name, values in _series(response) for value in values} <= grid_shown
    drawn = [int(number) for number in re.findall(r"<title>[^<]*: (\d+)</title>", unescape(text))]
    assert set(drawn) <= shown
    hidden = sum(value is None for _name, value, _note in department_rows)
    bars = text.split(response.context["by_department"].caption)[2].split("</table>")[0]
    assert bars.count("<svg") == len(department_rows) - hidden


def _series(response) -> list[tuple[str, list[int]]]:
    picture = response.context["by_month"]
    return [] if picture is None else picture.series
