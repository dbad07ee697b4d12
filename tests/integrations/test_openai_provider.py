"""The real client against a stand-in server: whole answers, every way to fail, and what never gets out."""

import asyncio
import logging
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest

from integrations.providers.base import (
    ChatMessage,
    ChatRequest,
    Delta,
    ProviderError,
    ProviderSettings,
    TokenUsage,
    cost_micros,
)
from integrations.providers.openai import OpenAIProvider
from tests.fixtures import fake_openai
from tests.fixtures.fake_openai import Fake


@pytest.fixture
def fake(settings: Any) -> Iterator[Fake]:
    with fake_openai.running() as server:
        settings.OUTBOUND_ALLOWED_HOSTS = [urlsplit(server.base_url).netloc]
        yield server


@pytest.fixture
async def provider(fake: Fake) -> AsyncIterator[OpenAIProvider]:
    provider = OpenAIProvider(ProviderSettings(kind="openai", base_url=fake.base_url, api_key="key-of-ours"))
    yield provider
    await provider.close()


def request_for(model: str) -> ChatRequest:
    messages = (ChatMessage("system", "Answer from the passages."), ChatMessage("user", "How do I embed it?"))
    return ChatRequest(messages=messages, model=model, temperature=0.2, max_output_tokens=300)


async def answer(provider: OpenAIProvider, model: str) -> list[Delta]:
    return [delta async for delta in provider.stream_chat(request_for(model))]


async def failure(provider: OpenAIProvider, model: str) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await answer(provider, model)
    return caught.value


async def test_streams_text_and_the_providers_own_token_record(provider: OpenAIProvider, fake: Fake) -> None:
    *texts, last = await answer(provider, "fake-chat")
    assert tuple(delta.text for delta in texts) == fake_openai.DEFAULT_WORDS
    assert last == Delta(usage=TokenUsage(42, 9), finish_reason="stop")


async def test_asks_as_documented(provider: OpenAIProvider, fake: Fake) -> None:
    await answer(provider, "fake-chat")
    assert fake.requests == [
        {
            "model": "fake-chat",
            "messages": [
                {"role": "system", "content": "Answer from the passages."},
                {"role": "user", "content": "How do I embed it?"},
            ],
            "max_tokens": 300,
            "temperature": 0.2,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
    ]
    assert fake.headers[0]["authorization"] == "Bearer key-of-ours"


async def test_reads_events_torn_at_every_byte(provider: OpenAIProvider) -> None:
    deltas = await answer(provider, "split")
    assert "".join(delta.text for delta in deltas) == "Grüße, 世界"
    assert deltas[-1].finish_reason == "stop"


async def test_missing_usage_is_none(provider: OpenAIProvider) -> None:
    assert (await answer(provider, "without-usage"))[-1] == Delta(finish_reason="stop")


async def test_connection_lost_after_the_end_loses_nothing(provider: OpenAIProvider) -> None:
    deltas = await answer(provider, "lost-after-finish")
    assert [delta.text for delta in deltas] == ["Whole.", ""]


async def test_tries_once_more_when_the_provider_is_busy(provider: OpenAIProvider, fake: Fake) -> None:
    deltas = await answer(provider, "busy-once")
    assert deltas[-1].finish_reason == "stop"
    assert fake.seen["busy-once"] == 2


@pytest.mark.parametrize(
    ("model", "code", "asked"),
    [
        ("rate-limited", "rate_limited", 1),
        ("broken", "unavailable", 2),
        ("wrong-key", "rejected", 1),
        ("redirect", "rejected", 1),
        ("cut", "cut", 1),
        ("no-finish-reason", "cut", 1),
        ("garbage", "garbage", 1),
        ("broken-json", "garbage", 1),
        ("error-in-stream", "unavailable", 1),
    ],
)
async def test_names_the_failure_and_keeps_the_providers_words_in(
    provider: OpenAIProvider, fake: Fake, caplog: pytest.LogCaptureFixture, model: str, code: str, asked: int
) -> None:
    caplog.set_level(logging.DEBUG, logger="providers")
    error = await failure(provider, model)
    assert error.code == code
    assert fake.seen[model] == asked
    told = f"{error} {[(record.msg, record.__dict__) for record in caplog.records if record.name == 'providers']}"
    assert "SECRET" not in told
    assert "key-of-ours" not in told


async def test_passes_on_how_long_to_wait(provider: OpenAIProvider) -> None:
    assert (await failure(provider, "rate-limited")).retry_after == 30


@pytest.mark.parametrize(("model", "setting"), [("slow", "FIRST_TOKEN"), ("endless", "ANSWER")])
async def test_gives_up_in_time_and_hangs_up(
    provider: OpenAIProvider, fake: Fake, settings: Any, model: str, setting: str
) -> None:
    setattr(settings, f"{setting}_TIMEOUT_SECONDS", 1.0)
    assert (await failure(provider, model)).code == "timeout"
    assert await asyncio.to_thread(fake.hung_up.wait, 3)


async def test_closing_the_iterator_hangs_up(provider: OpenAIProvider, fake: Fake) -> None:
    stream = provider.stream_chat(request_for("endless"))
    assert (await anext(stream)).text == "First words"
    await stream.aclose()
    assert await asyncio.to_thread(fake.hung_up.wait, 3)


async def test_cancelling_the_task_hangs_up(provider: OpenAIProvider, fake: Fake) -> None:
    begun = asyncio.Event()

    async def follow() -> None:
        async for _delta in provider.stream_chat(request_for("endless")):
            begun.set()

    task = asyncio.create_task(follow())
    await asyncio.wait_for(begun.wait(), 3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(fake.hung_up.wait, 3)


async def test_unknown_tool_calls_are_not_passed_on(provider: OpenAIProvider) -> None:
    assert await answer(provider, "tool-call") == [Delta(finish_reason="tool_calls", refused=True)]


async def test_filtered_answers_are_refusals(provider: OpenAIProvider) -> None:
    last = (await answer(provider, "filtered"))[-1]
    assert last == Delta(usage=TokenUsage(5, 1), finish_reason="content_filter", refused=True)


async def test_private_addresses_are_refused_unless_listed(fake: Fake, settings: Any) -> None:
    settings.OUTBOUND_ALLOWED_HOSTS = []
    provider = OpenAIProvider(ProviderSettings(kind="openai", base_url=fake.base_url))
    assert (await failure(provider, "fake-chat")).code == "rejected"
    await provider.close()
    assert fake.requests == []


async def test_unreachable_address_is_unavailable(settings: Any) -> None:
    settings.OUTBOUND_ALLOWED_HOSTS = ["127.0.0.1:9"]
    provider = OpenAIProvider(ProviderSettings(kind="openai", base_url="http://127.0.0.1:9/v1"))
    assert (await failure(provider, "fake-chat")).code == "unavailable"
    await provider.close()


async def test_no_proxy_of_the_environment_is_used(
    provider: OpenAIProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert (await answer(provider, "fake-chat"))[-1].finish_reason == "stop"


async def test_a_new_loop_gets_connections_of_its_own(provider: OpenAIProvider) -> None:
    async def once() -> str | None:
        finish_reason = (await answer(provider, "fake-chat"))[-1].finish_reason
        await provider.close()
        return finish_reason

    assert await asyncio.to_thread(asyncio.run, once()) == "stop"
    assert await once() == "stop"


def test_openai_itself_gets_the_newer_words() -> None:
    provider = OpenAIProvider(ProviderSettings(kind="openai"))
    body = provider._body(request_for("gpt-5-mini"))
    assert body["max_completion_tokens"] == 300
    assert not {"temperature", "max_tokens"} & body.keys()


def test_cost_is_millionths_of_the_currency() -> None:
    prices = ProviderSettings(kind="openai", input_price=Decimal("0.40"), output_price=Decimal("1.60"))
    assert cost_micros(prices, TokenUsage(1000, 250)) == 800
    assert cost_micros(prices, TokenUsage(1, 0)) == 0
    assert cost_micros(prices, TokenUsage(1_000_000, 1_000_000)) == 2_000_000


def test_the_heavy_client_is_imported_late() -> None:
    code = "import integrations.providers.openai, sys; sys.exit('openai' in sys.modules)"
    script = (
        f"import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'; django.setup(); {code}"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
