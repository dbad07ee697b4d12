"""Decides how plain text, Markdown and tables of values are read.

Called by knowledge.extraction_child.
"""

import codecs
import csv
import io

import regex
from charset_normalizer import from_bytes

from knowledge.formats.document import (
    TITLE_CHARACTERS,
    Document,
    Report,
    UnreadableError,
    checked,
    normalise,
    one_line,
    title_from_name,
)

_FRONT_MATTER = regex.compile(r"\A---\n(.*?)\n---\n", regex.DOTALL)
_FRONT_TITLE = regex.compile(r"^title:\s*[\"']?(.+?)[\"']?\s*$", regex.MULTILINE)
_COMMENTS = regex.compile(r"<!--.*?-->", regex.DOTALL)
_UNDERLINED = regex.compile(r"^(?![#>|\-*+ ])(\S.*)\n(=+|-{2,})[ \t]*$", regex.MULTILINE)
_IMAGES = regex.compile(r"!\[([^\]]*)\]\([^)]*\)")
_FIRST_HEADING = regex.compile(r"\A#[ \t]+(.+)$", regex.MULTILINE)
_MAX_ROWS = 50_000


def decode(data: bytes) -> str:
    """Return the text of the bytes: by its byte order mark, as UTF-8, else by the likeliest encoding."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        guess = from_bytes(data[:200_000]).best()
        return data.decode(guess.encoding if guess else "cp1252", errors="replace")


def read_text(data: bytes, name: str, report: Report) -> Document:
    return Document(title_from_name(name), checked(normalise(decode(data))))


def read_markdown(data: bytes, name: str, report: Report) -> Document:
    """Read Markdown; front matter gives the title and is dropped, underlined headings get their marks."""
    text = normalise(decode(data))
    title = ""
    if front := _FRONT_MATTER.match(text):
        found = _FRONT_TITLE.search(front.group(1))
        title = found.group(1) if found else ""
        text = text[front.end() :]
    text = _IMAGES.sub(r"\1", _COMMENTS.sub("", text))
    text = _UNDERLINED.sub(lambda match: f"{'#' if match[2][0] == '=' else '##'} {match[1]}", text)
    text = checked(normalise(text))
    heading = _FIRST_HEADING.match(text)
    title = title or (heading.group(1) if heading else "") or title_from_name(name)
    return Document(one_line(title)[:TITLE_CHARACTERS], text)


def read_table(data: bytes, name: str, report: Report) -> Document:
    """Read comma, semicolon or tab separated values: each row becomes a paragraph of "head: value" lines."""
    text = decode(data)
    csv.field_size_limit(1_000_000)
    try:
        rows = [
            row
            for row in csv.reader(io.StringIO(text, newline=""), _dialect(text))
            if any(map(str.strip, row))
        ]
    except csv.Error as error:
        raise UnreadableError("damaged") from error
    if len(rows) > _MAX_ROWS:
        raise UnreadableError("too_long")
    if len(rows) < 2:
        return Document(title_from_name(name), checked(normalise(text)))
    head, *body = rows
    paragraphs = [_row(head, row) for row in body]
    return Document(title_from_name(name), checked(normalise("\n\n".join(paragraphs))), is_rows=True)


def _dialect(text: str) -> type[csv.Dialect] | csv.Dialect:
    try:
        return csv.Sniffer().sniff(text[:20_000].rsplit("\n", 1)[0], delimiters=",;\t|")
    except csv.Error:
        return csv.excel


def _row(head: list[str], row: list[str]) -> str:
    names = [*map(one_line, head), *[""] * (len(row) - len(head))]
    cells = ((name, one_line(value)) for name, value in zip(names, row, strict=False))
    return "\n".join(f"{name}: {value}" if name else value for name, value in cells if value)
