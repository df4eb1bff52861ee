"""The law: what a report hides cannot be computed from what it shows. The attackers here are not the product's."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from crowdhub.reports.privacy import MEASURES, K, figures_to_hide, is_large_and_mixed, recomputable

ROOT = 0


def numbers(members: int, active: int, **others: int) -> dict[str, int]:
    filled = dict.fromkeys(MEASURES, active) | {"members": members, "active": active}
    return filled | others


def sums_of(parents, direct):
    """Return the atoms of each group that has people, by walking up from each atom."""
    atoms: dict[int, set[int]] = {}
    for atom, own in direct.items():
        group = atom if own["members"] else None
        while group is not None:
            atoms.setdefault(group, set()).add(atom)
            group = parents[group]
    return atoms


@st.composite
def tables(draw, most_groups: int = 9, most_people: int = 12):
    """A tree of up to three storeys, as departments are, with people in any of them."""
    parents: dict[int, int | None] = {ROOT: None}
    storey = {ROOT: 0}
    for group in range(1, draw(st.integers(1, most_groups)) + 1):
        parents[group] = draw(st.sampled_from([each for each in parents if storey[each] < 2]))
        storey[group] = storey[parents[group] or ROOT] + 1
    direct = {}
    for group in parents:
        members = draw(st.sampled_from([0, 0, 1, 2, 3, 4, 5, 6, 8, most_people]))
        active = draw(st.integers(0, members))
        deeds = {
            measure: draw(st.integers(0, 3)) if active else 0 for measure in ("ideas", "comments", "votes", "answered")
        }
        direct[group] = numbers(members, active, invited=draw(st.integers(0, members)), **deeds)
    return parents, direct


class Span:
    """What can be combined from rows of numbers: Gaussian elimination over fractions, so nothing is rounded."""

    def __init__(self, rows: list[list[int]]) -> None:
        self.basis: list[tuple[int, list[Fraction]]] = []
        for row in rows:
            reduced = self.reduce(row)
            pivot = next((place for place, cell in enumerate(reduced) if cell), None)
            if pivot is not None:
                self.basis.append((pivot, [cell / reduced[pivot] for cell in reduced]))

    def reduce(self, row: list[int]) -> list[Fraction]:
        left = [Fraction(cell) for cell in row]
        for pivot, base in self.basis:
            if left[pivot]:
                factor = left[pivot]
                left = [cell - factor * other for cell, other in zip(left, base, strict=True)]
        return left

    def __contains__(self, row: list[int]) -> bool:
        return not any(self.reduce(row))


@given(table=tables(most_groups=14))
@settings(max_examples=150, deadline=None)
def test_no_hidden_figure_is_a_combination_of_shown_ones(table):
    parents, direct = table
    atoms = sums_of(parents, direct)
    columns = sorted({atom for group in atoms.values() for atom in group})

    rows = {group: [int(atom in atoms[group]) for atom in columns] for group in atoms}

    for hidden in set(figures_to_hide(parents, direct).values()):
        derivable = Span([rows[group] for group in atoms if group not in hidden])
        assert not [group for group in hidden if rows[group] in derivable]


@given(table=tables(most_groups=4, most_people=6))
@settings(max_examples=60, deadline=None)
def test_every_hidden_figure_could_be_another_number(table):
    """An attacker who knows how many people each group has, and that nothing is negative, tries every table."""
    parents, direct = table
    atoms = sums_of(parents, direct)
    hidden_by = figures_to_hide(parents, direct)

    for measure in ("active", "ideas", "votes"):
        hidden = hidden_by[measure]
        columns = sorted({atom for group in atoms.values() for atom in group})
        true = {group: sum(direct[atom][measure] for atom in atoms[group]) for group in atoms}
        most = {atom: direct[atom]["members"] if measure == "active" else 4 for atom in columns}
        possible: dict[int, set[int]] = {group: set() for group in hidden}
        for values in product(*(range(most[atom] + 1) for atom in columns)):
            guess = dict(zip(columns, values, strict=True))
            sums = {group: sum(guess[atom] for atom in atoms[group]) for group in atoms}
            if all(sums[group] == true[group] for group in atoms if group not in hidden):
                for group in hidden:
                    possible[group].add(sums[group])
        assert all(len(values) > 1 for values in possible.values())


@given(table=tables())
@settings(max_examples=80, deadline=None)
def test_no_small_or_unmixed_group_is_shown_or_left_over(table):
    parents, direct = table
    atoms = sums_of(parents, direct)

    for hidden in figures_to_hide(parents, direct).values():
        shown = {group: atoms[group] for group in atoms if group not in hidden}
        for group, own in shown.items():
            inside = [other for name, other in shown.items() if name != group and other <= own]
            left_over = own - set().union(*inside)
            for part in (own, left_over):
                total = {measure: sum(direct[atom][measure] for atom in part) for measure in MEASURES}
                assert not total["members"] or is_large_and_mixed(total)


@given(table=tables())
@settings(max_examples=50, deadline=None)
def test_all_measures_of_a_small_group_are_hidden(table):
    parents, direct = table
    hidden = figures_to_hide(parents, direct)

    for group, atoms in sums_of(parents, direct).items():
        members = sum(direct[atom]["members"] for atom in atoms)
        if members < K:
            assert all(group in hidden[measure] for measure in MEASURES)


def flat(*departments: tuple[int, int]):
    """One storey of departments below the organization, each (members, active)."""
    parents = {ROOT: None} | dict.fromkeys(range(1, len(departments) + 1), ROOT)
    direct = {ROOT: numbers(0, 0)} | {place: numbers(*pair) for place, pair in enumerate(departments, start=1)}
    return parents, direct


def test_nothing_is_hidden_when_every_group_is_large_and_mixed():
    assert not any(figures_to_hide(*flat((20, 5), (9, 3), (5, 1))).values())


def test_a_small_group_takes_the_next_smallest_with_it():
    hidden = figures_to_hide(*flat((20, 5), (9, 3), (3, 1)))

    assert hidden["active"] == {2, 3}


def test_two_small_groups_that_make_a_large_one_need_no_third():
    assert figures_to_hide(*flat((20, 5), (3, 1), (3, 1)))["active"] == {2, 3}


def test_two_small_groups_that_stay_small_together_need_a_third():
    assert figures_to_hide(*flat((20, 5), (9, 3), (2, 1), (2, 1)))["active"] == {2, 3, 4}


def test_none_of_a_group_and_all_of_a_group_are_hidden():
    assert figures_to_hide(*flat((20, 5), (9, 0), (30, 6)))["members"] >= {2}
    assert figures_to_hide(*flat((20, 5), (9, 9), (30, 6)))["members"] >= {2}


def test_a_remainder_of_zero_hides_the_total_as_well():
    parents, direct = flat((20, 5), (9, 3), (3, 1))
    for group in direct:
        direct[group]["ideas"] = 4 if group == 1 else 0

    hidden = figures_to_hide(parents, direct)

    assert hidden["ideas"] == {1, 2, 3}
    assert hidden["active"] == {2, 3}


def test_people_without_a_group_below_are_protected_by_hiding_one():
    parents, direct = flat((20, 5), (9, 3))
    direct[ROOT] = numbers(2, 1)

    assert figures_to_hide(parents, direct)["active"] == {2}


def test_an_organization_that_is_small_shows_nothing():
    assert figures_to_hide(*flat((2, 1), (2, 1)))["active"] == {ROOT, 1, 2}


def test_the_attacker_finds_what_totals_give_away():
    total, first, second = frozenset({1, 2, 3}), frozenset({1, 2}), frozenset({3})

    assert recomputable([total, first], {2: second, 3: frozenset({1})}) == {2}
    assert recomputable([], {2: second}) == set()
