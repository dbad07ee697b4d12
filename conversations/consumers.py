"""The two sockets: a visitor's widget and a member's dashboard. They check, hand over, and send frames."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import msgspec
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from chatbots.models import Chatbot
from conversations import answering, inbox, live, visiting, visitors, watching
from conversations.async_db import in_database
from conversations.exceptions import ConversationError, RateLimitedError, VisitorRefusedError
from conversations.frames import (
    AskPerson,
    DashboardFrame,
    Feedback,
    FrameError,
    Hello,
    Ping,
    Send,
    Stop,
    Unwatch,
    VisitorFrame,
    Watch,
    read_dashboard_frame,
    read_visitor_frame,
)
from conversations.inbox import Received
from conversations.models import Conversation
from conversations.visiting import Visit, VisitEndedError
from conversations.watching import Watcher

HELLO_SECONDS = 10
RECHECK_SECONDS = 4
SEND_SECONDS = 5
CLOSE_TRY_AGAIN = 1013
CLOSE_REFUSED = 4403
CLOSE_SILENT = 4408
encode = msgspec.json.Encoder().encode


class FrameConsumer(AsyncWebsocketConsumer):
    """A consumer of JSON frames. The database is reached by `in_database` alone, so the hop through
    Channels' one thread that precedes every handler is left out."""

    async def dispatch(self, message: dict[str, Any]) -> None:
        await getattr(self, message["type"].replace(".", "_"))(message)

    async def send_frame(self, frame: dict[str, Any]) -> None:
        """Send one frame; a socket that has gone meanwhile, or does not read, is let go."""
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self.send(text_data=encode(frame).decode())
        except (OSError, RuntimeError):
            await self.forget()

    async def close(self, code: int | bool | None = None, reason: str | None = None) -> None:
        """Close; a socket that has gone meanwhile is closed already."""
        with suppress(OSError, RuntimeError):
            await super().close(code, reason)

    async def forget(self) -> None:
        """Let go of whatever would send to this socket."""

    def header(self, name: bytes) -> str | None:
        values = [value for key, value in self.scope["headers"] if key == name]
        return values[0].decode("latin-1") if values else None

    async def refuse(self, code: str, message: str, **details: Any) -> None:
        await self.send_frame({"type": "error", "code": code, "message": message, **details})


class WidgetConsumer(FrameConsumer):
    """A visitor's socket: `/ws/widget/{bot}/`, open only to pages of the bot's own domains."""

    chatbot: Chatbot
    visit: Visit | None = None
    timer: asyncio.TimerHandle | None = None

    async def connect(self) -> None:
        self.origin = self.header(b"origin")
        chatbot = await in_database(visiting.find_chatbot)(self.scope["url_route"]["kwargs"]["bot"])
        if chatbot is None or visiting.refusal_of(chatbot, self.origin):
            await self.close(CLOSE_REFUSED)
            return
        self.chatbot = chatbot
        await self.accept()
        loop = asyncio.get_running_loop()
        self.timer = loop.call_later(HELLO_SECONDS, lambda: live.spawn(self._close_if_silent()))

    async def _close_if_silent(self) -> None:
        if self.visit is None:
            await self.close(CLOSE_SILENT)

    async def disconnect(self, code: int) -> None:
        if self.timer is not None:
            self.timer.cancel()
        await self.forget()
        if self.visit and self.visit.conversation:
            await self.channel_layer.group_discard(self._group(), self.channel_name)

    async def forget(self) -> None:
        if self.visit and self.visit.conversation:
            running = live.running_in(self.visit.conversation.pk)
            if running is not None:
                running.sinks.discard(self)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if text_data is None:
            await self.refuse("invalid_frame", "Frames are JSON text.")
        elif len(text_data) > settings.WIDGET_FRAME_MAX_BYTES:
            await self.refuse("too_large", "This frame is too large.")
        else:
            await self._receive_text(text_data)

    async def _receive_text(self, text: str) -> None:
        try:
            frame = read_visitor_frame(text)
        except FrameError as error:
            await self.refuse(error.code, "This frame is not understood.")
            return
        if self.visit is None and not isinstance(frame, Hello | Ping):
            await self.refuse("not_ready", "The first frame is hello.")
            return
        try:
            await self._handle(frame)
        except VisitEndedError as error:
            await self._say_goodbye(error.code)

    async def _handle(self, frame: VisitorFrame) -> None:
        match frame:
            case Hello():
                await self._hello(frame)
            case Send():
                await self._send(frame)
            case Stop():
                await self._stop()
            case Feedback():
                await self._feedback(frame)
            case AskPerson():
                await self._ask_person()
            case Ping():
                await self.send_frame({"type": "pong"})

    async def _hello(self, frame: Hello) -> None:
        if self.visit is not None:
            await in_database(visiting.refreshed)(self.visit)
        try:
            visitor = visitors.read_token(frame.token, self.chatbot, self.origin or "")
        except VisitorRefusedError:
            await self._say_goodbye("token_expired")
            return
        self.visit, content = await in_database(visiting.begin)(self.chatbot, visitor, frame.cursor)
        if self.visit.conversation is not None:
            await self._join()
        await self.send_frame({"type": "welcome", **content, "running": self._follow_running()})
        if self.visit.conversation is not None:
            await self.conversation_changed({})  # what was committed while we joined woke nobody

    def _follow_running(self) -> dict[str, str] | None:
        """Attach to an answer that runs in this process; no token can come between the text and the next one."""
        conversation = self.visit.conversation if self.visit else None
        running = live.running_in(conversation.pk) if conversation else None
        if running is None:
            return None
        running.sinks.add(self)
        return {"message": running.message_id, "text": running.text}

    async def _move_from(self, before: Conversation | None) -> bool:
        """Listen to the conversation that the visit is in now; False when it is the same one."""
        conversation = self._visiting().conversation
        if conversation is None or (before is not None and before.pk == conversation.pk):
            return False
        if before is not None:
            await self.channel_layer.group_discard(
                live.conversation_group(before.public_id), self.channel_name
            )
        await self._join()
        return True

    async def _join(self) -> None:
        await self.channel_layer.group_add(self._group(), self.channel_name)

    def _group(self) -> str:
        conversation = self._visiting().conversation
        assert conversation is not None  # noqa: S101 (callers have just looked)
        return live.conversation_group(conversation.public_id)

    async def _send(self, frame: Send) -> None:
        visit = self._visiting()
        before = visit.conversation
        try:
            received = await in_database(visiting.store)(visit, frame.client_id, frame.text)
        except RateLimitedError as error:
            await self.refuse(
                error.code, str(error), client_id=frame.client_id, retry_after=error.retry_after_seconds
            )
            return
        except ConversationError as error:
            await self.refuse(error.code, _plain_words(error), client_id=frame.client_id)
            return
        await self._move_from(before)
        await self._acknowledge(frame, received)
        if received.is_for_the_bot:
            await self._answer(received)

    async def _acknowledge(self, frame: Send, received: Received) -> None:
        message = received.message
        self._visiting().sent.add((message.public_id, message.revision))
        await self.send_frame(
            {
                "type": "ack",
                "client_id": frame.client_id,
                "message": message.public_id,
                "sequence": message.sequence,
                "created_at": message.created_at.isoformat(),
            }
        )

    async def _answer(self, received: Received) -> None:
        """Open the turn and let the process, not this socket, make the answer."""
        turn = await in_database(answering.open_for)(received.message)
        if turn is not None:
            live.spawn(answering.stream_answers(turn, [self]))

    async def _stop(self) -> None:
        conversation = self._visiting().conversation
        running = live.running_in(conversation.pk) if conversation else None
        if running is not None:
            running.stopping.set()
        elif conversation is not None:
            await in_database(inbox.stop_running_answer)(conversation)

    async def _feedback(self, frame: Feedback) -> None:
        conversation = self._visiting().conversation
        kept = conversation is not None and await in_database(inbox.set_feedback)(
            conversation, frame.message, frame.value
        )
        if not kept:
            await self.refuse("invalid_frame", "There is no such answer in this conversation.")

    async def _ask_person(self) -> None:
        visit = self._visiting()
        before = visit.conversation
        try:
            await in_database(visiting.ask_person)(visit)
        except RateLimitedError as error:
            await self.refuse(error.code, str(error), retry_after=error.retry_after_seconds)
            return
        if await self._move_from(before):
            await self.conversation_changed({})

    def _visiting(self) -> Visit:
        assert self.visit is not None  # noqa: S101 (receive lets only hello and ping pass before)
        return self.visit

    async def conversation_changed(self, event: dict[str, Any]) -> None:
        """A wake-up from the group: send what this socket has not been told directly."""
        if self.visit is None:
            return
        for frame in await in_database(visiting.changes)(self.visit):
            await self.send_frame(frame)

    async def send_frame(self, frame: dict[str, Any]) -> None:
        if self.visit is not None and frame["type"] in {"message", "done"}:
            self.visit.sent.add((frame["message"]["id"], frame["message"]["revision"]))
        await super().send_frame(frame)

    async def _say_goodbye(self, code: str) -> None:
        await self.send_frame({"type": "bye", "code": code})
        await self.close()


def _plain_words(error: ConversationError) -> str:
    return visiting.message_too_long() if error.code == "too_long" else "There is nothing to send."


class DashboardConsumer(FrameConsumer):
    """A member's socket: `/ws/dashboard/`, signed in by session, from our own pages only."""

    watcher: Watcher
    watched: str | None = None
    checking: asyncio.Task[None] | None = None
    customer_group: str | None = None

    async def connect(self) -> None:
        watcher = await in_database(self._watcher)()
        if watcher is None:
            await self.close(CLOSE_REFUSED)
            return
        self.watcher = watcher
        self.customer_group = live.customer_group(self.watcher.customer_id)
        await self.accept()
        await self.channel_layer.group_add(self.customer_group, self.channel_name)
        self.checking = asyncio.create_task(self._check_again())
        await self.send_frame({"type": "hello"})

    def _watcher(self) -> Watcher | None:
        origin, host = self.header(b"origin"), self.header(b"host")
        is_ours = bool(origin and host and urlsplit(origin).netloc == host)
        return watching.watcher_of(self.scope["session"]) if is_ours else None

    async def _check_again(self) -> None:
        """Close within seconds once the session, the membership or the customer has ended."""
        code = (
            CLOSE_TRY_AGAIN  # what cannot be asked is not allowed: the browser connects again and is judged
        )
        try:
            while await in_database(watching.still_valid)(self.watcher):  # noqa: ASYNC110 (rows set no Event)
                await asyncio.sleep(RECHECK_SECONDS)
            code = CLOSE_REFUSED
        finally:
            await self.close(code)

    async def disconnect(self, code: int) -> None:
        if self.checking is not None:
            self.checking.cancel()
        if self.customer_group is not None:
            await self.channel_layer.group_discard(self.customer_group, self.channel_name)
        await self._unwatch()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        try:
            frame = read_dashboard_frame(text_data or "")
        except FrameError as error:
            await self.refuse(error.code, "This frame is not understood.")
            return
        await self._handle(frame)

    async def _handle(self, frame: DashboardFrame) -> None:
        match frame:
            case Watch(conversation=public_id):
                await self._watch(public_id)
            case Unwatch():
                await self._unwatch()
            case Ping():
                if self.watched is not None:
                    await in_database(live.mark_watched)(self.watched)
                await self.send_frame({"type": "pong"})

    async def _watch(self, public_id: str) -> None:
        await self._unwatch()
        if not await in_database(watching.may_watch)(self.watcher, public_id):
            await self.refuse("not_found", "There is no such conversation.")
            return
        self.watched = public_id
        await self.channel_layer.group_add(live.watch_group(public_id), self.channel_name)

    async def _unwatch(self) -> None:
        if self.watched is not None:
            await self.channel_layer.group_discard(live.watch_group(self.watched), self.channel_name)
            self.watched = None

    async def conversation_changed(self, event: dict[str, Any]) -> None:
        await self.send_frame({"type": "changed", "conversation": event["conversation"]})

    async def conversation_progress(self, event: dict[str, Any]) -> None:
        await self.send_frame({**event, "type": "progress", "offset": 0})

    async def conversation_finished(self, event: dict[str, Any]) -> None:
        await self.send_frame({**event, "type": "finished"})
