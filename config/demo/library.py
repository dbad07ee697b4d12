"""Decides what the demo's bots know: the documentation, the shop's pages, or a folder in the corpus format.

Called by config.demo.seeding; writes through knowledge.ingestion, and only what has changed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from config import documentation
from config.demo.talks import DATA
from knowledge import ingestion
from knowledge.formats.document import normalise, one_line
from knowledge.models import KnowledgeBase, KnowledgeItem

CORPUS_FILE = "corpus.jsonl"
PAGE_LINK = re.compile(r"\[([^\]]+)\]\((?:/|[\w-]+\.md)[^)]*\)")


class CorpusError(Exception):
    """A folder is not in the corpus format; the text says where."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One item to be: a text, or an answer with the questions it answers."""

    external_id: str
    title: str
    text: str
    language: str = ""
    questions: tuple[str, ...] = ()
    url: str = ""


Entries = Iterable[Entry]


def documentation_entries() -> Iterator[Entry]:
    for page in documentation.pages():
        path = documentation.path_of(page.slug)
        if path is not None:
            text = _below_title(_without_links(documentation.text_of(path)))
            yield Entry(page.slug, page.title, text, "en", url=settings.SITE_URL + page.address)


def shop_entries() -> Iterator[Entry]:
    for item in json.loads((DATA / "spoke.json").read_text(encoding="utf-8"))["items"]:
        is_text = item["kind"] == "text"
        yield Entry(
            external_id=item["id"],
            title=item["title"] if is_text else item["questions"][0],
            text=item["text"] if is_text else item["answer"],
            language=item["language"],
            questions=() if is_text else tuple(item["questions"]),
        )


def corpus_entries(folder: Path) -> Iterator[Entry]:
    """One entry a line of corpus.jsonl; CorpusError names the line that is wrong."""
    path = folder / CORPUS_FILE
    if not path.is_file():
        raise CorpusError(f"{path} does not exist.")
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            yield _corpus_entry(line, f"{path}:{number}")


def fill(base: KnowledgeBase, entries: Entries) -> int:
    """Add what is new and replace what has changed; return how many items were written."""
    known = {item.external_id: item for item in base.items.filter(deleted_at=None)}
    return sum(_write(base, entry, known.get(entry.external_id)) for entry in entries)


def _corpus_entry(line: str, place: str) -> Entry:
    try:
        row: dict[str, Any] = json.loads(line)
        return Entry(
            str(row["id"])[:120],
            one_line(str(row["title"]))[:300],
            str(row["text"]),
            str(row.get("language", "")),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CorpusError(f"{place} is not an object with id, title and text.") from error


def _without_links(markdown: str) -> str:
    """Links between pages as plain words: a quoted sentence has no page around it."""
    return PAGE_LINK.sub(r"\1", markdown)


def _below_title(text: str) -> str:
    """A page without its first heading: the title is the item's own."""
    first, _newline, rest = text.partition("\n")
    return rest.strip() if first.startswith("# ") else text


def _write(base: KnowledgeBase, entry: Entry, item: KnowledgeItem | None) -> bool:
    """Write and read one item in one transaction, so that no worker takes it up in between."""
    if item is not None and _is_same(item, entry):
        return False
    with transaction.atomic():
        written = _change(item, entry) if item else _add(base, entry)
        if entry.url:
            KnowledgeItem.objects.filter(pk=written.pk).update(source_url=entry.url)
        ingestion.ingest_now(written)
    return True


def _is_same(item: KnowledgeItem, entry: Entry) -> bool:
    held = (item.title, item.content, tuple(item.questions), item.source_url)
    return held == (entry.title, normalise(entry.text), entry.questions, entry.url)


def _change(item: KnowledgeItem, entry: Entry) -> KnowledgeItem:
    return ingestion.edit_item(item, title=entry.title, content=entry.text, questions=entry.questions or None)


def _add(base: KnowledgeBase, entry: Entry) -> KnowledgeItem:
    if entry.questions:
        return ingestion.add_question_answer(
            base,
            questions=entry.questions,
            answer=entry.text,
            language=entry.language,
            external_id=entry.external_id,
        )
    return ingestion.add_text(
        base,
        title=entry.title,
        content=entry.text,
        language=entry.language,
        external_id=entry.external_id,
    )
