"""What members want to hear of. What is decided about their own and what a colleague asks is told in any case.

That a muted challenge is no longer in the digest's questions stands in digest_content.py.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.db.models import Q

from crowdhub.activity.enums import Verb
from crowdhub.inbox.enums import Channel, Reason
from crowdhub.inbox.models import Mute, Preference

# News that a member can do without; the same, said of an event and its reason, is in Wishes.
OPTIONAL: Final = Q(event__verb=Verb.COMMENT_POSTED) | Q(reason__in=[Reason.FOLLOWER, Reason.LINKED])


class Wishes:
    """What the given members have muted and chosen, for news of the given ideas; two queries."""

    def __init__(self, member_ids: Collection[int], idea_ids: Collection[int] = ()) -> None:
        mutes = Mute.objects.filter(Q(idea__in=idea_ids) | Q(challenge__ideas__in=idea_ids), member__in=member_ids)
        self._muted = {
            (member_id, muted or of_challenge)
            for member_id, muted, of_challenge in mutes.values_list("member_id", "idea_id", "challenge__ideas")
        }
        chosen = Preference.objects.filter(member__in=member_ids).values_list("member_id", "talk", "followed")
        self._chosen = {member_id: (Channel(talk), Channel(followed)) for member_id, talk, followed in chosen}

    def channel(self, member_id: int, verb: str, reason: str, *idea_ids: int | None) -> Channel:
        """Return where news of this kind arrives; NONE where one of the ideas that it is about was muted."""
        is_talk, follows = verb == Verb.COMMENT_POSTED, reason == Reason.FOLLOWER
        if not (is_talk or follows or reason == Reason.LINKED):
            return Channel.DIGEST
        if any((member_id, idea_id) in self._muted for idea_id in idea_ids):
            return Channel.NONE
        talk, followed = self._chosen.get(member_id, (Channel.DIGEST, Channel.DIGEST))
        if follows:
            return followed
        return talk if is_talk else Channel.DIGEST
