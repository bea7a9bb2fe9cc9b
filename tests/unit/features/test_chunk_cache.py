"""Chunks are those of `str.split`, their keys tell them apart, and the table gives back what was put under a key."""

import sys
from collections.abc import Iterable
from itertools import groupby

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from worker.features.chunk_cache import chunks_of
from worker.features.table import HashTable
from worker.kernel import library

SPACES = [char for char in map(chr, range(sys.maxunicode + 1)) if char.isspace()]
#: Few letters, of one byte to four, and runs about as long as what is taken together, so that chunks come again.
TEXTS = st.text(st.sampled_from(["a", "b", "\0", "é", "“", "字", "𝐀", "\ud83d", *SPACES]), max_size=120) | st.lists(
    st.sampled_from(["x" * size for size in (7, 8, 9, 16, 17, 63, 64, 65, 200)] + ["x" * 64 + "y", "xxxxxxxy" * 8])
).map(" ".join)


@given(st.lists(TEXTS, max_size=5))
@settings(max_examples=300, deadline=None)
def test_chunks_are_those_of_split(texts: list[str]) -> None:
    """Every space of Unicode parts, nothing else does, and keys are equal where chunks are."""
    found, sizes = chunks_of(texts)
    chunks = [chunk for text in texts for chunk in text.split()]
    assert found.texts() == chunks
    assert sizes.tolist() == [len(text.split()) for text in texts]
    assert len(set(zip(found.keys.tolist(), chunks, strict=True))) == len(set(chunks)) == len(set(found.keys.tolist()))


def test_every_space_parts() -> None:
    """No space of Unicode is forgotten, wherever it stands."""
    found, sizes = chunks_of([f"{space}one{space}two{space}{space}three{space}" for space in SPACES])
    assert sizes.tolist() == [3] * len(SPACES)
    assert set(found.texts()) == {"one", "two", "three"}


@pytest.fixture(params=["kernel", "NumPy"])
def _either(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fill tables by the compiled kernel, where there is one, and without it."""
    if request.param == "NumPy":
        monkeypatch.setattr(library, "loaded", None)


def put(table: HashTable, keys: NDArray[np.uint64], first: Iterable[int]) -> None:
    """Put one word under each key."""
    table.put(keys, np.fromiter(first, dtype=np.intp), np.ones(len(keys), dtype=np.intp))


@pytest.mark.usefixtures("_either")
@given(st.lists(st.lists(st.integers(1, 40) | st.integers(1, 2**64 - 1))))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_table_is_a_dictionary(batches: list[list[int]]) -> None:
    """Keys that all want one slot are kept beside each other, and found after the table has grown."""
    table, known = HashTable(), dict[int, int]()
    for batch in batches:
        keys = np.array(batch, dtype=np.uint64)
        first, counts = table.find(keys)
        assert first.tolist() == [known.get(key, 0) for key in batch]
        assert counts.tolist() == [key in known for key in batch]
        new = [key for key, _ in groupby(sorted(batch)) if key not in known]
        known.update(zip(new, range(len(known), len(known) + len(new)), strict=True))
        put(table, np.array(new, dtype=np.uint64), [known[key] for key in new])
    assert len(table) == len(known)


@pytest.mark.usefixtures("_either")
def test_a_table_grows() -> None:
    """What was put before the table grew is found afterwards."""
    table, keys = HashTable(), np.arange(1, 50_001, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    for start in range(0, len(keys), 7_000):
        put(table, keys[start : start + 7_000], range(start, min(start + 7_000, len(keys))))
    assert table.find(keys)[0].tolist() == list(range(len(keys)))
    assert table.find(keys + np.uint64(1))[1].max() == 0


def test_what_was_found_is_seen() -> None:
    """A table tells which keys were asked for and found, also after it has grown."""
    table, keys = HashTable(), np.arange(1, 101, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    put(table, keys, range(100))
    table.find(keys[:10])
    table.reserve(10_000)
    assert sorted(table.seen()["first"].tolist()) == list(range(10))
