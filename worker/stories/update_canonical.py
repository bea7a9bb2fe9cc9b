"""Update the canonical articles of changed stories, and the relations of their copies.

Runs inside the transaction that changes them. A person's pin decides first, then which version of an id is the newest;
else `choose_canonical` does. Bounded: a story of very many texts keeps its canonical article, unless a newer version of
it arrives.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import Connection

from worker.article import ChangeKind, Relation
from worker.store import pins, revisions, sketches, stories
from worker.store.revisions import SentText
from worker.stories.candidates import FeatureCache
from worker.stories.canonical_choice import FINAL_TEXTS, VerdictLookup, allowed, choose_among, relations_to
from worker.stories.revisions import current_versions

#: The reason for a pinned article.
PINNED = "A person pinned it."


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
    connection: Connection,
    cache: FeatureCache,
    story_ids: Iterable[int],
    *,
    newly_joined: frozenset[int] = frozenset(),
    preferred_sources: Sequence[str] = (),
) -> list[stories.StoryChange]:
    """Choose and write canonical articles and relations (see `choose_canonicals`); return the changes."""
    changed = dict.fromkeys(story_ids, ())
    chosen = choose_canonicals(
        connection, cache, changed, newly_joined=newly_joined, preferred_sources=preferred_sources
    )
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
    preferred_sources: Sequence[str] = (),
    not_stored: Mapping[int, Sequence[SentText]] | None = None,
    withdrawn: Collection[int] = (),
) -> CanonicalChanges:
    """Choose canonical articles and relations of ``changed`` stories without writing them.

    Only the relations of a pinned exact copy and of the article that it copies are written at once.

    ``changed``: story -> its texts that are not stored yet · ``initial_canonical``: new story -> its first article ·
    ``newly_joined``: stored articles that are new to their story · ``judged``: returns the verdict on two articles, in
    this order, or None if they were not compared · ``preferred_sources``: the best first ·
    ``not_stored``: story -> what was sent and is not stored yet · ``withdrawn``: stories of which a stored text was
    withdrawn now
    """
    initial_canonical = dict(initial_canonical or {})
    stored = [story for story in changed if story not in initial_canonical]
    best = _pinned_texts(connection, stored)  # first: it may change which articles are texts
    current = stories.canonicals(connection, stored)
    arrived = stories.different_texts(connection, list(current), among=newly_joined)
    frozen = _frozen(current, arrived, best) - set(withdrawn)
    texts = arrived | stories.different_texts(connection, [s for s in current if s not in frozen])
    canonicals = {story: article for story, (article, _) in current.items()} | initial_canonical
    newly_joined |= {text.id for new in changed.values() for text in new}
    members = {story: [*texts.get(story, ()), *changed.get(story, ())] for story in canonicals}
    _add_canonicals(connection, members, {story: canonicals[story] for story in frozen})
    newest = _newest_versions(connection, {s: allowed(members[s]) for s in members}, not_stored or {})
    # more versions of a live blog than `FINAL_TEXTS` are no reason to keep an old one
    frozen = {story for story in frozen if not newest[story] or canonicals[story] in newest[story]}
    open_stories = {s: members[s] for s in canonicals if s not in frozen and s not in best and len(members[s]) > 1}
    load = partial(cache.get, connection)
    best |= choose_among(load, open_stories, newest, preferred_sources)
    first = {s for s in canonicals if s in initial_canonical or current[s][1] - len(arrived.get(s, ())) <= 1}
    chosen = _changes(canonicals, best, first)
    relation_unknown: dict[int, int] = {}  # article -> its canonical article, to which its relation is unknown
    for story, canonical in canonicals.items():
        article = best[story][0] if story in best else canonical
        relation_unknown |= {m.id: article for m in members[story] if article != canonical or m.id in newly_joined}
    sent = {m.id: m.sent for texts_of_story in members.values() for m in texts_of_story}
    chosen.relations = relations_to(load, relation_unknown, judged, sent)
    return chosen


def _changes(
    canonicals: Mapping[int, int], best: Mapping[int, tuple[int, str]], first: Collection[int]
) -> CanonicalChanges:
    """Return which stories have another canonical article, and which keep theirs but get the reason for it.

    ``first``: the stories whose canonical article is chosen for the first time
    """
    changes = CanonicalChanges()
    for story, (article, reason) in best.items():
        if article != canonicals[story]:
            changes.canonical[story] = article, reason
        elif reason == PINNED or story in first:
            changes.unchanged[story] = article, reason
    return changes


def _frozen(
    current: Mapping[int, tuple[int, int]],
    arrived: Mapping[int, Sequence[stories.CanonicalCandidate]],
    pinned: Mapping[int, tuple[int, str]],
) -> set[int]:
    """Return the stories of very many texts, whose canonical article is not chosen again."""
    return {
        story
        for story, (canonical, count) in current.items()
        if count - len(arrived.get(story, ())) > FINAL_TEXTS and (story not in pinned or pinned[story][0] == canonical)
    }


def _pinned_texts(connection: Connection, story_ids: Sequence[int]) -> dict[int, tuple[int, str]]:
    """Return (pinned article, reason) by story; a pinned exact copy becomes the text of its words before."""
    pinned = pins.pinned(connection, story_ids)
    for article in pinned.values():
        if article.relation == Relation.EXACT:
            pins.swap_with_text(connection, article)
            # with other capitals its keys differ from those of the other article
            sketches.insert_keys(connection, article.sketch, article.story_id)
    return {story: (article.id, PINNED) for story, article in pinned.items()}


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
