"""Decides which pages of docs/ the site shows, in which order, and what each links to.

Called by config.pages and by the links in the foot of public pages. The order stands in docs/index.json:
{"groups": [{"title": "Begin", "pages": ["what-it-is", "widget"]}]}; a page that is not named there is not shown.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.urls import reverse

from config.rendering import Article, render_article

OTHER_GROUP = "More"
LOOK_AGAIN_SECONDS = 2.0
# Stands in the files where the installation's own name is meant.
PRODUCT_MARK = "%PRODUCT%"


@dataclass(frozen=True, slots=True)
class Page:
    slug: str
    title: str
    group: str
    headings: tuple[str, ...]

    @property
    def address(self) -> str:
        return reverse("doc", args=[self.slug])


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    pages: tuple[Page, ...]


def groups() -> tuple[Group, ...]:
    """Every group with its pages; without an index, all pages by name. A change of a file shows within seconds."""
    return _groups(int(time.monotonic() / LOOK_AGAIN_SECONDS))


@lru_cache(maxsize=1)
def _groups(tick: int) -> tuple[Group, ...]:
    return tuple(
        Group(title=title, pages=tuple(_page(slug, title) for slug in slugs if path_of(slug)))
        for title, slugs in _order(_index_changed_at())
    )


def pages() -> tuple[Page, ...]:
    return tuple(page for group in groups() for page in group.pages)


def find(slug: str) -> Page | None:
    return next((page for page in pages() if page.slug == slug), None)


def neighbours(page: Page) -> tuple[Page | None, Page | None]:
    """The pages before and after, across groups."""
    shown = pages()
    at = shown.index(page)
    return (shown[at - 1] if at else None, shown[at + 1] if at + 1 < len(shown) else None)


def article(slug: str) -> Article:
    path = path_of(slug)
    if path is None:
        raise LookupError(slug)
    return _article(path, path.stat().st_mtime_ns)


def path_of(slug: str) -> Path | None:
    path = docs_folder() / f"{slug}.md"
    return path if path.is_file() else None


def text_of(path: Path) -> str:
    """A page's Markdown under the installation's own name."""
    return path.read_text(encoding="utf-8").replace(PRODUCT_MARK, settings.PRODUCT_NAME)


def docs_folder() -> Path:
    return Path(settings.BASE_DIR) / "docs"


def _page(slug: str, group: str) -> Page:
    text = article(slug)
    return Page(
        slug=slug, title=text.title or slug, group=group, headings=tuple(h.text for h in text.headings)
    )


def _index_changed_at() -> int:
    index = docs_folder() / "index.json"
    return index.stat().st_mtime_ns if index.is_file() else 0


@lru_cache(maxsize=2)
def _order(index_changed_at: int) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not index_changed_at:
        return ((OTHER_GROUP, tuple(sorted(path.stem for path in docs_folder().glob("*.md")))),)
    index = json.loads((docs_folder() / "index.json").read_text(encoding="utf-8"))
    return tuple((group["title"], tuple(group["pages"])) for group in index["groups"])


@lru_cache(maxsize=128)
def _article(path: Path, changed_at: int) -> Article:
    return render_article(text_of(path), rewrite_link=_rewrite_link)


def _rewrite_link(address: str) -> str:
    """`other.md#part` in a file is /docs/other#part on the site; everything else stays."""
    target, hash_sign, anchor = address.partition("#")
    if not target.endswith(".md") or "/" in target:
        return address
    return reverse("doc", args=[target.removesuffix(".md")]) + hash_sign + anchor
