"""What an organization decides: what is taken, who changed what, and that nobody overwrites what they have not seen."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.people.domain.logo import LARGEST_LOGO, LogoTooLarge, LogoTooWide, NotALogo, remove_logo, set_logo
from crowdhub.people.domain.settings import (
    AgreementTooLong,
    GroupLowered,
    GroupOutOfBounds,
    NameNeeded,
    NameTooLong,
    NotAColour,
    PromiseOutOfBounds,
    SettingsConflict,
    UnknownLanguage,
    UnknownRegion,
    UnknownTimeZone,
    change_settings,
)
from crowdhub.people.models import SettingsVersion
from crowdhub.tenancy.context import tenant
from crowdhub.tenancy.models import Logo, Organization
from tests import factories
from tests.harness.cast import make_cast
from tests.harness.races import overlap


def stored(organization: Organization) -> Organization:
    return Organization.objects.get(pk=organization.pk)


def test_a_change_is_a_version_and_an_event(in_acme):
    version = change_settings(in_acme.acme, {"name": " Acme  Works ", "language": "en"}, actor=in_acme.erin)

    assert stored(in_acme.acme).name == in_acme.acme.name == "Acme Works"
    assert (version.number, version.changes, version.set_in) == (1, {"name": ["Acme", "Acme Works"]}, {"name": 1})
    event = Event.objects.get(verb=Verb.SETTINGS_CHANGED)
    assert (event.actor, event.member, event.data) == (
        in_acme.erin,
        in_acme.erin,
        {"settings": 1, "fields": ["name"]},
    )


def test_what_is_so_already_is_no_version(in_acme):
    assert change_settings(in_acme.acme, {"name": "Acme", "smallest_group": 5}, actor=in_acme.erin) is None
    assert not SettingsVersion.objects.exists()


def test_an_agreement_is_put_on_record_alone_and_once(in_acme):
    for _time in range(2):
        change_settings(in_acme.acme, {}, actor=in_acme.erin, agreed_with=" works  council ")

    version = SettingsVersion.objects.get()
    assert (version.agreed_with, version.changes) == ("works council", {})


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"name": " \t\n "}, NameNeeded),
        ({"name": "\x00\x00"}, NameNeeded),
        ({"name": "x" * 121}, NameTooLong),
        ({"accent_colour": "red"}, NotAColour),
        ({"accent_colour": "#12345g"}, NotAColour),
        ({"accent_colour": "#123456;}"}, NotAColour),
        ({"language": "fr"}, UnknownLanguage),
        ({"timezone": "Mars/Base"}, UnknownTimeZone),
        ({"timezone": "../../etc/passwd"}, UnknownTimeZone),
        ({"holiday_region": "XX"}, UnknownRegion),
        ({"holiday_region": "DE-XX"}, UnknownRegion),
        ({"holiday_region": "DE-BE-and-more"}, UnknownRegion),
        ({"answer_within_days": 0}, PromiseOutOfBounds),
        ({"answer_within_days": 61}, PromiseOutOfBounds),
        ({"smallest_group": 4}, GroupOutOfBounds),
        ({"smallest_group": 51}, GroupOutOfBounds),
    ],
)
def test_values_that_no_organization_can_have_are_refused_with_all_that_came_along(in_acme, values, refusal):
    with pytest.raises(refusal) as refused:
        change_settings(in_acme.acme, {"has_leaderboard": False} | values, actor=in_acme.erin)

    assert refused.value.field in values
    assert str(refused.value)
    assert stored(in_acme.acme).has_leaderboard
    assert not SettingsVersion.objects.exists()


def test_agreement_has_an_end(in_acme):
    with pytest.raises(AgreementTooLong):
        change_settings(in_acme.acme, {}, actor=in_acme.erin, agreed_with="x" * 201)


def test_no_holidays_at_all_can_be_chosen(in_acme):
    change_settings(in_acme.acme, {"holiday_region": ""}, actor=in_acme.erin)

    assert stored(in_acme.acme).holiday_region == ""


def test_smallest_group_is_raised_and_not_lowered_but_by_the_operator(in_acme):
    change_settings(in_acme.acme, {"smallest_group": 12}, actor=in_acme.erin)

    with pytest.raises(GroupLowered, match="fewer than 12"):
        change_settings(in_acme.acme, {"smallest_group": 11}, actor=in_acme.erin)
    change_settings(in_acme.acme, {"smallest_group": 6}, actor=None)

    assert stored(in_acme.acme).smallest_group == 6


def test_what_was_set_meanwhile_is_not_overwritten_and_other_settings_are_free(in_acme):
    change_settings(in_acme.acme, {"name": "First"}, actor=in_acme.erin, known_version=0)

    with pytest.raises(SettingsConflict):
        change_settings(in_acme.acme, {"name": "Second"}, actor=in_acme.erin, known_version=0)
    change_settings(in_acme.acme, {"language": "de"}, actor=in_acme.erin, known_version=0)
    change_settings(in_acme.acme, {"name": "Second"}, actor=in_acme.erin, known_version=1)

    assert (stored(in_acme.acme).name, stored(in_acme.acme).language) == ("Second", "de")
    assert [version.number for version in SettingsVersion.objects.order_by("number")] == [1, 2, 3]


def test_two_administrators_at_once_get_one_version_and_one_refusal(committed_db):
    acme = factories.organization("acme")
    with transaction.atomic():
        cast = make_cast(acme, factories.organization("globex"))

    outcome = overlap(
        acme,
        lambda: change_settings(stored(acme), {"name": "First"}, actor=cast.erin, known_version=0),
        lambda: stored(acme),
        lambda found: change_settings(found, {"name": "Second"}, actor=cast.erin, known_version=0),
    )

    assert isinstance(outcome, SettingsConflict)
    with tenant(acme), transaction.atomic():
        assert stored(acme).name == "First"
        assert SettingsVersion.objects.count() == 1


def test_versions_of_another_organization_are_not_there(in_acme):
    change_settings(in_acme.acme, {"name": "First"}, actor=in_acme.erin)

    with tenant(in_acme.globex):
        assert not SettingsVersion.objects.exists()
        change_settings(in_acme.globex, {"name": "Other"}, actor=in_acme.mallory)
        assert SettingsVersion.objects.get().number == 1


@pytest.mark.parametrize("column", ["smallest_group = 4", "smallest_group = 51", "answer_within_days = 0"])
def test_the_database_holds_the_bounds_too(in_acme, column):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE tenancy_organization SET {column} WHERE id = %s", [in_acme.acme.pk])


def test_a_logo_is_kept_with_its_kind_and_size(in_acme):
    version = set_logo(in_acme.acme, factories.png(40, 30), actor=in_acme.erin)

    logo = Logo.objects.get()
    assert (logo.content_type, logo.width, logo.height) == ("image/png", 40, 30)
    assert stored(in_acme.acme).logo_version == logo.version
    assert version.changes == {"logo_version": ["", logo.version]}


def test_a_logo_takes_the_place_of_another_and_the_same_one_is_no_version(in_acme):
    set_logo(in_acme.acme, factories.png(40, 30), actor=in_acme.erin)
    set_logo(in_acme.acme, factories.png(50, 30), actor=in_acme.erin)

    assert set_logo(in_acme.acme, factories.png(50, 30), actor=in_acme.erin) is None
    assert Logo.objects.get().width == 50
    assert SettingsVersion.objects.count() == 2


def test_without_a_logo_the_initial_is_back(in_acme):
    set_logo(in_acme.acme, factories.png(), actor=in_acme.erin)

    remove_logo(in_acme.acme, actor=in_acme.erin)

    assert remove_logo(in_acme.acme, actor=in_acme.erin) is None
    assert stored(in_acme.acme).logo_version == ""
    assert not Logo.objects.exists()


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", NotALogo),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', NotALogo),
        (b"<!doctype html><script>alert(1)</script>", NotALogo),
        (factories.png()[:-4], NotALogo),
        (factories.png(2001, 1), LogoTooWide),
        (factories.png(1, 2001), LogoTooWide),
        (factories.png() + b"\0" * LARGEST_LOGO, LogoTooLarge),
    ],
)
def test_what_is_no_logo_is_refused_and_the_old_one_stays(in_acme, content, refusal):
    set_logo(in_acme.acme, factories.png(), actor=in_acme.erin)

    with pytest.raises(refusal):
        set_logo(in_acme.acme, content, actor=in_acme.erin)

    assert bytes(Logo.objects.get().content) == factories.png()


def test_a_logo_that_was_changed_meanwhile_is_not_overwritten(in_acme):
    set_logo(in_acme.acme, factories.png(40, 30), actor=in_acme.erin, known_version=0)

    with pytest.raises(SettingsConflict):
        set_logo(in_acme.acme, factories.png(50, 30), actor=in_acme.erin, known_version=0)
    with pytest.raises(SettingsConflict):
        remove_logo(in_acme.acme, actor=in_acme.erin, known_version=0)

    assert Logo.objects.get().width == 40
