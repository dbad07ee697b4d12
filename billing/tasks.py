"""Background work of billing: one call each, safe to run twice."""

from celery import shared_task


@shared_task(name="billing.tasks.expire_reservations")
def expire_reservations() -> None:
    from billing.quotas import expire

    expire()
