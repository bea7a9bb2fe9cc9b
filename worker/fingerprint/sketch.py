"""The sketch: sampled keys of an article that find candidates, also abridged copies."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from worker.features import Features
from worker.features.passages import SALIENT_WEIGHT, pair_keys
from worker.features.segments import distinct
from worker.features.totals import FIGURE
from worker.kernel import library
from worker.kernel import simhash_sketch as kernel

#: Sampled pairs of neighbouring content words: a share of them, at least and at most this many.
_PAIRS: Final = (1 / 20, 16, 40)
#: The same for pairs of salient names and numbers at distance 1 and 2, which survive a rewrite.
_NAME_PAIRS: Final = (1 / 10, 14, 32)
#: Single words rarer than one in a million (Zipf 3). With these four keys all of 96 rewrites find their story (two did
#: not), and one more of 309 scans, whose pairs of words all have OCR errors.
_RARE_WORDS: Final = (1, 4, 4)
_RARE_ZIPF: Final = 3.0
#: An odd factor: it ranks keys by mixed bits instead of their value.
_SCATTER: Final = np.uint32(0x9E3779B1)
#: the inverse of `_SCATTER` modulo 2**32
_GATHER: Final = np.uint32(244002641)
#: Sort items: number of the text, then key. Keys are signed, so their sign bit is flipped to sort them.
_TEXT: Final = np.uint64(32)
_SIGN: Final = np.uint64(1 << 31)

#: The text of each key, and the keys.
_Keys: TypeAlias = tuple[NDArray[np.uint64], NDArray[np.uint32]]


def sketches(features: Sequence[Features]) -> list[NDArray[np.int32]]:
    """Return the sampled keys of each article, ascending: pairs of words, pairs of names or numbers, rare words.

    Of each kind the keys with the smallest ranks are sampled (Broder's bottom-k), so that a short and a long version
    sample the same keys. The only key of a text of one word is that word.
    """
    return _sketches_by_numpy(features) if library.loaded is None else _sketches_by_kernel(features)


def _sketches_by_numpy(features: Sequence[Features]) -> list[NDArray[np.int32]]:
    texts = len(features)
    content, words = np.concatenate([f.content_tokens for f in features]), np.concatenate([f.words for f in features])
    owner, word_owner = _owners([len(f.content_tokens) for f in features]), _owners([len(f.words) for f in features])
    salient, rare = _salient(features), _rare(features)
    salient_words, salient_owner = content[salient], owner[salient]
    samples = (
        _sample(texts, owner, _PAIRS, [_pairs(owner, content, 1)]),
        _sample(texts, salient_owner, _NAME_PAIRS, [_pairs(salient_owner, salient_words, step) for step in (1, 2)]),
        _sample(texts, word_owner[rare], _RARE_WORDS, [(word_owner[rare], words[rare])]),
    )
    return _ascending(np.concatenate(samples), features)


def _sketches_by_kernel(features: Sequence[Features]) -> list[NDArray[np.int32]]:
    content, words = np.concatenate([f.content_tokens for f in features]), np.concatenate([f.words for f in features])
    keys = kernel.sketches(
        kernel.MarkedWords(np.array([len(f.content_tokens) for f in features]), content, _salient(features)),
        kernel.MarkedWords(np.array([len(f.words) for f in features]), words, _rare(features)),
        (kernel.Bounds(*_PAIRS), kernel.Bounds(*_NAME_PAIRS), kernel.Bounds(*_RARE_WORDS)),
        (int(_SCATTER), int(_GATHER)),
    )
    return [own if len(own) else f.words[:1].view(np.int32) for own, f in zip(keys, features, strict=True)]


def _salient(features: Sequence[Features]) -> NDArray[np.bool_]:
    """Return which content words are infrequent names or numbers."""
    salient = np.concatenate([f.content_token_weights for f in features]) >= SALIENT_WEIGHT
    salient &= np.concatenate([f.is_name_or_number for f in features])
    return salient


def _rare(features: Sequence[Features]) -> NDArray[np.bool_]:
    """Return which distinct words are rare and not numbers."""
    rare = np.concatenate([f.zipfs for f in features]) < _RARE_ZIPF
    rare &= np.concatenate([f.classes for f in features]) != FIGURE
    return rare


def _owners(sizes: Sequence[int]) -> NDArray[np.uint64]:
    return np.repeat(np.arange(len(sizes), dtype=np.uint64), sizes)


def _pairs(owner: NDArray[np.uint64], words: NDArray[np.uint32], step: int) -> _Keys:
    inside = np.flatnonzero((owner[:-step] == owner[step:]) & (words[:-step] != words[step:]))
    return owner[inside], pair_keys(words[inside], words[inside + step])


def _sample(texts: int, counted: NDArray[np.uint64], bounds: tuple[float, int, int], keys: Sequence[_Keys]) -> Any:
    """Return the sampled keys of all texts, each after the number of its text.

    The rank is an invertible product of the key, so that one sort gives the smallest ranks and their keys. ``counted``
    has the text of each word that the share refers to.
    """
    share, fewest, most = bounds
    limits = np.clip((np.bincount(counted.astype(np.intp), minlength=texts) * share).astype(np.intp), fewest, most)
    items = distinct(np.concatenate([owner << _TEXT | key * _SCATTER for owner, key in keys]))
    owner = items >> _TEXT
    begin = np.searchsorted(owner, np.arange(texts, dtype=np.uint64))
    items = items[np.arange(len(items)) - begin[owner] < limits[owner]]
    return items >> _TEXT << _TEXT | items.astype(np.uint32) * _GATHER


def _ascending(items: NDArray[np.uint64], features: Sequence[Features]) -> list[NDArray[np.int32]]:
    """Return the distinct keys of each text as signed numbers; a text without keys gets its first word."""
    items = distinct(items ^ _SIGN)
    bounds = np.searchsorted(items, np.arange(len(features) + 1, dtype=np.uint64) << _TEXT).tolist()
    keys = (items ^ _SIGN).astype(np.uint32).view(np.int32)
    return [
        keys[start:end] if start < end else f.words[:1].view(np.int32)
        for f, (start, end) in zip(features, pairwise(bounds), strict=True)
    ]
