"""The settings page, the works agreement and the logo: who sees and changes what, and what a change does."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from challenges.domain.drafting import create_challenge
from challenges.domain.terms import publish_terms
from crowdhub.common.regions import region_name
from crowdhub.people.domain.directory import Entry, create_member
from crowdhub.people.domain.logo import LARGEST_LOGO, set_logo
from crowdhub.people.domain.roles import grant_role
from crowdhub.people.domain.settings import change_settings
from crowdhub.people.enums import Role
from crowdhub.people.models import SettingsVersion
from crowdhub.tenancy.context import tenant
from crowdhub.tenancy.models import Logo, Organization
from tests import factories
from tests.harness.queries import page_and_queries

PAGE, AGREEMENT, UPLOAD = (reverse(f"pages:{name}") for name in ("settings", "agreement", "set-logo"))
LOOK = {"section": "look", "version": "0", "name": "Acme", "accent_colour": "#1f6f5c"}
TIME = {"section": "time", "version": "0", "language": "en", "timezone": "Europe/Berlin", "holiday_region": "DE-BE"}
POLICY = {
    "section": "policy",
    "version": "0",
    "answer_within_days": "10",
    "has_leaderboard": "on",
    "smallest_group": "5",
    "agreed_with": "",
}


@pytest.fixture
def erin(in_acme, as_member):
    return as_member(in_acme.erin)


def stored(cast) -> Organization:
    return Organization.objects.get(pk=cast.acme.pk)


def picture(content: bytes, name: str = "logo.png") -> dict[str, object]:
    return {"version": "0", "logo": SimpleUploadedFile(name, content, "image/png")}


class TestWho:
    def test_administrators_get_forms_and_auditors_get_words(self, in_acme, as_member):
        for who, forms in ((in_acme.erin, True), (in_acme.frank, False)):
            page = as_member(who).get(PAGE).content.decode()

            assert ('name="accent_colour"' in page, 'type="file"' in page) == (forms, forms)
            assert "hide every group of fewer people" in page

    def test_auditors_change_nothing(self, in_acme, as_member):
        frank = as_member(in_acme.frank)

        assert frank.post(PAGE, LOOK | {"name": "Frank’s"}).status_code == 403
        assert frank.post(UPLOAD, picture(factories.png())).status_code == 403
        assert not SettingsVersion.objects.exists()

    def test_administrators_of_single_departments_are_refused_with_the_reason(self, in_acme, as_member):
        grant_role(in_acme.ed, Role.ADMINISTRATOR, actor=in_acme.erin, department=in_acme.sales)
        ed = as_member(in_acme.ed)

        for response in (ed.get(PAGE), ed.get(AGREEMENT), ed.post(PAGE, LOOK), ed.post(UPLOAD, picture(b""))):
            assert response.status_code == 403
        assert "administrators of the whole organization" in ed.get(PAGE).content.decode()
        assert PAGE not in ed.get("/").content.decode()

    @pytest.mark.parametrize(("who", "is_there"), [("erin", True), ("frank", True), ("alice", False), ("bob", False)])
    def test_the_account_menu_leads_those_there_who_may(self, in_acme, as_member, who, is_there):
        assert (f'href="{PAGE}"' in as_member(getattr(in_acme, who)).get("/").content.decode()) is is_there


class TestChanging:
    def test_look_time_and_policy_are_saved_and_logged(self, in_acme, erin):
        assert erin.post(PAGE, LOOK | {"name": "Acme Works", "accent_colour": "#AA3300"}).status_code == 302
        assert erin.post(PAGE, TIME | {"language": "de", "holiday_region": "AT-9"}).status_code == 302
        changed = POLICY | {"answer_within_days": "4", "smallest_group": "8", "agreed_with": "Works council"}
        del changed["has_leaderboard"]
        assert erin.post(PAGE, changed).status_code == 302

        acme = stored(in_acme)
        assert (acme.name, acme.accent_colour, acme.language) == ("Acme Works", "#aa3300", "de")
        assert (acme.answer_within_days, acme.has_leaderboard, acme.smallest_group) == (4, False, 8)
        page = erin.get(PAGE).content.decode()
        assert "from “Acme” to “Acme Works”" in page
        assert "from “Germany: Berlin” to “Austria: Wien”" in page
        assert "from “5 people” to “8 people”" in page
        assert "Agreed with: Works council" in page
        assert [int(number) for number in re.findall(r"Version (\d+)", page)] == [3, 2, 1]
        assert page.count("Erin") >= 3

    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            (LOOK | {"name": " "}, "required"),
            (LOOK | {"accent_colour": "red"}, "six digits"),
            (LOOK | {"version": ""}, "required"),
            (TIME | {"timezone": "Mars/Base"}, "not one of the available choices"),
            (TIME | {"holiday_region": "XX"}, "not one of the available choices"),
            (TIME | {"language": "fr"}, "not one of the available choices"),
            (POLICY | {"answer_within_days": "0"}, "greater than or equal to 1"),
            (POLICY | {"smallest_group": "4"}, "greater than or equal to 5"),
            (POLICY | {"agreed_with": "x" * 201}, "at most 200"),
        ],
    )
    def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(self, in_acme, erin, sent, said):
        response = erin.post(PAGE, sent)

        assert response.status_code == 422
        assert said in response.content.decode()
        assert not SettingsVersion.objects.exists()

    def test_a_smaller_group_is_refused_with_the_reason(self, in_acme, erin):
        change_settings(in_acme.acme, {"smallest_group": 9}, actor=in_acme.erin)

        response = erin.post(PAGE, POLICY | {"version": "1", "smallest_group": "6"})

        assert response.status_code == 422
        assert "can only be raised" in response.content.decode()

    def test_a_section_has_to_be_named(self, erin):
        assert erin.post(PAGE, {"name": "x"}).status_code == 400

    def test_a_setting_that_was_changed_meanwhile_is_shown_in_both_versions(self, in_acme, erin):
        change_settings(in_acme.acme, {"name": "Hers"}, actor=in_acme.erin)

        response = erin.post(PAGE, LOOK | {"name": "Mine"})

        page = response.content.decode()
        assert response.status_code == 409
        assert re.search(r'data-label="Saved in the meantime">Hers<.*data-label="Yours">Mine<', page, re.DOTALL)
        assert 'value="Mine"' in page
        assert stored(in_acme).name == "Hers"
        assert erin.post(PAGE, LOOK | {"name": "Mine", "version": "1"}).status_code == 302
        assert stored(in_acme).name == "Mine"

    def test_a_raised_group_is_a_conflict_and_no_riddle_to_who_did_not_see_it(self, in_acme, erin):
        change_settings(in_acme.acme, {"smallest_group": 9}, actor=in_acme.erin)

        assert erin.post(PAGE, POLICY | {"answer_within_days": "3"}).status_code == 409

    def test_a_zone_that_is_on_no_list_is_kept(self, in_acme, erin):
        Organization.objects.filter(pk=in_acme.acme.pk).update(timezone="Old/Zone", holiday_region="JP")

        sent = TIME | {"timezone": "Old/Zone", "holiday_region": "JP", "language": "de"}

        assert erin.post(PAGE, sent).status_code == 302
        assert stored(in_acme).language == "de"


class TestPreview:
    def test_a_colour_is_shown_in_both_themes_and_not_saved(self, in_acme, erin):
        response = erin.post(PAGE, LOOK | {"accent_colour": "#ffff00", "preview": "1"})

        page = response.content.decode()
        assert response.status_code == 200
        assert "Made darker, so that it can be read" in page
        assert "As you chose it" in page
        assert stored(in_acme).accent_colour == "#1f6f5c"

    def test_script_gets_the_preview_alone(self, in_acme, erin):
        htmx = {"HX-Request": "true", "HX-Target": "accent-preview"}

        page = erin.post(PAGE, LOOK | {"accent_colour": "#000000", "preview": "1"}, headers=htmx).content.decode()
        wrong = erin.post(PAGE, LOOK | {"accent_colour": '"><b>', "preview": "1"}, headers=htmx).content.decode()

        assert "Made lighter, so that it can be read" in page
        assert "<html" not in page
        assert "<b>" not in wrong


class TestEffects:
    def test_name_and_colour_are_on_every_page(self, in_acme, erin):
        erin.post(PAGE, LOOK | {"name": "Acme Works", "accent_colour": "#aa3300"})

        assert "Acme Works" in erin.get(reverse("account_login"), follow=True).content.decode()
        assert b"#aa3300" in erin.get(reverse("pages:theme")).content

    def test_language_and_zone_are_those_that_new_members_begin_with(self, in_acme, erin):
        erin.post(PAGE, TIME | {"language": "de", "timezone": "Europe/Lisbon"})

        page = erin.get(reverse("people:create")).content.decode()
        new = create_member(stored(in_acme), Entry(name="Nina", email="nina@acme.example"), actor=in_acme.erin)

        assert re.search(r'<option value="de" selected', page)
        assert new.timezone == "Europe/Lisbon"
        in_acme.alice.refresh_from_db()
        assert (in_acme.alice.language, in_acme.alice.timezone) == ("en", "Europe/Berlin")

    def test_new_challenges_promise_what_the_organization_does_and_others_keep_theirs(self, in_acme):
        before = create_challenge(actor=in_acme.carol, title="Before")

        change_settings(in_acme.acme, {"answer_within_days": 3}, actor=in_acme.erin)

        before.refresh_from_db()
        assert before.answer_within_days == 10
        assert create_challenge(actor=in_acme.carol, title="After").answer_within_days == 3
        assert create_challenge(actor=in_acme.carol, title="Own", answer_within_days=7).answer_within_days == 7


def test_the_preview_of_a_colour_is_swapped_inside_of_the_live_region(in_acme, as_member):
    client = as_member(in_acme.erin)
    part = client.post(
        PAGE,
        {"section": "look", "preview": "1", "accent_colour": "#123456"},
        headers={"hx-request": "true", "hx-target": "accent-preview"},
    )

    assert re.search(r'<div aria-live="polite">\s*<div [^>]*id="accent-preview"', client.get(PAGE).content.decode())
    assert "aria-live" not in part.content.decode()


class TestLogo:
    def test_it_stands_on_the_pages_of_members_and_visitors(self, in_acme, erin, visitor):
        assert erin.post(UPLOAD, picture(factories.png(40, 30))).status_code == 302

        address = reverse("pages:logo", args=[stored(in_acme).logo_version])
        for browser, page in ((erin, "/"), (visitor, reverse("account_login")), (visitor, reverse("pages:offline"))):
            assert f'<img src="{address}" alt="">' in browser.get(page).content.decode()
        response = visitor.get(address)
        assert response.content == factories.png(40, 30)
        assert response.headers["Content-Type"] == "image/png"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert set(response.headers["Cache-Control"].split(", ")) == {"public", "immutable", "max-age=31536000"}
        assert address in visitor.get(reverse("pages:worker")).content.decode()

    def test_mails_with_the_address_of_an_older_one_show_the_one_of_today(self, in_acme, visitor):
        set_logo(in_acme.acme, factories.png(40, 30), actor=in_acme.erin)
        old = reverse("pages:logo", args=[stored(in_acme).logo_version])
        set_logo(in_acme.acme, factories.png(50, 30), actor=in_acme.erin)

        response = visitor.get(old)

        assert response.content == factories.png(50, 30)
        assert set(response.headers["Cache-Control"].split(", ")) == {"public", "max-age=3600"}
        assert visitor.get(reverse("pages:logo", args=["f" * 16])).status_code == 404

    def test_it_is_removed_and_the_initial_is_back(self, in_acme, erin):
        erin.post(UPLOAD, picture(factories.png()))
        old = reverse("pages:logo", args=[stored(in_acme).logo_version])

        assert erin.post(UPLOAD, {"version": "1", "remove": "1"}).status_code == 302

        page = erin.get(PAGE).content.decode()
        assert 'class="brand-mark"' in page
        assert "/logo/" not in page.replace(UPLOAD, "")
        assert erin.get(old).status_code == 404

    @pytest.mark.parametrize(
        ("content", "name", "said"),
        [
            (b"", "logo.png", "empty"),
            (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "logo.svg", "no PNG, JPEG or WebP"),
            (b"<!doctype html><script>alert(1)</script>", "logo.png", "no PNG, JPEG or WebP"),
            (factories.png(2001, 5), "logo.png", "2,000 by 2,000"),
            (factories.png() + b"\0" * LARGEST_LOGO, "logo.png", "larger than 512 KB"),
        ],
    )
    def test_other_files_are_refused_with_the_reason(self, in_acme, erin, content, name, said):
        response = erin.post(UPLOAD, picture(content, name))

        assert response.status_code == 422
        assert said in response.content.decode()
        assert not Logo.objects.exists()

    def test_without_a_file_one_is_asked_for(self, in_acme, erin):
        assert erin.post(UPLOAD, {"version": "0"}).status_code == 422

    def test_one_that_was_changed_meanwhile_stays(self, in_acme, erin):
        set_logo(in_acme.acme, factories.png(40, 30), actor=in_acme.erin)

        page = erin.post(UPLOAD, picture(factories.png(50, 30)), follow=True).content.decode()

        assert "Somebody has changed the logo in the meantime" in page
        assert Logo.objects.get().width == 40

    def test_another_organizations_is_not_there(self, in_acme, as_member):
        set_logo(in_acme.acme, factories.png(40, 30), actor=in_acme.erin)
        address = reverse("pages:logo", args=[in_acme.acme.logo_version])

        mallory = as_member(in_acme.mallory)
        with tenant(in_acme.globex):
            assert not Logo.objects.exists()
            assert mallory.get(address).status_code == 404
            set_logo(in_acme.globex, factories.png(50, 30), actor=in_acme.mallory)
            assert mallory.get(address).status_code == 404


class TestAgreement:
    def test_each_rule_says_since_when_and_by_whom(self, in_acme, as_member):
        change_settings(in_acme.acme, {"smallest_group": 8}, actor=in_acme.erin, agreed_with="Works council")
        change_settings(in_acme.acme, {"name": "Not of interest"}, actor=in_acme.erin)
        change_settings(in_acme.acme, {"has_leaderboard": False}, actor=None)
        publish_terms("Yours stays yours.", actor=in_acme.carol)

        page = as_member(in_acme.frank).get(AGREEMENT).content.decode()

        for rule, value, who in (
            ("Smallest group in figures", "8 people", "Erin"),
            ("Leaderboard", "off", "The operator of this installation"),
            ("Working days until an idea is answered", "10 working days", "since the organization was created"),
            ("Terms on ideas", "version 1", "Carol"),
        ):
            row = re.search(rf"row-title\">{rule}: {value}</h3>(.*?)</li>", page, re.DOTALL)
            assert row is not None, rule
            assert who in row[1]
            assert ("agreed with Works council" in row[1]) is (who == "Erin")
        assert "Agreed with: Works council" in page
        assert "from “Acme”" not in page
        assert "hidden until voting has closed" in page
        assert "<form" not in page.partition("<main")[2].partition("</main>")[0]

    def test_a_log_without_changes_counts_none(self, in_acme, as_member):
        page = as_member(in_acme.frank).get(AGREEMENT).content.decode()

        assert "Nothing has been changed yet" in page
        assert "The last" not in page


@pytest.mark.parametrize("address", [PAGE, AGREEMENT])
def test_pages_ask_the_same_few_questions_however_much_was_changed(in_acme, as_member, address):
    frank = as_member(in_acme.frank)
    publish_terms("Yours stays yours.", actor=in_acme.carol)
    change_settings(in_acme.acme, {"answer_within_days": 11}, actor=in_acme.erin)
    _page, few = page_and_queries(frank, address)
    for days in range(12, 30):
        change_settings(in_acme.acme, {"answer_within_days": days, "smallest_group": days}, actor=in_acme.erin)

    page, many = page_and_queries(frank, address)

    assert "from “28 people” to “29 people”" in page
    assert len(few) == len(many) <= 8


@pytest.mark.parametrize(
    ("region", "words"),
    [
        ("", "None: only weekends are free"),
        ("DE", "Germany"),
        ("DE-BE", "Germany: Berlin"),
        ("GB-SCT", "United Kingdom: Scotland"),
        ("JP", "JP"),
    ],
)
def test_regions_have_names(region, words):
    assert region_name(region) == words
