from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crowdhub.settings")

app = Celery("crowdhub")


@worker_init.connect
@beat_init.connect
def _refuse_unsafe(**kwargs: Any) -> None:
    from crowdhub.tenancy.startup import refuse_unsafe  # its apps are loaded only now

    try:
        refuse_unsafe()
    except ImproperlyConfigured as problem:
        # Celery logs every other exception of a signal's receiver, and goes on.
        raise SystemExit(f"Refused to start: {problem}") from problem


app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
