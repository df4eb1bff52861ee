"""The same for many people: prepared from a list, shown, confirmed, and worked off in batches.

Every batch is a transaction of its own that ends by asking for the next one, so a worker may die: what was done stays
done, and the rest is done once. Each person is treated by the call that the button on their page makes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crowdhub.common.errors import About, Refusal
from crowdhub.people import rules
from crowdhub.people.domain.directory import deactivate_member, place_member
from crowdhub.people.domain.joining import invite_member
from crowdhub.people.domain.keeping import ensure_places
from crowdhub.people.domain.structure import add_to_group, remove_from_group
from crowdhub.people.enums import BulkAction, BulkState
from crowdhub.people.facts import Fact, announce
from crowdhub.people.models import BulkChange, BulkRefusal, Department, Group, Location, Member
from crowdhub.people.queries import by_name

BATCH: Final = 100  # people in a transaction; a change of no more is done while it is confirmed, larger ones by workers
PREVIEW_LASTS: Final = timedelta(days=1)
Target = Department | Location | Group

# What an action needs to know besides the people: the column of the change, and its class.
TARGETS: Final[dict[str, type[Target]]] = {
    BulkAction.ADD_TO_GROUP: Group,
    BulkAction.TAKE_OUT: Group,
    BulkAction.MOVE: Department,
    BulkAction.PLACE: Location,
}
NO_LONGER: Final = _("Whoever asked for it may no longer do this.")
TARGET_GONE: Final = _("What the people were to be moved to has been deleted in the meantime.")


class NobodyChosen(Refusal):
    message = _("Tick at least one person.")


class NotForYou(Refusal):
    about = About.WHO_ASKS
    message = _("Groups are for administrators of the whole organization.")


class NoTarget(Refusal):
    message = _("Choose one.")


class Gone(Refusal):
    message = _("This account was erased.")


class ChangeOver(Refusal):
    message = _("This is over, or being done already.")


class PreviewOutdated(Refusal):
    message = _(
        "This was prepared more than a day ago, and who fits may be others by now. Tick the people in the list again."
    )


def may_do(actor: Member, action: str) -> bool:
    """Tell whether the member does this to people at all; to whom, is decided for each of them."""
    rule = rules.is_administrator if TARGETS.get(action) is Group else rules.change_many
    return bool(rule(actor))


@transaction.atomic
def prepare_bulk_change(
    people: QuerySet[Member], action: BulkAction, *, actor: Member, target: Target | None = None
) -> BulkChange:
    """Keep whom an action is about, as they are now, until it is confirmed, for a day at most.

    For administrators, each with the people of their directory. Raises NobodyChosen, NotForYou, NoTarget, OutsideScope.
    """
    if not may_do(actor, action):
        raise NotForYou(field="action")
    wanted = TARGETS.get(action)
    if wanted is not None and not isinstance(target, wanted):
        raise NoTarget(field=f"to_{wanted._meta.model_name}")
    if action == BulkAction.MOVE:
        _ensure_places(actor, target)
    member_ids = list(by_name(people).values_list("pk", flat=True))
    if not member_ids:
        raise NobodyChosen
    change: BulkChange = BulkChange.objects.create(
        organization_id=actor.organization_id,
        requested_by=actor,
        action=action,
        member_ids=member_ids,
        count=len(member_ids),
        **({} if wanted is None else {str(wanted._meta.model_name): target}),
    )
    return change


def is_outdated(change: BulkChange, *, now: datetime) -> bool:
    """Tell whether a change was prepared too long ago to be confirmed."""
    return change.created_at <= now - PREVIEW_LASTS


@transaction.atomic
def confirm_bulk_change(change: BulkChange, *, actor: Member, now: datetime | None = None) -> None:
    """Begin with a change that was shown: the first batch at once if it is the only one, otherwise all by the workers.

    For whoever prepared it. Raises ChangeOver when it was begun, or discarded, before, and PreviewOutdated when it is
    older than PREVIEW_LASTS.
    """
    now = now or timezone.now()
    shown = BulkChange.objects.filter(pk=change.pk, state=BulkState.PREVIEW)
    if not shown.filter(created_at__gt=now - PREVIEW_LASTS).update(state=BulkState.RUNNING, confirmed_at=now):
        raise PreviewOutdated if shown.exists() else ChangeOver
    announce(Fact.BULK_CONFIRMED, actor, actor=actor, data={"bulk": change.pk, "action": change.action})
    if change.count <= BATCH:
        work_off(change.pk)


@transaction.atomic
def stop_bulk_change(change: BulkChange, *, actor: Member) -> BulkState:
    """Discard a change that was not confirmed, or do no more of one that is under way; return which of them it was.

    For whoever may look at it. Raises ChangeOver.
    """
    held = BulkChange.objects.select_for_update(of=("self",)).defer("member_ids").get(pk=change.pk)
    ends = {BulkState.PREVIEW: BulkState.DISCARDED, BulkState.RUNNING: BulkState.STOPPED}
    state = ends.get(BulkState(held.state))
    if state is None:
        raise ChangeOver
    _stop(held, state, actor)
    return state


@transaction.atomic
def discard_outdated_changes(*, now: datetime) -> int:
    """Discard the changes that nobody can confirm any more, and return how many. For the workers."""
    outdated = BulkChange.objects.filter(state=BulkState.PREVIEW, created_at__lte=now - PREVIEW_LASTS)
    changes = list(outdated.select_for_update(of=("self",)).select_related("requested_by").defer("member_ids"))
    for change in changes:
        _stop(change, BulkState.DISCARDED, None)
    return len(changes)


@transaction.atomic
def work_off(change_id: int) -> int:
    """Do the next batch of a change and ask for the one after it; return how many people it was. For the workers.

    A change that is over, or was stopped, is left alone.
    """
    found = BulkChange.objects.select_for_update(of=("self",)).defer("member_ids").filter(pk=change_id)
    change = found.select_related("requested_by__department", "department", "location", "group").first()
    if change is None or change.state != BulkState.RUNNING:
        return 0
    actor = change.requested_by
    if not (actor.is_active and may_do(actor, change.action)):
        return _give_up(change, NO_LONGER)
    if change.action in TARGETS and change.target is None:
        return _give_up(change, TARGET_GONE)
    batch = _batch_of(change)
    refused = _do_to_each(change, batch, actor)
    BulkRefusal.objects.bulk_create(refused)
    change.done_count += len(batch)
    change.changed_count += len(batch) - len(refused)
    change.save(update_fields=["done_count", "changed_count"])
    if change.done_count >= change.count:
        _end(change, BulkState.DONE)
    else:
        announce(Fact.BULK_CONTINUED, actor, actor=actor, data={"bulk": change.pk})
    return len(batch)


def _batch_of(change: BulkChange) -> list[int]:
    """Return the ids of the next people; the whole list is not read for them."""
    part = f"member_ids__{change.done_count}_{change.done_count + BATCH}"
    ids: list[int] = BulkChange.objects.values_list(part, flat=True).get(pk=change.pk)
    return ids


def _do_to_each(change: BulkChange, member_ids: list[int], actor: Member) -> list[BulkRefusal]:
    act = _call_of(change, actor)
    people = Member.objects.filter(erased_at=None).select_related("department").in_bulk(member_ids)
    refused = []
    with translation.override(actor.language):
        for member_id in member_ids:
            try:
                with transaction.atomic():  # what is refused for one is undone for one
                    act(_there(people.get(member_id)))
            except Refusal as refusal:
                refused.append(
                    BulkRefusal(
                        organization_id=change.organization_id,
                        change=change,
                        member_id=member_id,
                        reason=str(refusal)[:300],
                    )
                )
    return refused


def _there(person: Member | None) -> Member:
    if person is None:
        raise Gone
    return person


def _call_of(change: BulkChange, actor: Member) -> Callable[[Member], object]:
    """Return what is done to each of the people."""
    group, department, location = change.group, change.department, change.location
    match BulkAction(change.action):
        case BulkAction.ADD_TO_GROUP if group:
            return lambda person: add_to_group(group, person, actor=actor)
        case BulkAction.TAKE_OUT if group:
            return lambda person: remove_from_group(group, person, actor=actor)
        case BulkAction.MOVE if department:
            return lambda person: place_member(person, department=department, actor=actor)
        case BulkAction.PLACE if location:
            return lambda person: place_member(person, location=location, actor=actor)
        case BulkAction.INVITE:
            return lambda person: invite_member(person, actor=actor)
        case BulkAction.DEACTIVATE:
            return lambda person: deactivate_member(person, actor=actor)
    raise ValueError(f"{change.action} has lost its target.")


def _ensure_places(actor: Member, target: Target | None) -> None:
    try:
        ensure_places(actor, target if isinstance(target, Department) else None)
    except Refusal as refusal:
        refusal.show_beside("to_department")
        raise


def _give_up(change: BulkChange, why: str | Promise) -> int:
    with translation.override(change.requested_by.language):
        change.error = str(why)
    change.save(update_fields=["error"])
    _stop(change, BulkState.STOPPED, None)
    return 0


def _stop(change: BulkChange, state: BulkState, actor: Member | None) -> None:
    """End a change before it is done, which is on record; without an actor nobody did, but what it needs is gone."""
    _end(change, state)
    data = {"bulk": change.pk, "action": change.action, "state": state, "done": change.done_count}
    announce(Fact.BULK_STOPPED, change.requested_by, actor=actor, data=data)


def _end(change: BulkChange, state: BulkState) -> None:
    """Note how a change ended, and forget whom it was about: those whom it left as they were are kept beside it."""
    BulkChange.objects.filter(pk=change.pk).update(state=state, finished_at=timezone.now(), member_ids=[])
    change.state = state
