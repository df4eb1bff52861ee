"""Documents name what there is: pictures, only those that the README shows, and the parts that pages are built of."""

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


def test_the_page_on_design_names_every_component_and_module() -> None:
    root = Path(settings.BASE_DIR)
    design = (root / "docs" / "design.md").read_text()
    parts = [*(root / "templates" / "components").glob("*.html"), *(root / "static" / "js").glob("*.js")]

    assert sorted(part.name for part in parts if f"`{part.name}`" not in design) == []
