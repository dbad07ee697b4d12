"""Decides the small pieces every page repeats: icons, initials, shares of a limit.

Called by templates as {% load look %}; knows no model.
"""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from config import documentation

register = template.Library()

SPRITE = "img/icons.svg"
# In this order: most browsers also name the ones they descend from.
BROWSER_MARKS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEM_MARKS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)
AVATAR_TINTS = ("", "avatar--a", "avatar--b", "avatar--c")


@register.simple_tag
def icon(name: str, size: str = "", *, flip: bool = False) -> SafeString:
    """An icon of the sprite, hidden from screen readers: xs, sm, 18 px or lg; flip turns it in right-to-left."""
    classes = "icon" + (f" icon--{size}" if size else "") + (" icon--flip" if flip else "")
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#i-{}"/></svg>', classes, static(SPRITE), name
    )


@register.filter
def initials(name: str | None) -> str:
    """Up to two letters for an avatar: first and last word, or the first letter of one word."""
    words = str(name or "").replace("@", " ").split()
    if not words:
        return "?"
    letters = words[0][0] if len(words) == 1 else words[0][0] + words[-1][0]
    return letters.upper()


@register.filter
def tint(name: str | None) -> str:
    """A quiet avatar class that stays the same for the same name."""
    return AVATAR_TINTS[sum(map(ord, str(name or ""))) % len(AVATAR_TINTS)]


@register.filter
def share(used: float | Decimal | None, limit: float | Decimal | None) -> str:
    """How much of a limit is used, as an SVG width ("84.1%"); never above 100, and 0 where there is no limit."""
    if not used or not limit or limit < 0:
        return "0%"
    percent = min(100.0, max(0.0, float(used) / float(limit) * 100))
    return f"{percent:.1f}%"


@register.filter
def undo_address(extra_tags: str | None) -> str:
    """The address of a message's Undo, from extra_tags="undo:/app/…"; only an address of this site counts."""
    for tag in str(extra_tags or "").split():
        address = tag.removeprefix("undo:")
        if address != tag and address.startswith("/") and not address.startswith("//"):
            return address
    return ""


@register.filter
def first_line(text: object) -> str:
    return str(text).partition("\n")[0]


@register.filter
def further_lines(text: object) -> str:
    return str(text).partition("\n")[2].strip()


@register.simple_tag(name="product")
def product_face() -> dict[str, str]:
    """The product's name and support address for pages drawn without context processors: errors and mails."""
    return {
        "name": settings.PRODUCT_NAME,
        "support_email": settings.PRODUCT_SUPPORT_EMAIL,
        "site_url": settings.SITE_URL,
        "logo_url": settings.PRODUCT_LOGO_URL,
    }


@register.simple_tag
def doc_links(*slugs: str) -> list[documentation.Page]:
    """The pages of the documentation that exist among these, in this order."""
    found = {page.slug: page for page in documentation.pages()}
    return [found[slug] for slug in slugs if slug in found]


@register.filter
def browser_name(user_agent: str | None) -> str:
    """ "Firefox, Windows" from a user-agent line; the line itself where it is of no known kind."""
    line = str(user_agent or "")
    browser = next((name for mark, name in BROWSER_MARKS if mark in line), "")
    system = next((name for mark, name in SYSTEM_MARKS if mark in line), "")
    return ", ".join(part for part in (browser, system) if part) or line[:60]
