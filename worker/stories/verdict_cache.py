"""The verdicts on pairs of texts: evidence follows from the texts, the rarity of their keys from the archive."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from worker.fingerprint.posting_index import PostingIndex, passes_prefilter
from worker.fingerprint.simhash import hamming
from worker.match import Evidence, KeyNumbers, KeyRarity, Verdict, compare_pairs, shares_too_little, verdicts
from worker.match.judgement import BALANCED, Judgement
from worker.match.metadata import with_metadata
from worker.stories.cluster_text import Cluster, ClusterText, texts_to_compare
from worker.stories.references import TextRef
from worker.window import Window

#: The numbers that know the archive follow the numbers of the texts.
_OF_TEXTS = Evidence._fields.index(KeyNumbers._fields[0])


@dataclass
class VerdictCache:
    """The evidence of pairs of texts by their keys, each computed once, and the latest verdicts on them."""

    judgement: Judgement = BALANCED
    seen: dict[tuple[TextRef, TextRef], Evidence] = field(default_factory=dict)
    latest: dict[tuple[TextRef, TextRef], Verdict] = field(default_factory=dict)

    def compare(self, pairs: Iterable[tuple[ClusterText, ClusterText]]) -> None:
        """Compare many pairs at once: predicted pairs cost a quarter of pairs compared one by one."""
        new = {(a.key, b.key): (a, b) for a, b in pairs if (a.key, b.key) not in self.seen}
        distances = [hamming(a.simhash, b.simhash) for a, b in new.values()]
        compared = compare_pairs([(a.features, b.features) for a, b in new.values()], distances, whole=False)
        self.seen.update(zip(new, compared, strict=True))

    def judge(
        self,
        pairs: Sequence[tuple[ClusterText, ClusterText]],
        rarity: KeyRarity,
        count: Callable[[ClusterText], NDArray[np.int64]],
        *,
        posted: int,
    ) -> list[Verdict]:
        """Judge pairs by how rare their keys are now; ``count`` returns the number of stories with each key."""
        self.compare(pairs)
        known = [self.seen[a.key, b.key] for a, b in pairs]
        uncertain = [i for i, e in enumerate(known) if not e.exact and not shares_too_little(e)]
        counts = {text.key: count(text) for text in {id(pairs[i][0]): pairs[i][0] for i in uncertain}.values()}
        compared = [(pairs[i][0].sketch, counts[pairs[i][0].key], pairs[i][1].sketch) for i in uncertain]
        for i, numbers in zip(uncertain, rarity.compare(compared, posted=posted), strict=True):
            known[i] = Evidence._make((*known[i][:_OF_TEXTS], *numbers, known[i].distance))
        judged = [
            with_metadata(verdict, a.metadata, b.metadata)
            for (a, b), verdict in zip(pairs, verdicts(known, self.judgement), strict=True)
        ]
        self.latest.update(((a.key, b.key), verdict) for (a, b), verdict in zip(pairs, judged, strict=True))
        return judged

    def judged(self, a: TextRef, b: TextRef) -> Verdict | None:
        """Return the verdict on the texts with these keys, in this order, or None if they were not compared."""
        return self.latest.get((a, b))


def predict_pairs(
    texts: Mapping[int, ClusterText],
    candidates: Mapping[int, Sequence[int]],
    stored: Iterable[Cluster],
    window: Window,
) -> Iterator[tuple[ClusterText, ClusterText]]:
    """Yield nearly all pairs that clustering these new texts will compare.

    ``texts`` and ``candidates`` (stored stories) are by position in the batch, in this order.
    """
    stories = {story.stored[0]: story for story in stored}
    postings = PostingIndex()
    for number, text in texts.items():
        for story in candidates.get(number, ()):
            if story in stories:
                yield from ((text, other) for other in texts_to_compare(text, stories[story], window))
        for other, shared in postings.candidates(text.keys).items():
            if passes_prefilter(shared, text.simhash, (texts[other].simhash,)):
                yield text, texts[other]
        postings.add(text.keys, number)
