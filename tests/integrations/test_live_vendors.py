"""Contracts against the real vendors: `make test-live` runs them where a key is set and names what has none."""

import os

import pytest
from django.conf import settings

from integrations.providers.base import ChatMessage, ChatRequest, ProviderSettings
from integrations.providers.openai import OpenAIProvider

pytestmark = pytest.mark.live


async def test_openai_streams_an_answer_with_its_token_record() -> None:
    if not os.environ.get("OPENAI_API_KEY"):
        pytest.skip("OpenAI: OPENAI_API_KEY is not set, its contract was not tried")
    chosen = ProviderSettings(
        kind="openai", base_url=settings.OPENAI_BASE_URL, api_key=os.environ["OPENAI_API_KEY"]
    )
    provider = OpenAIProvider(chosen)
    request = ChatRequest(
        messages=(ChatMessage("user", "Answer with the one word: lantern"),),
        model=settings.OPENAI_CHAT_MODEL,
        temperature=0,
        max_output_tokens=10,
    )
    try:
        *texts, last = [delta async for delta in provider.stream_chat(request)]
    finally:
        await provider.close()
    assert "lantern" in "".join(delta.text for delta in texts).lower()
    assert last.usage is not None
    assert last.usage.output_tokens > 0
