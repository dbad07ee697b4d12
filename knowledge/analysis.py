"""Decides which tokens a text is found by; documents and questions go through the same steps.

Called by index when passages are written and by retrieval and the extractive answer when they are asked for.
"""

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import regex
import Stemmer

from knowledge.languages import detect_language
from knowledge.stop_words import stop_words

__all__ = [
    "analyse",
    "content_tokens",
    "detect_language",
    "encode",
    "prefixed",
    "search_text",
    "words",
]

TITLE_WEIGHT = 3
# MariaDB ignores tokens over 84 characters, so the prefix and 60 characters must fit.
MAX_TOKEN_CHARACTERS = 60

_STEMMERS = {
    "ar": "arabic",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
}
_NON_LATIN_LANGUAGES = frozenset(
    {
        "ar",
        "el",
        "fa",
        "he",
        "hi",
        "hy",
        "ne",
        "ru",
        "ta",
        "th",
        "uk",
        "ur",
        "zh",
        "ja",
        "ko",
    }
)

_WORD = regex.compile(r"[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?:['’][\p{L}\p{N}\p{M}]+)*")
_SEGMENTS = regex.compile(
    r"(?P<pairs>[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}ー々]+)"
    r"|(?P<triples>(?:[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]\p{M}*)+)"
    r"|(?P<word>[^\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}ー々\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]+)"
)
_ARABIC_MARKS = regex.compile(r"[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640]")
_UNIFIED_LETTERS = str.maketrans("أإآٱىیةکё", "ااااييهكе")
_ACCENTS = regex.compile(r"[\u0300-\u036f]")
_LATIN = regex.compile(r"\p{Latin}")
_ASCII_WORD = regex.compile(r"[a-z0-9]+")


def analyse(text: str, language: str) -> list[str]:
    """Return the text's tokens in order: ASCII letters and digits, safe in any query syntax."""
    return [encode(part) for word in words(text) for part in _parts(word, language)]


def content_tokens(text: str, language: str) -> list[str]:
    """Return the tokens of the words that carry content; all of them when no word does."""
    return analyse(without_stop_words(text, language), language)


def without_stop_words(text: str, language: str) -> str:
    """Return the text's words less those that say nothing about its subject."""
    empty = stop_words(language)
    if language in {"zh", "ja"}:
        remaining = text
        for word in sorted(empty, key=len, reverse=True):
            remaining = remaining.replace(word, " ")
        return remaining if any(True for _ in words(remaining)) else text
    kept = [word for word in words(text) if word.replace("’", "'") not in empty]
    return " ".join(kept) if kept else text


def prefixed(tokens: Iterable[str], base_id: int) -> list[str]:
    """Return the tokens as they stand in the index: `17xrefund` is "refund" in knowledge base 17."""
    return [f"{base_id}x{token}" for token in tokens]


def search_text(title: str, heading_path: Sequence[str], text: str, *, language: str, base_id: int) -> str:
    """Return the indexed form of a passage; its item's title and its own heading count three times."""
    headings = [heading for heading in heading_path if heading and heading != title]
    tokens = analyse(title, language) * TITLE_WEIGHT
    tokens += analyse(" ".join(headings[:-1]), language)
    tokens += analyse(" ".join(headings[-1:]), language) * TITLE_WEIGHT
    tokens += analyse(text, language)
    return " ".join(prefixed(tokens, base_id))


def words(text: str) -> Iterator[str]:
    """Yield the text's words, compatibility forms unified and case folded; marks stay in their words."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return (match.group() for match in _WORD.finditer(folded))


def encode(token: str) -> str:
    """Return the token in ASCII: other letters as hexadecimal, long ones as their beginning and a hash."""
    if not _ASCII_WORD.fullmatch(token):
        token = "u" + "".join(f"{ord(character):04x}" for character in token)
    if len(token) <= MAX_TOKEN_CHARACTERS:
        return token
    return token[:20] + hashlib.sha256(token.encode()).hexdigest()[:32]


def _parts(word: str, language: str) -> Iterator[str]:
    for match in _SEGMENTS.finditer(word):
        segment = match.group()
        if match.lastgroup == "pairs":
            yield from _windows(segment, 2)
        elif match.lastgroup == "triples":
            yield from _windows(segment, 3)
        elif stem := _stem(segment, language):
            yield stem


def _windows(run: str, size: int) -> list[str]:
    if len(run) <= size:
        return [run]
    return [run[start : start + size] for start in range(len(run) - size + 1)]


@lru_cache(maxsize=50_000)
def _stem(word: str, language: str) -> str:
    if _LATIN.search(word):
        return _stem_latin(word, language)
    plain = _ARABIC_MARKS.sub("", word)
    stemmer = _stemmer(language)
    # Arabic's stemmer must see alef and ta-marbuta as written; they are unified afterwards.
    stem = stemmer.stemWord(plain) if stemmer else plain
    return stem.translate(_UNIFIED_LETTERS)


def _stem_latin(word: str, language: str) -> str:
    # Latin words inside a text of another script are mostly English names and terms.
    code = "en" if language in _NON_LATIN_LANGUAGES else language
    stemmer = _stemmer(code)
    # Folded before the stemmer sees it, so that "devolucion" finds "devolución".
    plain = word.replace("’", "'") if code == "vi" else fold_accents(word.replace("’", "'"))
    return (stemmer.stemWord(plain) if stemmer else plain).replace("'", "")


def fold_accents(word: str) -> str:
    """Return the word without accents, its other marks recomposed."""
    if word.isascii():
        return word
    decomposed = unicodedata.normalize("NFD", word)
    return (
        unicodedata.normalize("NFC", _ACCENTS.sub("", decomposed))
        .replace("ø", "o")
        .replace("ł", "l")
        .replace("đ", "d")
    )


@lru_cache(maxsize=64)
def _stemmer(language: str) -> Stemmer.Stemmer | None:
    algorithm = _STEMMERS.get(language)
    return Stemmer.Stemmer(algorithm) if algorithm else None
