"""What the tests of changes of many people share."""

from __future__ import annotations

from django.urls import reverse

from crowdhub.people.domain import bulk
from crowdhub.people.enums import BulkAction
from crowdhub.people.models import BulkChange, BulkRefusal, Member

LIST = reverse("people:list")


def post(client, *people: Member, address: str = LIST, **fields):
    return client.post(address, {"person": [person.public_id for person in people], **fields})


def prepared(cast, *people: Member, action=BulkAction.DEACTIVATE, actor=None, target=None) -> BulkChange:
    chosen = Member.objects.filter(pk__in=[person.pk for person in people])
    return bulk.prepare_bulk_change(chosen, action, actor=actor or cast.erin, target=target)


def page_of(client, change: BulkChange) -> str:
    return client.get(reverse("people:bulk", args=[change.public_id])).content.decode()


def confirm(client, change: BulkChange):
    return client.post(reverse("people:bulk-confirm", args=[change.public_id]))


def reasons(change: BulkChange) -> dict[str, str]:
    return dict(BulkRefusal.objects.filter(change=change).values_list("member__name", "reason"))
