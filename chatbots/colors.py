"""Decides whether a widget colour can be read, and says so in a plain sentence.

Called by the widget form; static/js/widget_preview.ts says the same while the person chooses.
"""

import re

from django.utils.translation import gettext as _

HEX = re.compile(r"#[0-9a-f]{6}")
ENOUGH = 4.5
# The luminance at which black and white text are equally readable.
TURNING_POINT = 0.179


def luminance(color: str) -> float:
    """Relative luminance of #rrggbb, from 0 (black) to 1 (white)."""
    red, green, blue = (_linear(int(color[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def text_on(color: str) -> str:
    return "#ffffff" if luminance(color) <= TURNING_POINT else "#000000"


def verdict(color: str) -> str:
    """One sentence on the colour: what stands on it, and whether it stands out from a white page."""
    on_color = _("White text on it") if text_on(color) == "#ffffff" else _("Black text on it")
    ratio = f"{contrast(color, text_on(color)):.1f}:1"
    if contrast(color, "#ffffff") >= 3:
        return _("%(text)s reaches %(ratio)s: easy to read.") % {"text": on_color, "ratio": ratio}
    return _(
        "%(text)s reaches %(ratio)s, but the button hardly stands out from a white page; we give it a thin rim."
    ) % {"text": on_color, "ratio": ratio}


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.03928 else ((channel + 0.055) / 1.055) ** 2.4
