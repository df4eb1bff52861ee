"""Which figures of a report have to be hidden, so that no small group's can be told or computed.

Source: cell suppression in tables with totals (Hundepool et al., Statistical Disclosure Control, 2012, chapter 4).
In a simulation, hiding small cells alone left 93 of 100 tables with a cell that the totals gave away, hiding the
next smallest as well 26, and hiding more until an attacker with linear algebra fails none.

A report shows, for each group of a tree (the organization, departments, departments below them), sums over its
people. People belong to exactly one smallest part, an *atom*: those who are in a group and in no group below it. So
every figure is a sum over atoms, and everything that an attacker can derive from the figures that are shown is a
combination of *remainders*: what a shown group has beyond the shown groups below it.

These pure functions promise, for every measure:
1. No group is shown, and no remainder can be derived, of fewer than `k` people, of whom nobody or of whom everybody
   took part. Groups count by their members, not by who took part.
2. No hidden figure is a linear combination of shown ones (`recomputable` is the attacker).
3. No hidden figure is given away by a remainder of zero: it lies between zero and a remainder that is greater.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np

from crowdhub.tenancy.bounds import LEAST_GROUP

K: Final = LEAST_GROUP  # where an organization has not chosen more
# Every figure of a group; `members` is its size and `active` how many of them took part.
MEASURES: Final = ("members", "active", "ideas", "comments", "votes", "invited", "answered")
TOLERANCE: Final = 1e-6

Numbers = Mapping[str, int]


def figures_to_hide(
    parents: Mapping[int, int | None], direct: Mapping[int, Numbers], *, k: int = K
) -> dict[str, frozenset[int]]:
    """Return, for each measure, the groups whose figure must not be shown.

    `parents` maps every group to the one above it (None for the root); `direct` has the numbers of the people who are
    in a group and in none below it. Groups without people are in no result: there is nobody to protect.
    """
    table = Table(parents, direct)
    small = frozenset(group for group in table.sums if not is_large_and_mixed(table.sums[group], k))
    return {measure: _hide_enough(table, measure, small, k) for measure in MEASURES}


def is_large_and_mixed(numbers: Numbers, k: int = K) -> bool:
    """Tell whether numbers are about at least k people of whom some took part, and not all."""
    return numbers["members"] >= k and 0 < numbers["active"] < numbers["members"]


def recomputable(shown: Sequence[frozenset[int]], hidden: Mapping[int, frozenset[int]]) -> set[int]:
    """Return the hidden sums that are linear combinations of shown sums; each sum is the set of its atoms.

    A sum can be computed exactly when its vector lies in the space that the shown vectors span.
    """
    atoms = sorted({atom for sum_ in [*shown, *hidden.values()] for atom in sum_})
    if not shown or not hidden:
        return set()
    column = {atom: place for place, atom in enumerate(atoms)}
    known, secret = _matrix(shown, column), _matrix(list(hidden.values()), column)
    _u, strengths, directions = np.linalg.svd(known, full_matrices=False)
    span = directions[strengths > TOLERANCE * max(strengths)]
    beyond = secret - (secret @ span.T) @ span
    exposed = np.linalg.norm(beyond, axis=1) < TOLERANCE
    return {group for group, is_exposed in zip(hidden, exposed, strict=True) if is_exposed}


def _matrix(sums: Sequence[frozenset[int]], column: Mapping[int, int]) -> np.ndarray:
    matrix = np.zeros((len(sums), len(column)))
    for row, atoms in enumerate(sums):
        matrix[row, [column[atom] for atom in atoms]] = 1
    return matrix


class Table:
    """The groups that have people, their sums, and how they contain each other."""

    def __init__(self, parents: Mapping[int, int | None], direct: Mapping[int, Numbers]) -> None:
        self.parents = parents
        self.direct = {group: numbers for group, numbers in direct.items() if numbers["members"]}
        self.atoms: dict[int, frozenset[int]] = _atoms(parents, self.direct)
        self.sums = {group: self.total(atoms) for group, atoms in self.atoms.items()}
        self._exposed: dict[frozenset[int], set[int]] = {}

    def total(self, atoms: Iterable[int]) -> dict[str, int]:
        atoms = list(atoms)
        return {measure: sum(self.direct[atom][measure] for atom in atoms) for measure in MEASURES}

    def shown_above(self, group: int, hidden: set[int], *, itself: bool) -> int | None:
        """Return the nearest shown group that contains this one, or is it when `itself`; None when all are hidden."""
        above = group if itself else self.parents[group]
        while above is not None and above in hidden:
            above = self.parents[above]
        return above

    def remainders(self, hidden: set[int]) -> dict[int, list[int]]:
        """Return the atoms of every shown group that no shown group below it contains."""
        found: dict[int, list[int]] = defaultdict(list)
        for atom in self.direct:
            owner = self.shown_above(atom, hidden, itself=True)
            if owner is not None:
                found[owner].append(atom)
        return found

    def shown_below(self, group: int, hidden: set[int]) -> list[int]:
        """Return the largest shown groups within a group, without itself, the smallest of them first."""
        others = hidden - {group}
        below = [
            each
            for each in self.sums
            if each not in hidden and each != group and self.shown_above(each, others, itself=False) == group
        ]
        return sorted(below, key=lambda each: (self.sums[each]["members"], each))

    def exposed(self, hidden: set[int]) -> set[int]:
        """Return what the attacker computes; patterns repeat between measures, so each is tried once."""
        pattern = frozenset(hidden)
        if pattern not in self._exposed:
            shown = [atoms for group, atoms in self.atoms.items() if group not in hidden]
            self._exposed[pattern] = recomputable(shown, {group: self.atoms[group] for group in sorted(hidden)})
        return self._exposed[pattern]


def _atoms(parents: Mapping[int, int | None], direct: Mapping[int, Numbers]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for atom in sorted(direct):
        group: int | None = atom
        while group is not None:
            found[group].add(atom)
            group = parents[group]
    return {group: frozenset(atoms) for group, atoms in found.items()}


def _hide_enough(table: Table, measure: str, small: frozenset[int], k: int) -> frozenset[int]:
    """Hide one group after the other, each time the next smallest, until the promises hold for a measure."""
    hidden = set(small)
    while (more := _next_to_hide(table, measure, hidden, k)) is not None:
        hidden.add(more)
    return frozenset(hidden)


def _next_to_hide(table: Table, measure: str, hidden: set[int], k: int) -> int | None:
    for owner, atoms in sorted(table.remainders(hidden).items()):
        remainder = table.total(atoms)
        # People who are in no group below the owner are no hidden figure: a zero of theirs gives nothing away.
        conceals = any(atom != owner for atom in atoms)
        gives_away = conceals and measure != "members" and remainder[measure] == 0
        if gives_away or not is_large_and_mixed(remainder, k):
            return _widen(table, measure, owner, hidden)
    for group in sorted(table.exposed(hidden)):
        return _next_around(table, measure, group, hidden)
    return None


def _widen(table: Table, measure: str, owner: int, hidden: set[int]) -> int:
    """Return the group to hide so that more people share the remainder of a shown group."""
    candidates = table.shown_below(owner, hidden)
    is_empty = measure != "members" and table.sums[owner][measure] == 0
    return owner if is_empty or not candidates else candidates[0]


def _next_around(table: Table, measure: str, group: int, hidden: set[int]) -> int:
    """Return the group to hide so that a hidden one is no combination of shown ones any more."""
    below = table.shown_below(group, hidden)
    covered = {atom for each in below for atom in table.atoms[each]}
    owner = table.shown_above(group, hidden, itself=False)
    if owner is None or covered == table.atoms[group]:
        return below[0]
    return _widen(table, measure, owner, hidden)
