"""The living page of the design system: all of it is there, and only where it may be."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings as project
from django.urls import reverse

from crowdhub.common.colour import DARK, LIGHT
from crowdhub.common.templatetags import charts, times, ui
from crowdhub.pages.styleguide.tokens import colours, readings, sizes
from tests.harness.queries import page_and_queries

TEMPLATES = Path(project.BASE_DIR, "templates")
COMPONENTS = sorted((TEMPLATES / "components").glob("*.html"))
COMMENT = re.compile(r"\A(?:{#(.+?)#}|{% comment %}(.+?){% endcomment %})", re.DOTALL)
INCLUDE = re.compile(r'{% include "(components/[\w-]+\.html)" with (.*?) %}')


@pytest.fixture
def demo(settings):
    settings.DEMO = True


def parameters_of(component: Path) -> str:
    """Return what the comment at the top of a component says."""
    found = COMMENT.match(component.read_text())
    return "".join(filter(None, found.groups())) if found else ""


def test_guide_is_there_for_everybody_in_a_demo(cast, as_member, visitor, demo):
    assert visitor.get(reverse("pages:styleguide")).status_code == 200
    page, queries = page_and_queries(as_member(cast.alice), reverse("pages:styleguide"))
    assert "<h1>Style guide</h1>" in page
    assert len(queries) <= 8


def test_guide_is_there_while_developing(cast, visitor, settings):
    settings.DEBUG = True

    assert visitor.get(reverse("pages:styleguide")).status_code == 200


def test_elsewhere_there_is_no_guide(cast, as_member, visitor):
    for browser in (visitor, as_member(cast.alice), as_member(cast.erin)):
        assert browser.get(reverse("pages:styleguide")).status_code == 404
        assert browser.post(reverse("pages:styleguide")).status_code == 404


def test_foot_leads_to_the_guide_in_a_demo_only(cast, as_member, settings):
    alice = as_member(cast.alice)
    link = f'href="{reverse("pages:styleguide")}"'

    assert link not in alice.get("/").content.decode()

    settings.DEMO = True
    assert link in alice.get("/").content.decode()


def test_forms_of_the_guide_can_be_sent_and_change_nothing(cast, as_member, demo):
    page = as_member(cast.alice).post(reverse("pages:styleguide"), {"title": "Anything"}, follow=True)

    assert page.redirect_chain == [(reverse("pages:styleguide"), 302)]
    assert "nothing was changed" in page.content.decode()


def test_every_component_is_on_the_guide(cast, as_member, demo):
    page = as_member(cast.alice).get(reverse("pages:styleguide"))

    shown = {template.name for template in page.templates}
    assert {f"components/{path.name}" for path in COMPONENTS} - shown == set()


def test_every_tag_is_on_the_guide():
    sources = "".join(path.read_text() for path in (TEMPLATES / "pages" / "styleguide").glob("*.html"))
    tags = {name for library in (ui, charts) for name in library.register.tags}

    assert {name for name in tags if f"{{% {name} " not in sources} == set()
    assert {name for name in times.register.filters if f"|{name}" not in sources} == set()


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda path: path.stem)
def test_component_says_what_it_is_and_takes(component: Path):
    assert len(parameters_of(component).split()) > 5


def test_what_a_component_is_given_is_among_its_parameters():
    given = {
        (component, name)
        for path in TEMPLATES.rglob("*.html")
        for component, words in INCLUDE.findall(path.read_text())
        for name in re.findall(r"(?:^| )(\w+)=", re.sub(r'"[^"]*"', "", words))
    }

    assert len(given) > 30
    unknown = {
        (component, name)
        for component, name in given
        if not re.search(rf"\b{name}\b", parameters_of(TEMPLATES / component))
    }
    assert unknown == set()


def test_nothing_has_the_id_of_something_else(cast, as_member, demo):
    html = as_member(cast.alice).get(reverse("pages:styleguide")).content.decode()

    ids = Counter(re.findall(r'\sid="([^"]+)"', html))
    assert [name for name, count in ids.items() if count > 1] == []
    pointers = re.findall(r'aria-(?:describedby|labelledby)="([^"]+)"', html)
    assert set(" ".join(pointers).split()) - set(ids) == set()


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("accent", ["#176554", "#ffff00", "#000000", "#ffffff"])
def test_colours_that_the_guide_lists_read(theme, accent):
    listed = [reading for row in readings(theme, accent) for reading in row]

    assert len(listed) > 25
    assert [reading for reading in listed if not reading.is_enough] == []


def test_a_colour_that_does_not_read_would_be_said(monkeypatch):
    pale = colours(LIGHT, "#176554") | {"muted": "#cccccc"}
    monkeypatch.setattr("crowdhub.pages.styleguide.tokens.colours", lambda theme, accent: pale)

    failing = {reading.colour for row in readings(LIGHT, "#176554") for reading in row if not reading.is_enough}

    assert failing == {"muted"}


def test_distances_are_those_of_the_grid():
    assert [size.pixels for size in sizes(r"s\d+")] == [4, 8, 12, 16, 20, 24, 32, 40, 48, 64]
    assert [size.pixels for size in sizes("radius")] == [6]
    assert [size.value for size in sizes("target")] == ["2.5rem"]
