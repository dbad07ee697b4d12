"""Background work of conversations: ids in, one call each; every task is safe to run twice."""

from celery import shared_task


@shared_task(name="conversations.tasks.answer_conversation")
def answer_conversation(conversation_id: int) -> None:
    from conversations.answering import answer

    answer(conversation_id)


@shared_task(
    name="conversations.tasks.deliver_message",
    autoretry_for=(Exception,),
    retry_backoff=2,
    retry_jitter=True,
    max_retries=5,
)
def deliver_message(message_id: int) -> None:
    from conversations.models import Message
    from conversations.transports import deliver

    deliver(Message.objects.select_related("conversation").get(pk=message_id))


@shared_task(name="conversations.tasks.sweep_turns")
def sweep_turns() -> None:
    from conversations.sweeping import sweep

    sweep()
