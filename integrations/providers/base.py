"""What a provider of answers is given, what it streams back, and how it fails.

Called by the answer engine of conversations; implemented by openai here and by the built-in local provider.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from django.conf import settings

ErrorCode = Literal["timeout", "unavailable", "rate_limited", "rejected", "cut", "garbage"]


@dataclass(frozen=True, slots=True)
class ChatMessage:
    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class SourcePassage:
    """A retrieved passage under the number by which an answer cites it."""

    number: int
    title: str
    heading_path: str
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class TokenUsage:
    """Tokens as the provider's own final record counts them."""

    input_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A prompt, and what it was made of for a provider that quotes instead of writing."""

    messages: tuple[ChatMessage, ...]
    model: str
    temperature: float
    max_output_tokens: int
    question: str = ""
    passages: tuple[SourcePassage, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of an answer; the last one carries finish_reason and, where the provider tells, usage."""

    text: str = ""
    usage: TokenUsage | None = None
    finish_reason: str | None = None
    refused: bool = False
    tool_name: str | None = None
    tool_arguments: str | None = None


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """Where and as whom to ask, and the price of a million tokens in major units of the currency."""

    kind: str
    name: str = ""
    base_url: str = ""
    api_key: str = field(default="", repr=False)
    chat_model: str = ""
    input_price: Decimal = Decimal(0)
    output_price: Decimal = Decimal(0)
    currency: str = "USD"
    is_own: bool = False

    def model_for(self, wanted: str) -> str:
        """The model to ask: a customer chooses freely on their own key, else among the operator's."""
        may_choose = self.is_own or wanted in settings.PLATFORM_CHAT_MODELS
        return wanted if wanted and may_choose else self.chat_model


class ProviderError(Exception):
    """An answer that failed; the message is ours, never the provider's, which may hold secrets."""

    def __init__(self, code: ErrorCode, message: str = "", retry_after: float | None = None) -> None:
        super().__init__(message or code)
        self.code: ErrorCode = code
        self.retry_after = retry_after


class Provider(ABC):
    """One provider under one set of settings; safe to share between answers of one process."""

    def __init__(self, settings: ProviderSettings) -> None:
        self.settings = settings

    @abstractmethod
    def stream_chat(self, request: ChatRequest) -> AsyncIterator[Delta]:
        """Stream one answer; closing the iterator ends the generation."""

    async def close(self) -> None:  # noqa: B027 (most providers hold nothing)
        """Let go of the running event loop's connections."""


def cost_micros(settings: ProviderSettings, usage: TokenUsage) -> int:
    """Millionths of settings.currency: a price a million tokens is millionths a token."""
    cost = usage.input_tokens * settings.input_price + usage.output_tokens * settings.output_price
    return int(Decimal(cost).to_integral_value(ROUND_HALF_UP))
