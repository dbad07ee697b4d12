"""Answers that run in this process, and the way from a changed row to every socket that shows it.

The engine registers its running answers here; consumers attach to them and listen to groups. Groups carry
wake-ups only: a lost one is made good from the rows.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.core.cache import cache
from django.db import transaction
from redis.exceptions import RedisError

from conversations.models import Conversation

logger = logging.getLogger("live")
WATCHED_SECONDS = 40
STOP_SECONDS = 8


class Sink(Protocol):
    """A socket that follows a running answer."""

    async def send_frame(self, frame: dict[str, Any]) -> None: ...


@dataclass(slots=True, eq=False)
class RunningAnswer:
    """An answer as far as it has come; `length` counts UTF-16 code units, as the browser does."""

    conversation_id: int
    message_id: str
    text: str = ""
    length: int = 0
    sinks: set[Sink] = field(default_factory=set)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    def append(self, text: str) -> dict[str, Any]:
        """Grow the text; return the frame that tells of it."""
        frame = {"type": "delta", "message": self.message_id, "offset": self.length, "text": text}
        self.text += text
        self.length += utf16_length(text)
        return frame


class Process:
    """What live chat holds in this process: its loop, its tasks and its running answers."""

    def __init__(self) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None
        self.tasks: set[asyncio.Task[None]] = set()
        self.answers: dict[int, RunningAnswer] = {}


process = Process()


def utf16_length(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def start() -> None:
    """Bind the loop that sockets live on, so that other threads of this process can reach it."""
    process.loop = asyncio.get_running_loop()


def is_bound() -> bool:
    """Does this process serve sockets?"""
    return process.loop is not None


async def stop() -> None:
    """Let running answers end, for a while; what is left over is finished by the sweep."""
    if process.tasks:
        await asyncio.wait(process.tasks, timeout=STOP_SECONDS)
    process.loop = None


def spawn(work: Coroutine[Any, Any, None]) -> None:
    """Run `work` for the process, not for the socket that asked for it."""
    task = asyncio.get_running_loop().create_task(work)
    process.tasks.add(task)
    task.add_done_callback(_finished)


def _finished(task: asyncio.Task[None]) -> None:
    process.tasks.discard(task)
    if not task.cancelled() and task.exception() is not None:
        logger.error("live_task_failed", exc_info=task.exception())


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run `work` to its end from a thread: on the process's loop where there is one, else on its own."""
    if process.loop is None:
        asyncio.run(work)
    else:
        asyncio.run_coroutine_threadsafe(work, process.loop).result()


def register(answer: RunningAnswer) -> None:
    process.answers[answer.conversation_id] = answer


def unregister(answer: RunningAnswer) -> None:
    if process.answers.get(answer.conversation_id) is answer:
        del process.answers[answer.conversation_id]


def request_stop(conversation_id: int) -> None:
    """Stop a running answer of this process, from any of its threads."""
    answer = process.answers.get(conversation_id)
    if answer is not None and process.loop is not None:
        process.loop.call_soon_threadsafe(answer.stopping.set)


def running_in(conversation_id: int) -> RunningAnswer | None:
    return process.answers.get(conversation_id)


def conversation_group(public_id: str) -> str:
    return f"conversation.{public_id}"


def customer_group(customer_id: int) -> str:
    return f"customer.{customer_id}"


def watch_group(public_id: str) -> str:
    return f"watch.{public_id}"


def publish_conversation(conversation: Conversation) -> None:
    """After the commit, wake every socket that shows this conversation."""
    event = {"conversation": conversation.public_id}
    groups = [conversation_group(conversation.public_id), customer_group(conversation.customer_id)]
    transaction.on_commit(lambda: wake_groups(groups, {"type": "conversation.changed", **event}), robust=True)


def wake_groups(groups: list[str], event: dict[str, Any]) -> None:
    """Send one event to groups from a thread; a layer that is away is logged, the rows stay true."""
    if process.loop is not None:
        asyncio.run_coroutine_threadsafe(send_to_groups(groups, event), process.loop)
    else:
        async_to_sync(send_to_groups)(groups, event)


async def send_to_groups(groups: list[str], event: dict[str, Any]) -> None:
    layer = get_channel_layer()
    try:
        for group in groups:
            await layer.group_send(group, event)
    except (RedisError, OSError) as error:
        logger.warning("wake_up_lost", extra={"groups": groups, "error": type(error).__name__})


def mark_watched(public_id: str) -> None:
    """Somebody looks at this conversation in the dashboard for the next WATCHED_SECONDS."""
    cache.set(f"watched:{public_id}", 1, timeout=WATCHED_SECONDS)


def is_watched(public_id: str) -> bool:
    try:
        return cache.get(f"watched:{public_id}") is not None
    except (RedisError, OSError):
        return False
