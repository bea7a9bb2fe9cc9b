"""Stories that changed go in; each gets its canonical article, and its copies their relation to it.

Runs inside the transaction that changes them. Bounded: a story of very many texts keeps its canonical article.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from worker.article import ChangeKind, Relation
from worker.match import Member, Verdict, choose_canonical, evidence_of, verdicts
from worker.store import stories
from worker.stories.candidates import FeatureCache

#: Copies among which the canonical one is chosen: the longest, and those that just came.
MOST_MEMBERS = 12
#: A story of more different texts than this has settled on its canonical article; choosing again would cost more
#: with every copy and change hardly ever.
FINAL_TEXTS = 64

VerdictLookup = Callable[[int, int], Verdict | None]


@dataclass(slots=True)
class CanonicalChanges:
    """What was chosen: by story the canonical article and why, where it changes; by article (relation, similarity)."""

    canonical: dict[int, tuple[int, str]] = field(default_factory=dict)
    #: the same of stories that have a second text for the first time and keep their canonical article
    unchanged: dict[int, tuple[int, str]] = field(default_factory=dict)
    relations: dict[int, tuple[str, float]] = field(default_factory=dict)

    @property
    def changes(self) -> list[stories.StoryChange]:
        """What the change feed tells of it, in the order of the stories."""
        return [
            stories.StoryChange(ChangeKind.CANONICAL, story, article)
            for story, (article, _) in sorted(self.canonical.items())
        ]


def update_canonicals(
    connection: Connection, shelf: FeatureCache, story_ids: Iterable[int], *, fresh: frozenset[int] = frozenset()
) -> list[stories.StoryChange]:
    """Choose canonical articles and set relations; return what changed. ``fresh`` are articles new to their story."""
    chosen = choose_canonicals(connection, shelf, dict.fromkeys(story_ids, ()), moved=fresh)
    stories.set_canonical(connection, chosen.canonical | chosen.unchanged)
    stories.set_relations(connection, chosen.relations)
    return chosen.changes


def choose_canonicals(
    connection: Connection,
    shelf: FeatureCache,
    changed: Mapping[int, Sequence[stories.MemberText]],
    *,
    starts: Mapping[int, int] | None = None,
    moved: frozenset[int] = frozenset(),
    judged: VerdictLookup = lambda _article, _other: None,
) -> CanonicalChanges:
    """Choose canonical articles and relations of ``changed`` stories, writing nothing.

    ``changed``: story -> its texts that are not stored yet · ``starts``: of stories not stored yet, the article that
    they start with · ``moved``: stored articles new to their story · ``judged``: the verdict on two of these articles,
    in this order, where there is one already.
    """
    starts = dict(starts or {})
    current = stories.canonicals(connection, [story for story in changed if story not in starts])
    come = stories.different_texts(connection, list(current), among=moved)
    settled = {s for s, (_, count) in current.items() if count - len(come.get(s, ())) > FINAL_TEXTS}
    texts = come | stories.different_texts(connection, [s for s in current if s not in settled])
    canonicals = {story: article for story, (article, _) in current.items()} | starts
    fresh = moved | {text.id for new in changed.values() for text in new}
    found = CanonicalChanges()
    stale: dict[int, int] = {}  # article -> the canonical one that it is newly beside
    members = {story: [*texts.get(story, ()), *changed.get(story, ())] for story in canonicals}
    contested = {
        s: _foremost(members[s], canonicals[s], fresh) for s in canonicals if s not in settled and len(members[s]) > 1
    }
    kept = shelf.get(connection, [text.id for some in contested.values() for text in some])
    for story, canonical in canonicals.items():
        best = canonical
        if story in contested:
            place, reason = choose_canonical([Member(kept[m.id], m.seen_at, m.faults) for m in contested[story]])
            best = contested[story][place].id
            if best != canonical:
                found.canonical[story] = best, reason
            elif story in starts or current[story][1] - len(come.get(story, ())) <= 1:
                found.unchanged[story] = best, reason
        stale |= {m.id: best for m in members[story] if best != canonical or m.id in fresh}
    found.relations = _relations(connection, shelf, stale, judged)
    return found


def _foremost(members: Sequence[stories.MemberText], canonical: int, fresh: frozenset[int]) -> list[stories.MemberText]:
    """Return those among which the canonical article is chosen, by id."""
    order = sorted(members, key=lambda m: (m.id != canonical, m.id not in fresh, -m.words, m.id))[:MOST_MEMBERS]
    return sorted(order, key=lambda m: m.id)


def _relations(
    connection: Connection, shelf: FeatureCache, beside: Mapping[int, int], judged: VerdictLookup
) -> dict[int, tuple[str, float]]:
    """Return of each article (relation, similarity) to the canonical one ``beside`` it; all are different texts."""
    copies = [(article, canonical) for article, canonical in beside.items() if article != canonical]
    known = {pair: one for pair in copies if (one := judged(*pair))}
    asked = [pair for pair in copies if pair not in known]
    kept = shelf.get(connection, {article for pair in asked for article in pair})
    evidence = list(evidence_of([(kept[a], kept[b]) for a, b in asked], [None] * len(asked), whole=False))
    known |= zip(asked, verdicts(evidence), strict=True)
    found: dict[int, tuple[str, float]] = dict.fromkeys(beside, (Relation.ORIGINAL, 1.0))
    for pair in copies:
        # a text that differs is no exact copy, even where only its title did
        relation = Relation.NEAR if known[pair].relation == Relation.EXACT else known[pair].relation
        found[pair[0]] = (relation, known[pair].similarity)
    return found
