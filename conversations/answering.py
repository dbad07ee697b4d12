"""The answer engine: retrieve, build the prompt, stream, close — or fail, exactly once.

Two drains over one engine: `stream_answers` for sockets, `answer` for background work.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from django.conf import settings

from conversations import citations, live, prompting, turns
from conversations.async_db import in_database
from conversations.exceptions import TurnLostError, TurnRunningError
from conversations.live import RunningAnswer, Sink
from conversations.models import Message, RefusalCause
from conversations.presenting import wire_message
from conversations.turns import Answer, OpenTurn
from integrations import providers
from integrations.providers.base import Delta, ProviderError
from knowledge import retrieval
from knowledge.retrieval import Retrieval

logger = logging.getLogger("answering")
COALESCE_SECONDS = 0.03
FOLLOWER_SECONDS = 0.12
HEARTBEAT_SECONDS = 2.0
NO_ANSWER = f"[{prompting.NO_ANSWER_NUMBER}]"


async def stream_answers(turn: OpenTurn | None, sinks: Iterable[Sink] = ()) -> None:
    """Answer, and go on while a newer question of the same conversation came in meanwhile."""
    followers = list(sinks)
    while turn is not None:
        await AnswerRun(turn, followers).run()
        turn = await in_database(next_turn)(turn.conversation.pk)


def next_turn(conversation_id: int) -> OpenTurn | None:
    """A turn for the newest question that waits, if any."""
    question = turns.due_question(conversation_id)
    return open_for(question) if question is not None else None


def open_for(question: Message) -> OpenTurn | None:
    """The turn for a stored question; None when one runs already, or a limit refused and the thread says so."""
    try:
        opened = turns.open_turn(question)
    except TurnRunningError:
        return None
    return opened if isinstance(opened, OpenTurn) else None


def answer(conversation_id: int) -> None:
    """Answer whatever is due in a conversation, to the end, from a background thread."""
    turn = next_turn(conversation_id)
    if turn is not None:
        live.run(_on_a_loop(turn))


async def _on_a_loop(turn: OpenTurn) -> None:
    """Answer; where the loop was made for this answer alone, close the provider's connections with it."""
    try:
        await stream_answers(turn)
    finally:
        if not live.is_bound():
            await providers.close_all()


class AnswerRun:
    """One turn on its way: what was said so far, who follows it, and how it ends."""

    def __init__(self, turn: OpenTurn, sinks: Iterable[Sink]) -> None:
        self.turn = turn
        self.answer = Answer()
        self.running = RunningAnswer(
            conversation_id=turn.conversation.pk, message_id=turn.message.public_id, sinks=set(sinks)
        )
        self.outlet = Outlet(self.running)
        self.is_watched = False
        self.is_ending = False
        self.started = time.monotonic()

    async def run(self) -> None:
        live.register(self.running)
        await self._tell({"type": "message", "message": self._wire(self.turn.message)})
        heart = asyncio.create_task(self._keep_alive(asyncio.current_task()))
        try:
            await self._produce()
        finally:
            live.unregister(self.running)
            heart.cancel()
            with suppress(asyncio.CancelledError):
                await heart

    async def _produce(self) -> None:
        """Make the answer and write its end, whatever that is."""
        try:
            async with asyncio.timeout(settings.ANSWER_TIMEOUT_SECONDS):
                await self._generate()
        except ProviderError as error:
            await self._fail(error.code)
        except TimeoutError:
            await self._fail("timeout")
        except asyncio.CancelledError:
            await asyncio.shield(self._fail("cancelled"))
            raise
        except Exception:
            await self._fail("internal")
            raise
        else:
            await self._close()

    async def _generate(self) -> None:
        await self._phase("searching")
        found = await self._read()
        self.answer.retrieved = citations.retrieved_entries(found.passages)
        if self.turn.is_grounded and (cause := self._why_not(found)):
            await self._refuse(cause)
            return
        await self._phase("answering")
        await self._consume_until_stopped(found)
        await self.outlet.flush()
        await self._conclude(found)

    def _why_not(self, found: Retrieval) -> RefusalCause | None:
        """Nothing was found; or, where nobody reads the passages before quoting them, too little supports them."""
        if not found.passages:
            return RefusalCause.NOTHING_FOUND
        is_quoted = self.turn.provider.kind == "local"
        return RefusalCause.LOW_SUPPORT if is_quoted and not found.is_supported else None

    async def _read(self) -> Retrieval:
        found, self.is_watched = await in_database(_search)(self.turn)
        return found

    async def _consume_until_stopped(self, found: Retrieval) -> None:
        """Read the provider's stream; a stop cancels it at once, wherever it is."""
        consuming = asyncio.create_task(self._consume(found))
        stopping = asyncio.create_task(self.running.stopping.wait())
        try:
            await asyncio.wait({consuming, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            if not consuming.done():
                consuming.cancel()
        try:
            await consuming
        except asyncio.CancelledError:
            if not self.running.stopping.is_set():
                raise
            self.answer.is_stopped = True

    async def _consume(self, found: Retrieval) -> None:
        provider = providers.get(self.turn.provider)
        self.answer.called_provider = True
        async for delta in provider.stream_chat(prompting.build_prompt(self.turn, found.passages)):
            await self._take(delta)

    async def _take(self, delta: Delta) -> None:
        if delta.usage is not None:
            self.answer.usage = delta.usage
        if delta.refused:
            self.answer.refusal_cause = RefusalCause.LOW_SUPPORT
        if delta.text and not self.answer.refusal_cause:
            if self.answer.first_token_ms is None:
                self.answer.first_token_ms = int((time.monotonic() - self.started) * 1000)
            await self.outlet.push(delta.text)

    async def _conclude(self, found: Retrieval) -> None:
        """Turn what was streamed into the final answer: a refusal, or text with resolved citations."""
        text = self.outlet.whole_text.strip()
        if self.answer.refusal_cause or text.startswith(NO_ANSWER):
            await self._refuse(RefusalCause.LOW_SUPPORT)
            return
        if not text and not self.answer.is_stopped:
            raise ProviderError("cut", "The provider sent no text.")
        self.answer.text, self.answer.citations = citations.resolve(text, found.passages)

    async def _refuse(self, cause: RefusalCause) -> None:
        self.answer.refusal_cause = cause
        self.answer.text = self.turn.persona.refusal_text
        self.answer.citations = []

    async def _close(self) -> None:
        self.is_ending = True
        try:
            message = await in_database(turns.close_turn)(self.turn, self.answer)
        except TurnLostError:
            logger.warning("turn_lost", extra={"turn": self.turn.turn_id})
            return
        await self._finish(message)

    async def _fail(self, code: str) -> None:
        self.is_ending = True
        await self.outlet.flush()
        logger.warning("answer_failed", extra={"turn": self.turn.turn_id, "reason": code})
        fail = in_database(turns.fail_turn)
        try:
            message = await fail(
                self.turn.turn_id, self.turn.epoch, reason=code, partial=self.outlet.whole_text.strip()
            )
        except TurnLostError:
            return
        await self._finish(message)

    async def _finish(self, message: Message) -> None:
        await self._tell({"type": "done", "message": self._wire(message)})
        if self.is_watched:
            await self._tell_followers("conversation.finished")

    async def _phase(self, phase: str) -> None:
        await self._tell({"type": "phase", "message": self.running.message_id, "phase": phase})

    async def _tell(self, frame: dict[str, Any]) -> None:
        for sink in tuple(self.running.sinks):
            await sink.send_frame(frame)

    async def _tell_followers(self, kind: str, **content: Any) -> None:
        public_id = self.turn.conversation.public_id
        event = {"type": kind, "conversation": public_id, "message": self.running.message_id, **content}
        await live.send_to_groups([live.watch_group(public_id)], event)

    def _wire(self, message: Message) -> dict[str, Any]:
        return wire_message(message, bot_name=self.turn.persona.name)

    async def _keep_alive(self, owner: asyncio.Task[Any] | None) -> None:
        """Renew the lease and save the text every two seconds; show followers what is new more often."""
        told, beat = 0, time.monotonic()
        while True:
            await asyncio.sleep(FOLLOWER_SECONDS)
            if self.is_watched and self.running.length != told:
                told = self.running.length
                await self._tell_followers("conversation.progress", text=self.running.text)
            if time.monotonic() - beat >= HEARTBEAT_SECONDS:
                beat = time.monotonic()
                await self._beat(owner)

    async def _beat(self, owner: asyncio.Task[Any] | None) -> None:
        try:
            stop_asked, self.is_watched = await in_database(turns.keep_turn)(self.turn, self.running.text)
        except TurnLostError:
            if owner is not None and not self.is_ending:
                owner.cancel()
            return
        except Exception as error:  # noqa: BLE001 (whatever failed, the next beat tries again; a lease outlives several)
            logger.warning("beat_failed", extra={"turn": self.turn.turn_id, "error": type(error).__name__})
            return
        if stop_asked:
            self.running.stopping.set()


def _search(turn: OpenTurn) -> tuple[Retrieval, bool]:
    found = retrieval.search(turn.conversation.chatbot_id, turn.question, language=turn.persona.language)
    return found, live.is_watched(turn.conversation.public_id)


class Outlet:
    """Coalesces tokens: the first goes out at once, later ones at most every COALESCE_SECONDS.

    Text that may still become "no source answers" is held back until it cannot.
    """

    def __init__(self, running: RunningAnswer) -> None:
        self.running = running
        self.pending = ""
        self.is_open = False
        self.timer: asyncio.Task[None] | None = None
        self.sending = asyncio.Lock()

    @property
    def whole_text(self) -> str:
        return self.running.text + self.pending

    async def push(self, text: str) -> None:
        self.pending += text
        if not self.is_open and NO_ANSWER.startswith(self.pending.lstrip()[: len(NO_ANSWER)]):
            return
        if not self.is_open:
            self.is_open = True
            await self._send()
        elif self.timer is None:
            self.timer = asyncio.create_task(self._send_later())

    async def flush(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        if self.is_open:
            await self._send()

    async def _send_later(self) -> None:
        await asyncio.sleep(COALESCE_SECONDS)
        self.timer = None
        await self._send()

    async def _send(self) -> None:
        async with self.sending:
            if not self.pending:
                return
            frame = self.running.append(self.pending)
            self.pending = ""
            for sink in tuple(self.running.sinks):
                await sink.send_frame(frame)
