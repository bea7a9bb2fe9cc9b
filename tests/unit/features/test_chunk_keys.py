"""Tests of chunks (those of `str.split`), of their keys, and of the hash table."""

import sys
from collections.abc import Iterable
from itertools import groupby

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from worker.features.chunk_keys import split_chunks
from worker.features.hash_table import HashTable
from worker.kernel import library

SPACES = [char for char in map(chr, range(sys.maxunicode + 1)) if char.isspace()]
#: Few letters, of one to four bytes, so that chunks repeat, and runs with lengths around the block size.
TEXTS = st.text(st.sampled_from(["a", "b", "\0", "é", "“", "字", "𝐀", "\ud83d", *SPACES]), max_size=120) | st.lists(
    st.sampled_from(["x" * size for size in (7, 8, 9, 16, 17, 63, 64, 65, 200)] + ["x" * 64 + "y", "xxxxxxxy" * 8])
).map(" ".join)


@given(st.lists(TEXTS, max_size=5))
@settings(max_examples=300)
def test_chunks_are_those_of_split(texts: list[str]) -> None:
    """Chunks are split at every Unicode space and nowhere else, and keys are equal if and only if chunks are."""
    spans, sizes = split_chunks(texts)
    chunks = [chunk for text in texts for chunk in text.split()]
    assert spans.texts() == chunks
    assert sizes.tolist() == [len(text.split()) for text in texts]
    assert len(set(zip(spans.keys.tolist(), chunks, strict=True))) == len(set(chunks)) == len(set(spans.keys.tolist()))


def test_every_space_parts() -> None:
    """Every Unicode space separates chunks, wherever it is in the text."""
    spans, sizes = split_chunks([f"{space}one{space}two{space}{space}three{space}" for space in SPACES])
    assert sizes.tolist() == [3] * len(SPACES)
    assert set(spans.texts()) == {"one", "two", "three"}


@pytest.fixture(params=["kernel", "NumPy"])
def _both_implementations(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a test with the compiled kernel, if there is one, and with NumPy."""
    if request.param == "NumPy":
        monkeypatch.setattr(library, "loaded", None)


def insert(table: HashTable, keys: NDArray[np.uint64], first: Iterable[int]) -> None:
    """Insert one word for each key."""
    table.insert(keys, np.fromiter(first, dtype=np.intp), np.ones(len(keys), dtype=np.intp))


@pytest.mark.usefixtures("_both_implementations")
@given(st.lists(st.lists(st.integers(1, 40) | st.integers(1, 2**64 - 1))))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_table_is_a_dictionary(batches: list[list[int]]) -> None:
    """The table returns the same as a dictionary, also for colliding keys and after it has grown."""
    table, known = HashTable(), dict[int, int]()
    for batch in batches:
        keys = np.array(batch, dtype=np.uint64)
        first, counts = table.look_up(keys)
        assert first.tolist() == [known.get(key, 0) for key in batch]
        assert counts.tolist() == [key in known for key in batch]
        new = [key for key, _ in groupby(sorted(batch)) if key not in known]
        known.update(zip(new, range(len(known), len(known) + len(new)), strict=True))
        insert(table, np.array(new, dtype=np.uint64), [known[key] for key in new])
    assert len(table) == len(known)


@pytest.mark.usefixtures("_both_implementations")
def test_a_table_grows() -> None:
    """Keys that were inserted before the table grew are found afterwards."""
    table, keys = HashTable(), np.arange(1, 50_001, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    for start in range(0, len(keys), 7_000):
        insert(table, keys[start : start + 7_000], range(start, min(start + 7_000, len(keys))))
    assert table.look_up(keys)[0].tolist() == list(range(len(keys)))
    assert table.look_up(keys + np.uint64(1))[1].max() == 0


def test_looked_up_keys_are_seen() -> None:
    """A table keeps which keys were looked up, also after it has grown."""
    table, keys = HashTable(), np.arange(1, 101, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    insert(table, keys, range(100))
    table.look_up(keys[:10])
    table.reserve(10_000)
    assert sorted(table.seen_slots()["first"].tolist()) == list(range(10))
