"""What the template tags promise to pages and to people who cannot see them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django import forms
from django.template import Context, Template
from django.test import override_settings
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from crowdhub.common.templatetags.charts import columns_of, nice_ceiling
from crowdhub.common.templatetags.times import days_left, relative_words, when, working_time_left
from crowdhub.common.templatetags.ui import SHAPES, attributes_of, icon, initials, member, status


class IdeaForm(forms.Form):
    title = forms.CharField(max_length=140, help_text="One sentence.")
    email = forms.EmailField()
    size = forms.ChoiceField(choices=[("s", "Small"), ("l", "Large")], widget=forms.RadioSelect, required=False)
    terms = forms.BooleanField(label="I accept")


def render(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


def field(form: forms.Form, name: str, extra: str = "") -> str:
    return render(f'{{% include "components/field.html" with field=field {extra} %}}', field=form[name])


def test_icon_is_hidden_from_assistive_technology():
    assert icon("clock").startswith('<svg class="icon"')
    assert 'aria-hidden="true"' in icon("clock")


def test_icon_class_is_escaped():
    assert '"><script>' not in icon("clock", '"><script>')


@pytest.mark.parametrize("tone", SHAPES)
def test_status_says_in_words_and_shape_what_its_colour_says(tone: str):
    shown = status("in review", tone)

    assert "in review" in shown
    assert shown.count("<svg") == 1


def test_every_tone_has_a_shape_of_its_own():
    assert len(set(SHAPES.values())) == len(SHAPES)


def test_attributes_have_every_value_but_none():
    values = {"tabindex": 0, "min": 0.0, "data_count": 3, "hidden": True, "title": "", "lang": None, "open": False}

    assert attributes_of(values) == ' tabindex="0" min="0.0" data-count="3" hidden'


def test_member_escapes_the_name():
    assert "<b>" not in member("<b>Ann</b> Lee")
    assert 'href="/p/1"' in member("Ann Lee", "/p/1")


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Alice Brandt", "AB"),
        ("Ed", "E"),
        ("Anna Maria de Luca", "AL"),
        ("", "·"),
        ("(sealed)", "·"),
        ("élan vital", "ÉV"),
    ],
)
def test_initials(name: str, letters: str):
    assert initials(name) == letters


def test_button_says_and_does_what_it_is_given():
    source = '{% load ui %}{% button label "quiet" icon="x" key="a" hx_target="#panel" name="go" autofocus=True %}'

    html = render(source, label="<b>")

    assert html.startswith('<button class="button quiet" data-key="a" hx-target="#panel" name="go" autofocus>')
    assert "&lt;b&gt;" in html
    assert '<kbd aria-hidden="true">a</kbd>' in html


def test_button_with_an_address_is_a_link_and_one_without_can_be_switched_off():
    assert 'href="/?a=1&amp;b=2"' in render('{% load ui %}{% button "Next" href=url %}', url="/?a=1&b=2")
    assert '<button class="button" disabled>' in render('{% load ui %}{% button "Next" disabled=True %}')


def test_tag_and_badge_escape_and_say_of_what():
    assert render("{% load ui %}{% tag word %}", word="<i>") == '<span class="tag">&lt;i&gt;</span>'
    assert '1,204<span class="visually-hidden"> unread</span>' in render('{% load ui %}{% badge 1204 "unread" %}')


def test_row_leads_where_it_says_and_escapes_what_people_wrote():
    source = '{% load ui %}{% row title "/x" text=text unread=True end=end level=2 %} <p>{{ title }}</p> {% endrow %}'

    html = render(source, title="<i>Title</i>", text="<b>Text</b>", end="<u>End</u>")

    assert '<li class="row is-unread"><div><h2 class="row-title"><a href="/x">' in html
    assert "Unread:" in html
    assert "<p>&lt;i&gt;Title&lt;/i&gt;</p></div>" in html
    assert "<i>" not in html
    assert "<b>" not in html
    assert "<u>" not in html


def test_row_without_an_address_leads_nowhere():
    assert render('{% load ui %}{% row "Title" %}{% endrow %}') == (
        '<li class="row"><div><h3 class="row-title">Title</h3></div></li>'
    )


def test_dialog_is_named_by_its_heading_and_can_be_closed():
    source = '{% load ui %}{% dialog "ask" title data_key_help=True %}<p>{{ title }}</p>{% enddialog %}'

    html = render(source, title="<i>?")

    assert '<dialog class="dialog" id="ask" aria-labelledby="ask-title" data-key-help>' in html
    assert '<h2 id="ask-title">&lt;i&gt;?</h2>' in html
    assert '<form method="dialog">' in html
    assert "<p>&lt;i&gt;?</p>" in html


def test_menu_is_said_in_words():
    source = '{% load ui %}{% menu "More" spoken=spoken %}<a href="/x">X</a>{% endmenu %}'

    html = render(source, spoken='Account of "Ed"')

    assert '<details class="menu">' in html
    assert 'aria-label="Account of &quot;Ed&quot;"' in html
    assert '<div class="menu-list"><a href="/x">X</a></div>' in html


def test_field_ties_hint_and_error_to_its_control():
    form = IdeaForm({"title": ""})

    html = field(form, "title")

    assert 'aria-describedby="id_title_helptext id_title_error id_title_counter"' in html
    assert 'id="id_title_helptext"' in html
    assert 'id="id_title_error"' in html
    assert 'id="id_title_counter"' in html
    assert 'aria-invalid="true"' in html


def test_field_counts_composed_text_only():
    assert 'data-counter-for="id_title"' in field(IdeaForm(), "title")
    assert "data-counter-for" not in field(IdeaForm(), "email")


def test_choices_are_a_fieldset_with_a_legend():
    html = field(IdeaForm(), "size")

    assert "<fieldset" in html
    assert "<legend>Size" in html
    assert "(optional)" in html
    assert html.count('type="radio"') == 2


def test_tick_box_stands_before_its_label():
    html = field(IdeaForm(), "terms")

    assert html.index('type="checkbox"') < html.index("I accept")


def test_field_takes_more_attributes():
    html = field(IdeaForm(), "title", 'attributes="autocomplete=off placeholder="')

    assert 'autocomplete="off"' in html


def test_form_errors_link_to_their_fields():
    html = render('{% include "components/form_errors.html" %}', form=IdeaForm({"title": "x" * 141}))

    assert 'href="#id_title"' in html
    assert 'href="#id_terms"' in html
    assert 'role="alert"' in html


def test_form_without_errors_shows_no_summary():
    assert render('{% include "components/form_errors.html" %}', form=IdeaForm()).strip() == ""


NOON = datetime(2026, 3, 18, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=2), "today at 10:00"),
        (timedelta(hours=20), "yesterday at 16:00"),
        (timedelta(days=-1), "tomorrow at 12:00"),
        (timedelta(days=-3), "in 3 days"),
        (timedelta(days=4), "4 days ago"),
        (timedelta(days=30), "16 Feb"),
        (timedelta(days=400), "11 Feb 2025"),
        (timedelta(minutes=-5), "today at 12:05"),
    ],
)
@override_settings(TIME_ZONE="UTC")
def test_relative_words(ago: timedelta, words: str):
    with timezone.override("UTC"):
        assert relative_words(NOON - ago, NOON) == words


def test_when_uses_the_readers_zone():
    with timezone.override("Asia/Tokyo"):
        html = when(datetime(2020, 1, 1, 20, 0, tzinfo=UTC))

    assert 'datetime="2020-01-02T05:00:00+09:00"' in html
    assert "2 Jan 2020" in html


def test_when_keeps_the_exact_time_beside_the_words():
    with timezone.override("UTC"):
        html = when(datetime(2020, 1, 1, 20, 0, tzinfo=UTC))

    assert re.search(r'data-exact="[^"]*2020[^"]* 20:00 UTC"', html)
    assert "title=" not in html


def test_when_takes_days_and_nothing():
    assert when(None) == ""
    assert 'datetime="2020-01-01"' in when(date(2020, 1, 1))


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=13), "13 days left"),
        (timedelta(days=1), "ends tomorrow"),
        (timedelta(seconds=1), "ends today"),
        (timedelta(seconds=-1), ""),
        (timedelta(days=-9), ""),
    ],
)
def test_days_left(left: timedelta, words: str, monkeypatch: pytest.MonkeyPatch):
    noon = datetime(2026, 11, 28, 12, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: noon)

    assert days_left(noon + left) == words


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (None, ""),
        (timedelta(minutes=20), "due within the hour"),
        (timedelta(hours=1, minutes=59), "1 working hour left"),
        (timedelta(hours=8), "1 working day left"),
        (timedelta(hours=25), "3 working days left"),
        (timedelta(minutes=-5), "overdue"),
        (timedelta(hours=-3), "3 working hours late"),
        (timedelta(hours=-16), "2 working days late"),
    ],
)
def test_working_time_left(left: timedelta | None, words: str):
    assert working_time_left(left) == words


@given(st.floats(0, 1e9))
def test_scale_covers_the_largest_value(largest: float):
    top = nice_ceiling(largest)

    assert top >= largest
    assert top <= max(2, largest * 2.5)
    assert top % 2 == 0


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=40))
def test_columns_stay_inside_the_chart(values: list[int]):
    labels = [str(place) for place in range(len(values))]

    columns = columns_of(labels, [("a", values), ("b", values[::-1])], nice_ceiling(max(values)))

    assert len(columns) == 2 * len(values)
    for column in columns:
        assert column.x >= 0
        assert column.x + column.width <= 100.001
        assert column.y >= -0.001
        assert column.y + column.height == pytest.approx(100, abs=0.002)


def test_bar_chart_has_its_numbers_as_a_table():
    source = '{% load charts %}{% bar_chart labels series caption="By day" label_heading="Day" %}'

    html = render(source, labels=["1 Nov", "2 Nov"], series=[("Seen", [3, 4]), ("Wrote", [1, 2])])

    assert html.count('<td class="num">') == 4
    assert "style=" not in html


def test_bars_of_nothing_are_empty():
    assert "<rect" not in render('{% load charts %}{% bars rows caption="Nobody" %}', rows=[])


def test_a_long_text_is_not_cut_off_by_the_browser():
    class LongForm(forms.Form):
        body = forms.CharField(widget=forms.Textarea, max_length=5000)

    html = field(LongForm(), "body")

    assert "<textarea" in html
    assert "maxlength" not in html
    assert "At most 5,000 characters" in html
