"""Two managers, or two tabs, on the same draft: nobody overwrites what they have not seen."""

from __future__ import annotations

import pytest

from challenges.domain.audience import AudienceChoice
from challenges.domain.drafting import create_challenge, save_draft
from challenges.domain.launching import launch_challenge
from challenges.domain.saving import CheckedAnotherDraft, DraftConflict
from challenges.enums import ChallengeState, PhaseKind
from challenges.models import Challenge, TermsVersion
from tests.challenges.shared import NOW, QUESTION, SignIn, day, in_days, page, ready_draft
from tests.harness.cast import Cast


def test_saves_are_counted_and_the_same_again_is_none(in_acme: Cast) -> None:
    draft = create_challenge(actor=in_acme.carol, title="Tight joints")

    counts = [
        save_draft(draft, actor=in_acme.carol, title="Tight joints").version,
        save_draft(draft, actor=in_acme.carol, title="Tighter joints").version,
        save_draft(draft, actor=in_acme.carol, audience=AudienceChoice(skills=((in_acme.welding, 3),))).version,
        save_draft(draft, actor=in_acme.carol, audience=AudienceChoice(skills=((in_acme.welding, 3),))).version,
        save_draft(draft, actor=in_acme.carol, dates={PhaseKind.VOTING: (in_days(1), in_days(2))}).version,
        save_draft(draft, actor=in_acme.carol, dates={PhaseKind.VOTING: (in_days(1), in_days(2))}).version,
    ]

    assert counts == [0, 1, 2, 2, 3, 3]


CHANGES = {
    "a field": ({"title": "Hers"}, {"title": "Mine"}),
    "dates": (
        {"dates": {PhaseKind.REVIEW: (in_days(20), in_days(41))}},
        {"dates": {PhaseKind.REVIEW: (in_days(20), in_days(42))}},
    ),
    "the audience": ({"audience": AudienceChoice(everyone=True)}, {"audience": AudienceChoice()}),
}


@pytest.mark.parametrize("part", CHANGES)
def test_a_stale_save_is_refused_whole(in_acme: Cast, part: str) -> None:
    draft = ready_draft(in_acme)
    known = draft.version
    hers, mine = CHANGES[part]
    save_draft(draft, actor=in_acme.carol, known_version=known, **hers)

    with pytest.raises(DraftConflict):
        save_draft(draft, actor=in_acme.carol, known_version=known, success_measure="x", **mine)

    draft.refresh_from_db()
    assert (draft.version, draft.success_measure) == (known + 1, "Share of tight joints.")
    assert save_draft(draft, actor=in_acme.carol, known_version=known, **hers).version == known + 1


def test_two_who_write_different_parts_do_not_disturb_each_other(in_acme: Cast) -> None:
    draft = ready_draft(in_acme)
    known = draft.version

    save_draft(draft, actor=in_acme.carol, known_version=known, title="Hers")
    save_draft(draft, actor=in_acme.carol, known_version=known, audience=AudienceChoice(everyone=True))

    draft.refresh_from_db()
    assert (draft.title, draft.everyone, draft.version) == ("Hers", True, known + 2)


def test_what_is_launched_is_what_was_checked(in_acme: Cast) -> None:
    draft = ready_draft(in_acme)
    known = draft.version
    save_draft(draft, actor=in_acme.carol, audience=AudienceChoice(everyone=True))

    with pytest.raises(CheckedAnotherDraft):
        launch_challenge(draft, actor=in_acme.carol, known_version=known, now=NOW)

    launch_challenge(draft, actor=in_acme.carol, known_version=known + 1, now=NOW)
    assert draft.state == ChallengeState.LAUNCHED


# --- The pages ------------------------------------------------------------------------------------


def version_in(html: str) -> str:
    return html.split('name="version" value="')[1].split('"')[0]


def test_both_versions_are_shown_and_sending_again_is_deliberate(in_acme: Cast, as_member: SignIn) -> None:
    draft = ready_draft(in_acme)
    carol, url = as_member(in_acme.carol), page("challenges:edit", draft.public_id, "question")
    known = version_in(carol.get(url).content.decode())
    hers, mine = QUESTION | {"objective": "Hers."}, QUESTION | {"objective": "Mine."}
    assert carol.post(url, hers | {"version": known}).status_code == 302

    refused = carol.post(url, mine | {"version": known})

    text = refused.content.decode()
    assert refused.status_code == 409
    assert '<pre class="diff">Hers.</pre>' in text
    assert '<pre class="diff">Mine.</pre>' in text
    assert "Mine.</textarea>" in text
    assert '<th scope="row">Success measure</th>' not in text
    draft.refresh_from_db()
    assert draft.objective == "Hers."

    assert carol.post(url, mine | {"version": version_in(text)}).status_code == 302
    draft.refresh_from_db()
    assert draft.objective == "Mine."


def test_dates_and_terms_of_a_stale_page_are_kept_in_the_form_only(in_acme: Cast, as_member: SignIn) -> None:
    draft = ready_draft(in_acme)
    carol, url = as_member(in_acme.carol), page("challenges:edit", draft.public_id, "dates")
    known = version_in(carol.get(url).content.decode())
    save_draft(draft, actor=in_acme.carol, answer_within_days=7)
    sent = {
        "submission_starts_on": day(1),
        "submission_ends_on": day(20),
        "review_ends_on": day(40),
        "answer_within_days": "9",
        "new_terms": "Be very fair.",
    }

    refused = carol.post(url, sent | {"version": known})

    text = refused.content.decode()
    assert refused.status_code == 409
    assert "Be very fair.</textarea>" in text
    assert '<pre class="diff">7</pre>' in text
    assert '<pre class="diff">9</pre>' in text
    assert TermsVersion.objects.count() == 1


def test_what_saves_itself_learns_the_version_and_hears_of_conflicts(in_acme: Cast, as_member: SignIn) -> None:
    draft = ready_draft(in_acme)
    carol, url = as_member(in_acme.carol), page("challenges:save", draft.public_id, "question")
    known = str(draft.version)

    saved = carol.post(url, QUESTION | {"title": "Hers", "version": known})
    refused = carol.post(url, QUESTION | {"title": "Mine", "version": known})

    assert saved.json() == {"fields": {"version": str(draft.version + 1)}}
    assert refused.status_code == 409
    assert refused.json()["reason"] == "This draft was saved elsewhere in the meantime."
    draft.refresh_from_db()
    assert draft.title == "Hers"


def test_what_saves_itself_hears_which_field_is_wrong(in_acme: Cast, as_member: SignIn) -> None:
    draft = ready_draft(in_acme)

    refused = as_member(in_acme.carol).post(page("challenges:save", draft.public_id, "question"), {"kind": "nonsense"})

    assert refused.status_code == 422
    assert "kind" in refused.json()["errors"]
    assert "reason" not in refused.json()


def test_the_live_audience_learns_the_version_and_hears_of_conflicts(in_acme: Cast, as_member: SignIn) -> None:
    draft = ready_draft(in_acme)
    carol, url = as_member(in_acme.carol), page("challenges:reach", draft.public_id)
    chosen = {"visibility": "invited", "included": "Ed", "version": str(draft.version)}

    told = carol.post(url, chosen).content.decode()
    refused = carol.post(url, chosen | {"included": "Bob"})
    page_refused = carol.post(
        page("challenges:edit", draft.public_id, "audience"), chosen | {"included": in_acme.bob.email}
    )

    assert 'hx-swap-oob="true"' in told
    assert version_in(told) == str(draft.version + 1)
    assert refused.status_code == page_refused.status_code == 409
    assert "saved elsewhere in the meantime" in refused.content.decode()
    assert 'name="version"' not in refused.content.decode()
    assert f'<pre class="diff">Ed &lt;{in_acme.ed.email}&gt;</pre>' in page_refused.content.decode()
    assert [clause.member for clause in draft.audience.all()] == [in_acme.ed]


def test_a_launch_of_what_was_changed_since_is_a_conflict(in_acme: Cast, as_member: SignIn) -> None:
    draft = ready_draft(in_acme)
    carol = as_member(in_acme.carol)
    known = version_in(carol.get(page("challenges:edit", draft.public_id, "check")).content.decode())
    save_draft(draft, actor=in_acme.carol, audience=AudienceChoice(everyone=True))

    refused = carol.post(page("challenges:launch", draft.public_id), {"version": known})
    again = carol.post(page("challenges:launch", draft.public_id), {"version": version_in(refused.content.decode())})

    assert (refused.status_code, again.status_code) == (409, 302)
    assert "check it once more" in refused.content.decode()
    assert Challenge.objects.get().state == ChallengeState.LAUNCHED
