"""Decides what of a web page is its text: the article found by trafilatura, else the page's main part.

Called by knowledge.extraction_child.
"""

from collections.abc import Iterator
from typing import Any

import trafilatura
from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

from knowledge.formats.document import (
    TITLE_CHARACTERS,
    Document,
    Report,
    checked,
    markdown_table,
    normalise,
    one_line,
    title_from_name,
)
from knowledge.formats.plain import decode

# What trafilatura finds is taken unless the page's main part holds far more.
MIN_SHARE = 0.4

_SKIPPED = (
    "script",
    "style",
    "noscript",
    "template",
    "svg",
    "nav",
    "footer",
    "aside",
    "form",
    "iframe",
    "button",
    "head",
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    {
        "p",
        "div",
        "section",
        "article",
        "main",
        "ul",
        "ol",
        "dl",
        "dd",
        "dt",
        "blockquote",
        "pre",
        "figure",
        "body",
        "header",
    }
)


def read_html(data: bytes, name: str, report: Report) -> Document:
    """Read a page's text as Markdown with its headings, lists and tables."""
    page = decode_page(data)
    soup = BeautifulSoup(page, "lxml")
    title = _title(soup)
    main = normalise("\n".join(_walk(_main_part(soup))))
    article = normalise(trafilatura.extract(page, output_format="markdown", **_OPTIONS) or "")
    text = article if _is_better(article, main) else main
    return Document((title or title_from_name(name))[:TITLE_CHARACTERS], checked(text))


def _is_better(article: str, main: str) -> bool:
    """Tell whether the article found is the page's text; on short pages it loses all structure."""
    keeps_headings = "\n#" in "\n" + article or "\n#" not in "\n" + main
    return keeps_headings and len(article) >= MIN_SHARE * len(main)


_OPTIONS: dict[str, Any] = {
    "include_comments": False,
    "include_tables": True,
    "include_links": False,
    "include_formatting": True,
    "favor_recall": True,
    "deduplicate": False,
}


def decode_page(data: bytes) -> str:
    """Return the page's text by the encoding that its own head declares, if it does."""
    soup = BeautifulSoup(data[:4096], "lxml")
    declared = soup.original_encoding if soup.find("meta", charset=True) else None
    return data.decode(declared, errors="replace") if declared else decode(data)


def _title(soup: BeautifulSoup) -> str:
    heading = soup.find("h1")
    declared = soup.find("title")
    found = heading.get_text() if heading else ""
    return one_line(found) or one_line(declared.get_text() if declared else "")


def _main_part(soup: BeautifulSoup) -> Tag:
    for name in _SKIPPED:
        for tag in soup.find_all(name):
            tag.decompose()
    return soup.find("main") or soup.find("article") or soup.find("body") or soup


def _walk(tag: Tag) -> Iterator[str]:
    """Yield the lines of a part of the page; blank ones stand between blocks."""
    inline = ""
    for child in tag.children:
        if isinstance(child, NavigableString):
            inline += str(child) if type(child) is NavigableString else ""
        elif isinstance(child, Tag) and not _is_block(child):
            inline += "\n" if child.name == "br" else child.get_text()
        elif isinstance(child, Tag):
            yield one_line(inline)
            inline = ""
            yield from _block(child)
    yield one_line(inline)


def _is_block(tag: Tag) -> bool:
    return (
        tag.name in _BLOCKS
        or tag.name in _HEADINGS
        or tag.name in {"li", "table"}
        or tag.find(list(_BLOCKS)) is not None
    )


def _block(tag: Tag) -> Iterator[str]:
    if tag.name in _HEADINGS:
        yield from (
            "",
            f"{'#' * _HEADINGS[tag.name]} {one_line(tag.get_text(' '))}",
            "",
        )
    elif tag.name == "li":
        yield f"- {one_line(tag.get_text(' '))}"
    elif tag.name == "table":
        rows = [[cell.get_text(" ") for cell in row.find_all(["td", "th"])] for row in tag.find_all("tr")]
        yield from ("", markdown_table(rows), "")
    elif tag.name == "pre":
        yield from ("", f"```\n{tag.get_text().strip()}\n```", "")
    else:
        yield from ("", *_walk(tag), "")
