from __future__ import annotations

import logging.config
import os
from typing import Any

from celery import Celery, Task
from celery.signals import beat_init, setup_logging, worker_init
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.dispatch import receiver
from django_structlog.celery.signals import bind_extra_task_metadata
from django_structlog.celery.steps import DjangoStructLogInitStep
from structlog.contextvars import bind_contextvars

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crowdhub.settings")

app = Celery("crowdhub")
app.steps["worker"].add(DjangoStructLogInitStep)


@worker_init.connect
@beat_init.connect
def _refuse_unsafe(**kwargs: Any) -> None:
    from crowdhub.tenancy.startup import refuse_unsafe  # its apps are loaded only now

    try:
        refuse_unsafe()
    except ImproperlyConfigured as problem:
        # Celery logs every other exception of a signal's receiver, and goes on.
        raise SystemExit(f"Refused to start: {problem}") from problem


@setup_logging.connect
def _log_like_the_web(**kwargs: Any) -> None:
    """Keep Celery from making handlers of its own: one format for all."""
    logging.config.dictConfig(settings.LOGGING)


@receiver(bind_extra_task_metadata)
def _name_organization(task: Task[..., Any], **kwargs: Any) -> None:
    """Let what Celery itself logs of a tenant's task tell the organization; its first argument is the id."""
    from crowdhub.tenancy.tasks import TENANT_TASKS  # its apps are loaded only now

    if task.name in TENANT_TASKS and task.request.args:
        bind_contextvars(organization_id=task.request.args[0])


app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
