"""What the widget may weigh, and what may not be in it."""

import gzip
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("loader", "app", "more", "teaser")


def weight(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9))


def test_loader_weighs_at_most_1200_bytes(dist: Path) -> None:
    assert weight(dist / "loader.js") <= 1_200


def test_all_up_to_the_first_answer_weighs_at_most_12000_bytes(dist: Path) -> None:
    assert weight(dist / "loader.js") + weight(dist / "app.js") <= 12_000


def test_parts_on_demand_weigh_little(dist: Path) -> None:
    assert weight(dist / "more.js") <= 5_000
    assert weight(dist / "teaser.js") <= 1_500


@pytest.mark.parametrize("part", PARTS)
def test_built_files_hold_no_way_from_text_to_code_and_no_name(dist: Path, part: str) -> None:
    code = (dist / f"{part}.js").read_text()
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(|new Function|talkwright"
    )
    assert re.findall(forbidden, code, re.IGNORECASE) == []


@pytest.mark.parametrize("part", PARTS)
def test_built_files_name_no_address(dist: Path, part: str) -> None:
    code = (dist / f"{part}.js").read_text()
    assert set(re.findall(r"https?://[\w.]+", code)) <= {"http://www.w3.org"}


def test_every_text_has_an_english_default_and_is_used() -> None:
    texts = json.loads((ROOT / "static/widget/texts.json").read_text())
    sources = "\n".join(path.read_text() for path in (ROOT / "static/widget").glob("*.ts"))
    assert all(isinstance(words, str) and words for words in texts.values())
    for_the_launcher = {"openChat", "hideTeaser"}
    assert {key for key in texts if f'"{key}"' not in sources} == for_the_launcher


def test_lock_names_no_registry() -> None:
    assert "resolved" not in (ROOT / "package-lock.json").read_text()
