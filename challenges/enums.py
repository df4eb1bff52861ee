from django.db import models
from django.utils.translation import gettext_lazy as _


class ChallengeKind(models.TextChoices):
    IDEAS = "ideas", _("Ideas")
    PROBLEM = "problem", _("Solving a problem")
    FEEDBACK = "feedback", _("Feedback")


class ChallengeState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    LAUNCHED = "launched", _("Launched")
    CLOSED = "closed", _("Closed")


class Visibility(models.TextChoices):
    """Who can see that the challenge exists; the audience says who is asked."""

    ORGANIZATION = "organization", _("Everyone in the organization")
    INVITED = "invited", _("Only those who are invited")


class PhaseKind(models.TextChoices):
    SUBMISSION = "submission", _("Ideas")
    VOTING = "voting", _("Voting")
    REVIEW = "review", _("Decision")


class Action(models.TextChoices):
    """What a phase can open."""

    SUBMIT = "submit"
    COMMENT = "comment"
    VOTE = "vote"
    ANSWER = "answer"


# Phases as data: what members may do while one is open. Phases may overlap.
PHASE_OPENS: dict[str, frozenset[Action]] = {
    PhaseKind.SUBMISSION: frozenset({Action.SUBMIT, Action.COMMENT, Action.ANSWER}),
    PhaseKind.VOTING: frozenset({Action.VOTE, Action.COMMENT, Action.ANSWER}),
    PhaseKind.REVIEW: frozenset({Action.COMMENT, Action.ANSWER}),
}


class ClauseKind(models.TextChoices):
    """What a clause of an audience asks of a member."""

    SKILL = "skill", _("Skill")
    DEPARTMENT = "department", _("Department")
    LOCATION = "location", _("Location")
    GROUP = "group", _("Group")
    INCLUDE = "include", _("Added by name")
    EXCLUDE = "exclude", _("Left out by name")


class ManagerPart(models.TextChoices):
    MANAGER = "manager", _("Manager")
    DEPUTY = "deputy", _("Deputy")
