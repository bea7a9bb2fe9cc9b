"""List the stories that match what a person typed: the best of the newest matches, then the others, newest first."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection, text

from worker.search.fragment import Run, fragment
from worker.search.vector import INDEXED_CHARACTERS, article_words
from worker.store.read import search as articles
from worker.store.read.publishers import FILE_NAME, PUBLISHER, publisher_name
from worker.store.read.search import MOST_RANKED, Ranked, Search
from worker.store.read.stories import StoryRow, story_values
from worker.store.read.story_filter import StoryFilter, conditions, narrowed
from worker.store.search_progress import pending
from worker.store.stems import Stems

#: Up to this many matching articles the stories are looked up by id; above it, a scan of the newest stories soon meets
#: enough of them. Postgres itself would join everything that matches.
_FEW = 10_000
#: Rows per page when all results are read.
_PAGE = 500

#: A position in the list: the score of a ranked story or the time of another one, and its id.
Position = tuple[float | datetime, int]


@dataclass(frozen=True, slots=True)
class FoundStory(StoryRow):
    """A story in the results. ``fragment`` is a part of the text of ``article_id``.

    That is the canonical article, or if it does not match, the copy that matches best. It has the headline
    ``article_title``, None without one, and is from ``article_source``.

    ``score`` orders the results; it is None for those that follow the ranked ones, newest first.
    """

    article_id: int
    score: float | None
    fragment: list[Run]
    article_title: str | None = None
    article_source: str = ""

    @property
    def position(self) -> Position:
        """The position of this row: pass it as ``after`` to continue the list after this row."""
        return self.last_seen if self.score is None else self.score, self.id


@dataclass(frozen=True, slots=True)
class SearchResults:
    """A page of results, and what a reader must know of them.

    ``corrections`` are the similar words by misspelt word, ``stop_words`` those that are not indexed in some language.
    ``pending`` articles are not indexed yet. ``looked`` is false if nothing was typed that can be looked for. Articles
    before ``oldest`` were not looked at. ``newest`` are the newest matching articles, ``is_all`` if no others match.
    ``is_sorted`` is false if only the stories with the most copies were sorted by their sources.
    """

    rows: list[FoundStory]
    pending: int
    looked: bool = True
    corrections: dict[str, tuple[str, ...]] = field(default_factory=dict)
    stop_words: list[str] = field(default_factory=list)
    oldest: int = 0
    newest: Sequence[int] = ()
    is_all: bool = True
    is_sorted: bool = True


@dataclass(frozen=True, slots=True)
class Matches:
    """The newest articles that match a search; ``oldest`` is the smallest id that was asked for."""

    stems: Stems
    wanted: Search
    newest: list[int]
    oldest: int
    is_all: bool


def matches(connection: Connection, typed: str, most: int, seconds: float) -> Matches:
    """Return the ``most`` newest articles that match ``typed``, or else the words that it may mean."""
    stems = Stems()
    wanted = articles.prepare(connection, stems, typed)
    newest, oldest = articles.newest_matches(connection, wanted, most, seconds)
    if not newest and (corrected := articles.correct(connection, stems, wanted)):
        wanted = corrected
        newest, oldest = articles.newest_matches(connection, wanted, most, seconds)
    return Matches(stems, wanted, newest, oldest, len(newest) < most)


def search_stories(
    connection: Connection,
    typed: str,
    filters: StoryFilter,
    *,
    after: Position | None = None,
    limit: int,
    seconds: float = math.inf,
) -> SearchResults:
    """Return the stories of which any copy matches ``typed``, after the row whose ``position`` is ``after``.

    After ``seconds`` the search for the articles to rank ends, and the results say from which article on it looked.
    """
    found = matches(connection, typed, MOST_RANKED, seconds)
    rows = _ranked_rows(connection, found.wanted, found.newest, filters, after, limit)
    if not found.is_all and len(rows) < limit:
        later = after if after and isinstance(after[0], datetime) else None
        rows += _later_rows(connection, found.wanted, found.newest, filters, later, limit - len(rows))
    return results(connection, found, rows, after=after)


def results(
    connection: Connection, found: Matches, rows: Sequence[FoundStory], *, after: Position | None
) -> SearchResults:
    """Return the rows with their fragments, and what a reader must know of the search."""
    shown = _with_fragments(connection, found.stems, found.wanted, _canonical_first(connection, found.wanted, rows))
    stopped = [] if shown or after else articles.stop_words(connection, found.stems, found.wanted)
    return SearchResults(
        shown,
        pending(connection),
        bool(found.wanted.query.alternatives),
        found.wanted.corrections,
        stopped,
        found.oldest if found.is_all else 0,
        found.newest,
        found.is_all,
    )


def all_found_stories(connection: Connection, typed: str, filters: StoryFilter) -> Iterator[FoundStory]:
    """Yield every story that matches, read in pages; call it inside a ``snapshot``."""
    after: Position | None = None
    while page := search_stories(connection, typed, filters, after=after, limit=_PAGE).rows:
        yield from page
        after = page[-1].position


def _ranked_rows(
    connection: Connection,
    wanted: Search,
    newest: list[int],
    filters: StoryFilter,
    after: Position | None,
    limit: int,
) -> list[FoundStory]:
    if not newest or (after and isinstance(after[0], datetime)):
        return []
    ranked = articles.rank(connection, wanted, newest)
    where, values = conditions(connection, narrowed(connection, filters).among(row.story_id for row in ranked))
    selected = text(f"SELECT s.id FROM stories s WHERE {' AND '.join(where)}")
    live = set(connection.execute(selected, values).scalars())
    following = [row for row in ranked if row.story_id in live and (not after or _key(row) < after)][:limit]
    by_id = {
        fields["id"]: fields
        for fields in story_values(
            connection, ["s.id = ANY(:shown)"], {"shown": [row.story_id for row in following]}, limit
        )
    }
    return [
        FoundStory(**by_id[row.story_id], article_id=row.article_id, score=row.score, fragment=[]) for row in following
    ]


def _key(row: Ranked) -> tuple[float, int]:
    return row.score, row.story_id


def _later_rows(
    connection: Connection,
    wanted: Search,
    newest: list[int],
    filters: StoryFilter,
    after: Position | None,
    limit: int,
) -> list[FoundStory]:
    """Return the stories that were not ranked, newest first."""
    where, values = conditions(connection, filters, after)  # type: ignore[arg-type]  # a time, as the caller has checked
    values |= {"query": wanted.everywhere, "ranked": sorted(stories_of(connection, newest))}
    found, _ = articles.newest_matches(connection, wanted, _FEW + 1)
    if len(found) <= _FEW:
        where.append("s.id = ANY(:matching)")
        values["matching"] = sorted(stories_of(connection, found))
    else:
        # OFFSET keeps Postgres from turning this into a join that starts with all matching articles
        where.append("""
            EXISTS (SELECT FROM articles a JOIN search_vectors v ON v.article_id = a.id
                WHERE a.story_id = s.id AND v.vector @@ CAST(:query AS tsquery) OFFSET 0)""")
    rows = list(story_values(connection, [*where, "s.id <> ALL(:ranked)"], values, limit))
    matching = matching_articles(connection, wanted, [row["id"] for row in rows])
    return [found_story(StoryRow(**row), matching.get(row["id"], row["canonical_article_id"])) for row in rows]


def found_story(row: StoryRow, article_id: int) -> FoundStory:
    """Return a story that is not ranked as a result, with this matching article."""
    fields = {name: getattr(row, name) for name in StoryRow.__slots__}
    return FoundStory(**fields, article_id=article_id, score=None, fragment=[])


def stories_of(connection: Connection, ids: Sequence[int]) -> set[int]:
    """Return the stories of articles."""
    query = text("SELECT DISTINCT story_id FROM articles WHERE id = ANY(CAST(:ids AS int[]))")
    return set(connection.execute(query, {"ids": list(ids)}).scalars())


def matching_articles(connection: Connection, wanted: Search, stories: Sequence[int]) -> dict[int, int]:
    """Return a matching article of each story, the canonical one if it matches."""
    rows = connection.execute(
        text("""
            SELECT DISTINCT ON (s.id) s.id, a.id FROM stories s JOIN articles a ON a.story_id = s.id
            JOIN search_vectors v ON v.article_id = a.id
            WHERE s.id = ANY(:ids) AND v.vector @@ CAST(:query AS tsquery)
            ORDER BY s.id, a.id = s.canonical_id DESC, a.id"""),
        {"ids": list(stories), "query": wanted.everywhere},
    )
    return {row[0]: row[1] for row in rows}


def _canonical_first(connection: Connection, wanted: Search, rows: Sequence[FoundStory]) -> list[FoundStory]:
    """Return the rows with the canonical article where it matches: a copy may match better, by its headline."""
    others = [row.canonical_article_id for row in rows if row.article_id != row.canonical_article_id]
    # OFFSET keeps Postgres from looking up all matching articles
    query = text("""
        SELECT article_id FROM (SELECT * FROM search_vectors WHERE article_id = ANY(CAST(:ids AS int[])) OFFSET 0) AS v
        WHERE vector @@ CAST(:query AS tsquery)""")
    values = {"ids": others, "query": wanted.everywhere}
    matching = set(connection.execute(query, values).scalars()) if others else set()
    return [
        replace(row, article_id=row.canonical_article_id) if row.canonical_article_id in matching else row
        for row in rows
    ]


def _with_fragments(
    connection: Connection, stems: Stems, wanted: Search, rows: Sequence[FoundStory]
) -> list[FoundStory]:
    """Return the rows with the words that were found in the text of their article, or else in its headline."""
    texts = {
        row.id: row
        for row in connection.execute(
            text(f"""
                SELECT a.id, v.dictionary, coalesce(a.title, '') AS title, left(a.text, :characters) AS text,
                    {PUBLISHER} AS publisher, {FILE_NAME} AS file_name
                FROM articles a JOIN search_vectors v ON v.article_id = a.id JOIN files f ON f.id = a.file_id
                WHERE a.id = ANY(:ids)"""),
            {"ids": [row.article_id for row in rows], "characters": INDEXED_CHARACTERS},
        )
    }
    words: dict[str, set[str]] = {}
    for article in texts.values():
        known = words.setdefault(article.dictionary, set(wanted.query.words))
        known.update(*article_words(article.title, article.text))
    stem_of = {dictionary: stems.learn(connection, dictionary, known - {""}) for dictionary, known in words.items()}
    shown: list[FoundStory] = []
    for row in rows:
        runs: list[Run] = []
        title, source = None, ""
        if (found := texts.get(row.article_id)) is not None:
            stem = stem_of[found.dictionary]
            runs = fragment(found.text, wanted.query, stem) or fragment(found.title, wanted.query, stem)
            title, source = found.title or None, publisher_name(found.publisher, found.file_name)
        shown.append(replace(row, fragment=runs, article_title=title, article_source=source))
    return shown
