"""Update the canonical articles of changed stories, and the relations of their copies.

Runs inside the transaction that changes them. A person's pin decides first, then which version of an id is the newest;
else `choose_canonical` does. Bounded: a story of very many texts keeps its canonical article, unless a newer version of
it arrives.
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from worker.article import ChangeKind, PublicationStatus, Relation
from worker.match import Member, Verdict, choose_canonical, compare_alone, verdicts
from worker.store import pins, revisions, sketches, stories
from worker.store.revisions import SentText
from worker.stories.candidates import FeatureCache
from worker.stories.revisions import current_versions, is_revision
from worker.stories.sources import OWN_DISPATCH, agency_keys, source_key, source_ranks

#: Maximum number of copies to choose from (see `eligible`): their features are loaded under the placement lock, and
#: comparing a dozen takes .5 ms, 64 take 3.4 ms.
MOST_MEMBERS = 12
#: The canonical article is one of this many texts, the first that were stored: choosing again would cost more with
#: every copy and change it hardly ever.
FINAL_TEXTS = 64
#: Texts whose lengths differ by less than this factor are equally long, so that an added line does not make one
#: eligible instead of another.
_EQUALLY_LONG = 1.25
#: The reason for a pinned article.
PINNED = "A person pinned it."
#: The status of texts that may be canonical: the first that any text has.
_STATUS_ORDER = (PublicationStatus.USABLE, PublicationStatus.WITHHELD, PublicationStatus.WITHDRAWN)
_OTHERS_NOT_USABLE = "Its provider lets it be used, unlike other copies."
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
    newest = _newest_versions(connection, {s: _allowed(members[s]) for s in members}, not_stored or {})
    # more versions of a live blog than `FINAL_TEXTS` are no reason to keep an old one
    frozen = {story for story in frozen if not newest[story] or canonicals[story] in newest[story]}
    open_stories = {s: members[s] for s in canonicals if s not in frozen and s not in best and len(members[s]) > 1}
    best |= _choose(connection, cache, open_stories, newest, preferred_sources)
    first = {s for s in canonicals if s in initial_canonical or current[s][1] - len(arrived.get(s, ())) <= 1}
    chosen = _changes(canonicals, best, first)
    relation_unknown: dict[int, int] = {}  # article -> its canonical article, to which its relation is unknown
    for story, canonical in canonicals.items():
        article = best[story][0] if story in best else canonical
        relation_unknown |= {m.id: article for m in members[story] if article != canonical or m.id in newly_joined}
    sent = {m.id: m.sent for texts_of_story in members.values() for m in texts_of_story}
    chosen.relations = _relations(connection, cache, relation_unknown, judged, sent)
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


def _allowed(texts: Sequence[stories.CanonicalCandidate]) -> list[stories.CanonicalCandidate]:
    """Return the texts of a story that may be canonical: the usable ones, else the withheld ones, else all."""
    for status in _STATUS_ORDER:
        if allowed := [text for text in texts if text.status == status]:
            return allowed
    return []


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


def _choose(
    connection: Connection,
    cache: FeatureCache,
    members: Mapping[int, Sequence[stories.CanonicalCandidate]],
    newest: Mapping[int, Collection[int]],
    preferred_sources: Sequence[str],
) -> dict[int, tuple[int, str]]:
    """Return (canonical article, reason) of stories with several texts: one of ``newest`` if there are any."""
    preferred = source_ranks(preferred_sources)
    ranks = {story: preferred | _own_dispatches(texts) for story, texts in members.items()}
    allowed = {story: _allowed(texts) for story, texts in members.items()}
    candidates = {
        story: eligible([t for t in texts if not newest[story] or t.id in newest[story]], ranks[story])
        for story, texts in allowed.items()
    }
    features = cache.get(connection, [text.id for texts in candidates.values() for text in texts])
    chosen = {}
    for story, texts in candidates.items():
        i, reason = choose_canonical(
            [Member(features[t.id], t.seen_at, t.faults, _rank(t, ranks[story]), t.id) for t in texts]
        )
        if newest[story]:
            reason = _NEWEST if len(texts) == 1 else f"{_NEWEST} {reason}"
        if len(allowed[story]) < len(members[story]):
            reason = _OTHERS_NOT_USABLE
        chosen[story] = texts[i].id, reason
    return chosen


def _rank(member: stories.CanonicalCandidate, ranks: Mapping[str, int]) -> int:
    return ranks.get(source_key(member.source or ""), len(ranks))


def _own_dispatches(texts: Sequence[stories.CanonicalCandidate]) -> dict[str, int]:
    """Return key -> rank of the agencies that texts of a story are credited to: their own copies come first."""
    agencies = {text.agency for text in texts if text.agency}
    return dict.fromkeys(agency_keys(agencies), OWN_DISPATCH) if agencies else {}


def eligible(
    members: Sequence[stories.CanonicalCandidate], ranks: Mapping[str, int]
) -> list[stories.CanonicalCandidate]:
    """Return the texts from which the canonical article is chosen, by id; ``ranks`` are those of preferred sources.

    These are half the longest, of which one is the most complete, and half those that win among equally complete ones.
    It depends on the texts alone: neither on which of them are new nor on what was canonical before.
    """
    first = sorted(members, key=lambda m: m.id)[:FINAL_TEXTS]
    if len(first) <= MOST_MEMBERS:
        return first
    first.sort(key=lambda m: (_rank(m, ranks), m.faults, m.seen_at, m.id))
    longest = sorted(first, key=lambda m: -int(math.log(max(m.words, 1), _EQUALLY_LONG)))[: MOST_MEMBERS // 2]
    others = [m for m in first if m not in longest]
    return sorted([*longest, *others[: MOST_MEMBERS - len(longest)]], key=lambda m: m.id)


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
    evidence = compare_alone([(features[a], features[b]) for a, b in unknown], [None] * len(unknown), whole=False)
    known |= zip(unknown, verdicts(evidence), strict=True)
    relations: dict[int, tuple[str, float]] = dict.fromkeys(canonical_of, (Relation.ORIGINAL, 1.0))
    for pair in copies:
        # a different text is no exact copy, even if only its title differs
        relation = Relation.NEAR if known[pair].relation == Relation.EXACT else known[pair].relation
        if all(article in sent for article in pair) and is_revision(*(sent[article] for article in pair)):
            relation = Relation.REVISION
        relations[pair[0]] = (relation, known[pair].similarity)
    return relations
