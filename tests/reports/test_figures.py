from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from challenges.domain.closing import close_challenge
from challenges.models import Invitation
from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.people.domain.settings import change_settings
from crowdhub.people.models import Department
from crowdhub.reports.domain.freezing import COUNT_EMPTY_AGAIN, MonthNotOver, freeze_month, frozen_months
from crowdhub.reports.engagement import legend, measure_grid, organization_totals, report_rows
from crowdhub.reports.figures import ROOT, count_month, department_tree
from crowdhub.reports.models import FrozenMonth
from crowdhub.reports.months import choosable_months, last_full_month, month_before, months_between, next_month
from crowdhub.tenancy.context import tenant
from tests import factories
from tests.reports.working import comment, days, end_voting, idea_voted_on, last_month, staff, stay, vote, within


@pytest.fixture
def idea(in_acme):
    return idea_voted_on(in_acme)


def test_members_count_in_the_department_of_the_months_last_day(in_acme):
    month = last_month()
    mover, leaver, newcomer, stayer = staff(in_acme.sales, 1) + [factories.member() for _ in range(3)]
    mover.stays.update(until=next_month(month) - days(1))
    stay(mover, in_acme.operations, since=next_month(month) - days(1))
    stay(leaver, in_acme.sales, until=next_month(month) - days(1))
    stay(newcomer, in_acme.sales, since=next_month(month))
    stay(stayer, in_acme.sales, until=next_month(month))

    counted = count_month(in_acme.acme, month)

    assert {group: numbers["members"] for group, numbers in counted.items()} == {
        in_acme.operations.pk: 1,
        in_acme.sales.pk: 1,
    }


def test_every_figure_counts_what_its_name_says(in_acme, idea):
    month = last_month()
    ann, ben, _idle = staff(in_acme.sales, 3)
    own = factories.idea(idea.challenge, ann)
    record(Verb.IDEA_SUBMITTED, subject=own, actor=ann, now=within(month))
    comment(idea, ann, at=within(month))
    comment(idea, ben, at=within(month))
    vote(idea, ben, at=within(month))
    record(Verb.VOTE_WITHDRAWN, subject=idea, actor=ben, now=within(month))
    vote(idea, ben, at=within(month))
    record(Verb.IDEA_ANSWERED, subject=own, actor=in_acme.carol, data={"outcome": "declined"}, now=within(month))
    factories.invitation(idea.challenge, ben)
    Invitation.objects.update(created_at=within(month))

    assert count_month(in_acme.acme, month)[in_acme.sales.pk] == {
        "members": 3,
        "active": 2,
        "ideas": 1,
        "comments": 2,
        "votes": 1,
        "invited": 1,
        "answered": 1,
    }


def test_months_begin_at_midnight_where_the_organization_is(in_acme, idea):
    (ann,) = staff(in_acme.sales, 1)
    comment(idea, ann, at=datetime(2026, 2, 28, 23, 30, tzinfo=UTC))  # already March in Berlin

    assert count_month(in_acme.acme, date(2026, 2, 1))[in_acme.sales.pk]["comments"] == 0
    assert count_month(in_acme.acme, date(2026, 3, 1))[in_acme.sales.pk]["comments"] == 1


@pytest.mark.parametrize(
    ("ended", "month"),
    [
        (datetime(2026, 2, 28, 22, 59, tzinfo=UTC), date(2026, 2, 1)),
        (datetime(2026, 2, 28, 23, 0, tzinfo=UTC), date(2026, 3, 1)),  # midnight in Berlin
    ],
)
@pytest.mark.parametrize("by_closing", [False, True])
def test_a_vote_counts_in_the_month_in_which_voting_ended(in_acme, idea, ended, month, by_closing):
    (ann,) = staff(in_acme.sales, 1)
    end_voting(idea.challenge, at=ended + days(90) if by_closing else ended)
    if by_closing:
        close_challenge(idea.challenge, actor=in_acme.carol, now=ended)
    vote(idea, ann, at=datetime(2026, 1, 15, tzinfo=UTC))

    counted = {first: count_month(in_acme.acme, first)[in_acme.sales.pk] for first in (date(2026, 1, 1), month)}

    assert [(each["votes"], each["active"]) for each in counted.values()] == [(0, 0), (1, 1)]
    assert count_month(in_acme.acme, next_month(month))[in_acme.sales.pk]["votes"] == 0


def test_what_leavers_and_people_without_a_department_did_is_in_no_figure(in_acme, idea):
    month = last_month()
    leaver = factories.member()
    stay(leaver, in_acme.sales, until=within(month).date())
    staff(in_acme.sales, 1)

    vote(idea, leaver, factories.member(), at=within(month, day=2))

    assert count_month(in_acme.acme, month)[in_acme.sales.pk]["votes"] == 0


def test_deep_departments_count_as_part_of_the_second_storey(in_acme):
    line = factories.department("Line 1", parent=in_acme.assembly)
    staff(line, 2)
    staff(in_acme.assembly, 1)

    assert count_month(in_acme.acme, last_month())[in_acme.assembly.pk]["members"] == 3
    assert department_tree() == {
        ROOT: None,
        in_acme.operations.pk: ROOT,
        in_acme.assembly.pk: in_acme.operations.pk,
        in_acme.sales.pk: ROOT,
    }


def test_another_organization_is_not_counted(in_acme):
    with tenant(in_acme.globex):
        staff(factories.department("Elsewhere"), 7)

    assert count_month(in_acme.acme, last_month()) == {}


def test_a_running_month_cannot_be_read(in_acme):
    with pytest.raises(MonthNotOver):
        freeze_month(in_acme.acme, next_month(last_month()))


def test_the_last_full_month_is_the_organizations(in_acme):
    assert last_full_month(in_acme.acme, datetime(2026, 2, 28, 22, 59, tzinfo=UTC)) == date(2026, 1, 1)
    assert last_full_month(in_acme.acme, datetime(2026, 2, 28, 23, 0, tzinfo=UTC)) == date(2026, 2, 1)
    assert choosable_months(in_acme.acme, datetime(2026, 2, 3, tzinfo=UTC))[:2] == [date(2026, 1, 1), date(2025, 12, 1)]


@pytest.fixture
def engaged(in_acme, idea):
    """Sales with 9 people, Operations with 12 of whom 3 in Assembly; some took part last month."""
    month = last_month()
    sales, operations, assembly = (
        staff(department, count)
        for department, count in ((in_acme.sales, 9), (in_acme.operations, 9), (in_acme.assembly, 3))
    )
    vote(idea, *sales[:4], *operations[:5], assembly[0], at=within(month))
    return {"month": month, "sales": sales, "operations": operations, "assembly": assembly, "idea": idea}


def shown(frozen, measure):
    return {row.name: row.cells[0] for row in measure_grid([frozen], measure)}


def test_a_small_department_is_hidden_within_the_one_above_it(in_acme, engaged):
    frozen = freeze_month(in_acme.acme, engaged["month"])

    # Operations is shown as a whole: nobody can tell Assembly from the nine others in it.
    assert shown(frozen, "members") == {
        "All departments": 21,
        "Operations": 12,
        "Assembly": None,
        "Sales": 9,
    }
    assert shown(frozen, "votes")["Assembly"] is None


def test_a_month_says_the_same_whatever_changes_later(in_acme, engaged):
    before = freeze_month(in_acme.acme, engaged["month"]).rows

    vote(engaged["idea"], *engaged["sales"], at=within(engaged["month"]))
    engaged["sales"][0].stays.update(department=in_acme.assembly)
    Department.objects.filter(pk=in_acme.sales.pk).update(parent=in_acme.operations)

    assert freeze_month(in_acme.acme, engaged["month"]).rows == before
    assert FrozenMonth.objects.count() == 1


def test_overlapping_ranges_show_the_same_months(in_acme, engaged):
    month = engaged["month"]
    earlier = list(months_between(month - days(70), month))

    long, short = (frozen_months(in_acme.acme, months) for months in (earlier, [month]))

    assert [row for row in report_rows(long) if row.month == month] == report_rows(short)


def test_a_month_that_shows_nothing_stays_open_for_what_is_imported_later(in_acme, idea):
    month = last_month()
    assert freeze_month(in_acme.acme, month).rows == []

    people = staff(in_acme.sales, 6)
    vote(idea, *people[:2], at=within(month))
    FrozenMonth.objects.update(frozen_at=timezone.now() - COUNT_EMPTY_AGAIN)

    assert shown(freeze_month(in_acme.acme, month), "active") == {"All departments": 2, "Sales": 2}


def test_a_renamed_department_keeps_its_figures(in_acme, engaged):
    frozen = freeze_month(in_acme.acme, engaged["month"])
    Department.objects.filter(pk=in_acme.sales.pk).update(name="Customers")

    assert [(row.name, row.part_of, row.depth) for row in report_rows([frozen])] == [
        ("All departments", "", 0),
        ("Customers", "All departments", 1),
        ("Operations", "All departments", 1),
        ("Assembly", "Operations", 2),
    ]


def test_the_chart_leaves_out_hidden_months(in_acme, engaged):
    month = engaged["month"]
    months = frozen_months(in_acme.acme, months_between(month - days(40), month))

    assert organization_totals(months, "active") == [(month, 10)]


def test_a_larger_smallest_group_hides_more_and_leaves_months_that_were_read(in_acme, engaged):
    month = engaged["month"]
    earlier = freeze_month(in_acme.acme, month_before(month))
    before = freeze_month(in_acme.acme, month)
    change_settings(in_acme.acme, {"smallest_group": 10}, actor=in_acme.erin)

    assert freeze_month(in_acme.acme, month).rows == before.rows
    assert (before.least, shown(before, "members")["Sales"]) == (5, 9)
    FrozenMonth.objects.all().delete()
    after = freeze_month(in_acme.acme, month)
    assert (after.least, shown(after, "members")["Sales"]) == (10, None)
    assert earlier.least == 5


def test_each_month_says_which_smallest_group_it_was_counted_with(in_acme, engaged):
    month = engaged["month"]
    old = freeze_month(in_acme.acme, month)
    new = FrozenMonth(organization=in_acme.acme, month=next_month(month), least=10, rows=old.rows)

    [row] = [row for row in measure_grid([old, new], "members") if row.name == "Assembly"]

    assert row.in_words == [(None, "hidden (<5)"), (None, "hidden (<10)")]
    assert [each.least for each in report_rows([old, new]) if each.name == "Assembly"] == [5, 10]
    assert any("raised meanwhile" in line for line in legend([5, 10]))
    assert not any("raised meanwhile" in line for line in legend([5, 5]))
    assert any("fewer than 7 people" in line for line in legend([7]))
