"""Decides how the built-in provider answers: it quotes the passages, without a key and without a network.

Resolved by name from settings.AI_PROVIDERS; called by the answer engine like every other provider.
"""

import asyncio
from collections.abc import AsyncIterator

import regex

from integrations.providers.base import ChatRequest, Delta, Provider
from knowledge.extractive import answer, as_markdown
from knowledge.languages import detect_language

# Large enough to be cheap, small enough to read as it comes.
_PIECE = regex.compile(r"\s*\S{1,40}", regex.DOTALL)


class LocalProvider(Provider):
    """Answers with whole sentences of the passages, or refuses; costs nothing and is the same every time."""

    async def stream_chat(self, request: ChatRequest) -> AsyncIterator[Delta]:
        found = answer(request.question, request.passages, _language_of(request))
        if found.is_refusal:
            yield Delta(finish_reason="stop", refused=True)
            return
        for piece in _PIECE.findall(as_markdown(found)):
            yield Delta(text=piece)
            # Other conversations on this loop go on between the pieces.
            await asyncio.sleep(0)
        yield Delta(finish_reason="stop")


def _language_of(request: ChatRequest) -> str:
    """The question's own language, among the visitor's and those of the passages."""
    spoken = [request.language, *(passage.language for passage in request.passages)]
    return detect_language(request.question, tuple(dict.fromkeys(filter(None, spoken))))
