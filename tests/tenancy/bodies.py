"""Every field of a form or a body of the API that names something by an id or an address, and what a stranger's does.

Somebody who may, on their own host and at their own thing, sends once what names a thing of their own, and once what
names acme's. The first shows that the field is read at all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

REFUSED, LED_ON, SHOWN = 422, 302, 200
PERSON = {"name": "Nina", "email": "nina@somewhere.example", "kind": "employee", "language": "en"}
IDEA_TEXT = {"title": "Pulse", "body": "x", "language": "en"}


@dataclass(frozen=True)
class Body:
    """A field of an address: what it names, and how both are answered."""

    address: str
    who: str  # a relation that is let in
    field: str  # with a dot or a number: inside of another one
    names: str  # key of scenario.ids
    rest: dict[str, Any] = field(default_factory=dict)  # what the body needs besides; {} is what is named
    ids: dict[str, str] = field(default_factory=dict)  # of the address
    done: int = LED_ON  # with one's own
    refused: int = REFUSED  # with acme's
    writes: bool = True  # False: one's own is shown, and nothing is written
    goes_on: bool = False  # acme's is taken for a new one of one's own
    method: str = "POST"
    first: str = ""  # an address that is sent the same before

    @property
    def in_words(self) -> str:
        return f"{self.method} {self.address} {self.field}"


DRAFT, RUNNING = {"public_id": "draft_challenge"}, {"public_id": "challenge"}
EDITED = [
    Body(address, "manager", *field_and_name, rest, DRAFT | step, done)
    for address, done in (("challenges:edit", LED_ON), ("challenges:save", SHOWN))
    for field_and_name, rest, step in (
        *(
            ((name, what), {"visibility": "organization", "level_0": "3"}, {"step": "audience"})
            for name, what in (
                ("skill_0", "skill"),
                ("department_0", "department"),
                ("location_0", "location"),
                ("group_0", "group"),
                ("included", "outsider_email"),
                ("excluded", "outsider_email"),
            )
        ),
        (("terms", "terms"), {"answer_within_days": "5"}, {"step": "dates"}),
    )
]
FORMS = [
    *EDITED,
    Body(
        "challenges:reach",
        "manager",
        "group_0",
        "group",
        {"visibility": "organization", "level_0": "3"},
        DRAFT,
        done=SHOWN,
    ),
    Body("challenges:managers", "manager", "member", "other_manager", ids=DRAFT),
    Body("challenges:managers", "manager", "member", "outsider", {"part": "moderator"}, DRAFT),
    Body("challenges:invitations", "manager", "who", "outsider_email", ids=RUNNING),
    Body("ideas:new", "author", "client_uuid", "draft_uuid", IDEA_TEXT, RUNNING, refused=LED_ON, goes_on=True),
    Body(
        "ideas:autosave",
        "author",
        "client_uuid",
        "draft_uuid",
        IDEA_TEXT,
        RUNNING,
        done=SHOWN,
        refused=SHOWN,
        goes_on=True,
    ),
    Body("ideas:attach_new", "author", "client_uuid", "draft_uuid", IDEA_TEXT, RUNNING, refused=LED_ON, goes_on=True),
    Body("ideas:comment", "author", "parent", "comment", {"body": "x"}, {"public_id": "idea"}, refused=409),
    Body("ideas:team", "author", "email", "colleague_email", {"share": "10"}, {"public_id": "idea"}),
    Body("ideas:leave_team", "author", "member", "manager", ids={"public_id": "waiting_idea"}, refused=LED_ON),
    Body(
        "ideas:answer_join", "author", "request", "join_request", {"accept": "1"}, {"public_id": "idea"}, refused=LED_ON
    ),
    Body("ideas:links", "author", "other", "other_idea", {"kind": "part_of"}, {"public_id": "idea"}),
    Body("ideas:unlink", "author", "link", "link", ids={"public_id": "idea"}, refused=LED_ON),
    Body(
        "moderation:decide",
        "moderator",
        "original",
        "other_idea",
        {"outcome": "rejected", "reason": "It says the same."},
        {"public_id": "case"},
    ),
    Body("moderation:bulk", "moderator", "case", "case", {"outcome": "approved"}),
    Body(
        "moderation:undo",
        "moderator",
        "case",
        "case",
        {"outcome": "approved"},
        refused=409,
        first="moderation:bulk",
    ),
    Body(
        "moderation:decide",
        "moderator",
        "template",
        "template",
        {"outcome": "rejected"},
        {"public_id": "case"},
        done=SHOWN,
        refused=SHOWN,
        writes=False,
    ),
    *(
        Body(address, "administrator", name, what, PERSON, ids)
        for address, ids in (("people:create", {}), ("people:edit", {"public_id": "member"}))
        for name, what in (("department", "department"), ("location", "location"), ("manager", "outsider_email"))
    ),
    *(
        Body("people:list", "administrator", name, what, {"action": action, **rest})
        for name, what, action, rest in (
            ("person", "member", "invite", {}),
            ("to_group", "group", "add_to_group", {"everyone": "1"}),
            ("to_department", "department", "move", {"everyone": "1"}),
            ("to_location", "location", "place", {"everyone": "1"}),
        )
    ),
    Body("people:departments", "administrator", "parent", "department", {"name": "Below"}),
    Body("people:group-add", "administrator", "email", "outsider_email", ids={"public_id": "group"}),
    Body("people:state-skill", "author", "skill", "unclaimed_skill", {"level": "3"}),
    Body(
        "pages:answers",
        "manager",
        "idea",
        "idea",
        {"{}-outcome": "selected", "{}-reasons": "Well said."},
        RUNNING,
        refused=LED_ON,
    ),
    Body("inbox:mute", "author", "notification", "notification", refused=404),
    Body("inbox:mark", "author", "notification", "notification", refused=LED_ON),
]

CREATED, WRONG = 201, 400
API = [
    Body(f"api:{name}", "manager", where, what, {"title": "x"}, ids, done, WRONG, method=method)
    for name, ids, done, method in (
        ("challenge-list", {}, CREATED, "POST"),
        ("challenge-detail", {"id": "draft_challenge"}, SHOWN, "PATCH"),
    )
    for where, what in (
        ("terms", "terms"),
        ("audience.departments.0", "department"),
        ("audience.locations.0", "location"),
        ("audience.groups.0", "group"),
        ("audience.skills.0.skill", "skill"),
        ("audience.included.0", "member"),
        ("audience.excluded.0", "member"),
    )
] + [
    Body("api:idea-list", "author", "challenge", "challenge", IDEA_TEXT, done=CREATED, refused=WRONG),
    Body("api:comment-list", "author", "idea", "idea", {"body": "x"}, done=CREATED, refused=WRONG),
    Body(
        "api:idea-link-list",
        "author",
        "other",
        "other_idea",
        {"kind": "part_of"},
        {"id": "idea"},
        CREATED,
        WRONG,
    ),
    Body(
        "api:case-decide",
        "moderator",
        "original",
        "other_idea",
        {"outcome": "rejected", "reason": "It says the same."},
        {"id": "case"},
        CREATED,
        WRONG,
    ),
    Body("api:my_skills", "outsider", "0.skill", "skill", done=SHOWN, refused=WRONG, method="PUT"),
]
# Both ids of these stand in one body, or the id is a UUID that the client chose: tests of their own.
API_ELSEWHERE = {("api:comment-list", "parent"), ("api:idea-list", "client_uuid")}

# Addresses whose forms name nothing: texts, choices from fixed lists, marks; or that take no form at all.
NAMELESS = {
    "api:tokens", "api:revoke_token",
    "ideas:preview", "ideas:terms", "ideas:similar", "ideas:edit", "ideas:save", "ideas:submit", "ideas:withdraw",
    "ideas:attach", "ideas:remove_attachment",
    "ideas:vote", "ideas:follow", "ideas:join", "ideas:answer", "ideas:edit_comment", "ideas:helpful",
    "ideas:answer_invitation",
    "moderation:add_template", "moderation:edit_template", "moderation:delete_template", "moderation:report_idea",
    "moderation:report_comment", "moderation:queue", "rewards:listing",
    "challenges:new", "challenges:launch", "challenges:discard", "challenges:withdraw", "challenges:remove_manager",
    "challenges:remove_moderator",
    "challenges:extend", "challenges:close",
    "people:my-settings", "people:change-skill", "people:departments-one", "people:departments-delete",
    "people:locations", "people:locations-one", "people:locations-delete", "people:skills", "people:skills-one",
    "people:skills-delete", "people:groups", "people:groups-one", "people:groups-delete", "people:group-remove",
    "people:imports",  # a file, whose names are those of the directory that it is read into
    "people:export", "people:bulk-confirm", "people:bulk-stop",
    "people:import-confirm", "people:import-discard", "people:import-reopen", "people:deactivate",
    "people:reactivate", "people:invite", "people:change-roles", "people:confirm-skill",
    "inbox:preferences", "inbox:unmute", "inbox:unsubscribe", "reports:list",
    "pages:settings", "pages:set-logo",
    "pages:hide-getting-started", "pages:name-skills", "pages:report-back", "challenges:begin",
    "pages:invite-moderator",  # somebody new
    # A person's address is looked for among one's own: tests/people/test_sign_in.py.
    "account_login", "account_reset_password",
    "account_logout", "account_signup", "account_reauthenticate", "account_email_kept", "account_confirm_email",
    "account_change_password", "account_set_password", "account_reset_password_from_key",
    "account_confirm_login_code", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp",
    "mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_download_recovery_codes",
}  # fmt: skip
