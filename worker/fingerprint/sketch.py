"""The sketch: sampled keys of an article by which candidates are found, abridged copies too."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from worker.features import Features
from worker.features.passages import TELLING, pair_keys
from worker.features.segments import distinct
from worker.features.totals import FIGURE
from worker.kernel import library
from worker.kernel import prints as kernel

#: Pairs of neighbouring content words kept: this share of them, but at least and at most so many.
_PAIRS: Final = (1 / 20, 16, 40)
#: The same of pairs among names and numbers only, the next and the next but one: they outlive a rewrite.
_NAME_PAIRS: Final = (1 / 10, 14, 32)
#: Single words rarer than one in a million (Zipf 3): four keys more, and every rewrite of 96 finds its story (two
#: did not), and one scan of 309 more, whose pairs are all misread.
_RARE_WORDS: Final = (1, 4, 4)
_RARE_ZIPF: Final = 3.0
#: An odd factor: it ranks keys by other bits than they are made of.
_SCATTER: Final = np.uint32(0x9E3779B1)
#: undoes `_SCATTER`, modulo 2**32
_GATHER: Final = np.uint32(244002641)
#: What is sorted: number of the text, key. Keys are signed numbers, so their sign is turned round to be sorted.
_TEXT: Final = np.uint64(32)
_SIGN: Final = np.uint64(1 << 31)

#: Keys, and the text of each.
_Keys: TypeAlias = tuple[NDArray[np.uint64], NDArray[np.uint32]]


def sketches(found: Sequence[Features]) -> list[NDArray[np.int32]]:
    """Return the sampled keys of each, ascending: pairs of neighbouring words, and pairs of names or numbers.

    Of each kind the keys with the smallest ranks are kept (Broder's bottom-k), so that what a short version keeps
    a long version keeps too. A text of one word gives that word as its only key.
    """
    return _sketches(found) if library.loaded is None else _sketches_by_kernel(found)


def _sketches(found: Sequence[Features]) -> list[NDArray[np.int32]]:
    texts = len(found)
    running, words = np.concatenate([f.content_tokens for f in found]), np.concatenate([f.words for f in found])
    owner, word_owner = _owners([len(f.content_tokens) for f in found]), _owners([len(f.words) for f in found])
    telling, rare = _telling(found), _rare(found)
    marked, marked_owner = running[telling], owner[telling]
    samples = (
        _sample(texts, owner, _PAIRS, [_pairs(owner, running, 1)]),
        _sample(texts, marked_owner, _NAME_PAIRS, [_pairs(marked_owner, marked, step) for step in (1, 2)]),
        _sample(texts, word_owner[rare], _RARE_WORDS, [(word_owner[rare], words[rare])]),
    )
    return _ascending(np.concatenate(samples), found)


def _sketches_by_kernel(found: Sequence[Features]) -> list[NDArray[np.int32]]:
    running, words = np.concatenate([f.content_tokens for f in found]), np.concatenate([f.words for f in found])
    keys = kernel.sketches(
        kernel.Running(np.array([len(f.content_tokens) for f in found]), running, _telling(found)),
        kernel.Running(np.array([len(f.words) for f in found]), words, _rare(found)),
        (kernel.Bounds(*_PAIRS), kernel.Bounds(*_NAME_PAIRS), kernel.Bounds(*_RARE_WORDS)),
        (int(_SCATTER), int(_GATHER)),
    )
    return [own if len(own) else f.words[:1].view(np.int32) for own, f in zip(keys, found, strict=True)]


def _telling(found: Sequence[Features]) -> NDArray[np.bool_]:
    """Tell which running words are names or numbers that are not frequent."""
    telling = np.concatenate([f.content_token_weights for f in found]) >= TELLING
    telling &= np.concatenate([f.is_name_or_number for f in found])
    return telling


def _rare(found: Sequence[Features]) -> NDArray[np.bool_]:
    """Tell which distinct words are rare, and no numbers."""
    rare = np.concatenate([f.zipfs for f in found]) < _RARE_ZIPF
    rare &= np.concatenate([f.classes for f in found]) != FIGURE
    return rare


def _owners(sizes: Sequence[int]) -> NDArray[np.uint64]:
    return np.repeat(np.arange(len(sizes), dtype=np.uint64), sizes)


def _pairs(owner: NDArray[np.uint64], words: NDArray[np.uint32], step: int) -> _Keys:
    inside = np.flatnonzero((owner[:-step] == owner[step:]) & (words[:-step] != words[step:]))
    return owner[inside], pair_keys(words[inside], words[inside + step])


def _sample(texts: int, counted: NDArray[np.uint64], bounds: tuple[float, int, int], keys: Sequence[_Keys]) -> Any:
    """Return the sampled keys of all texts, each behind the number of its text.

    Ranked by a product that can be undone, so that one sort finds the smallest ranks and their keys. ``counted`` are
    the texts of the words of which a share is kept.
    """
    share, fewest, most = bounds
    room = np.clip((np.bincount(counted.astype(np.intp), minlength=texts) * share).astype(np.intp), fewest, most)
    items = distinct(np.concatenate([owner << _TEXT | key * _SCATTER for owner, key in keys]))
    owner = items >> _TEXT
    begin = np.searchsorted(owner, np.arange(texts, dtype=np.uint64))
    items = items[np.arange(len(items)) - begin[owner] < room[owner]]
    return items >> _TEXT << _TEXT | items.astype(np.uint32) * _GATHER


def _ascending(items: NDArray[np.uint64], found: Sequence[Features]) -> list[NDArray[np.int32]]:
    """Return the distinct keys of each text as signed numbers, of a text without any its first word."""
    items = distinct(items ^ _SIGN)
    bounds = np.searchsorted(items, np.arange(len(found) + 1, dtype=np.uint64) << _TEXT).tolist()
    keys = (items ^ _SIGN).astype(np.uint32).view(np.int32)
    return [
        keys[start:end] if start < end else f.words[:1].view(np.int32)
        for f, (start, end) in zip(found, pairwise(bounds), strict=True)
    ]
