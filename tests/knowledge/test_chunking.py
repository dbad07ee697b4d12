from hypothesis import given
from hypothesis import strategies as st

from knowledge import chunking

DOCUMENT = (
    "Intro.\n\n# Guide\n\n## **Install**\n\nRun it.\n\n```\n# not a heading\n```\n\n## Empty\n\n# Next\nText."
)


def test_passages_know_their_headings() -> None:
    paths = [passage.heading_path for passage in chunking.split(DOCUMENT)]
    assert paths == [(), ("Guide", "Install"), ("Guide",), ("Next",)]


@given(st.text(alphabet="ab .\n#-|`é退ا", max_size=3000))
def test_offsets_are_exact(text: str) -> None:
    for rows in (False, True):
        for passage in chunking.split(text, rows=rows):
            assert text[passage.start : passage.end] == passage.text


def test_nothing_is_lost_between_passages() -> None:
    text = " ".join(f"Sentence number {number} says something." for number in range(500))
    passages = chunking.split(text)
    assert " ".join(passage.text for passage in passages).split() == text.split()
    assert all(len(passage.text) <= chunking.PASSAGE_CHARACTERS[1] for passage in passages)


def test_each_row_of_a_table_is_one_passage() -> None:
    assert [p.text for p in chunking.split("A: 1\nB: 2\n\nA: 3", rows=True)] == ["A: 1\nB: 2", "A: 3"]


def test_an_answer_stays_whole() -> None:
    text = "  " + "Word " * 2000
    (passage,) = chunking.whole(text)
    assert passage.text == text.strip()
    assert text[passage.start : passage.end] == passage.text
