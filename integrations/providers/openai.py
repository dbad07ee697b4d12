"""Answers from any OpenAI-compatible address: the official client, our time-outs, our guard, raw lines.

Resolved through settings.AI_PROVIDERS. The client library is heavy, so it is imported with the first answer;
`warm()` does it when a process starts.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from django.conf import settings as project

from integrations.addresses import OutboundRefused
from integrations.http import guarded_connector
from integrations.providers.base import ChatRequest, Delta, Provider, ProviderError, ProviderSettings
from integrations.providers.wire import StreamReader

if TYPE_CHECKING:
    import httpx2
    import openai

logger = logging.getLogger("providers")
DEFAULT_BASE_URL = "https://api.openai.com/v1"
CONNECT_SECONDS = 5.0
LONGEST_WORTHWHILE_RETRY_SECONDS = 2.0
REASONING_MODELS = ("o1", "o3", "o4", "gpt-5")
Result = TypeVar("Result")


def warm() -> None:
    """Import the client library now instead of before the first answer."""
    import openai  # noqa: F401 (imported for its effect on sys.modules)


class OpenAIProvider(Provider):
    """One base address and key; a client an event loop, because connections belong to their loop."""

    def __init__(self, settings: ProviderSettings) -> None:
        super().__init__(settings)
        self.base_url = settings.base_url or DEFAULT_BASE_URL
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, openai.AsyncOpenAI] = WeakKeyDictionary()

    async def stream_chat(self, request: ChatRequest) -> AsyncGenerator[Delta, None]:
        clock = asyncio.get_running_loop().time
        ends_at = clock() + project.ANSWER_TIMEOUT_SECONDS
        first_by = clock() + project.FIRST_TOKEN_TIMEOUT_SECONDS
        reader = StreamReader()
        async with self._response(request, min(first_by, ends_at)) as response:
            pieces = response.http_response.aiter_bytes()
            has_begun = False
            while not reader.is_done:
                piece = await _piece(pieces, ends_at if has_begun else min(first_by, ends_at), reader)
                if piece is None:
                    break
                for delta in reader.feed(piece):
                    has_begun = True
                    yield delta
        yield reader.end()

    async def close(self) -> None:
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client:
            await client.close()

    @asynccontextmanager
    async def _response(self, request: ChatRequest, deadline: float) -> AsyncIterator[Any]:
        """The open HTTP response; left in whatever way, its connection is closed or handed back."""
        create = self._client().chat.completions.with_streaming_response.create
        opening = create(**self._body(request), stream=True, stream_options={"include_usage": True})
        response = await _bounded(opening.__aenter__(), deadline)
        try:
            yield response
        finally:
            await response.close()

    def _body(self, request: ChatRequest) -> dict[str, Any]:
        """Reasoning models take no temperature; only OpenAI itself insists on the newer name of the cap."""
        is_openai = urlsplit(self.base_url).hostname == "api.openai.com"
        model = request.model or self.settings.chat_model
        body: dict[str, Any] = {
            "model": model,
            "messages": [{"role": message.role, "content": message.content} for message in request.messages],
            "max_completion_tokens" if is_openai else "max_tokens": request.max_output_tokens,
        }
        if not (is_openai and model.startswith(REASONING_MODELS)):
            body["temperature"] = request.temperature
        return body

    def _client(self) -> openai.AsyncOpenAI:
        loop = asyncio.get_running_loop()
        client = self._clients.get(loop)
        if client is None:
            client = self._clients[loop] = _new_client(self.base_url, self.settings.api_key)
        return client


def _new_client(base_url: str, api_key: str) -> openai.AsyncOpenAI:
    """No proxies of the environment, no redirects, one retry, and the guard under every connection."""
    import aiohttp
    import openai
    from openai._vendor.httpx_aiohttp.transport import AiohttpTransport

    transport = AiohttpTransport(client=lambda: aiohttp.ClientSession(connector=guarded_connector(base_url)))
    return openai.AsyncOpenAI(
        base_url=base_url,
        api_key=api_key or "none",
        max_retries=1,
        timeout=_time_outs(),
        http_client=openai.DefaultAioHttpClient(
            transport=transport,
            trust_env=False,
            follow_redirects=False,
            event_hooks={"response": [_refuse_long_waits]},
        ),
    )


def _time_outs() -> httpx2.Timeout:
    import httpx2

    return httpx2.Timeout(project.FIRST_TOKEN_TIMEOUT_SECONDS, connect=CONNECT_SECONDS, pool=CONNECT_SECONDS)


async def _refuse_long_waits(response: Any) -> None:
    """A visitor does not wait out a Retry-After of half a minute: fail now, another provider may answer."""
    asked = _retry_after(response.headers)
    if asked and asked > LONGEST_WORTHWHILE_RETRY_SECONDS:
        response.headers["x-should-retry"] = "false"


async def _piece(pieces: AsyncIterator[bytes], deadline: float, reader: StreamReader) -> bytes | None:
    """The next bytes, None at the end; a connection lost after the finish reason loses nothing."""
    try:
        return await _bounded(anext(pieces, None), deadline)
    except ProviderError as error:
        if reader.finish_reason:
            return None
        if error.code == "unavailable":
            raise ProviderError("cut") from error
        raise


async def _bounded(waited_for: Awaitable[Result], deadline: float) -> Result:
    """Wait until the loop's clock says `deadline`; every failure becomes a ProviderError of ours."""
    import httpx2
    import openai

    try:
        async with asyncio.timeout_at(deadline):
            return await waited_for
    except (TimeoutError, httpx2.TimeoutException, openai.APITimeoutError) as error:
        raise ProviderError("unavailable" if _was_in_time(error) else "timeout") from error
    except openai.APIStatusError as error:
        raise _status_error(error) from error
    except (openai.APIConnectionError, httpx2.HTTPError, OutboundRefused) as error:
        raise _connection_error(error) from error


def _status_error(error: openai.APIStatusError) -> ProviderError:
    """Only the status is logged: the provider's words may repeat the prompt or the key."""
    status = error.status_code
    logger.warning("provider_refused", extra={"status": status})
    if status == 429:
        return ProviderError("rate_limited", f"HTTP {status}", _retry_after(error.response.headers))
    if status == 408:
        return ProviderError("timeout", f"HTTP {status}")
    return ProviderError("unavailable" if status >= 500 else "rejected", f"HTTP {status}")


def _connection_error(error: BaseException) -> ProviderError:
    logger.warning("provider_unreachable", extra={"error": type(error).__name__})
    for cause in _causes(error):
        if isinstance(cause, OutboundRefused):
            return ProviderError("rejected", str(cause))
    return ProviderError("unavailable", type(error).__name__)


def _was_in_time(error: BaseException) -> bool:
    """The transport also calls a refused or dropped connection a time-out; a real one has a TimeoutError below."""
    return not any(isinstance(cause, TimeoutError) for cause in _causes(error))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _retry_after(headers: Any) -> float | None:
    try:
        return max(float(headers.get("retry-after", "")), 0.0)
    except ValueError:
        return None
