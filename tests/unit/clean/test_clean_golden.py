"""For each kind of debris, a raw text is cleaned to the text and fields that an editor would keep."""

import json
from pathlib import Path
from typing import Any

import pytest

from worker.article import Article
from worker.clean import clean

FOLDER = Path(__file__).parents[2] / "golden" / "clean"
KINDS = sorted(path.name.removesuffix(".raw.txt") for path in FOLDER.glob("*.raw.txt"))


def read(name: str) -> str:
    """Return a golden file with its original line ends."""
    return (FOLDER / name).read_bytes().decode()


def fields(kind: str) -> dict[str, Any]:
    """Return the expected fields; ``given`` contains those that the reader supplies."""
    path = FOLDER / f"{kind}.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


@pytest.mark.parametrize("kind", KINDS)
def test_golden_pair(kind: str) -> None:
    """The raw text becomes the cleaned text, and each fact is in its field."""
    expected = fields(kind)
    cleaned = clean(Article(read(f"{kind}.raw.txt"), language="en", **expected.pop("given", {})))
    assert cleaned.text + "\n" == read(f"{kind}.cleaned.txt")
    for name, value in expected.items():
        actual = getattr(cleaned, name)
        actual = list(actual) if name == "captions" else actual.date().isoformat() if name == "published_at" else actual
        assert actual == value


def test_a_clean_text_is_unchanged() -> None:
    """No step reports a change of a text without faults."""
    cleaned = clean(Article(read("clean_text.raw.txt"), language="en"))
    assert not cleaned.changes
