from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crowdhub.settings")

app = Celery("crowdhub")


@worker_init.connect
def _refuse_unsafe_settings(**kwargs: Any) -> None:
    from crowdhub.tenancy.startup import refuse_unsafe_settings  # its apps are loaded only now

    refuse_unsafe_settings()


app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
