"""Why somebody has points: each entry of the ledger in one honest sentence."""

from __future__ import annotations

from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crowdhub.activity.enums import Verb
from rewards.enums import DAILY_VOTE_LIMIT, EntryKind, RuleCode

_EARNED: Final[dict[str, Promise]] = {
    RuleCode.FIRST_IDEA: gettext_lazy("Your first published idea, %(idea)s"),
    RuleCode.VOTE_RECEIVED: gettext_lazy("Votes for %(idea)s"),
    RuleCode.COMMENT_HELPFUL: gettext_lazy("Your comment on %(idea)s was marked as helpful"),
    RuleCode.SELECTED: gettext_lazy("%(idea)s was selected"),
    RuleCode.IMPLEMENTED: gettext_lazy("%(idea)s was implemented"),
}
_REVERSED: Final[dict[str, Promise]] = {
    RuleCode.FIRST_IDEA: gettext_lazy("%(idea)s is no longer published"),
    RuleCode.COMMENT_HELPFUL: gettext_lazy("Your comment on %(idea)s is no longer marked as helpful"),
    RuleCode.SELECTED: gettext_lazy("%(idea)s is no longer selected"),
    RuleCode.IMPLEMENTED: gettext_lazy("%(idea)s no longer counts as implemented"),
}
# Where the event says more than the rule does.
_BY_VERB: Final[dict[str, Promise]] = {
    Verb.CONTRIBUTOR_REMOVED: gettext_lazy("You no longer write %(idea)s"),
    Verb.COMMENT_HIDDEN: gettext_lazy("Your comment on %(idea)s was hidden by a moderator"),
    Verb.COMMENT_RESTORED: gettext_lazy("Your helpful comment on %(idea)s is visible again"),
}


def reason_of(entry: Any) -> str:
    """Return why an entry of `queries.entries_of` is there. Who voted is never told, and when a vote came neither.

    An idea that the reader cannot see has no title here.
    """
    if entry.kind == EntryKind.CAPPED:
        words = _("Votes in one challenge give at most %(limit)d points a day, and on some days there were more")
        return words % {"limit": DAILY_VOTE_LIMIT}
    by_rule = _EARNED if entry.kind == EntryKind.EARNED else _REVERSED
    sentence = str(_BY_VERB.get(entry.verb) or by_rule[entry.rule.code])
    title = entry.idea_title
    return sentence % {"idea": _("“%(title)s”") % {"title": title} if title else _("an idea")}
