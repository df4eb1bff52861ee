"""Gunicorn's settings, for `gunicorn --config python:crowdhub.operator.web_server`."""

from __future__ import annotations

import logging.config
import os
from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]  # it has no types
from prometheus_client.multiprocess import mark_process_dead

from crowdhub.common.logs import logging_config


class JSONLogger(Logger):
    """Writes what Gunicorn has to say as the product's own lines are written.

    There is no access log beside them: it would hold the keys that they leave out.
    """

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        logging.config.dictConfig(logging_config(level=os.environ.get("LOG_LEVEL") or "INFO"))


logger_class = JSONLogger


def child_exit(server: Any, worker: Any) -> None:
    """Take the gauges of a worker that has ended out of the metrics."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # it has no types either
