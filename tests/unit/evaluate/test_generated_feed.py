"""The generated feed is what its labels say, and the same each time."""

from collections import defaultdict
from itertools import combinations
from pathlib import Path

from tests.feed.corpus import feed, write_corpus
from worker.evaluate import LabelKind, load
from worker.evaluate.events import COPY_SHARE
from worker.evaluate.joins_beyond_text import phrases, shared

#: Kinds of copies; all other kinds are originals.
_COPIES = {"refiled", "corrected", "abridged", "cut", "scanned_page", "rewritten"}


def test_the_feed_is_a_corpus_of_copies(tmp_path: Path) -> None:
    """It is written as ``evaluate`` reads it, with the same content for the same seed and other content for another."""
    corpus = load(write_corpus(tmp_path / "a"))
    assert corpus.labels is LabelKind.COPIES
    assert len(corpus.stories) == len(corpus.texts) == len(feed()) > 700
    assert (write_corpus(tmp_path / "b") / "docs.jsonl").read_bytes() == corpus.files[0].read_bytes()
    assert feed(2) != feed(1)


def test_each_original_has_its_label_and_copies_come_later() -> None:
    """No two originals have one label; a copy has the label of an original that was published before."""
    items = feed()
    originals = {item.label: item for item in items if item.kind not in _COPIES}
    copies = [item for item in items if item.kind in _COPIES]
    assert len(originals) + len(copies) == len(items)
    assert {item.kind for item in copies} == _COPIES
    assert all(originals[copy.label].published < copy.published for copy in copies)
    assert not [item.text for item in items if "{" in item.text + item.title]


def test_reports_of_one_event_are_independent() -> None:
    """No two of them share as much of their phrases as texts with a common source do, but each pair shares names."""
    events = defaultdict(list)
    for item in feed():
        if item.kind == "report":
            events[item.label.partition("/")[0]].append(phrases(item.text))
    shares = [shared(a, b) for reports in events.values() for a, b in combinations(reports, 2)]
    assert len(shares) == 6 * 24
    assert max(shares) < COPY_SHARE
    assert sum(shares) / len(shares) > 0.02
