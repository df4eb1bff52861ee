"""The pictures that are committed: only those that the README shows, and light enough to stay in the history."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

LIMIT = 1_500_000  # bytes, all together


def test_the_readmes_pictures_are_all_there_is_and_light() -> None:
    root = Path(settings.BASE_DIR)
    pictures = sorted((root / "docs" / "images").iterdir())
    readme = (root / "README.md").read_text()

    assert pictures
    assert [picture.name for picture in pictures if f"(docs/images/{picture.name})" not in readme] == []
    assert sum(picture.stat().st_size for picture in pictures) < LIMIT
