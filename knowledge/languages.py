"""Decides which language a text is written in, and which of its words carry no content.

Called by `analysis`, by ingestion for each item, and by the extractive answer.
"""

from collections.abc import Collection
from functools import lru_cache
from typing import Any

import regex

from knowledge.stop_words import stop_words

DEFAULT_LANGUAGE = "en"
SAMPLE_CHARACTERS = 2_000
MIN_SMALL_WORDS = 2

# Scripts that one supported language writes alone: no model is asked for these.
_LANGUAGE_OF_SCRIPT = {
    "Hangul": "ko",
    "Thai": "th",
    "Lao": "lo",
    "Khmer": "km",
    "Myanmar": "my",
    "Greek": "el",
    "Hebrew": "he",
    "Tamil": "ta",
    "Telugu": "te",
    "Bengali": "bn",
    "Gujarati": "gu",
    "Gurmukhi": "pa",
    "Armenian": "hy",
    "Georgian": "ka",
}
# Scripts that several languages share: the likely ones, the first is the fallback.
_LANGUAGES_OF_SCRIPT = {
    "Latin": (
        *(
            "en",
            "es",
            "de",
            "fr",
            "pt",
            "it",
            "nl",
            "sv",
            "da",
            "no",
            "fi",
            "pl",
            "cs",
            "ro",
            "hu",
        ),
        *("tr", "id", "vi", "ca", "eu", "et", "lt", "ga"),
    ),
    "Arabic": ("ar", "fa", "ur"),
    "Cyrillic": ("ru", "uk", "bg", "sr"),
    "Devanagari": ("hi", "ne", "mr"),
}
RIGHT_TO_LEFT = frozenset({"ar", "fa", "ur", "he", "yi"})

_WORDS = regex.compile(r"[\p{L}\p{M}]+")
_SCRIPTS = (
    "Latin",
    "Han",
    "Hiragana",
    "Katakana",
    "Cyrillic",
    "Arabic",
    "Devanagari",
    *_LANGUAGE_OF_SCRIPT,
)
_SCRIPT_RUNS = {
    script: regex.compile(rf"\p{{Script={script}}}+")
    for script in dict.fromkeys((*_SCRIPTS, *_LANGUAGES_OF_SCRIPT))
}


def detect_language(text: str, among: Collection[str] = ()) -> str:
    """Return the ISO 639-1 code of the text's language, one of `among` when any of those fits its script."""
    sample = text[:SAMPLE_CHARACTERS]
    script = main_script(sample)
    if script is None:
        return next(iter(among), DEFAULT_LANGUAGE)
    candidates = _candidates(script, sample)
    fitting = tuple(code for code in candidates if code in among) if among else candidates
    if len(fitting) < 2:
        return (fitting or candidates)[0]
    return _by_stop_words(sample, fitting) or _most_likely(sample, fitting)


def _by_stop_words(text: str, candidates: tuple[str, ...]) -> str:
    """Return the language whose small words the text is made of, where that is plain; it needs no model."""
    if not all(map(stop_words, candidates)):
        return ""
    said = _WORDS.findall(text.casefold())
    counted = sorted(
        ((sum(word in stop_words(code) for word in said), code) for code in candidates), reverse=True
    )
    (most, code), (second, _other) = counted[:2]
    return code if most >= MIN_SMALL_WORDS and most > 2 * second else ""


def main_script(text: str) -> str | None:
    """Return the script that most letters of the text belong to; ideographs weigh double."""
    weights = {script: sum(map(len, runs.findall(text))) for script, runs in _SCRIPT_RUNS.items()}
    weights["Han"] *= 2
    if weights["Hiragana"] + weights["Katakana"] > 0.05 * weights["Han"]:
        weights["Hiragana"] += weights["Katakana"] + weights["Han"]
        weights["Han"] = 0
    script = max(weights, key=lambda name: weights[name])
    return script if weights[script] else None


def _candidates(script: str, text: str) -> tuple[str, ...]:
    if script == "Han":
        return ("zh",)
    if script in {"Hiragana", "Katakana"}:
        return ("ja",)
    if script in _LANGUAGES_OF_SCRIPT:
        return _LANGUAGES_OF_SCRIPT[script]
    return (_LANGUAGE_OF_SCRIPT[script],)


def _most_likely(text: str, candidates: tuple[str, ...]) -> str:
    for code, _score in _identifier().rank(text):
        if code in candidates:
            return str(code)
    return candidates[0]


def warm_up() -> None:
    """Load the model now, so that no question waits for it."""
    _identifier()


@lru_cache(maxsize=1)
def _identifier() -> Any:
    # Loading the model takes about a second and 60 MB: only where a text needs it.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE)
