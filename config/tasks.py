"""Background work of the installation itself."""

from celery import shared_task


@shared_task(name="config.tasks.record_heartbeat")
def record_heartbeat() -> None:
    from config.health import record_heartbeat as record

    record()
