"""Decides the order of the passages that a search brought back, and how well they support the question.

Called by retrieval; pure, so that both databases rank alike.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

SATURATION = 1.2
LENGTH_WEIGHT = 0.75


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage brought back by the database, with the tokens it is indexed by."""

    key: int
    tokens: Sequence[str]


# Below this, nothing relevant was found. Pairs of ideographs match less often than words: theirs counts more.
MIN_SUPPORT = 0.3
DENSE_FACTOR = 1.35


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate's place: its BM25 score, and its share of the best score possible (0 to 1)."""

    key: int
    score: float
    share: float


def rank(query: Sequence[str], candidates: Iterable[Candidate], *, limit: int) -> list[Ranked]:
    """Return the best candidates, best first; the key breaks ties so that the order is always the same."""
    counted = [(candidate.key, Counter(candidate.tokens), len(candidate.tokens)) for candidate in candidates]
    if not counted:
        return []
    terms = Counter(query)
    weights = term_weights(terms, [counts for _, counts, _ in counted])
    average_length = sum(length for _, _, length in counted) / len(counted) or 1.0
    bound = score_upper_bound(terms, weights) or 1.0
    scored = [
        Ranked(key, score, score / bound)
        for key, counts, length in counted
        if (score := bm25(terms, weights, counts, length / average_length)) > 0
    ]
    return sorted(scored, key=lambda ranked: (-ranked.score, ranked.key))[:limit]


def term_weights(terms: Iterable[str], documents: Sequence[Mapping[str, int]]) -> dict[str, float]:
    """Return each term's inverse document frequency among the documents; a term nobody has weighs most."""
    total = len(documents)
    weights = {}
    for term in terms:
        holding = sum(1 for document in documents if term in document)
        weights[term] = math.log(1 + (total - holding + 0.5) / (holding + 0.5))
    return weights


def bm25(
    terms: Mapping[str, int],
    weights: Mapping[str, float],
    counts: Mapping[str, int],
    length: float,
) -> float:
    """Return a document's BM25 score; `length` is in units of the average document."""
    norm = SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * length)
    score = 0.0
    for term, repeats in terms.items():
        if count := counts.get(term, 0):
            score += repeats * weights[term] * count * (SATURATION + 1) / (count + norm)
    return score


def score_upper_bound(terms: Mapping[str, int], weights: Mapping[str, float]) -> float:
    """Return what a document would score that held every term without end."""
    return sum(repeats * weights[term] * (SATURATION + 1) for term, repeats in terms.items())


def support(
    content: Sequence[str], ranked: Sequence[Ranked], candidates: Iterable[Candidate], *, is_dense: bool
) -> float:
    """Return how well the best passages carry the question (0 to 1).

    The mean of two shares: of the question's content that one passage holds, and of the best possible score.
    """
    asked = set(content)
    if not ranked or not asked:
        return 0.0
    best = {entry.key for entry in ranked}
    coverage = max(len(asked.intersection(one.tokens)) / len(asked) for one in candidates if one.key in best)
    value = (coverage + ranked[0].share) / 2
    return min(1.0, value * DENSE_FACTOR if is_dense else value)
