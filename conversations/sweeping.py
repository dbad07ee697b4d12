"""Finishes what a dead process left behind: fails its turns once, wakes answers that are due.

Called by beat through tasks.sweep_turns.
"""

import logging

from conversations import tasks, turns
from conversations.exceptions import TurnLostError

logger = logging.getLogger("sweep")
DUE_SECONDS = 5


def sweep() -> None:
    for turn_id, epoch in turns.take_expired():
        _fail(turn_id, epoch)
    for conversation_id in turns.due_conversations(DUE_SECONDS):
        tasks.answer_conversation.wake(conversation_id)


def _fail(turn_id: int, epoch: int) -> None:
    try:
        turns.fail_turn(turn_id, epoch, reason="process_lost")
    except TurnLostError:
        return
    logger.warning("turn_expired", extra={"turn": turn_id})
