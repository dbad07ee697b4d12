"""The Celery application and the project's own Task class, whose `wake` is the one way out of the process."""

import logging
import os
from typing import Any

from celery import Celery, Task
from django.db import transaction
from kombu.exceptions import OperationalError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
logger = logging.getLogger("background")


class WakingTask(Task):
    """A task that a row asks for: the row is the truth, publishing is only a wake-up."""

    abstract = True

    def wake(self, *args: Any) -> None:
        """Publish after the commit; a broker that is away is logged, never raised: a sweep finds the row."""
        transaction.on_commit(lambda: self._publish(args), robust=True)

    def _publish(self, args: tuple[Any, ...]) -> None:
        try:
            self.apply_async(args=args, retry=False)
        except (OperationalError, OSError) as error:
            logger.warning("wake_up_lost", extra={"task": self.name, "error": type(error).__name__})


app = Celery("background", task_cls=WakingTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
