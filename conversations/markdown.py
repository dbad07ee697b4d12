"""Decides how a bot's Markdown becomes HTML on our pages: no raw HTML, no pictures, numbered sources linked.

Called by conversations.thread; what it returns has passed nh3.
"""

import re
from collections.abc import Collection

import nh3
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

ALLOWED_TAGS = {
    *("p", "ul", "ol", "li", "strong", "em", "s", "code", "pre", "blockquote", "hr", "br", "a"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ALLOWED_ATTRIBUTES = {
    "a": {"href", "title", "aria-label"},
    "ol": {"start"},
    "pre": {"tabindex"},
    "th": {"scope"},
}
SAFE_LINK = re.compile(r"(?:https?|mailto):", re.IGNORECASE)
MARKER = re.compile(r"\[(\d{1,3})\]")

parser = (
    MarkdownIt("commonmark", {"html": False, "linkify": False})
    .enable(["table", "strikethrough"])
    .disable(["image", "reference"])
)


def render_answer(text: str, numbers: Collection[int] = (), anchor: str = "") -> SafeString:
    """Safe HTML of an answer; `[n]` of a known source links to `#<anchor>-source-<n>`."""
    tokens = parser.parse(text)
    for token, before in zip(tokens, [None, *tokens], strict=False):
        _adjust(token)
        if token.children is not None:
            children = _inline(token.children, numbers, anchor)
            token.children = _bold(children) if before and before.type == "heading_open" else children
    html = nh3.clean(
        parser.renderer.render(tokens, parser.options, {}).replace("<pre>", '<pre tabindex="0">'),
        tags=ALLOWED_TAGS,
        attributes=ALLOWED_ATTRIBUTES,
        allowed_classes={"a": {"cite"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(html)  # noqa: S308 (cleaned by nh3)


def _adjust(token: Token) -> None:
    """A heading inside a message is a bold line: the page's own outline stays whole."""
    if token.type in {"heading_open", "heading_close"}:
        token.tag = "p"
    elif token.type == "th_open":
        token.attrSet("scope", "col")


def _bold(children: list[Token]) -> list[Token]:
    return [Token("strong_open", "strong", 1), *children, Token("strong_close", "strong", -1)]


def _inline(children: list[Token], numbers: Collection[int], anchor: str) -> list[Token]:
    kept: list[Token] = []
    depth_of_dropped_link = 0
    is_in_link = False
    for child in children:
        if child.type == "link_open":
            is_in_link = bool(SAFE_LINK.match(str(child.attrGet("href") or "")))
            depth_of_dropped_link += not is_in_link
        if child.type in {"link_open", "link_close"} and depth_of_dropped_link:
            depth_of_dropped_link -= child.type == "link_close"
        elif child.type == "text" and numbers and not is_in_link:
            kept.extend(_with_citations(child, numbers, anchor))
        else:
            kept.append(child)
        if child.type == "link_close":
            is_in_link = False
    return kept


def _with_citations(token: Token, numbers: Collection[int], anchor: str) -> list[Token]:
    """The text with each known marker as a link; an unknown one stays as it was written."""
    pieces: list[Token] = []
    at = 0
    for match in MARKER.finditer(token.content):
        if int(match[1]) not in numbers:
            continue
        pieces.append(Token("text", "", 0, content=token.content[at : match.start()].rstrip(" ")))
        pieces.append(Token("html_inline", "", 0, content=_citation_link(int(match[1]), anchor)))
        at = match.end()
    pieces.append(Token("text", "", 0, content=token.content[at:]))
    return pieces


def _citation_link(number: int, anchor: str) -> str:
    label = nh3.clean_text(_("Source %(number)d") % {"number": number})
    return (
        f'<a class="cite" href="#{nh3.clean_text(anchor)}-source-{number}" aria-label="{label}">{number}</a>'
    )
