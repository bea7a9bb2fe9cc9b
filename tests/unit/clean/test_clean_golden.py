"""A raw text for each kind of debris in; the text and the fields that an editor would leave, out."""

import json
from pathlib import Path
from typing import Any

import pytest

from worker.article import Article
from worker.clean import clean

FOLDER = Path(__file__).parents[2] / "golden" / "clean"
KINDS = sorted(path.name.removesuffix(".raw.txt") for path in FOLDER.glob("*.raw.txt"))


def read(name: str) -> str:
    """Return a golden file letter for letter, whatever its line ends."""
    return (FOLDER / name).read_bytes().decode()


def fields(kind: str) -> dict[str, Any]:
    """Return the fields expected beside the text; ``given`` holds those that the reader knew."""
    path = FOLDER / f"{kind}.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


@pytest.mark.parametrize("kind", KINDS)
def test_golden_pair(kind: str) -> None:
    """The raw text becomes the cleaned one, and what carried a fact stands in its field."""
    expected = fields(kind)
    cleaned = clean(Article(read(f"{kind}.raw.txt"), language="en", **expected.pop("given", {})))
    assert cleaned.text + "\n" == read(f"{kind}.cleaned.txt")
    for name, value in expected.items():
        found = getattr(cleaned, name)
        found = list(found) if name == "captions" else found.date().isoformat() if name == "published_at" else found
        assert found == value


def test_no_text_is_changed_for_nothing() -> None:
    """A text without faults is the same string, and no step claims a change."""
    cleaned = clean(Article(read("clean_text.raw.txt"), language="en"))
    assert not cleaned.changes
