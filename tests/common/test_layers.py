"""That the contracts on imports are about everything there is: what no layer names is checked by nobody."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
# Of no layer, and why.
OUTSIDE = {
    "crowdhub.settings": "imports nothing of ours; whoever reads it asks django.conf",
    "tests": "imports everything, and nothing imports it",
    "benchmarks": "imports everything, and nothing imports it",
}
# They have no order inside, and why.
FLAT = {"crowdhub.urls", "crowdhub.celery", "crowdhub.wsgi"}  # single modules

# Templates of an app that load tags of one above it, and why.
LOADED_FROM_BELOW = {("ideas", "moderation"): "why an idea or a comment is not shown stands on its own page"}


@pytest.fixture(scope="module")
def contracts() -> dict[str, dict]:
    configured = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    return {contract["name"]: contract for contract in configured["contracts"]} | {"": configured}


def on_disk() -> set[str]:
    """Return every package at the top level, and every package and module in crowdhub."""
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"crowdhub"}
    inside = {path.parent.name for path in ROOT.glob("crowdhub/*/__init__.py")}
    modules = {path.stem for path in ROOT.glob("crowdhub/*.py")} - {"__init__"}
    return packages | {f"crowdhub.{name}" for name in inside | modules}


def layered(contracts: dict[str, dict]) -> set[str]:
    return {module.strip() for layer in contracts["Who may import whom"]["layers"] for module in layer.split("|")}


def test_every_package_has_a_layer(contracts):
    assert on_disk() - set(OUTSIDE) == layered(contracts)
    assert set(OUTSIDE) <= on_disk()


def test_every_package_with_a_layer_is_read(contracts):
    assert {module.partition(".")[0] for module in layered(contracts)} == set(contracts[""]["root_packages"])


def test_every_app_keeps_the_order_inside(contracts):
    assert set(contracts["Inside an app"]["containers"]) == layered(contracts) - FLAT


def test_templates_load_no_tags_of_an_app_above_theirs(contracts):
    layers = contracts["Who may import whom"]["layers"]
    height = {module.strip(): -number for number, layer in enumerate(layers) for module in layer.split("|")}
    apps = {name.rpartition(".")[2]: name for name in height}
    libraries = {
        path.stem: apps[path.parts[-3]] for path in ROOT.glob("**/templatetags/*.py") if path.parts[-3] in apps
    }

    upward = {
        (folder, library)
        for folder in apps
        for template in ROOT.glob(f"templates/{folder}/**/*.html")
        for loaded in re.findall(r"{% load ([^%]+) %}", template.read_text())
        for library in loaded.split()
        if library in libraries and height[libraries[library]] > height[apps[folder]]
    }

    assert upward == set(LOADED_FROM_BELOW)
