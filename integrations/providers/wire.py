"""How a stream of chat completions is read: raw server-sent lines into deltas, at a few microseconds a chunk.

Called by integrations.providers.openai; knows bytes and JSON, no network.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import msgspec

from integrations.providers.base import Delta, ProviderError, TokenUsage

logger = logging.getLogger("providers")
MAX_LINE_BYTES = 1_000_000
MAX_STREAM_BYTES = 8_000_000


class _Delta(msgspec.Struct):
    content: str | None = None
    refusal: str | None = None
    tool_calls: Any = None


class _Choice(msgspec.Struct):
    delta: _Delta | None = None
    finish_reason: str | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Chunk(msgspec.Struct):
    choices: list[_Choice] | None = None
    usage: _Usage | None = None
    error: Any = None


_decode = msgspec.json.Decoder(_Chunk).decode


class StreamReader:
    """Feeds on bytes as they come, yields text at once, and knows at the end whether the answer is whole."""

    def __init__(self) -> None:
        self.is_done = False
        self.finish_reason: str | None = None
        self._usage: TokenUsage | None = None
        self._rest = b""
        self._bytes = 0
        self._has_text = False
        self._has_refusal = False
        self._has_tool_call = False

    def feed(self, data: bytes) -> Iterator[Delta]:
        self._bytes += len(data)
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        if len(self._rest) > MAX_LINE_BYTES or self._bytes > MAX_STREAM_BYTES:
            raise ProviderError("garbage", "The stream is larger than any answer.")
        for line in lines:
            delta = self._read(line)
            if delta:
                yield delta

    def end(self) -> Delta:
        """The closing delta; ProviderError("cut") when the stream stopped without a finish reason."""
        if self._rest.strip():
            list(self.feed(b"\n"))
        if self.finish_reason is None:
            raise ProviderError("cut")
        refused = self._has_refusal or self.finish_reason == "content_filter"
        refused = refused or (self._has_tool_call and not self._has_text)
        return Delta(usage=self._usage, finish_reason=self.finish_reason, refused=refused)

    def _read(self, line: bytes) -> Delta | None:
        if line.startswith(b"data:"):
            return self._read_data(line[5:].strip())
        if not line.strip() or line.startswith((b":", b"event:", b"id:", b"retry:")):
            return None
        raise ProviderError("garbage", "The answer is not an event stream.")

    def _read_data(self, data: bytes) -> Delta | None:
        if data == b"[DONE]":
            self.is_done = True
            return None
        try:
            chunk = _decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ProviderError("garbage", "A chunk of the stream is not what was agreed.") from error
        if chunk.error:
            raise ProviderError("unavailable", "The provider reported an error within the stream.")
        if chunk.usage is not None:
            self._usage = TokenUsage(max(chunk.usage.prompt_tokens, 0), max(chunk.usage.completion_tokens, 0))
        return self._read_choice(chunk.choices[0]) if chunk.choices else None

    def _read_choice(self, choice: _Choice) -> Delta | None:
        self.finish_reason = choice.finish_reason or self.finish_reason
        delta = choice.delta
        if delta is None:
            return None
        self._has_refusal = self._has_refusal or bool(delta.refusal)
        if delta.tool_calls:
            self._ignore_tool_call()
        if not delta.content:
            return None
        self._has_text = True
        return Delta(text=delta.content)

    def _ignore_tool_call(self) -> None:
        """No tool is offered, so every call is of an unknown one: it is not run, and said once in the log."""
        if not self._has_tool_call:
            logger.warning("unknown_tool_call")
        self._has_tool_call = True
