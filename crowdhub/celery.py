from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crowdhub.settings")

app = Celery("crowdhub")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
