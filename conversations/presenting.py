"""The one shape in which a message leaves the house by socket; the widget's `Message`."""

from typing import Any

from conversations.models import AuthorKind, Message, MessageRole

WireMessage = dict[str, Any]


def wire_message(message: Message, *, bot_name: str) -> WireMessage:
    return {
        "id": message.public_id,
        "client_id": message.client_id if message.role == MessageRole.USER else None,
        "sequence": message.sequence,
        "revision": message.revision,
        "role": message.role,
        "author": message.author_kind.lower(),
        "author_name": author_name(message, bot_name),
        "text": message.content,
        "state": message.state.lower(),
        "refused": bool(message.refusal_cause),
        "created_at": message.created_at.isoformat(),
        "feedback": message.feedback,
        "citations": [wire_citation(citation) for citation in message.citations],
    }


def author_name(message: Message, bot_name: str) -> str:
    if message.author_kind == AuthorKind.BOT:
        return bot_name
    return message.author.name if message.author_kind == AuthorKind.AGENT and message.author else ""


def wire_citation(citation: dict[str, Any]) -> dict[str, Any]:
    """What a visitor may see of a source: never our ids, and only addresses on the web."""
    url = citation.get("url") or ""
    return {
        "number": citation["number"],
        "title": citation.get("title", ""),
        "url": url if url.startswith(("https://", "http://")) else None,
        "place": citation.get("place", ""),
        "quote": citation.get("quote", ""),
    }
