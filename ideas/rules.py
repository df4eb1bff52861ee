"""Who may do what with an idea or a comment. Predicates take (member, idea) or (member, comment)."""

from __future__ import annotations

from django.db.models import Exists, Func, JSONField, OuterRef, Q
from django.utils.translation import gettext_lazy
from rules.predicates import predicate

from challenges.enums import Action
from challenges.models import Challenge
from challenges.rules import has_open, takes_part
from challenges.rules import manages as manages_challenge
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.people.models import Member
from crowdhub.people.rules import is_auditor, is_moderator
from ideas.enums import HANDED_IN, CommentState, IdeaState, LinkKind
from ideas.models import Comment, Idea, Revision

# The author can still work on these.
EDITABLE = (IdeaState.DRAFT, IdeaState.CHANGES_REQUESTED, IdeaState.PUBLISHED)
WITHDRAWABLE = (*EDITABLE, IdeaState.SUBMITTED)


@predicate
def contributes(member: Member, idea: Idea) -> bool:
    return any(contributor.member_id == member.pk for contributor in idea.contributors.all())


def wrote_before(member: Member | OuterRef, idea: str = "pk") -> Q:
    """Return the condition that the member has left the idea at `idea` of an outer query, or handed in what it says.

    Neither can be undone: events and revisions stay.
    """
    who = member.pk if isinstance(member, Member) else Func(member, function="to_jsonb", output_field=JSONField())
    left = Event.objects.filter(idea=OuterRef(idea), verb=Verb.CONTRIBUTOR_REMOVED, data__member=who)
    handed_in = Revision.objects.filter(idea=OuterRef(idea), author=member)
    return Q(Exists(left)) | Q(Exists(handed_in))


@predicate
def has_written(member: Member, idea: Idea) -> bool:
    """Whether the member writes the idea or ever did: who leaves it does not judge it. Asks the database once."""
    if contributes(member, idea):
        return True
    known: dict[int, bool] = idea.__dict__.get("known_to_have_written", {})
    if member.pk in known:
        return known[member.pk]
    return Idea.objects.filter(wrote_before(member), pk=idea.pk).exists()


def remember_having_written(member: Member, idea: Idea, *, wrote: bool) -> None:
    """Tell `has_written` what a query has brought along, so that it need not ask again; a lock forgets it."""
    idea.__dict__.setdefault("known_to_have_written", {})[member.pk] = wrote


def forget_having_written(idea: Idea) -> None:
    idea.__dict__.pop("known_to_have_written", None)


@predicate
def is_published(member: Member, idea: Idea) -> bool:
    return idea.state == IdeaState.PUBLISHED


@predicate
def is_handed_in(member: Member, idea: Idea) -> bool:
    return idea.state in HANDED_IN


@predicate
def is_editable(member: Member, idea: Idea) -> bool:
    """An answered idea stays as it was when it was answered."""
    return idea.state in EDITABLE and idea.answered_at is None


@predicate
def awaits_its_answer(member: Member, idea: Idea) -> bool:
    return idea.answered_at is None


@predicate
def is_with_the_author(member: Member, idea: Idea) -> bool:
    return idea.state in (IdeaState.DRAFT, IdeaState.CHANGES_REQUESTED)


@predicate
def is_withdrawable(member: Member, idea: Idea) -> bool:
    return idea.state in WITHDRAWABLE and idea.answered_at is None


@predicate
def takes_ideas(member: Member, challenge: Challenge) -> bool:
    return has_open(challenge, Action.SUBMIT)


@predicate
def takes_part_in_its_challenge(member: Member, idea: Idea) -> bool:
    return bool(takes_part(member, idea.challenge))


@predicate
def moderates(member: Member, idea: Idea) -> bool:
    """Moderators of the whole organization do, and those of the idea's challenge."""
    return is_moderator(member) or idea.challenge_id in member.moderated


@predicate
def audits(member: Member, idea: Idea) -> bool:
    return bool(is_auditor(member))


@predicate
def submissions_are_open(member: Member, idea: Idea) -> bool:
    return has_open(idea.challenge, Action.SUBMIT)


@predicate
def was_returned(member: Member, idea: Idea) -> bool:
    """Changes were asked for: the author may answer that even after submissions have closed."""
    return idea.state == IdeaState.CHANGES_REQUESTED


@predicate
def voting_is_open(member: Member, idea: Idea) -> bool:
    return has_open(idea.challenge, Action.VOTE)


@predicate
def comments_are_open(member: Member, idea: Idea) -> bool:
    return has_open(idea.challenge, Action.COMMENT)


@predicate
def manages_its_challenge(member: Member, idea: Idea) -> bool:
    return bool(manages_challenge(member, idea.challenge))


@predicate
def wrote_comment(member: Member, comment: Comment) -> bool:
    return comment.author_id == member.pk and comment.state == CommentState.VISIBLE


# A rule that refuses somebody who can see what it is about has its sentence below it.
write_idea = takes_part & takes_ideas  # (member, challenge)
CANNOT_WRITE = gettext_lazy("This challenge takes no ideas from you at the moment.")
edit_idea = contributes & is_editable & (submissions_are_open | was_returned)
# Nothing that was typed is lost because the time is over: it can be saved, but not handed in.
save_idea = contributes & is_with_the_author
open_editor = edit_idea | save_idea
CANNOT_CHANGE = gettext_lazy("This idea cannot be changed, or not by you.")
submit_idea = contributes & is_with_the_author & (submissions_are_open | was_returned)
CANNOT_SUBMIT = gettext_lazy("This idea cannot be handed in, or not by you.")
withdraw_idea = contributes & is_withdrawable
CANNOT_WITHDRAW = gettext_lazy("This idea cannot be withdrawn, or not by you.")
vote_on_idea = is_published & voting_is_open & ~contributes & takes_part_in_its_challenge
comment_on_idea = is_published & comments_are_open & (takes_part_in_its_challenge | contributes | moderates)
CANNOT_COMMENT = gettext_lazy("Comments are closed here, or not open to you.")
answer_idea = is_published & manages_its_challenge & ~has_written
follow_idea = is_published
CANNOT_FOLLOW = gettext_lazy("This idea is not published.")
# What a moderator had taken out before an idea was published is not for everyone.
read_every_version = contributes | moderates | audits | manages_its_challenge
change_team = withdraw_idea
WHO_CHANGES_TEAM = gettext_lazy("Only its authors change who writes this idea.")
# Authors say what they build on; that an idea says the same as another one is for those who look after both.
link_as_author = contributes & is_published
link_as_overseer = is_handed_in & (moderates | manages_its_challenge)
link_idea = link_as_author | link_as_overseer
WHO_LINKS = gettext_lazy("Only its authors, moderators and the managers of its challenge connect this idea.")
join_idea = is_published & awaits_its_answer & ~contributes & takes_part_in_its_challenge
edit_comment = wrote_comment
WHO_EDITS_COMMENT = gettext_lazy("Only its author can change a visible comment.")


@predicate
def helps_reader(member: Member, comment: Comment) -> bool:
    """The comment is someone else's, visible, and on an idea that the member contributes to."""
    is_other = comment.author_id != member.pk and comment.state == CommentState.VISIBLE
    return is_other and bool(contributes(member, comment.idea))


mark_helpful = helps_reader
WHO_MARKS_HELPFUL = gettext_lazy("Only the idea's authors mark what helped them, from others.")


def link_kinds(member: Member, idea: Idea) -> tuple[LinkKind, ...]:
    """Return the kinds of links from this idea that the member may set and take away, the most usual first."""
    if link_as_overseer(member, idea):
        return tuple(LinkKind)
    return (LinkKind.BUILDS_ON, LinkKind.PART_OF) if link_as_author(member, idea) else ()
