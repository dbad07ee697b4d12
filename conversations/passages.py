"""Decides how the passages read for an answer are shown: score, place, the quoted words, and the decision.

Called by the drawer of the inbox and of the playground; one statement for all passages.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Customer
from conversations.models import Message, MessageState, RefusalCause
from conversations.thread import item_address
from knowledge.models import KnowledgeChunk

AROUND_QUOTE = 160
Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Passage:
    """One passage: its text, or the text around the words that the answer rests on."""

    number: int
    title: str
    url: str
    place: str
    score: float
    used: bool
    text: str
    text_before: str
    quote: str
    text_after: str


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read for one answer, and what was decided."""

    passages: list[Passage]
    used_count: int
    decision: str
    is_answered: bool


def reading_of(answer: Message, customer: Customer) -> Reading:
    chunk_ids = [str(entry.get("chunk", "")) for entry in answer.retrieved]
    chunks = KnowledgeChunk.objects.for_customer(customer).filter(public_id__in=chunk_ids)
    texts = dict(chunks.values_list("public_id", "text")) if chunk_ids else {}
    # Scores of a ranking without a ceiling are shown as shares of the best one.
    scale = max([1.0, *(float(entry.get("score", 0)) for entry in answer.retrieved)])
    cited = {citation.get("chunk"): citation for citation in answer.citations}
    found = [
        _passage(number, entry, cited.get(entry.get("chunk")), texts.get(entry.get("chunk", ""), ""), scale)
        for number, entry in enumerate(answer.retrieved, start=1)
    ]
    return Reading(
        passages=found,
        used_count=sum(passage.used for passage in found),
        decision=_decision(answer),
        is_answered=answer.state == MessageState.COMPLETE and not answer.refusal_cause,
    )


def _passage(number: int, entry: Entry, citation: Entry | None, text: str, scale: float) -> Passage:
    text = text or entry.get("quote", "")
    quote = citation.get("quote", "") if citation else ""
    at = text.find(quote) if quote else -1
    return Passage(
        number=number,
        title=entry.get("title", ""),
        url=item_address(entry.get("item")),
        place=entry.get("place", ""),
        score=float(entry.get("score", 0)) / scale,
        used=citation is not None,
        text=text,
        text_before=_end_of(text[:at]) if at >= 0 else "",
        quote=quote,
        text_after=_start_of(text[at + len(quote) :]) if at >= 0 else "",
    )


def _end_of(text: str) -> str:
    return text if len(text) <= AROUND_QUOTE else "… " + text[-AROUND_QUOTE:].partition(" ")[2]


def _start_of(text: str) -> str:
    return text if len(text) <= AROUND_QUOTE else text[:AROUND_QUOTE].rpartition(" ")[0] + " …"


def _decision(answer: Message) -> str:
    if answer.state == MessageState.RUNNING:
        return _("Still answering")
    if answer.state == MessageState.FAILED:
        return _("The provider failed")
    if answer.refusal_cause:
        return _("Not answered: %(reason)s") % {"reason": RefusalCause(answer.refusal_cause).label}
    return _("Answered")
