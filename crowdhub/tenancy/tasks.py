from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from celery import Task, shared_task
from django.db import transaction
from structlog.contextvars import bound_contextvars

from crowdhub.tenancy.context import tenant
from crowdhub.tenancy.models import Organization

TENANT_TASKS: list[str] = []


def tenant_task(work: Callable[..., Any]) -> Task[..., Any]:
    """Make a Celery task of a function whose first argument is the open organization.

    The task is called with the organization's id in its place. Every database access of the function happens
    in that tenant, in transactions that the function opens itself or, for a single query, in one around it.
    """

    @shared_task(name=f"{work.__module__}.{work.__name__}")
    @functools.wraps(work)
    def task(organization_id: int, *args: Any, **kwargs: Any) -> Any:
        with bound_contextvars(organization_id=organization_id), tenant(Organization(pk=organization_id)):
            with transaction.atomic():
                organization = Organization.objects.get(pk=organization_id)
            with tenant(organization):
                return work(organization, *args, **kwargs)

    TENANT_TASKS.append(task.name)
    return task
