from __future__ import annotations

from datetime import timedelta

import pytest

from crowdhub.common.promises import PromisedTime


@pytest.mark.parametrize(
    ("left", "share", "tone"),
    [
        (80, 0, ""),
        (21, 74, ""),
        (20, 75, "warn"),
        (0, 100, "warn"),
        (-1, 100, "bad"),
        (200, 0, ""),  # its time was made longer
    ],
)
def test_it_warns_when_most_of_the_time_has_passed(left: int, share: int, tone: str):
    promise = PromisedTime(left=timedelta(hours=left), promised=timedelta(hours=80))

    assert (promise.share, promise.tone) == (share, tone)


def test_one_that_stands_still_warns_of_nothing():
    assert PromisedTime(left=timedelta(hours=-1), promised=timedelta(hours=80), paused=True).tone == ""


def test_a_promise_of_no_time_is_used_up():
    assert PromisedTime(left=timedelta(), promised=timedelta()).share == 100
