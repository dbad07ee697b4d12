"""A model's numbers become citations of what it was given; made-up ones are dropped."""

import pytest

from conversations import citations
from knowledge.retrieval import ScoredPassage

SHIPPING = "We ship on weekdays. Delivery costs 4 euros. Free above 50 euros."
RETURNS = "Returns are free within 30 days. Keep the box."


def passage(number: int, text: str) -> ScoredPassage:
    return ScoredPassage(
        chunk_id=f"psg_{number}",
        item_id=f"item_{number}",
        title=f"Page {number}",
        url="",
        place="Page",
        heading_path="",
        text=text,
        start=100,
        end=100 + len(text),
        language="en",
        score=1.0,
    )


PASSAGES = (passage(1, SHIPPING), passage(2, RETURNS))


def test_a_number_becomes_a_citation_with_the_exact_words() -> None:
    text, found = citations.resolve("Delivery costs 4 euros [1].", PASSAGES)
    assert text == "Delivery costs 4 euros [1]."
    (citation,) = found
    assert citation["quote"] == "Delivery costs 4 euros."
    assert SHIPPING[citation["start"] - 100 : citation["end"] - 100] == citation["quote"]
    assert (citation["chunk"], citation["item"], citation["title"]) == ("psg_1", "item_1", "Page 1")


@pytest.mark.parametrize(
    ("written", "expected", "numbers"),
    [
        ("Free [9].", "Free.", []),
        ("Free [0].", "Free.", []),
        ("Both [1, 2].", "Both [1][2].", [1, 2]),
        ("Both [1][2] and [3].", "Both [1][2] and.", [1, 2]),
        ("A link [1](https://a.example) stays.", "A link [1](https://a.example) stays.", []),
        ("Twice [2] and again [2].", "Twice [2] and again [2].", [2]),
        ("In [1000] words.", "In [1000] words.", []),
    ],
)
def test_unknown_numbers_are_dropped(written: str, expected: str, numbers: list[int]) -> None:
    text, found = citations.resolve(written, PASSAGES)
    assert text == expected
    assert [citation["number"] for citation in found] == numbers


def test_what_was_read_is_kept_apart_from_what_was_cited() -> None:
    entries = citations.retrieved_entries(PASSAGES)
    assert [entry["chunk"] for entry in entries] == ["psg_1", "psg_2"]
    assert entries[0]["score"] == 1.0
