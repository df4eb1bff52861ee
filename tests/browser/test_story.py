"""The main job, end to end: one journey through the real product, from Carol's question to Dave's report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.digest import send_digest_by_workers
from tests.browser.product import Product
from tests.browser.story import ADVERT, NEXT_QUESTION, QUESTION, WAITING_IDEA, alice, bob, carol, mail, others

pytestmark = pytest.mark.browser


def test_the_main_job_from_question_to_report(open_as: Callable[..., Page], product: Product, tmp_path: Path) -> None:
    began = datetime.now(UTC)
    manager = open_as("carol")
    challenge = carol.ask_the_right_people(manager, QUESTION)
    author, ed = open_as("alice"), open_as("ed")
    mallory = open_as("mallory", organization="globex")

    alice.find_it_with_the_reason(author)
    others.cannot_find_it(ed, challenge)
    others.cannot_find_it(mallory, challenge)
    idea = alice.write_and_hand_in(author)
    advert = alice.write_another(author, challenge, ADVERT)
    alice.write_another(author, challenge, WAITING_IDEA)

    moderator = open_as("bob")
    bob.ask_for_changes(moderator)
    bob.reject(moderator, ADVERT)
    alice.read_the_reason_and_resubmit(author, idea)
    alice.read_why_it_was_rejected(author, advert)
    bob.approve(moderator)

    bob.discuss_and_follow(moderator, idea)
    alice.reply_in_the_thread(author, idea)
    carol.support_and_give_a_hint(manager, idea)
    bob.sees_no_counts(moderator, idea, challenge)

    alice.thank_for_the_hint(author, idea)
    carol.earns_points_for_the_hint(manager)
    others.report_the_hint(open_as("frank"), idea)
    bob.hide_the_reported_hint(moderator)
    carol.has_lost_them_again(manager)

    carol.answer(manager, idea, challenge)
    carol.ask_the_right_people(manager, NEXT_QUESTION)
    letter = send_digest_by_workers(product, "alice@acme.example", since=began)
    mail.says_all_three_things(letter)
    alice.read_the_answer(author, idea)
    mail.stop_with_one_click(letter, product)
    mail.has_it_again(author)

    alice.has_points_with_reasons(author)
    alice.join_the_leaderboard(author)
    others.sees_on_the_leaderboard(ed, "Alice")

    dave = open_as("dave")
    others.hides_small_groups(others.export_engagement(dave, product, "CSV"))
    others.is_a_workbook_with_the_same(others.export_engagement(dave, product, "XLSX"), tmp_path)
    others.is_on_record(dave, downloads=2)
