from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from challenges.enums import ChallengeState
from challenges.models import Challenge
from crowdhub.common.errors import Refusal


class ChallengeNotDraft(Refusal):
    message = _("This challenge has already been launched.")


class ChallengeNotLaunched(Refusal):
    message = _("This challenge is not running.")


def lock_draft(challenge: Challenge) -> None:
    """Lock a challenge for the rest of the transaction and read it anew; raises ChallengeNotDraft."""
    lock_challenge(challenge)
    if challenge.state != ChallengeState.DRAFT:
        raise ChallengeNotDraft


def lock_launched(challenge: Challenge) -> None:
    """Lock a challenge for the rest of the transaction and read it anew; raises ChallengeNotLaunched."""
    lock_challenge(challenge)
    if challenge.state != ChallengeState.LAUNCHED:
        raise ChallengeNotLaunched


def lock_challenge(challenge: Challenge) -> None:
    """Lock a challenge in any state for the rest of the transaction and read it anew."""
    challenge.refresh_from_db(from_queryset=Challenge.objects.select_for_update())
