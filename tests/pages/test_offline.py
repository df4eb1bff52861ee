"""What a phone asks for: the manifest, the service worker, the page without a connection, and a clean sign-out."""

from __future__ import annotations

import json
import re
import struct
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from crowdhub.common.colour import LIGHT, accent_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_acme")]


def constants(response) -> dict[str, object]:
    return {name: json.loads(value) for name, value in re.findall(r"(?m)^const ([A-Z]+) = (.+);$", response.text)}


def test_the_manifest_carries_name_and_accent_of_the_organization(visitor, in_acme):
    in_acme.acme.accent_colour = "#ffe14d"  # too bright to be read, so that another one is shown
    in_acme.acme.save(update_fields=["accent_colour"])

    response = visitor.get("/manifest.webmanifest")

    manifest = response.json()
    assert response.headers["Content-Type"] == "application/manifest+json"
    assert response.headers["Cache-Control"] == "private, max-age=3600"
    assert (manifest["name"], manifest["short_name"]) == (in_acme.acme.name, in_acme.acme.name)
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/", "/", "standalone")
    assert manifest["theme_color"] == accent_for("#ffe14d", LIGHT).accent
    assert manifest["lang"] == "en"


def test_each_icon_is_as_large_as_the_manifest_says(visitor):
    icons = visitor.get("/manifest.webmanifest").json()["icons"]

    assert {(icon["sizes"], icon["purpose"]) for icon in icons} == {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
    for icon in icons:
        drawn = Path(finders.find(icon["src"].removeprefix("/static/"))).read_bytes()
        width, height = struct.unpack(">II", drawn[16:24])  # the IHDR chunk of a PNG
        assert f"{width}x{height}" == icon["sizes"]
        assert len(drawn) < 16_000


def test_every_page_links_the_manifest(visitor):
    assert '<link rel="manifest" href="/manifest.webmanifest">' in visitor.get("/accounts/login/").text


def test_the_worker_may_load_nothing_from_elsewhere_and_is_asked_for_anew(visitor):
    response = visitor.get("/worker.js")

    assert response.headers["Content-Type"] == "text/javascript"
    assert set(response.headers["Content-Security-Policy"].split("; ")) == {"default-src 'none'", "connect-src 'self'"}
    assert "no-cache" in response.headers["Cache-Control"]


def test_the_worker_keeps_the_offline_page_and_what_it_is_made_of(visitor):
    named = constants(visitor.get("/worker.js"))

    assert named["OFFLINE"] == reverse("pages:offline")
    assert all(address.startswith(("/static/", "/theme.css?v=")) for address in named["FILES"])
    assert {"/static/css/base.css", "/static/js/offline.js", "/static/js/drafts.js"} <= set(named["FILES"])


def test_the_worker_is_another_one_in_another_language(as_member, in_acme):
    alice = as_member(in_acme.alice)
    before = constants(alice.get("/worker.js"))["VERSION"]
    same = constants(alice.get("/worker.js"))["VERSION"]
    in_acme.alice.language = "de"
    in_acme.alice.save()

    after = constants(alice.get("/worker.js"))["VERSION"]

    assert before == same
    assert before != after


def test_the_offline_page_holds_nothing_of_its_reader_but_the_language(as_member, in_acme):
    in_acme.alice.language = "de"
    in_acme.alice.save()

    alice = as_member(in_acme.alice)
    alice.cookies["theme"] = "dark"

    page = alice.get("/offline/").text

    assert '<html lang="de">' in page
    assert "Du bist offline" in page
    assert "data-theme" not in page.partition(">")[0]
    assert in_acme.acme.name in page
    assert in_acme.alice.name not in page
    assert in_acme.alice.public_id not in page
    assert "csrf" not in page.lower()


def test_a_signed_in_page_names_whose_drafts_the_browser_keeps(as_member, visitor, in_acme):
    owner = f'<meta name="draft-owner" content="{in_acme.acme.slug}/{in_acme.alice.public_id}">'

    assert owner in as_member(in_acme.alice).get("/").text
    assert "draft-owner" not in visitor.get("/accounts/login/").text


def test_signing_out_clears_the_browser(as_member, in_acme):
    alice = as_member(in_acme.alice)

    asked = alice.get(reverse("account_logout"))
    signed_out = alice.post(reverse("account_logout"))

    assert "Clear-Site-Data" not in asked.headers
    assert signed_out.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert alice.get("/").status_code == 302


def test_a_forged_sign_out_clears_nothing(as_member, in_acme):
    strict = Client(enforce_csrf_checks=True, headers={"host": "acme.localhost"})
    strict.cookies = as_member(in_acme.alice).cookies

    refused = strict.post(reverse("account_logout"))

    assert refused.status_code == 403
    assert "Clear-Site-Data" not in refused.headers
