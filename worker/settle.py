"""Stories that changed go in; each gets its canonical article, and its copies their relation to it.

Runs inside the transaction that changed them. Bounded: a story of very many texts keeps its canonical article.
"""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection

from worker.article import Relation
from worker.candidates import Shelf
from worker.match import Member, choose_canonical, evidence, verdict
from worker.store import stories

#: Copies among which the canonical one is chosen: the longest, and those that just came.
MOST_MEMBERS = 12
#: A story of more different texts than this has settled on its canonical article; choosing again would cost more
#: with every copy and change hardly ever.
SETTLED_TEXTS = 64


def settle(
    connection: Connection, shelf: Shelf, story_ids: Iterable[int], *, fresh: frozenset[int] = frozenset()
) -> list[stories.Change]:
    """Choose canonical articles and set relations; return what changed. ``fresh`` are articles new to their story."""
    told: list[stories.Change] = []
    current = stories.canonicals(connection, story_ids)
    new = stories.different_texts(connection, list(current), among=fresh)
    settled = {s for s, (_, count) in current.items() if count - len(new.get(s, ())) > SETTLED_TEXTS}
    texts = new | stories.different_texts(connection, [s for s in current if s not in settled])
    relations: dict[int, tuple[str, float]] = {}
    for story_id, (canonical, _) in current.items():
        members = texts.get(story_id, [])
        chosen = canonical
        if story_id not in settled and len(members) > 1:
            chosen, reason = _choose(connection, shelf, members, canonical, fresh)
            if chosen != canonical:
                stories.set_canonical(connection, story_id, chosen, reason)
                told.append(stories.Change("canonical", story_id, chosen))
        stale = [m.id for m in members if chosen != canonical or m.id in fresh]
        relations |= _relations(connection, shelf, chosen, stale)
    stories.set_relations(connection, relations)
    return told


def _choose(
    connection: Connection, shelf: Shelf, members: Sequence[stories.Text], canonical: int, fresh: frozenset[int]
) -> tuple[int, str]:
    order = sorted(members, key=lambda m: (m.id != canonical, m.id not in fresh, -m.words, m.id))[:MOST_MEMBERS]
    order.sort(key=lambda m: m.id)
    kept = shelf.get(connection, [m.id for m in order])
    place, reason = choose_canonical([Member(kept[m.id], m.seen_at, m.faults) for m in order])
    return order[place].id, reason


def _relations(
    connection: Connection, shelf: Shelf, canonical: int, ids: Iterable[int]
) -> Mapping[int, tuple[str, float]]:
    """Return (relation, similarity) to the canonical article; the articles are different texts."""
    wanted = set(ids)
    kept = shelf.get(connection, wanted | {canonical})
    found: dict[int, tuple[str, float]] = {}
    for one in wanted:
        if one == canonical:
            found[one] = (Relation.ORIGINAL, 1.0)
        else:
            judged = verdict(evidence(kept[one], kept[canonical]))
            # a text that differs is no exact copy, even where only its title did
            relation = Relation.NEAR if judged.relation == Relation.EXACT else judged.relation
            found[one] = (relation, judged.similarity)
    return found
