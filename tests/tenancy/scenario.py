"""Everything that acme can own, with a canary in every text, for the walk over all addresses."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from django.utils import timezone

from challenges.domain.managing import appoint_moderator
from challenges.domain.terms import publish_terms
from challenges.enums import ClauseKind, Visibility
from challenges.models import AudienceClause, TermsAcceptance
from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.api.models import PersonalToken
from crowdhub.inbox.domain.muting import mute
from crowdhub.inbox.enums import Reason
from crowdhub.inbox.models import Notification
from crowdhub.people.domain.bulk import prepare_bulk_change
from crowdhub.people.domain.logo import set_logo
from crowdhub.people.enums import BulkAction, Role
from crowdhub.people.models import Group, GroupMembership, ImportProblem, Location, Member, MemberImport
from crowdhub.reports.enums import ExportState
from crowdhub.reports.models import Export
from crowdhub.tenancy.context import tenant
from ideas.domain.attaching import attach_file
from ideas.domain.discussion import post_comment
from ideas.domain.joining import invite_colleague
from ideas.domain.linking import link_ideas
from ideas.domain.publishing import publish_idea
from ideas.domain.writing import save_draft, submit_idea
from ideas.enums import CommentState, IdeaState, LinkKind
from ideas.models import Contributor, Idea, JoinRequest
from moderation.enums import CaseOutcome
from moderation.models import Case, ReasonTemplate
from tests import factories
from tests.harness import uploads
from tests.harness.cast import Cast

CANARY = "KANARIENVOGEL"
NEIGHBOUR = "NACHBARSKATZE"  # stands in the texts of another organization that owns as much

# How somebody stands to alice's idea in carol's challenge, which only the invited can see.
ACME_RELATIONS = (
    "author",
    "colleague",  # invited, like the author
    "outsider",  # an employee who is not
    "moderator",
    "challenge_moderator",  # of this challenge and no other, and not invited to it
    "manager",
    "other_manager",  # a manager, of another challenge
    "hr",
    "administrator",
    "evaluator",
    "auditor",
)
FOREIGN_RELATIONS = (
    "foreign",  # mallory on her own host, with acme's ids
    "replayed",  # mallory's cookie on acme's host
    "visitor",  # signed out, on acme's host
)
RELATIONS = ACME_RELATIONS + FOREIGN_RELATIONS


@dataclass
class Scenario:
    cast: Cast
    members: dict[str, Member]  # relation -> who
    ids: dict[str, str] = field(default_factory=dict)  # what an address names -> its public id in acme


def build(cast: Cast, *, word: str = CANARY) -> Scenario:
    """Fill the cast's organization; texts carry the word, and the stranger's organization has nothing but mallory."""
    with tenant(cast.acme):
        return _build(cast, word)


def _build(cast: Cast, word: str) -> Scenario:
    members = _members(cast)
    colleague, other_manager = members["colleague"], members["other_manager"]
    scenario = Scenario(cast, members)
    for person in members.values():
        if person is not cast.mallory:
            person.name = f"{person.name} {word}"
            person.save()
    for thing in (cast.operations, cast.assembly, cast.sales, cast.welding):
        thing.name = f"{thing.name} {word}"
        thing.save()
    terms = publish_terms(f"Yours stays yours. {word}", actor=cast.carol)
    challenge = factories.challenge(
        cast.carol,
        title=f"Weld {word}",
        objective=word,
        visibility=Visibility.INVITED,
        terms=terms,
        brief_html={"objective": f"<p>{word}</p>"},
    )
    AudienceClause.objects.create(
        organization=cast.acme, challenge=challenge, kind=ClauseKind.SKILL, skill=cast.welding
    )
    invitations = [factories.invitation(challenge, members[who]) for who in ("author", "colleague")]
    appoint_moderator(challenge, member=members["challenge_moderator"], actor=cast.carol)
    draft_challenge = factories.challenge(cast.carol, title=f"Later {word}", state="draft", launched_at=None)
    for who in ("author", "colleague"):
        TermsAcceptance.objects.create(organization=cast.acme, terms=terms, challenge=challenge, member=members[who])
    idea = _idea(challenge, cast.alice, cast.bob, word)
    other_idea = _idea(challenge, colleague, cast.bob, word)
    link, _is_new = link_ideas(idea, other_idea, LinkKind.BUILDS_ON, actor=cast.alice)
    # What the moderator of one challenge must not see: an idea that waits in another one for the invited.
    elsewhere = factories.challenge(other_manager, title=f"Elsewhere {word}", visibility=Visibility.INVITED)
    factories.invitation(elsewhere, colleague)
    waiting_elsewhere = save_draft(
        elsewhere, actor=colleague, title=f"Elsewhere {word}", body=word, language="en", client_uuid=uuid.uuid4()
    )
    submit_idea(waiting_elsewhere, actor=colleague)
    waiting = save_draft(
        challenge, actor=cast.alice, title=f"Waits {word}", body=word, language="en", client_uuid=uuid.uuid4()
    )
    submit_idea(waiting, actor=cast.alice)
    draft = save_draft(
        challenge, actor=cast.alice, title=f"Draft {word}", body=word, language="en", client_uuid=uuid.uuid4()
    )
    attachment, draft_attachment = (
        attach_file(each, file=uploads.upload(f"Costs {word}".encode(), f"{word}.txt"), actor=cast.alice)[0]
        for each in (idea, draft)
    )
    comment = post_comment(idea, actor=colleague, body=f"Well said. {word}", parent=None)
    hidden = factories.comment(idea, colleague, body=f"Hidden {word}")
    hidden.state = CommentState.HIDDEN
    hidden.save()
    join_request = JoinRequest.objects.create(organization=cast.acme, idea=idea, member=colleague)
    shared = save_draft(
        challenge, actor=cast.alice, title=f"Shared {word}", body=word, language="en", client_uuid=uuid.uuid4()
    )
    asked_to_write = invite_colleague(shared, colleague, actor=cast.alice)
    event = record(Verb.IDEA_REVISED, subject=idea, actor=cast.bob)
    notification = Notification.objects.create(
        organization=cast.acme, member=cast.alice, event=event, reason=Reason.CONTRIBUTOR
    )
    export = Export.objects.create(
        organization=cast.acme,
        requested_by=cast.dave,
        first_month=date(2026, 1, 1),
        last_month=date(2026, 3, 1),
        state=ExportState.DONE,
        progress=100,
        finished_at=timezone.now(),
        file_name="engagement.csv",
        content=word.encode(),
        file_format="csv",
    )
    digest = sha256(word.encode()).hexdigest()
    token = PersonalToken.objects.create(organization=cast.acme, member=cast.alice, name=word, digest=digest)
    template = ReasonTemplate.objects.create(
        organization=cast.acme, outcome=CaseOutcome.REJECTED, title=word, text=word
    )
    location = Location.objects.create(organization=cast.acme, name=f"Berlin {word}")
    group = Group.objects.create(organization=cast.acme, name=f"Green {word}")
    GroupMembership.objects.create(organization=cast.acme, group=group, member=cast.alice)
    upload = MemberImport.objects.create(
        organization=cast.acme, uploaded_by=cast.erin, file_name=f"{word}.csv", content="name,email\n"
    )
    ImportProblem.objects.create(organization=cast.acme, upload=upload, line=2, column="email", message=word)
    bulk_change = prepare_bulk_change(
        Member.objects.filter(pk=cast.alice.pk), BulkAction.ADD_TO_GROUP, actor=cast.erin, target=group
    )
    case = Case.objects.get(idea=waiting)
    Contributor.objects.create(organization=cast.acme, idea=waiting, member=cast.carol, share=0)
    # Without the canary: like the name, a logo is for every visitor of the host.
    set_logo(cast.acme, factories.png(text=cast.acme.slug), actor=cast.erin)
    unclaimed_skill = factories.skill(f"Soldering {word}")
    scenario.ids = {
        "challenge": challenge.public_id,
        "draft_challenge": draft_challenge.public_id,
        "idea": idea.public_id,
        "other_idea": other_idea.public_id,
        "link": link.public_id,
        "waiting_idea": waiting.public_id,
        "other_challenge": elsewhere.public_id,
        "waiting_elsewhere": waiting_elsewhere.public_id,
        "other_case": Case.objects.get(idea=waiting_elsewhere).public_id,
        "draft_idea": draft.public_id,
        "attachment": attachment.public_id,
        "draft_attachment": draft_attachment.public_id,
        "comment": comment.public_id,
        "hidden_comment": hidden.public_id,
        "join_request": join_request.public_id,
        "shared_draft": shared.public_id,
        "asked_to_write": asked_to_write.public_id,
        "case": case.public_id,
        "notification": notification.public_id,
        "mute": mute(cast.alice, other_idea).public_id,
        "export": export.public_id,
        "token": token.public_id,
        "template": template.public_id,
        "member": cast.alice.public_id,
        "manager": cast.carol.public_id,
        "challenge_moderator": members["challenge_moderator"].public_id,
        "outsider": cast.ed.public_id,
        "other_manager": other_manager.public_id,
        "outsider_email": cast.ed.email,
        "colleague_email": colleague.email,
        "draft_uuid": str(draft.client_uuid),
        "unclaimed_skill": unclaimed_skill.public_id,
        "department": cast.assembly.public_id,
        "location": location.public_id,
        "skill": cast.welding.public_id,
        "group": group.public_id,
        "import": upload.public_id,
        "bulk_change": bulk_change.public_id,
        "terms": terms.public_id,
        "invitation": str(invitations[1].pk),
        "logo": cast.acme.logo_version,
    }
    return scenario


def _members(cast: Cast) -> dict[str, Member]:
    colleague = factories.member("Colleague", department=cast.assembly)
    factories.has_skill(colleague, cast.welding, level=3)
    other_manager = factories.member("Otto", department=cast.sales)
    factories.grant(other_manager, Role.MANAGER)
    expert = factories.member("Xenia", department=cast.sales)
    return {
        "author": cast.alice,
        "colleague": colleague,
        "outsider": cast.ed,
        "moderator": cast.bob,
        "challenge_moderator": expert,
        "manager": cast.carol,
        "other_manager": other_manager,
        "hr": cast.dave,
        "administrator": cast.erin,
        "evaluator": cast.grace,
        "auditor": cast.frank,
        "foreign": cast.mallory,
        "replayed": cast.mallory,
    }


def _idea(challenge, author: Member, moderator: Member, word: str) -> Idea:
    idea = save_draft(
        challenge, actor=author, title=f"Pulse {word}", body=word, language="en", client_uuid=uuid.uuid4()
    )
    submit_idea(idea, actor=author)
    publish_idea(idea, actor=moderator)
    Case.objects.filter(idea=idea).update(state="decided", decided_at=timezone.now())
    idea.refresh_from_db()
    assert idea.state == IdeaState.PUBLISHED
    return idea
