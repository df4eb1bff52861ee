from django.db import models


class Verb(models.TextChoices):
    """What can happen. The text is stored; its meaning never changes, only versions of an event do."""

    ORGANIZATION_FOUNDED = "organization.founded"  # about its first administrator
    FIRST_STEPS_HIDDEN = "first_steps.hidden"  # about the administrator who did, as the next one
    FIRST_STEPS_SHOWN = "first_steps.shown"
    CHALLENGE_LAUNCHED = "challenge.launched"
    CHALLENGE_INVITED = "challenge.invited"
    CHALLENGE_CHANGED = "challenge.changed"
    CHALLENGE_CLOSED = "challenge.closed"
    CHALLENGE_REPORTED = "challenge.reported"
    TERMS_PUBLISHED = "terms.published"
    TERMS_ACCEPTED = "terms.accepted"
    MANAGER_ADDED = "manager.added"
    MANAGER_CHANGED = "manager.changed"
    MANAGER_REMOVED = "manager.removed"
    MODERATOR_ADDED = "moderator.added"  # of one challenge; one of the whole organization is role.granted
    MODERATOR_REMOVED = "moderator.removed"
    INVITATION_WITHDRAWN = "invitation.withdrawn"
    IDEA_SUBMITTED = "idea.submitted"
    IDEA_RESUBMITTED = "idea.resubmitted"
    IDEA_PUBLISHED = "idea.published"
    IDEA_CHANGES_REQUESTED = "idea.changes_requested"
    IDEA_REJECTED = "idea.rejected"
    IDEA_WITHDRAWN = "idea.withdrawn"
    IDEA_REVISED = "idea.revised"
    IDEA_ANSWERED = "idea.answered"
    IDEA_FOLLOWED = "idea.followed"
    IDEA_UNFOLLOWED = "idea.unfollowed"
    ATTACHMENT_ADDED = "attachment.added"  # about its idea, as the next one
    ATTACHMENT_REMOVED = "attachment.removed"
    CONTRIBUTOR_ADDED = "contributor.added"
    CONTRIBUTOR_REMOVED = "contributor.removed"
    IDEA_LINKED = "idea.linked"
    IDEA_UNLINKED = "idea.unlinked"
    JOIN_ASKED = "join.asked"
    JOIN_INVITED = "join.invited"
    JOIN_DECLINED = "join.declined"  # one that was accepted is contributor.added
    JOIN_TAKEN_BACK = "join.taken_back"
    VOTE_CAST = "vote.cast"
    VOTE_WITHDRAWN = "vote.withdrawn"
    COMMENT_POSTED = "comment.posted"
    COMMENT_EDITED = "comment.edited"
    COMMENT_HIDDEN = "comment.hidden"
    COMMENT_RESTORED = "comment.restored"
    COMMENT_MARKED_HELPFUL = "comment.marked_helpful"
    COMMENT_UNMARKED_HELPFUL = "comment.unmarked_helpful"
    COMMENT_REPORTED = "comment.reported"
    IDEA_REPORTED = "idea.reported"
    CASE_DECIDED = "case.decided"
    CASE_REOPENED = "case.reopened"
    REASON_ADDED = "reason.added"  # to start from; about the moderator who did, as the next two
    REASON_CHANGED = "reason.changed"
    REASON_DELETED = "reason.deleted"
    MEMBER_INVITED = "member.invited"
    MEMBER_PASSWORD_LINK_ASKED = "member.password_link_asked"  # noqa: S105  a verb, not a secret
    MEMBER_SKILLS_CHANGED = "member.skills_changed"
    MEMBER_CHANGED = "member.changed"
    MEMBER_IMPORT_UPLOADED = "member.import_uploaded"
    MEMBER_IMPORT_CONFIRMED = "member.import_confirmed"
    MEMBER_IMPORT_DISCARDED = "member.import_discarded"
    MEMBER_BULK_CONFIRMED = "member.bulk_confirmed"
    MEMBER_BULK_CONTINUED = "member.bulk_continued"
    MEMBER_BULK_STOPPED = "member.bulk_stopped"
    MEMBER_EXPORTED = "member.exported"
    STRUCTURE_ADDED = "structure.added"
    STRUCTURE_RENAMED = "structure.renamed"
    STRUCTURE_DELETED = "structure.deleted"
    GROUP_JOINED = "group.joined"
    GROUP_LEFT = "group.left"
    SETTINGS_CHANGED = "settings.changed"
    ROLE_GRANTED = "role.granted"
    ROLE_REVOKED = "role.revoked"
    TOKEN_CREATED = "token.created"  # noqa: S105  a verb, not a secret
    TOKEN_REVOKED = "token.revoked"  # noqa: S105  a verb, not a secret
    EXPORT_REQUESTED = "export.requested"
    EXPORT_FINISHED = "export.finished"
    EXPORT_DOWNLOADED = "export.downloaded"


ABOUT_REASONS = (Verb.REASON_ADDED, Verb.REASON_CHANGED, Verb.REASON_DELETED)
