"""What every address owes to whom. A relation is how somebody stands to what the address names (see scenario.py)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.tenancy.scenario import ACME_RELATIONS

Statuses = frozenset[int]
EVERYONE = " ".join(ACME_RELATIONS)

# Answers of a page to a POST with nothing in it: done and led on, asked again, or refused as it is now.
TRIED = frozenset({200, 204, 302, 303, 409, 422})
NOT_ALLOWED = frozenset({405})
LED_AWAY = frozenset({302})  # to the sign-in page
SIGNED_OUT = {"POST": frozenset({401})}  # the text of a form is in the answer; anyone else is led away


def statuses(value: int | Iterable[int]) -> Statuses:
    return frozenset({value} if isinstance(value, int) else value)


@dataclass(frozen=True)
class Row:
    """One address. `get` and `post` name who is let in; all others of acme get `refused`."""

    name: str
    ids: dict[str, str] = field(default_factory=dict)  # argument -> what in scenario.ids (or a literal)
    get: str = ""  # relations; empty: no GET here
    post: str = ""
    ok: int = 200  # to those let in by GET
    posted: Statuses = TRIED
    refused: int = 404  # to acme's members who are not let in
    hidden_from: str = ""  # of those not let in, who get 404 although others get `refused`
    visitor: Statuses | None = None  # signed out, or with another host's cookie; see SIGNED_OUT
    foreign: Statuses | None = None  # mallory on her host; 404 where the address names something of acme
    leads_on: bool = False  # a GET is led to the page where the form stands, whoever comes, with nothing looked up
    closed: Statuses = NOT_ALLOWED  # to a method that the address does not have
    note: str = ""

    @property
    def app(self) -> str:
        """The name space of the address; allauth's have none."""
        return self.name.partition(":")[0] if ":" in self.name else "accounts"

    @property
    def forbidden_to(self) -> set[str]:
        return set() if "administrator" in self.get or "moderator" in self.get or "hr" in self.get else {"foreign"}

    def has(self, method: str) -> bool:
        return bool({"GET": self.get, "POST": self.post}.get(method))

    def expected(self, method: str, relation: str) -> Statuses:
        """Return the statuses that are right for this relation."""
        if method == "GET" and self.leads_on:
            return statuses(302)
        if not self.has(method):
            return self._closed(method, relation)
        let_in = (self.get if method == "GET" else self.post).split()
        if relation in ("visitor", "replayed"):
            return self.to_visitors(method)
        if relation == "foreign":
            return self._foreign(method)
        if relation in let_in:
            return statuses(self.ok) if method == "GET" else self.posted
        return statuses(404 if relation in self.hidden_from.split() else self.refused)

    def to_visitors(self, method: str) -> Statuses:
        return SIGNED_OUT.get(method, LED_AWAY) if self.visitor is None else self.visitor

    def _foreign(self, method: str) -> Statuses:
        if self.foreign is not None:
            return self.foreign
        if self.ids:
            return statuses(404)
        return statuses(self.ok) if method == "GET" else self.posted

    def _closed(self, method: str, relation: str) -> Statuses:
        """A method that the address does not have; nobody learns more from it than that."""
        return self.closed | (self.to_visitors(method) if relation in ("visitor", "replayed") else frozenset())


# Addresses that are walked elsewhere, and why: by their whole names, or by a name space that ends in a colon.
ELSEWHERE = {
    "api:": "but for its pages: tests/tenancy/test_api_walk.py",
    "operator-admin:": "on the operator's host only: tests/tenancy/test_operator_walk.py",
    "unnamed: (?P<url>.*)$": "the operator's admin, which answers 404 on every other host",
    "unnamed: <path:object_id>/": "the operator's admin, an old form of its addresses",
    "demo:": "404 outside of a demo: tests/operator",
    "account_email": "stands behind account_email_kept at the same address, and is never reached",
}

MODERATORS = "moderator challenge_moderator"
READERS = f"author colleague {MODERATORS} manager auditor"  # of what was published in a challenge for the invited
READERS_ELSEWHERE = "colleague moderator other_manager auditor"  # of what is in the other manager's challenge
IDEA, WAITING, DRAFT = {"public_id": "idea"}, {"public_id": "waiting_idea"}, {"public_id": "draft_idea"}
CHALLENGE, COMMENT, CASE = {"public_id": "challenge"}, {"public_id": "comment"}, {"public_id": "case"}
FILE, DRAFT_FILE = {"attachment_id": "attachment"}, {"attachment_id": "draft_attachment"}
NO_OTHERS = "challenge_moderator"  # to whom the case of another challenge is as unknown as one that is not there
OUTSIDERS = "outsider other_manager hr administrator evaluator"  # who may not know that it exists

PAGES = [
    Row("pages:home", get=EVERYONE),
    Row("pages:theme", get=EVERYONE, visitor=frozenset({200})),
    Row("pages:prefetching", get=EVERYONE, visitor=frozenset({200})),
    *(Row(f"pages:{name}", get=EVERYONE, visitor=frozenset({200})) for name in ("manifest", "worker", "offline")),
    Row("pages:search", get=EVERYONE),
    Row("pages:guidelines", get=EVERYONE),
    # Only in a demo, or while developing: tests/pages/test_styleguide.py.
    Row("pages:styleguide", closed=frozenset({404}), visitor=frozenset({404})),
    Row("pages:getting-started", get="administrator", refused=403),
    Row("pages:name-skills", get="administrator", post="administrator", refused=403),
    Row("pages:invite-moderator", get="administrator", post="administrator", refused=403),
    Row("pages:hide-getting-started", post="administrator", refused=403),
    Row("pages:settings", get="administrator auditor", post="administrator", posted=frozenset({400}), refused=403),
    Row("pages:set-logo", post="administrator", refused=403, leads_on=True),
    Row("pages:agreement", get="administrator auditor", refused=403),
    Row("pages:logo", {"version": "logo"}, get=EVERYONE, visitor=frozenset({200})),
    Row("pages:challenge", CHALLENGE, get=READERS),
    Row("pages:challenge", {"public_id": "draft_challenge"}, get="manager", note="draft"),
    Row(
        "pages:challenge",
        {"public_id": "other_challenge"},
        get=READERS_ELSEWHERE,
        note="another",
    ),
]
TOKENS = [
    Row("api:docs", get=EVERYONE),
    # Whoever has no password is sent to set one first: tests/api/test_tokens.py has those who have.
    Row("api:tokens", get=EVERYONE, post=EVERYONE, foreign=TRIED),
    Row("api:revoke_token", {"public_id": "token"}, post="author", leads_on=True),
]
IDEAS = [
    Row("ideas:mine", get=EVERYONE),
    Row("ideas:preview", post=EVERYONE),
    Row(
        "ideas:new",
        CHALLENGE,
        get="author colleague manager",
        ok=302,
        post="author colleague manager",
        refused=403,
        hidden_from=OUTSIDERS,
    ),
    Row(
        "ideas:terms",
        CHALLENGE,
        get="author colleague manager",
        post="author colleague manager",
        refused=403,
        hidden_from=OUTSIDERS,
    ),
    Row(
        "ideas:autosave",
        CHALLENGE,
        post="author colleague manager",
        refused=403,
        hidden_from=OUTSIDERS,
    ),
    Row(
        "ideas:attach_new",
        CHALLENGE,
        post="author colleague manager",
        refused=403,
        hidden_from=OUTSIDERS,
    ),
    Row("ideas:similar", CHALLENGE, post=READERS),
    Row("ideas:detail", IDEA, get=READERS),
    Row("ideas:detail", WAITING, get=f"author {MODERATORS} manager auditor", note="waiting"),
    Row(
        "ideas:detail",
        {"public_id": "waiting_elsewhere"},
        get=READERS_ELSEWHERE,
        note="elsewhere",
    ),
    Row("ideas:detail", DRAFT, get="author", note="draft"),
    Row("ideas:revisions", IDEA, get=READERS),
    Row("ideas:edit", IDEA, get="author", post="author", refused=403, hidden_from=OUTSIDERS),
    Row("ideas:edit", DRAFT, get="author", post="author", note="draft"),
    Row("ideas:save", DRAFT, post="author"),
    Row("ideas:attach", IDEA, post="author", refused=403, hidden_from=OUTSIDERS),
    Row("ideas:attach", DRAFT, post="author", note="draft"),
    Row("ideas:attachment", IDEA | FILE, get=READERS),
    Row("ideas:attachment", DRAFT | DRAFT_FILE, get="author", note="draft"),
    Row("ideas:attachment", IDEA | DRAFT_FILE, get="nobody", note="of another idea"),
    Row(
        "ideas:remove_attachment",
        IDEA | FILE,
        post="author",
        refused=403,
        hidden_from=OUTSIDERS,
    ),
    Row("ideas:submit", DRAFT, post="author"),
    Row("ideas:submit", IDEA, post=READERS, posted=frozenset({403}), note="published"),
    Row("ideas:withdraw", DRAFT, post="author"),
    Row("ideas:vote", IDEA, post="colleague manager", refused=403, hidden_from=OUTSIDERS),
    Row("ideas:follow", IDEA, post=READERS),
    Row(
        "ideas:comment",
        IDEA,
        post=f"author colleague {MODERATORS} manager",
        refused=403,
        hidden_from=OUTSIDERS,
    ),
    Row("ideas:answer", IDEA, get="manager", post="manager", refused=403, hidden_from=OUTSIDERS),
    Row("ideas:team", IDEA, get="author", post="author", refused=403, hidden_from=OUTSIDERS),
    Row("ideas:leave_team", IDEA, post="author", refused=403, hidden_from=OUTSIDERS),
    Row("ideas:answer_join", IDEA, post="author", refused=403, hidden_from=OUTSIDERS),
    Row("ideas:answer_invitation", {"public_id": "asked_to_write"}, post="colleague"),
    Row("ideas:detail", {"public_id": "shared_draft"}, get="author colleague", note="asked to write it"),
    Row(
        "ideas:links",
        IDEA,
        get=READERS,
        post=f"author {MODERATORS} manager",
        refused=403,
        hidden_from=OUTSIDERS,
    ),
    Row("ideas:unlink", IDEA, post=f"author {MODERATORS} manager", refused=403, hidden_from=OUTSIDERS),
    Row("ideas:join", IDEA, post="colleague manager", refused=403, hidden_from=OUTSIDERS),
    Row("ideas:edit_comment", COMMENT, get="colleague", post="colleague", refused=403, hidden_from=OUTSIDERS),
    Row("ideas:helpful", COMMENT, post="author", refused=403, hidden_from=OUTSIDERS),
]
READ_CASES = f"{MODERATORS} auditor"
TEMPLATE, OTHER_CASE = {"public_id": "template"}, {"public_id": "other_case"}
MODERATION = [
    Row("moderation:queue", get=READ_CASES, post=READ_CASES, posted=frozenset({200}), refused=403),
    Row("moderation:bulk", post=MODERATORS, refused=403),
    Row("moderation:undo", post=MODERATORS, refused=403),
    Row("moderation:log", get=READ_CASES, refused=403),
    Row("moderation:templates", get=READ_CASES, refused=403),
    Row("moderation:add_template", get="moderator", post="moderator", refused=403),
    Row("moderation:edit_template", TEMPLATE, get="moderator", post="moderator", refused=403),
    Row("moderation:delete_template", TEMPLATE, get="moderator", post="moderator", refused=403),
    Row("moderation:report_idea", IDEA, get=READERS, post=READERS),
    Row("moderation:report_comment", COMMENT, get=READERS, post=READERS),
    Row("moderation:case", CASE, get=READ_CASES, refused=403),
    Row("moderation:case", OTHER_CASE, get="moderator auditor", refused=403, hidden_from=NO_OTHERS, note="elsewhere"),
    Row("moderation:decide", CASE, post=MODERATORS, refused=403),
    Row("moderation:decide", OTHER_CASE, post="moderator", refused=403, hidden_from=NO_OTHERS, note="elsewhere"),
]
REWARDS = [
    Row("rewards:mine", get=EVERYONE),
    Row("rewards:board", get=EVERYONE),
    Row("rewards:listing", post=EVERYONE, posted=frozenset({400})),
]
MANAGED = {"public_id": "challenge"}
DRAFTED = {"public_id": "draft_challenge"}
STEP = DRAFTED | {"step": "question"}
BEGINNERS = "manager other_manager administrator"  # of a challenge, with a template
CHALLENGES = [
    Row("challenges:list", get=EVERYONE),
    Row("challenges:new", get="manager other_manager", post="manager other_manager", refused=403),
    Row("challenges:templates", get=BEGINNERS, refused=403),
    Row("challenges:begin", {"name": "cost"}, post=BEGINNERS, refused=403, leads_on=True, foreign=TRIED),
    Row("challenges:edit", STEP, get="manager", post="manager"),
    Row("challenges:save", STEP, post="manager"),
    Row("challenges:reach", DRAFTED, post="manager"),
    Row("challenges:launch", DRAFTED, post="manager"),
    Row("challenges:discard", DRAFTED, get="manager", post="manager"),
    Row("challenges:invitations", MANAGED, get="manager", post="manager", refused=403, hidden_from=OUTSIDERS),
    Row(
        "challenges:withdraw",
        MANAGED | {"member_id": "member"},
        get="manager",
        post="manager",
        refused=403,
        hidden_from=OUTSIDERS,
    ),
    Row("challenges:managers", DRAFTED, get="manager", post="manager", note="draft"),
    Row("challenges:managers", MANAGED, get="manager", post="manager", refused=403, hidden_from=OUTSIDERS),
    Row(
        "challenges:remove_manager",
        MANAGED | {"member_id": "manager"},
        post="manager",
        posted=frozenset({409}),
        refused=403,
        hidden_from=OUTSIDERS,
    ),
    Row(
        "challenges:remove_moderator",
        MANAGED | {"member_id": "challenge_moderator"},
        post="manager",
        refused=403,
        hidden_from=OUTSIDERS,
    ),
    Row("challenges:extend", MANAGED, get="manager", post="manager", refused=403, hidden_from=OUTSIDERS),
    Row("challenges:close", MANAGED, get="manager", post="manager", refused=403, hidden_from=OUTSIDERS),
    Row("challenges:terms", CHALLENGE, get=READERS),
    Row("pages:preview", DRAFTED, get="manager"),
    Row("pages:room", MANAGED, get="manager", refused=403, hidden_from=OUTSIDERS),
    Row("pages:report-back", MANAGED, get="manager", post="manager", refused=403, hidden_from=OUTSIDERS),
    Row("pages:answers", MANAGED, get="manager", post="manager", refused=403, hidden_from=OUTSIDERS),
]
ADMINISTRATOR = "administrator"
PERSON, UPLOAD, BULK = {"public_id": "member"}, {"public_id": "import"}, {"public_id": "bulk_change"}
READ_PEOPLE = "administrator hr auditor"


def shelf(name: str, what: str) -> list[Row]:
    """The pages of one kind of thing that people belong to."""
    one = {"public_id": what}
    return [
        Row(f"people:{name}", get="administrator", post="administrator", refused=403),
        Row(f"people:{name}-one", one, get="administrator", post="administrator", refused=403),
        Row(f"people:{name}-delete", one, get="administrator", post="administrator", refused=403),
    ]


PEOPLE = [
    Row("people:list", get=READ_PEOPLE, post=ADMINISTRATOR, refused=403),
    Row("people:export", post="administrator hr", refused=403, leads_on=True),
    Row("people:bulk-changes", get=ADMINISTRATOR, refused=403),
    Row("people:bulk", BULK, get=ADMINISTRATOR, refused=403),
    Row("people:bulk-confirm", BULK, post=ADMINISTRATOR, refused=403, leads_on=True),
    Row("people:bulk-stop", BULK, post=ADMINISTRATOR, refused=403, leads_on=True),
    Row("people:create", get=ADMINISTRATOR, post=ADMINISTRATOR, refused=403),
    Row("people:me", get=EVERYONE),
    Row("people:my-settings", post=EVERYONE, leads_on=True),
    Row("people:state-skill", post=EVERYONE, leads_on=True),
    Row("people:change-skill", {"public_id": "skill"}, post="author colleague", leads_on=True),
    Row("people:roles", get="administrator auditor", refused=403),
    *shelf("departments", "department"),
    *shelf("locations", "location"),
    *shelf("skills", "skill"),
    *shelf("groups", "group"),
    Row("people:group-add", {"public_id": "group"}, post=ADMINISTRATOR, refused=403, leads_on=True),
    Row(
        "people:group-remove",
        {"public_id": "group", "member_id": "member"},
        post=ADMINISTRATOR,
        refused=403,
        leads_on=True,
    ),
    Row("people:imports", get=ADMINISTRATOR, post=ADMINISTRATOR, refused=403),
    Row("people:import", UPLOAD, get=ADMINISTRATOR, refused=403),
    Row("people:import-problems", UPLOAD, get=ADMINISTRATOR, refused=403),
    Row("people:import-confirm", UPLOAD, post=ADMINISTRATOR, refused=403, leads_on=True),
    Row("people:import-discard", UPLOAD, post=ADMINISTRATOR, refused=403, leads_on=True),
    Row("people:import-reopen", UPLOAD, post=ADMINISTRATOR, refused=403, leads_on=True),
    Row("people:detail", PERSON, get=EVERYONE),
    Row("people:edit", PERSON, get=ADMINISTRATOR, post=ADMINISTRATOR, refused=403),
    Row("people:deactivate", PERSON, get=ADMINISTRATOR, post=ADMINISTRATOR, refused=403),
    Row("people:reactivate", PERSON, post=ADMINISTRATOR, refused=403, leads_on=True),
    Row("people:invite", PERSON, post=ADMINISTRATOR, refused=403, leads_on=True),
    Row("people:change-roles", PERSON, post=ADMINISTRATOR, refused=403, leads_on=True),
    Row("people:confirm-skill", PERSON | {"skill_id": "skill"}, post="hr", refused=403, leads_on=True),
]
INBOX = [
    Row("inbox:list", get=EVERYONE),
    Row("inbox:open", {"public_id": "notification"}, get="author", ok=302),
    Row("inbox:mark", post=EVERYONE),
    Row("inbox:mute", post=EVERYONE, posted=statuses(404)),  # a POST that names no notification; bodies.py names one
    Row("inbox:unmute", {"public_id": "mute"}, post="author"),
    Row("inbox:preferences", get=EVERYONE, post=EVERYONE),
    # A link from a mail works without a sign-in; a forged one is 404 to everyone (tests/inbox has the real ones).
    Row("inbox:unsubscribe", {"token": "forged"}, get="nobody", post="nobody", visitor=frozenset({404})),
]
EXPORT = {"public_id": "export"}
REPORTS = [
    Row("reports:list", get="hr auditor", post="hr", refused=403),
    Row("reports:preview", get="hr", refused=403),
    Row("reports:detail", EXPORT, get="hr auditor", refused=403),
    Row("reports:download", EXPORT, get="hr", refused=403),
]


def own(name: str, **answers: Any) -> Row:
    """A page of allauth's about the account of whoever asks: the same for all, with nothing of others to name."""
    answers.setdefault("post", EVERYONE)
    answers.setdefault("visitor", LED_AWAY)  # nothing is written there but what a browser keeps or must not
    forms_take_put = {"closed": NOT_ALLOWED | answers["posted"]} if "posted" in answers else {}
    return Row(name, **({"get": EVERYONE} | forms_take_put | answers))


DONE, REFUSED, ABSENT = frozenset({200}), frozenset({403}), frozenset({404})
NO_POST = {"post": ""}
# The members of the walk have no password and no second factor; tests/people has those who have.
ACCOUNTS = [
    own("account_login", ok=302, posted=LED_AWAY, visitor=DONE),
    own("account_logout", posted=LED_AWAY, closed=NOT_ALLOWED),
    own("account_signup", ok=302, posted=LED_AWAY, visitor=DONE, note="closed"),
    own("account_inactive", **NO_POST, visitor=DONE),
    own("account_reauthenticate", ok=403, posted=REFUSED),
    own("account_email_kept", ok=403, posted=REFUSED, visitor=None),
    own("account_email_verification_sent", **NO_POST, visitor=DONE),
    own("account_confirm_email", ids={"key": "forged"}, posted=ABSENT, visitor=DONE | ABSENT, foreign=DONE | ABSENT),
    own("account_change_password", ok=302, posted=LED_AWAY),
    own("account_set_password", posted=DONE),
    own("account_reset_password", posted=DONE, visitor=DONE),
    own("account_reset_password_done", **NO_POST, visitor=DONE),
    own(
        "account_reset_password_from_key",
        ids={"uidb36": "1", "key": "forged-1"},
        posted=DONE,
        visitor=DONE,
        foreign=DONE,
    ),
    own("account_reset_password_from_key_done", **NO_POST, visitor=DONE),
    own("account_confirm_login_code", ok=302, posted=LED_AWAY),
    own("mfa_index", **NO_POST),
    own("mfa_authenticate", ok=302, posted=LED_AWAY),
    own("mfa_reauthenticate", ok=403, posted=REFUSED),
    own("mfa_activate_totp", posted=DONE),
    own("mfa_deactivate_totp", ok=404, posted=ABSENT),
    own("mfa_view_recovery_codes", **NO_POST, ok=404),
    own("mfa_generate_recovery_codes", posted=DONE),
    own("mfa_download_recovery_codes", ok=404, posted=ABSENT),
]
MATRIX: list[Row] = [*ACCOUNTS, *PAGES, *TOKENS, *CHALLENGES, *IDEAS, *MODERATION, *REWARDS, *PEOPLE, *INBOX, *REPORTS]
