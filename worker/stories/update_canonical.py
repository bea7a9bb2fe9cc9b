"""Update the canonical articles of changed stories, and the relations of their copies.

Runs inside the transaction that changes them. Bounded: a story of very many texts keeps its canonical article.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from worker.article import ChangeKind, Relation
from worker.match import Member, Verdict, choose_canonical, compare_alone, verdicts
from worker.store import stories
from worker.stories.candidates import FeatureCache

#: Maximum number of copies to choose from: the new ones, then the longest.
MOST_MEMBERS = 12
#: A story of more different texts than this keeps its canonical article; choosing again would cost more with every copy
#: and change it hardly ever.
FINAL_TEXTS = 64

VerdictLookup = Callable[[int, int], Verdict | None]


@dataclass(slots=True)
class CanonicalChanges:
    """The changes: story -> (new canonical article, reason), and article -> (relation, similarity)."""

    canonical: dict[int, tuple[int, str]] = field(default_factory=dict)
    #: like ``canonical``, for stories that just got their second text and keep their canonical article
    unchanged: dict[int, tuple[int, str]] = field(default_factory=dict)
    relations: dict[int, tuple[str, float]] = field(default_factory=dict)

    @property
    def story_changes(self) -> list[stories.StoryChange]:
        """The entries of the change feed, by story."""
        return [stories.StoryChange(ChangeKind.CANONICAL, s, a) for s, (a, _) in sorted(self.canonical.items())]


def update_canonicals(
    connection: Connection, cache: FeatureCache, story_ids: Iterable[int], *, newly_joined: frozenset[int] = frozenset()
) -> list[stories.StoryChange]:
    """Choose and write canonical articles and relations (see `choose_canonicals`); return the changes."""
    chosen = choose_canonicals(connection, cache, dict.fromkeys(story_ids, ()), newly_joined=newly_joined)
    stories.set_canonical(connection, chosen.canonical | chosen.unchanged)
    stories.set_relations(connection, chosen.relations)
    return chosen.story_changes


def choose_canonicals(
    connection: Connection,
    cache: FeatureCache,
    changed: Mapping[int, Sequence[stories.CanonicalCandidate]],
    *,
    initial_canonical: Mapping[int, int] | None = None,
    newly_joined: frozenset[int] = frozenset(),
    judged: VerdictLookup = lambda _article, _other: None,
) -> CanonicalChanges:
    """Choose canonical articles and relations of ``changed`` stories without writing them.

    ``changed``: story -> its texts that are not stored yet · ``initial_canonical``: new story -> its first article ·
    ``newly_joined``: stored articles that are new to their story · ``judged``: returns the verdict on two articles, in
    this order, or None if they were not compared
    """
    initial_canonical = dict(initial_canonical or {})
    current = stories.canonicals(connection, [story for story in changed if story not in initial_canonical])
    arrived = stories.different_texts(connection, list(current), among=newly_joined)
    frozen = {s for s, (_, count) in current.items() if count - len(arrived.get(s, ())) > FINAL_TEXTS}
    texts = arrived | stories.different_texts(connection, [s for s in current if s not in frozen])
    canonicals = {story: article for story, (article, _) in current.items()} | initial_canonical
    newly_joined |= {text.id for new in changed.values() for text in new}
    chosen = CanonicalChanges()
    relation_unknown: dict[int, int] = {}  # article -> its canonical article, to which its relation is unknown
    members = {story: [*texts.get(story, ()), *changed.get(story, ())] for story in canonicals}
    open_stories = [s for s in canonicals if s not in frozen and len(members[s]) > 1]
    to_choose = {s: _eligible(members[s], canonicals[s], newly_joined) for s in open_stories}
    features = cache.get(connection, [text.id for eligible in to_choose.values() for text in eligible])
    for story, canonical in canonicals.items():
        best = canonical
        if story in to_choose:
            i, reason = choose_canonical([Member(features[m.id], m.seen_at, m.faults) for m in to_choose[story]])
            best = to_choose[story][i].id
            if best != canonical:
                chosen.canonical[story] = best, reason
            elif story in initial_canonical or current[story][1] - len(arrived.get(story, ())) <= 1:
                chosen.unchanged[story] = best, reason
        relation_unknown |= {m.id: best for m in members[story] if best != canonical or m.id in newly_joined}
    chosen.relations = _relations(connection, cache, relation_unknown, judged)
    return chosen


def _eligible(
    members: Sequence[stories.CanonicalCandidate], canonical: int, newly_joined: frozenset[int]
) -> list[stories.CanonicalCandidate]:
    """Return the texts from which the canonical article is chosen, by id."""
    ranked = sorted(members, key=lambda m: (m.id != canonical, m.id not in newly_joined, -m.words, m.id))
    return sorted(ranked[:MOST_MEMBERS], key=lambda m: m.id)


def _relations(
    connection: Connection, cache: FeatureCache, canonical_of: Mapping[int, int], judged: VerdictLookup
) -> dict[int, tuple[str, float]]:
    """Return article -> (relation, similarity) to its canonical article; all are different texts."""
    copies = [(article, canonical) for article, canonical in canonical_of.items() if article != canonical]
    known = {pair: verdict for pair in copies if (verdict := judged(*pair))}
    unknown = [pair for pair in copies if pair not in known]
    features = cache.get(connection, {article for pair in unknown for article in pair})
    evidence = compare_alone([(features[a], features[b]) for a, b in unknown], [None] * len(unknown), whole=False)
    known |= zip(unknown, verdicts(evidence), strict=True)
    relations: dict[int, tuple[str, float]] = dict.fromkeys(canonical_of, (Relation.ORIGINAL, 1.0))
    for pair in copies:
        # a different text is no exact copy, even if only its title differs
        relation = Relation.NEAR if known[pair].relation == Relation.EXACT else known[pair].relation
        relations[pair[0]] = (relation, known[pair].similarity)
    return relations
