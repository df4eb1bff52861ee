"""Which pages the browser tests open, as whom, and on which way."""

from __future__ import annotations

ID = "[a-z0-9]{10}"
CHALLENGE, OWN_IDEA = ("/challenges/", f"/challenges/{ID}/"), ("/ideas/", f"/ideas/{ID}/")
ROOM = ("/challenges/?show=managed", f"/challenges/{ID}/room/")
DRAFT = ("/challenges/?show=managed", f"/challenges/{ID}/edit/", f"/challenges/{ID}/edit/question/")
CASE = ("/moderation/", f"/moderation/{ID}/")

# Who opens what: an address, then the links that are followed from there, because nobody knows an id before.
PAGES: dict[str, tuple[tuple[str, ...], ...]] = {
    "": (
        ("/accounts/login/",),
        ("/accounts/password/reset/",),
        ("/accounts/password/reset/done/",),
        ("/accounts/password/reset/key/1-forged-1/",),  # a link that works no more
        ("/accounts/password/reset/key/done/",),
        ("/accounts/inactive/",),
        ("/offline/",),
    ),
    "alice": (
        ("/",),
        ("/challenges/",),
        ("/challenges/?show=past",),
        CHALLENGE,
        (*CHALLENGE, f"/challenges/{ID}/terms/"),
        (*CHALLENGE, "/guidelines/"),
        (*CHALLENGE, f"/ideas/{ID}/"),
        (*CHALLENGE, f"/ideas/new/{ID}/"),
        (*CHALLENGE, f"/ideas/{ID}/", f"/moderation/report/comment/{ID}/"),
        ("/ideas/",),
        OWN_IDEA,
        (*OWN_IDEA, f"/ideas/{ID}/edit/"),
        (*OWN_IDEA, f"/ideas/{ID}/team/"),
        (*OWN_IDEA, f"/ideas/{ID}/revisions/"),
        (*OWN_IDEA, f"/ideas/{ID}/links/"),
        ("/inbox/",),
        ("/inbox/?show=unread",),
        ("/inbox/preferences/",),
        ("/recognition/",),
        ("/recognition/board/",),
        ("/people/me/",),
        ("/people/me/tokens/",),
        ("/search/?q=copper",),
        ("/search/?q=nothing-has-this-name",),
        ("/accounts/password/change/",),
        ("/accounts/logout/",),
        ("/accounts/2fa/",),
        ("/accounts/2fa/totp/activate/",),
        ("/demo/mailbox/",),
        ("/styleguide/",),
        ("/nowhere/",),
        ("/people/roles/",),  # refused
    ),
    "bob": (
        ("/moderation/",),
        CASE,
        (*CASE, rf"/moderation/{ID}/\?outcome=changes_requested"),
        ("/moderation/log/",),
        ("/moderation/reasons/",),
        ("/moderation/reasons/new/",),
        ("/moderation/reasons/", f"/moderation/reasons/{ID}/"),
        ("/moderation/reasons/", f"/moderation/reasons/{ID}/", f"/moderation/reasons/{ID}/delete/"),
        ("/challenges/", f"/challenges/{ID}/", f"/ideas/{ID}/", f"/moderation/report/idea/{ID}/"),
    ),
    "carol": (
        ("/challenges/?show=managed",),
        ROOM,
        (*ROOM, f"/challenges/{ID}/invitations/"),
        (*ROOM, f"/challenges/{ID}/invitations/", f"/challenges/{ID}/invitations/{ID}/withdraw/"),
        (*ROOM, f"/challenges/{ID}/managers/"),
        (*ROOM, f"/challenges/{ID}/dates/"),
        (*ROOM, f"/challenges/{ID}/close/"),
        ("/search/?q=helium", f"/ideas/{ID}/", f"/ideas/{ID}/answer/"),
        (*ROOM, f"/challenges/{ID}/answers/"),
        ("/search/?q=installers", f"/challenges/{ID}/", f"/challenges/{ID}/room/", f"/challenges/{ID}/report-back/"),
        ("/challenges/templates/",),
        ("/challenges/new/",),
        DRAFT,
        *((*DRAFT, f"/challenges/{ID}/{rest}/") for rest in ("edit/audience", "edit/dates", "edit/check")),
        *((*DRAFT, f"/challenges/{ID}/{rest}/") for rest in ("preview", "discard")),
    ),
    "dave": (
        ("/reports/",),
        ("/reports/engagement/",),
        ("/people/",),
        ("/people/", f"/people/{ID}/"),
    ),
    "erin": (
        ("/getting-started/",),
        ("/settings/",),
        ("/getting-started/skills/",),
        ("/getting-started/moderator/",),
        ("/people/new/",),
        ("/people/", f"/people/{ID}/"),
        ("/people/", f"/people/{ID}/", f"/people/{ID}/edit/"),
        ("/people/", f"/people/{ID}/", f"/people/{ID}/deactivate/"),
        ("/people/?q=zzz",),
        ("/people/bulk/",),
        ("/people/imports/",),
        ("/people/roles/",),
        ("/people/departments/",),
        ("/people/departments/", f"/people/departments/{ID}/"),
        ("/people/departments/", f"/people/departments/{ID}/", f"/people/departments/{ID}/delete/"),
        ("/people/locations/",),
        ("/people/locations/", f"/people/locations/{ID}/"),
        ("/people/locations/", f"/people/locations/{ID}/", f"/people/locations/{ID}/delete/"),
        ("/people/skills/",),
        ("/people/skills/", f"/people/skills/{ID}/"),
        ("/people/skills/", f"/people/skills/{ID}/", f"/people/skills/{ID}/delete/"),
        ("/people/groups/",),
        ("/people/groups/", f"/people/groups/{ID}/"),
        ("/people/groups/", f"/people/groups/{ID}/", f"/people/groups/{ID}/delete/"),
    ),
    "frank": (("/",), ("/moderation/",), ("/reports/",), ("/settings/",), ("/settings/agreement/",)),
    "ed": (("/",), ("/ideas/",), ("/inbox/",)),
}
EXPECTED = {"/nowhere/": 404, "/people/roles/": 403}
# Opened in scenes, because something has to be done before; or by a test of their own.
IN_SCENES = {
    "ideas:edit_comment": "a comment of ones own",
    "ideas:terms": "the terms before an idea",
    "inbox:unsubscribe": "stopping the digest by its own link",
    "mfa_generate_recovery_codes": "a second factor",
    "people:import": "imports",
    "people:bulk": "many people at once",
    "reports:detail": "an export",
}
ON_THEIR_OWN = {"api:docs": "test_the_page_of_the_api"}
# Not opened, and why.
NOT_OPENED = {
    "pages:logo": "a picture",
    "pages:theme": "a style sheet",
    "pages:worker": "a script",
    "pages:manifest": "a list for browsers",
    "pages:prefetching": "a list for browsers",
    "people:import-problems": "a file",
    "reports:download": "a file",
    "ideas:attachment": "a file",
    "account_confirm_email": "nobody confirms an address here: no mail links to it",
    "account_email_verification_sent": "the same: nothing leads to it",
    "account_set_password": "for members without a password, whom the demo has not",
}
