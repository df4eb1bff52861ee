"""Names that people and their browsers send."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowdhub.common.file_names import LONGEST, tidy_name

KNOWN = (".png", ".jpg", ".pdf")


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("plan.png", "plan.png"),
        ("Plan.PNG", "Plan.PNG"),
        ("../../etc/passwd", "passwd.png"),
        ("C:\\fakepath\\plan.png", "plan.png"),
        ("photo.jpg", "photo.png"),
        ("photo.tar.gz", "photo.tar.gz.png"),
        ("invoice\u202egnp.exe", "invoicegnp.exe.png"),
        ('a"b;\r\nSet-Cookie: x.png', "a b;Set-Cookie x.png"),
        ("  two   words .png", "two words.png"),
        ("Größe: 3/4.png", "4.png"),
        (".png", "png.png"),
        ("...", "file.png"),
        ("", "file.png"),
        ("nu\0ll.png", "null.png"),
        ("u\u0308ber.png", "über.png"),
    ],
)
def test_names(sent, shown):
    assert tidy_name(sent, (".png",), KNOWN) == shown


def test_a_long_name_keeps_its_ending():
    shown = tidy_name("x" * 300 + ".png", (".png",), KNOWN)

    assert len(shown) == LONGEST
    assert shown.endswith("x.png")


@given(st.text(max_size=400))
def test_any_name_is_safe(sent):
    shown = tidy_name(sent, (".png",), KNOWN)

    assert shown.lower().endswith(".png")
    assert 5 <= len(shown) <= LONGEST
    assert shown.isprintable()
    assert not set(shown) & set('/\\"<>:|?*')
    assert tidy_name(shown, (".png",), KNOWN) == shown
