"""Decides how a PDF is read: its paragraphs put together again, running heads and feet dropped.

Called by knowledge.extraction_child.
"""

import io
from collections import Counter
from collections.abc import Sequence
from functools import cached_property

import pypdf
import pypdf.errors
import pypdfium2
import regex
from pypdfium2.raw import FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY

from knowledge.formats.document import (
    MAX_PAGES,
    TITLE_CHARACTERS,
    Document,
    Report,
    UnreadableError,
    checked,
    normalise,
    one_line,
    title_from_name,
)

REPORT_EVERY_PAGES = 5
MIN_LINES_OF_FULL_PAGE = 8
_RIGHT_TO_LEFT = regex.compile(r"[\p{Arabic}\p{Hebrew}]")
_LETTER = regex.compile(r"\p{L}")
_SENTENCE_END = regex.compile(r"[.!?:;…。！？؟।]['\"”’)\]]*$")
_LIST_ITEM = regex.compile(r"^(?:[-•▪●◦*–]|\(?\d{1,3}[.)]|[a-z][.)])\s")
_BULLET = regex.compile(r"^[•▪●◦–]\s+", regex.MULTILINE)
_HYPHENATED = regex.compile(r"(?<=\p{Ll})[\u00ad\u2010-]$|\ufffe$")
_DIGITS = regex.compile(r"\d+")


def read_pdf(data: bytes, name: str, report: Report) -> Document:
    pages = [_paragraphs(lines) for lines in _without_running_lines(_pages(data, report))]
    offsets, parts, length = [], [], 0
    for page in pages:
        text = normalise(page)
        offsets.append(length)
        if text:
            parts.append(text)
            length += len(text) + 2
    text = "\n\n".join(parts)
    if not any(character.isalnum() for character in text):
        raise UnreadableError("pictures_only" if pages else "empty")
    return Document(_title(data) or title_from_name(name), checked(text), page_offsets=offsets)


def _pages(data: bytes, report: Report) -> list[list[str]]:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = error.err_code in {FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY}
        raise UnreadableError("encrypted" if locked else "damaged") from error
    total = len(document)
    if total > MAX_PAGES:
        raise UnreadableError("too_many_pages")
    second = _SecondReader(data)
    pages = []
    for number in range(total):
        pages.append(_page_lines(document, number, second))
        if number % REPORT_EVERY_PAGES == 0 or number + 1 == total:
            report(number + 1, total)
    return pages


def _page_lines(document: pypdfium2.PdfDocument, number: int, second: "_SecondReader") -> list[str]:
    try:
        page = document[number]
        text = page.get_textpage().get_text_range()
        page.close()
    except pypdfium2.PdfiumError:
        # One broken page must not cost the others.
        return []
    letters = len(_LETTER.findall(text))
    if letters and len(_RIGHT_TO_LEFT.findall(text)) > letters / 2:
        text = second.page_text(number) or text
    return [line.strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]


class _SecondReader:
    """pypdf, opened only when a page is mainly Arabic or Hebrew: it keeps the order of their letters."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    @cached_property
    def _reader(self) -> pypdf.PdfReader:
        return pypdf.PdfReader(io.BytesIO(self._data))

    def page_text(self, number: int) -> str:
        try:
            return self._reader.pages[number].extract_text()
        except (
            pypdf.errors.PyPdfError,
            ValueError,
            KeyError,
            TypeError,
            IndexError,
            AttributeError,
        ):
            return ""


def _without_running_lines(pages: Sequence[list[str]]) -> list[list[str]]:
    """Drop lines at the edges of pages that return on most of them, whatever page number they hold."""
    if len(pages) < 4:
        return list(pages)
    seen: Counter[str] = Counter()
    for lines in pages:
        seen.update({_shape(line) for line in [*lines[:2], *lines[-2:]] if line})
    running = {shape for shape, count in seen.items() if count > len(pages) * 0.6}
    return [
        [line for place, line in enumerate(lines) if not (_is_edge(place, lines) and _shape(line) in running)]
        for lines in pages
    ]


def _is_edge(place: int, lines: list[str]) -> bool:
    return len(lines) >= MIN_LINES_OF_FULL_PAGE and (place < 2 or place >= len(lines) - 2)


def _shape(line: str) -> str:
    return _DIGITS.sub("#", line)


def _paragraphs(lines: Sequence[str]) -> str:
    width = max(map(len, lines), default=0)
    text = ""
    previous = ""
    for line in lines:
        text += _joint(previous, line, width)
        if text.endswith("\x00"):
            text = _HYPHENATED.sub("", text[:-1])
        text += line
        previous = line
    return _BULLET.sub("- ", text)


def _joint(previous: str, line: str, width: int) -> str:
    """Return what stands between two lines: a blank line, a line end, a space, or NUL to close a hyphen."""
    if not previous:
        return "\n\n"
    if not line:
        return ""
    if _HYPHENATED.search(previous) and line[:1].islower():
        return "\x00"
    if _LIST_ITEM.match(line):
        return "\n"
    is_full = len(previous) > width * 0.6
    if is_full and (not _SENTENCE_END.search(previous) or len(previous) > width * 0.85):
        return " "
    return "\n\n" if _SENTENCE_END.search(previous) else "\n"


def _title(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    title = one_line(document.get_metadata_dict().get("Title", ""))
    # Programs put file names and placeholders there.
    looks_made = title.lower().endswith((".doc", ".docx", ".pdf", ".indd")) or title.lower() in {
        "untitled",
        "title",
    }
    return "" if looks_made else title.removeprefix("Microsoft Word - ")[:TITLE_CHARACTERS]
