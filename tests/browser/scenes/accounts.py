"""Pages of one's account that one comes to by a mail or with a second factor."""

from __future__ import annotations

import base64
import hmac
import struct
import time
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.browser.digest import THE_ID, links_in, send_digest
from tests.browser.product import PASSWORD
from tests.browser.scenes.stage import Stage

PERIOD = 30  # seconds that a code is good for


def stopping_the_digest_by_its_own_link(stage: Stage) -> None:
    mail = send_digest(stage.product, "alice@acme.example")
    [path] = {urlsplit(address).path for address, _words in links_in(mail) if "unsubscribe" in address}
    reader = stage.enter()  # nobody is signed in
    try:
        reader.page.goto(path)
        reader.look("unsubscribe")
        reader.page.locator("main form button").click()
        expect(reader.page.locator("main form")).to_have_count(0)
        reader.look("unsubscribed")
    finally:
        stage.product.execute(f"DELETE FROM inbox_preference WHERE member_id = {THE_ID}", "alice@acme.example")


def a_second_factor(stage: Stage) -> None:
    somebody = stage.enter("grace", own_session=True)
    grace = somebody.page

    try:
        grace.goto("/accounts/2fa/totp/activate/")
        confirm_password(grace)
        grace.locator("main .form-page details summary").click()
        somebody.look("second factor, its key")
        secret = grace.locator("main code").inner_text()
        grace.locator("[name=code]").fill("000000")
        grace.locator("main form[action*=activate] button").first.click()
        expect(grace.locator("main [role=alert]")).to_be_visible()
        somebody.look("second factor, refused")
        grace.locator("[name=code]").fill(code_of(secret))
        grace.locator("main form[action*=activate] button").first.click()
        grace.wait_for_url("**/accounts/2fa/**")
        for path in ("recovery-codes/", "recovery-codes/generate/", "totp/deactivate/", "reauthenticate/", ""):
            answer = grace.goto(f"/accounts/2fa/{path}")
            assert answer is not None
            assert answer.ok, path
            somebody.look(f"second factor, {path or 'in use'}")

        grace.context.clear_cookies()
        grace.goto("/accounts/login/")
        grace.locator("[name=login]").fill("grace@acme.example")
        grace.locator("main [name=password]").fill(PASSWORD)
        grace.locator("main form[action='/accounts/login/'] button").first.click()
        grace.wait_for_url("**/accounts/2fa/authenticate/")
        somebody.look("sign-in, second factor")
        grace.locator("[name=code]").fill("000000")
        grace.locator("main form[action*=authenticate] button").first.click()
        expect(grace.locator("main [role=alert]")).to_be_visible()
        somebody.look("sign-in, second factor refused")
    finally:
        stage.product.execute(f"DELETE FROM mfa_authenticator WHERE user_id = {THE_ID}", "grace@acme.example")


def confirm_password(page: Page) -> None:
    if "reauthenticate" in page.url or page.locator("main [name=password]").count():
        page.locator("main [name=password]").fill(PASSWORD)
        page.locator("main form:has([name=password]) button").first.click()
    page.wait_for_url("**/totp/activate/")


def code_of(secret: str) -> str:
    """Return what an authenticator shows now (RFC 6238), without Django, which pictures are taken without."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // PERIOD), "sha1")
    (number,) = struct.unpack_from(">I", digest, digest[-1] & 15)
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06}"
