"""Cleaning loses no more words of reference extractions and real articles than issue 3 allows."""

import json
import os
import re
from collections import Counter
from pathlib import Path

import pytest

from worker.article import Article
from worker.clean import clean

SHARED = Path(os.environ.get("COPYDESK_SHARED") or Path(__file__).parents[4] / "shared")
_WORD = re.compile(r"[^\W\d_]{2,}")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (SHARED / "data").is_dir(), reason="the labelled data are not next to this checkout"),
]


def words(text: str) -> Counter[str]:
    """Count the words of two letters or more."""
    return Counter(_WORD.findall(text.lower()))


def lost(text: str) -> int:
    """Count the words of ``text`` that are neither in the cleaned text nor in a field."""
    left = clean(Article(text, language="en"))
    fields = (left.title, left.dateline, left.agency, left.byline, *left.captions)
    return (words(text) - words(" ".join([left.text, *filter(None, fields)]))).total()


@pytest.mark.parametrize(("folder", "suffix"), [("scrape", "_gt"), ("background", "")])
def test_true_words_stay(folder: str, suffix: str) -> None:
    """At most 0.1 % of the true words are lost."""
    lines = (SHARED / "data" / folder / "docs.jsonl").read_text("utf-8").split("\n")
    texts = [row["text"] for row in map(json.loads, filter(None, lines)) if row["id"].endswith(suffix)]
    assert sum(map(lost, texts)) <= 0.001 * sum(words(text).total() for text in texts)
