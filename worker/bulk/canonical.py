"""Choose canonical articles while a component is clustered, by the service's functions, and the relations of copies.

The service chooses again after each batch in which a story grew, and what joins next must agree with that text; so does
this, with batches of as many articles as the service takes of a large file.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from worker.bulk.settled import Settled
from worker.features import Features
from worker.fingerprint.article import Prepared
from worker.store.candidate_queries import STORY_TEXTS, NewArticle
from worker.store.revisions import SentText
from worker.store.stories import CanonicalCandidate
from worker.stories.canonical_choice import FINAL_TEXTS, allowed, choose_among, relations_to
from worker.stories.cluster_text import Cluster, ClusterText
from worker.stories.references import New, Stored, TextRef
from worker.stories.revisions import current_versions
from worker.stories.rows import BatchChanges, batch_changes
from worker.stories.verdict_cache import VerdictCache


class CanonicalChoice:
    """The canonical articles of the clusters of one component; ``ids`` are those of its articles, by position."""

    def __init__(
        self,
        batch: Sequence[Prepared],
        new: Sequence[NewArticle],
        ids: Sequence[int],
        verdicts: VerdictCache,
        preferred_sources: Sequence[str],
        settled: Settled,
    ) -> None:
        self._settled = settled
        self._batch, self._ids, self._verdicts, self._preferred = batch, ids, verdicts, preferred_sources
        self._numbers = {article: number for number, article in enumerate(ids)}
        alone = {article: Cluster(articles=[number]) for number, article in enumerate(ids)}
        changes = batch_changes(batch, new, (), alone, ids)
        self._current = -1  # the batch
        self._grown: dict[int, Cluster] = {}  # in this batch, by identity
        self._chosen: dict[int, ClusterText] = {}  # before this batch, by identity of the cluster
        self._members = {article: text for article, [text] in changes.new_texts().items()}

    def update(self, cluster: Cluster, exact: Collection[int], batch: int) -> None:
        """Note that a cluster got a text; choose for those that got one in an earlier ``batch``."""
        if batch != self._current:
            for grown in self._grown.values():
                self._choose_text(grown.root(), exact)
            self._grown.clear()
            self._current = batch
        self._grown[id(cluster)] = cluster
        cluster.canonical = self._chosen.get(id(cluster), cluster.canonical)

    def _choose_text(self, cluster: Cluster, exact: Collection[int]) -> None:
        """Choose the canonical text of a cluster, and drop texts that the service would not read."""
        members = [self._members[self._ids[number]] for number in cluster.articles if number not in exact]
        if 1 < len(members) <= FINAL_TEXTS:
            [(chosen, _)] = choose_among(self._load, {0: members}, {0: _newest(members)}, self._preferred).values()
            key = New(self._numbers[chosen])
            cluster.canonical = next((text for text in cluster.texts if text.key == key), cluster.canonical)
        if len(cluster.texts) > STORY_TEXTS:
            rest = cluster.texts[STORY_TEXTS:]
            del cluster.texts[STORY_TEXTS:]
            cluster.texts += [text for text in rest if text is cluster.canonical]
        if cluster.canonical:
            self._chosen[id(cluster)] = cluster.canonical

    def choose(self, changes: BatchChanges) -> dict[int, tuple[int, str | None]]:
        """Return the canonical article of each story and why; set relation and similarity of its different texts."""
        members, sent = changes.new_texts(), changes.sent_texts()
        fixed = self._settled.canonical
        several = {story: texts for story, texts in members.items() if len(texts) > 1 and story not in fixed}
        newest = {story: _newest(texts, sent.get(story, ())) for story, texts in several.items()}
        canonical = {story: texts[0].id for story, texts in members.items()}
        chosen = choose_among(self._load, several, newest, self._preferred)
        canonical |= {story: article for story, (article, _) in chosen.items()} | fixed
        reasons = {story: reason for story, (_, reason) in chosen.items()}
        relations = relations_to(
            self._load,
            {text.id: canonical[story] for story, texts in members.items() for text in texts},
            lambda a, b: self._verdicts.judged(self._ref(a), self._ref(b)),
            self._settled.sent | {text.id: text.sent for texts in members.values() for text in texts},
        )
        for article, (relation, similarity) in relations.items():
            changes.rows[article].relation, changes.rows[article].similarity = relation, similarity
        return {story: (article, reasons.get(story)) for story, article in canonical.items()}

    def _load(self, articles: Iterable[int]) -> Mapping[int, Features]:
        wanted = set(articles)
        new = {article: self._batch[self._numbers[article]].features for article in wanted & self._numbers.keys()}
        return {**new, **self._settled.load(wanted - new.keys())}

    def _ref(self, article: int) -> TextRef:
        return New(self._numbers[article]) if article in self._numbers else Stored(article)


def _newest(texts: Sequence[CanonicalCandidate], others: Sequence[SentText] = ()) -> set[int]:
    return current_versions({text.id: text.sent for text in allowed(texts)}, others)
