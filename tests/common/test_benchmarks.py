"""What `make bench` ends with an error for, after it has written its table."""

from __future__ import annotations

import pytest

from benchmarks.run import Figures, too_many_queries


@pytest.mark.parametrize(
    ("small", "large", "problems"),
    [
        (8, 8, []),
        (8, 7, ["idea: 8 queries in the small organization, 7 in the large one"]),
        (9, 9, ["idea: 9 queries, more than 8"]),
    ],
)
def test_pages_take_at_most_eight_queries_and_as_many_at_both_sizes(
    small: int, large: int, problems: list[str]
) -> None:
    figures = {("small", "floor"): Figures(queries=3), ("large", "floor"): Figures(queries=3)}
    figures |= {("small", "idea"): Figures(queries=small), ("large", "idea"): Figures(queries=large)}

    assert too_many_queries(figures) == problems
