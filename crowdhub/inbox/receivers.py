"""What this app does when something happened elsewhere."""

from __future__ import annotations

from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.activity.registry import after_commit
from crowdhub.inbox.domain import notifying
from crowdhub.inbox.domain.digests import hold_claims
from crowdhub.tenancy.context import current_organization


@after_commit(
    "inbox",
    *notifying.INVITING,
    Verb.CHALLENGE_REPORTED,
    Verb.INVITATION_WITHDRAWN,
    *{*notifying.ABOUT_IDEAS, *notifying.ABOUT_COMMENTS, *notifying.HIDING},
)
def tell_members(events: list[Event]) -> None:
    """Tell those whom the events concern, then take back what no longer holds."""
    hold_claims(current_organization().pk)
    notifying.notify_invited([event for event in events if event.verb in notifying.INVITING])
    notifying.notify(events)
    notifying.notify_reported([event for event in events if event.verb == Verb.CHALLENGE_REPORTED])
    notifying.forget_uninvited([event for event in events if event.verb == Verb.INVITATION_WITHDRAWN])
    notifying.take_back([event for event in events if event.verb == Verb.CASE_REOPENED])
    notifying.settle_hidden([event for event in events if event.verb in notifying.HIDING])
