"""Judge the candidates of a block of texts by the service's functions, and keep the pairs that are alike."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, Final

import numpy as np
import pyarrow as pa

from worker.bulk.schema import EDGES
from worker.bulk.texts import StoredText, TextStore
from worker.fingerprint.posting_index import passes_prefilter
from worker.match import KeyRarity
from worker.match.judgement import Judgement
from worker.match.metadata import ArticleMetadata
from worker.stories.cluster_text import ClusterText
from worker.stories.references import Stored
from worker.stories.verdict_cache import VerdictCache
from worker.window import ArticleTimes, Window

#: Texts that are judged together, among the same number of stories.
_TOGETHER: Final = 64
#: Candidate texts of an article in its window, the first by shared keys. The service reads 24 stories; of these, most
#: have one text.
MOST_TEXTS: Final = 48
#: All articles of a run arrive together.
ARRIVED: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class KeyCounts:
    """The number of stories with each key of some articles, from a table of `KEY_COUNTS`."""

    by_id: Mapping[int, Mapping[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, table: pa.Table) -> "KeyCounts":
        """Read a table that is in the order of ids."""
        ids, keys, others = (table.column(name).to_numpy().tolist() for name in ("id", "key", "others"))
        by_id: dict[int, dict[int, int]] = {}
        for id_, key, count in zip(ids, keys, others, strict=True):
            by_id.setdefault(id_, {})[key] = count
        return cls(by_id)


def judge_block(
    store: TextStore,
    candidates: pa.Table,
    counts: KeyCounts,
    window: Window,
    judgement: Judgement,
    settled_stories: int = 0,
) -> pa.Table:
    """Return the candidate pairs that at least agree (see `Judgement`), with this number of settled stories besides."""
    rows = zip(*(candidates.column(name).to_numpy().tolist() for name in ("b", "a", "shared")), strict=True)
    by_text = [(b, list(pairs)) for b, pairs in groupby(rows, itemgetter(0))]
    edges = [
        edge
        for start in range(0, len(by_text), _TOGETHER)
        for edge in _judge(store, by_text[start : start + _TOGETHER], counts, window, judgement, settled_stories)
    ]
    columns = list(zip(*edges, strict=True)) or [()] * len(EDGES)
    return pa.table([pa.array(c, type=f.type) for c, f in zip(columns, EDGES, strict=True)], schema=EDGES)


def _judge(
    store: TextStore,
    by_text: Sequence[tuple[int, Sequence[tuple[int, int, int]]]],
    counts: KeyCounts,
    window: Window,
    judgement: Judgement,
    settled_stories: int,
) -> Iterator[tuple[int, int, float, float]]:
    # most candidates do not pass, and their texts are not read
    prints = store.simhashes({id_ for b, pairs in by_text for id_ in (b, *(a for _, a, _ in pairs))})
    times = {id_: ArticleTimes(published, ARRIVED) for id_, (_, published) in prints.items()}
    near = [
        (b, a)
        for b, pairs in by_text
        for _, a, shared in islice((p for p in pairs if window.contains(times[b], times[p[1]])), MOST_TEXTS)
        if passes_prefilter(shared, prints[b][0], (prints[a][0],))
    ]
    stored = store.stored({id_ for pair in near for id_ in pair})
    features = store.features(stored[id_] for id_ in {id_ for pair in near for id_ in pair})
    texts: dict[int, Any] = {id_: _text(stored[id_], of_text) for id_, of_text in features.items()}
    pairs = [(texts[b], texts[a]) for b, a in near]
    among = KeyRarity(stories=settled_stories + sum(b for b, _ in by_text) // len(by_text))
    apart = {b: KeyRarity(counts.by_id.get(b, {})).of(stored[b].sketch) for b, _ in near}
    together = {b: of_keys.copy() for b, of_keys in apart.items()}
    for b, a in near:
        shared = np.isin(stored[b].sketch, stored[a].sketch, assume_unique=True)
        together[b][shared] -= 1
    for of_keys in together.values():
        np.maximum(of_keys, 0, out=of_keys)  # several near texts may have one posting for a key
    cache = VerdictCache(judgement)
    likely = cache.judge(pairs, among, lambda text: together[_id(text)], posted=0)
    certain = cache.judge(pairs, among, lambda text: apart[_id(text)], posted=1)
    for (b, a), verdict, other in zip(near, likely, certain, strict=True):
        if verdict.similarity >= judgement.agreement:
            yield b, a, verdict.similarity, other.similarity


def _id(text: ClusterText) -> int:
    return text.key.id if isinstance(text.key, Stored) else text.key.position


def _times(text: StoredText) -> ArticleTimes:
    return ArticleTimes(text.published_at, ARRIVED)


def _text(text: StoredText, features: Any) -> ClusterText:
    metadata = ArticleMetadata(text.title, text.url, text.published_at, features.language)
    return ClusterText(Stored(text.id), features, text.simhash, _times(text), text.sketch, metadata=metadata)
