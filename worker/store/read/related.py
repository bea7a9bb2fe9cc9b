"""Read the links of a story to related stories, in both directions."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from worker.store.read.sources import SOURCE

#: Links kept per story to earlier stories, and shown per story in either direction: a handful is read, and a template
#: that hundreds of stories repeat would otherwise link each of them with all others.
MOST_RELATED = 10


@dataclass(frozen=True, slots=True)
class RelatedStory:
    """A story that is related to another one.

    ``kind``: ``event``, of one event or matter, or ``template``, the same kind of report · ``similarity``: the
    probability that they are related, 0 to 1 · ``sources``: the number of different known sources of its articles.
    """

    story_id: int
    kind: str
    similarity: float
    reason: str
    title: str | None
    opening: str
    language: str
    articles: int
    sources: int
    first_seen: datetime
    last_seen: datetime


#: Selects the stories that story ``s`` is linked with, the strongest first, without its translations.
LINKED = f"""
    SELECT id, kind, similarity, reason FROM (
        SELECT other_id AS id, kind, similarity, reason FROM related_stories WHERE story_id = s.id
        UNION ALL
        SELECT story_id AS id, kind, similarity, reason FROM related_stories WHERE other_id = s.id) AS links
    WHERE NOT EXISTS (
        SELECT FROM translations t WHERE t.story_id = greatest(s.id, links.id) AND t.other_id = least(s.id, links.id)
            AND t.same = 1)
    ORDER BY kind, similarity DESC, id LIMIT {MOST_RELATED}"""

#: Characters of the text that replace a missing title.
_OPENING_CHARS = 120

_RELATED = text(f"""
    SELECT r.id AS story_id, link.kind, link.similarity, link.reason, r.title,
        left(c.text, {_OPENING_CHARS}) AS opening, r.language, r.articles,
        (SELECT count(DISTINCT lower({SOURCE})) FROM articles a WHERE a.story_id = r.id) AS sources,
        r.first_seen, r.last_seen
    FROM stories s CROSS JOIN LATERAL ({LINKED}) AS link
    JOIN stories r ON r.id = link.id JOIN articles c ON c.id = r.canonical_id
    WHERE s.id = :id ORDER BY link.kind, link.similarity DESC, r.id""")


def related_stories(connection: Connection, story_id: int) -> list[RelatedStory]:
    """Return the stories related to a live story: those of the same event first, then the strongest first."""
    return [RelatedStory(**row) for row in connection.execute(_RELATED, {"id": story_id}).mappings()]
