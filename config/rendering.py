"""Decides how Markdown becomes HTML that may stand on our pages: no raw HTML, no pictures, only known tags.

Called by config.documentation for the pages of docs/.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

ALLOWED_TAGS = {
    *("h1", "h2", "h3", "h4", "p", "blockquote", "hr", "br", "div"),
    *("strong", "em", "s", "a", "code", "pre", "ul", "ol", "li"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ALLOWED_ATTRIBUTES = {
    "a": {"href", "title"},
    "code": {"class"},
    "pre": {"tabindex"},
    "div": {"class", "tabindex", "role", "aria-label"},
    "ol": {"start"},
    "th": {"scope"},
    **{heading: {"id"} for heading in ("h2", "h3", "h4")},
}
ALLOWED_SCHEMES = {"http", "https", "mailto"}

LinkRewriter = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Heading:
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Article:
    """A rendered text. Its first heading and the paragraph below it stand apart, for the page's head."""

    title: str
    lead: SafeString
    body: SafeString
    headings: tuple[Heading, ...]


def render_article(source: str, rewrite_link: LinkRewriter = lambda address: address) -> Article:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])
    tokens = parser.parse(source)
    title, after_title = _take_title(tokens)
    lead, tokens = _take_lead(after_title)
    headings = tuple(_anchor_headings(tokens))
    for token in (*lead, *tokens):
        _rewrite_links(token, rewrite_link)
    return Article(
        title=title,
        lead=_clean(parser.renderer.render(lead, parser.options, {})),
        body=_clean(_mark_up(parser.renderer.render(tokens, parser.options, {}))),
        headings=headings,
    )


def slugify_heading(text: str) -> str:
    """A stable anchor in any script: letters and digits joined by hyphens."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFC", text).casefold())
    return "-".join(words) or "section"


def _take_title(tokens: list[Token]) -> tuple[str, list[Token]]:
    if len(tokens) >= 3 and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        return _plain(tokens[1]), tokens[3:]
    return "", tokens


def _take_lead(tokens: list[Token]) -> tuple[list[Token], list[Token]]:
    """The paragraph right below the title, without its <p>."""
    if len(tokens) >= 3 and tokens[0].type == "paragraph_open":
        return [tokens[1]], tokens[3:]
    return [], tokens


def _anchor_headings(tokens: Sequence[Token]) -> list[Heading]:
    seen: dict[str, int] = {}
    headings = []
    for opening, inline in pairwise(tokens):
        if opening.type != "heading_open" or opening.tag not in {"h2", "h3"}:
            continue
        text = _plain(inline)
        anchor = slugify_heading(text)
        seen[anchor] = seen.get(anchor, 0) + 1
        if seen[anchor] > 1:
            anchor = f"{anchor}-{seen[anchor]}"
        opening.attrSet("id", anchor)
        if opening.tag == "h2":
            headings.append(Heading(anchor=anchor, text=text))
    return headings


def _plain(inline: Token) -> str:
    return "".join(child.content for child in inline.children or [] if child.type in {"text", "code_inline"})


def _rewrite_links(token: Token, rewrite_link: LinkRewriter) -> None:
    for child in token.children or []:
        if child.type == "link_open":
            child.attrSet("href", rewrite_link(str(child.attrGet("href") or "")))


def _mark_up(html: str) -> str:
    """What may scroll is reachable by keyboard; column heads say that they are."""
    html = html.replace("<pre>", '<pre tabindex="0">').replace("<th>", '<th scope="col">')
    opening = f'<div class="scroll-x" tabindex="0" role="region" aria-label="{escape("Table")}"><table>'
    return html.replace("<table>", opening).replace("</table>", "</table></div>")


def _clean(html: str) -> SafeString:
    options: dict[str, Any] = {"url_schemes": ALLOWED_SCHEMES, "link_rel": "noopener"}
    return mark_safe(nh3.clean(html, tags=ALLOWED_TAGS, attributes=ALLOWED_ATTRIBUTES, **options))  # noqa: S308 (cleaned by nh3)
