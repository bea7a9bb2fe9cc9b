"""Update the canonical articles of changed stories, and the relations of their copies.

Runs inside the transaction that changes them. Bounded: a story of very many texts keeps its canonical article.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from worker.article import ChangeKind, Relation
from worker.features import Features
from worker.match import Member, Verdict, choose_canonical, compare_alone, verdicts
from worker.store import revisions, stories
from worker.store.revisions import SentText
from worker.stories.candidates import FeatureCache
from worker.stories.revisions import current_versions, is_revision

#: Maximum number of copies to choose from: the new ones, then the longest.
MOST_MEMBERS = 12
#: A story of more different texts than this keeps its canonical article; choosing again would cost more with every copy
#: and change it hardly ever.
FINAL_TEXTS = 64

_NEWEST = "It is the newest version that its provider sent under one id."

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
    not_stored: Mapping[int, Sequence[SentText]] | None = None,
) -> CanonicalChanges:
    """Choose canonical articles and relations of ``changed`` stories without writing them.

    ``changed``: story -> its texts that are not stored yet · ``initial_canonical``: new story -> its first article ·
    ``newly_joined``: stored articles that are new to their story · ``judged``: returns the verdict on two articles, in
    this order, or None if they were not compared · ``not_stored``: story -> what was sent and is not stored yet
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
    _add_canonicals(connection, members, {s: canonicals[s] for s in frozen})
    newest = _newest_versions(connection, members, not_stored or {})
    # more versions of a live blog than `FINAL_TEXTS` are no reason to keep an old one
    superseded = {s for s in canonicals if newest[s] and canonicals[s] not in newest[s]}
    open_stories = [s for s in canonicals if len(members[s]) > 1 and (s not in frozen or s in superseded)]
    to_choose = {
        s: _eligible([m for m in members[s] if not newest[s] or m.id in newest[s]], canonicals[s], newly_joined)
        for s in open_stories
    }
    features = cache.get(connection, [text.id for eligible in to_choose.values() for text in eligible])
    for story, canonical in canonicals.items():
        best = canonical
        if story in to_choose:
            best, reason = _best(to_choose[story], features, are_newest=bool(newest[story]))
            if best != canonical:
                chosen.canonical[story] = best, reason
            elif story in initial_canonical or current[story][1] - len(arrived.get(story, ())) <= 1:
                chosen.unchanged[story] = best, reason
        relation_unknown |= {m.id: best for m in members[story] if best != canonical or m.id in newly_joined}
    sent = {m.id: m.sent for texts_of_story in members.values() for m in texts_of_story}
    chosen.relations = _relations(connection, cache, relation_unknown, judged, sent)
    return chosen


def _best(
    eligible: Sequence[stories.CanonicalCandidate], features: Mapping[int, Features], *, are_newest: bool
) -> tuple[int, str]:
    """Return the canonical article of these, and the reason."""
    i, reason = choose_canonical([Member(features[m.id], m.seen_at, m.faults) for m in eligible])
    if are_newest:
        reason = _NEWEST if len(eligible) == 1 else f"{_NEWEST} {reason}"
    return eligible[i].id, reason


def _add_canonicals(
    connection: Connection, members: dict[int, list[stories.CanonicalCandidate]], canonicals: Mapping[int, int]
) -> None:
    """Add the canonical article of each of these stories, of which only new texts were read, if these have ids."""
    wanted = {story: article for story, article in canonicals.items() if any(m.sent.key for m in members[story])}
    for story, texts in stories.different_texts(connection, list(wanted), among=wanted.values()).items():
        members[story] = [*(t for t in texts if t.id not in {m.id for m in members[story]}), *members[story]]


def _newest_versions(
    connection: Connection,
    members: Mapping[int, Sequence[stories.CanonicalCandidate]],
    not_stored: Mapping[int, Sequence[SentText]],
) -> dict[int, set[int]]:
    """Return the texts of each story that are the newest version of an id; none if no id has several versions."""
    keys = {key for texts in members.values() for m in texts if (key := m.sent.key)}
    stored = revisions.sent_texts(connection, list(members), keys)
    return {
        story: current_versions({m.id: m.sent for m in texts}, [*stored.get(story, ()), *not_stored.get(story, ())])
        for story, texts in members.items()
    }


def _eligible(
    members: Sequence[stories.CanonicalCandidate], canonical: int, newly_joined: frozenset[int]
) -> list[stories.CanonicalCandidate]:
    """Return the texts from which the canonical article is chosen, by id."""
    ranked = sorted(members, key=lambda m: (m.id != canonical, m.id not in newly_joined, -m.words, m.id))
    return sorted(ranked[:MOST_MEMBERS], key=lambda m: m.id)


def _relations(
    connection: Connection,
    cache: FeatureCache,
    canonical_of: Mapping[int, int],
    judged: VerdictLookup,
    sent: Mapping[int, SentText],
) -> dict[int, tuple[str, float]]:
    """Return article -> (relation, similarity) to its canonical article; all are different texts."""
    copies = [(article, canonical) for article, canonical in canonical_of.items() if article != canonical]
    known = {pair: verdict for pair in copies if (verdict := judged(*pair))}
    unknown = [pair for pair in copies if pair not in known]
    features = cache.get(connection, {article for pair in unknown for article in pair})
    evidence = list(compare_alone([(features[a], features[b]) for a, b in unknown], [None] * len(unknown), whole=False))
    known |= zip(unknown, verdicts(evidence), strict=True)
    relations: dict[int, tuple[str, float]] = dict.fromkeys(canonical_of, (Relation.ORIGINAL, 1.0))
    for pair in copies:
        # a different text is no exact copy, even if only its title differs
        relation = Relation.NEAR if known[pair].relation == Relation.EXACT else known[pair].relation
        if all(article in sent for article in pair) and is_revision(*(sent[article] for article in pair)):
            relation = Relation.REVISION
        relations[pair[0]] = (relation, known[pair].similarity)
    return relations
