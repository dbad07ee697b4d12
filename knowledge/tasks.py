"""What knowledge does in the background: ids in, one call each."""

from datetime import timedelta

from celery import shared_task


@shared_task(name="knowledge.tasks.read_item", acks_late=True)
def read_item(item_id: int) -> None:
    from knowledge.reading import read_now

    read_now(item_id)


@shared_task(name="knowledge.tasks.sweep_items")
def sweep_items() -> None:
    from knowledge.reading import wake_forgotten

    for item_id in wake_forgotten():
        read_item.wake(item_id)


@shared_task(name="knowledge.tasks.purge_deleted")
def purge_deleted() -> None:
    from knowledge.reading import purge_deleted as purge

    purge(timedelta(days=30))
