"""Assigning articles to stories: copies join, others do not, a bridge merges, no worker makes a story twice."""

import json
import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from sqlalchemy import Engine, text

from tests.dispatches import copy_of, dispatch
from tests.integration.delivery import deliver, new_processor, rows, run, scalar, states
from worker.operations.audit import contradictions
from worker.pipeline.batch import BatchProcessor
from worker.settings import Settings
from worker.store import ledger
from worker.store.models import KEY_COLUMNS
from worker.store.stories import merge

WORKERS, DISPATCHES, COPIES = 8, 50, 8


@pytest.fixture
def other_desk(settings: Settings) -> Iterator[BatchProcessor]:
    """Yield another worker."""
    with closing(new_processor(settings)) as worker:
        yield worker


def stories(engine: Engine) -> list[list[int]]:
    """Return the articles of each live story, the smallest first."""
    return [
        row.articles
        for row in rows(
            engine, "SELECT array_agg(id ORDER BY id) AS articles FROM articles GROUP BY story_id ORDER BY 1"
        )
    ]


def sound(settings: Settings, engine: Engine) -> bool:
    """Fail if the tables contradict each other; else return True."""
    assert list(contradictions(settings, engine)) == []
    return True


def joined(*pieces: str) -> str:
    """Return a text of several paragraphs."""
    return "\n\n".join(piece.strip() for piece in pieces) + "\n"


def halves() -> tuple[str, str, str]:
    """Return two overlapping parts of one dispatch that do not match each other, and the whole."""
    words = dispatch(1, 200).split()
    return " ".join(words[:120]), " ".join(words[80:]), " ".join(words)


def test_copies_join_and_others_do_not(settings: Settings, engine: Engine, processor: BatchProcessor) -> None:
    """Two editions of a dispatch are one story, another dispatch is another, in one batch or in several."""
    ids = deliver(settings, engine, [("a", copy_of(1, 0)), ("b", copy_of(2, 0)), ("c", copy_of(1, 1))])
    assert processor.process(ids[:2]) == []
    processor.process(ids[2:])
    processor.process(deliver(settings, engine, [("d", copy_of(2, 1)), ("e", copy_of(2, 2))]))
    assert stories(engine) == [[1, 3], [2, 4, 5]]
    assert set(states(engine).values()) == {"done"}
    assert sound(settings, engine)


def test_the_same_words_are_an_exact_copy(settings: Settings, engine: Engine, processor: BatchProcessor) -> None:
    """The same text, apart from layout, case and punctuation, is `exact`, within a batch and across batches."""
    text = dispatch(1)
    processor.process(deliver(settings, engine, [("a.txt", text), ("b.txt", text.replace("\n\n", "\n\n\n"))]))
    processor.process(deliver(settings, engine, [("c.txt", text)]))
    assert [row.relation for row in rows(engine, "SELECT relation FROM articles ORDER BY id")] == [
        "original",
        "exact",
        "exact",
    ]
    assert rows(engine, "SELECT articles, texts FROM stories") == [(3, 1)]
    assert sound(settings, engine)


def test_an_article_that_bridges_two_stories_merges_them(
    settings: Settings, engine: Engine, processor: BatchProcessor
) -> None:
    """The whole of which two stories are parts merges them; the smaller id stays, the other remains readable."""
    first, second, whole = halves()
    processor.process(deliver(settings, engine, [("a", first), ("b", second)]))
    assert stories(engine) == [[1], [2]]
    processor.process(deliver(settings, engine, [("c", whole)]))
    assert stories(engine) == [[1, 2, 3]]
    assert rows(engine, "SELECT id, merged_into, canonical_id IS NULL FROM stories ORDER BY id") == [
        (1, None, False),
        (2, 1, True),
    ]
    changes = rows(engine, "SELECT kind, story_id, other_story_id FROM changes WHERE kind = 'merged'")
    assert changes == [("merged", 1, 2)]
    assert sound(settings, engine)


def test_a_merge_reads_no_other_story(settings: Settings, engine: Engine, processor: BatchProcessor) -> None:
    """The cost of a merge does not depend on the number of merged stories; stories merged earlier follow."""
    run(
        engine,
        """INSERT INTO stories (id, canonical_id, first_seen, last_seen) OVERRIDING SYSTEM VALUE
            SELECT n, n, now(), now() FROM generate_series(1, 4000) AS n""",
    )
    run(engine, "UPDATE stories SET canonical_id = NULL, merged_into = id - 2000 WHERE id > 2000")
    run(engine, "ANALYZE stories")
    with processor.engine.begin() as connection:
        merge(connection, {1000: 500})
        [(read,)] = connection.execute(
            text("SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'stories'")
        )
    assert rows(engine, "SELECT id FROM stories WHERE merged_into = 500 ORDER BY 1") == [(1000,), (2500,), (3000,)]
    assert read < 20


def test_merged_stories_keep_growing(settings: Settings, engine: Engine, processor: BatchProcessor) -> None:
    """A copy of a text that arrived under the merged story's id joins the live story."""
    first, second, whole = halves()
    processor.process(deliver(settings, engine, [("a", first), ("b", second)]))
    processor.process(deliver(settings, engine, [("c", whole)]))
    processor.process(deliver(settings, engine, [("d", second[:-40])]))
    assert scalar(engine, "SELECT story_id FROM articles WHERE id = 4") == 1
    assert sound(settings, engine)


def test_stories_that_an_editor_separated_are_never_merged(
    settings: Settings, engine: Engine, processor: BatchProcessor
) -> None:
    """An article between two stories that an editor separated joins one of them and merges nothing."""
    first, second, whole = halves()
    processor.process(deliver(settings, engine, [("a", first), ("b", second)]))
    run(engine, "INSERT INTO corrections (kind, article_id, other_id, same) VALUES ('not-a-copy', 1, 2, 0)")
    processor.process(deliver(settings, engine, [("c", whole)]))
    assert len(stories(engine)) == 2
    assert scalar(engine, "SELECT count(*) FROM stories WHERE merged_into IS NOT NULL") == 0
    assert sound(settings, engine)


def test_the_fullest_copy_is_canonical_whichever_comes_first(
    settings: Settings, engine: Engine, processor: BatchProcessor
) -> None:
    """A fuller copy that arrives later becomes the canonical article, and the earlier copy its abridgement."""
    full = dispatch(1, 240)
    short = full[: len(full) * 2 // 3]
    processor.process(deliver(settings, engine, [("short", short)]))
    processor.process(deliver(settings, engine, [("full", full)]))
    assert rows(engine, "SELECT canonical_id FROM stories") == [(2,)]
    assert [row.relation for row in rows(engine, "SELECT relation FROM articles ORDER BY id")] == [
        "abridged",
        "original",
    ]
    assert rows(engine, "SELECT kind, article_id FROM changes ORDER BY id") == [
        ("created", 1),
        ("copy", 2),
        ("canonical", 2),
    ]
    assert sound(settings, engine)


def test_hundreds_of_near_copies_in_one_file_are_one_story(
    settings: Settings, engine: Engine, processor: BatchProcessor
) -> None:
    """Keys that very many copies of one dispatch share do not count as boilerplate."""
    lines = "\n".join(f'{{"text": {copy_of(1, edition)!r}}}'.replace("'", '"') for edition in range(200))
    processor.process(deliver(settings, engine, [("many.jsonl", lines)]))
    assert rows(engine, "SELECT articles FROM stories") == [(200,)]
    assert sound(settings, engine)


def test_hundreds_of_near_copies_from_others_are_one_story(
    settings: Settings, engine: Engine, processor: BatchProcessor, other_desk: BatchProcessor
) -> None:
    """Candidates read before many copies were committed are corrected under the lock."""
    slow, fast = processor, other_desk
    late = deliver(settings, engine, [("late", copy_of(1, 999))])
    before = after_matching(slow, lambda: fast.process(flood))
    flood = deliver(settings, engine, [(f"copy-{n}", copy_of(1, n)) for n in range(100)])
    before(late)
    assert rows(engine, "SELECT articles FROM stories") == [(101,)]
    assert sound(settings, engine)


def after_matching(processor: BatchProcessor, happens: Callable[[], object]) -> Callable[[list[int]], object]:
    """Return a function that processes files and calls ``happens`` between matching and writing."""
    real = ledger.still_held
    todo = [happens]

    def held(*args: object) -> set[int]:
        while todo:
            todo.pop()()
        return real(*args)  # type: ignore[arg-type]

    def work(ids: list[int]) -> object:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ledger, "still_held", held)
            return processor.process(ids)

    return work


def test_a_story_that_was_merged_meanwhile_is_followed(
    settings: Settings, engine: Engine, processor: BatchProcessor, other_desk: BatchProcessor
) -> None:
    """A candidate story that another worker merged in between is joined under the live story's id."""
    slow, fast = processor, other_desk
    first, second, whole = halves()
    fast.process(deliver(settings, engine, [("a", first), ("b", second)]))
    bridge = deliver(settings, engine, [("bridge", whole)])
    copy = deliver(settings, engine, [("copy", second[:-40])])
    after_matching(slow, lambda: fast.process(bridge))(copy)
    assert stories(engine) == [[1, 2, 3, 4]]
    assert sound(settings, engine)


def test_the_same_words_that_others_stored_meanwhile_are_an_exact_copy(
    settings: Settings, engine: Engine, processor: BatchProcessor, other_desk: BatchProcessor
) -> None:
    """Of several exact copies stored in between, the copy within the window matches, whichever was stored last."""
    slow, fast = processor, other_desk

    def published(day: str) -> list[int]:
        line = f'{{"text": "{dispatch(1, 60).strip()}", "published": "{day}"}}'.replace("\n\n", " ")
        return deliver(settings, engine, [(f"{day}.jsonl", line)])

    late, ids = published("2025-01-10"), [*published("2025-01-05"), *published("2025-06-01")]
    after_matching(slow, lambda: fast.process(ids))(late)
    assert rows(engine, "SELECT story_id, relation FROM articles ORDER BY id") == [
        (1, "original"),
        (2, "original"),
        (1, "exact"),
    ]
    assert sound(settings, engine)


def test_boilerplate_alone_makes_no_giant_story(settings: Settings, engine: Engine, processor: BatchProcessor) -> None:
    """Many short different items with one long shared notice do not become one story."""
    notice = dispatch(999, 36)
    files = [(f"page-{n}", joined(dispatch(n, 120), notice)) for n in range(150)]
    for start in range(0, len(files), 50):
        processor.process(deliver(settings, engine, files[start : start + 50]))
    assert max(len(articles) for articles in stories(engine)) == 1


def test_racing_workers_make_no_story_twice(settings: Settings, engine: Engine) -> None:
    """Eight workers process different copies of the same dispatches at once: 50 stories of 8 copies."""
    files = [(f"{d}-{c}", copy_of(d, c)) for d in range(DISPATCHES) for c in range(COPIES)]
    ids = deliver(settings, engine, files)
    start = threading.Barrier(WORKERS)

    def work(number: int) -> None:
        with closing(new_processor(settings)) as processor:
            for first in range(0, DISPATCHES, 5):
                start.wait()
                # each worker takes a different copy of the same five dispatches
                processor.process([ids[d * COPIES + number] for d in range(first, first + 5)])

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, range(WORKERS)))
    assert [len(articles) for articles in stories(engine)] == [COPIES] * DISPATCHES
    assert scalar(engine, "SELECT count(*) FROM stories WHERE merged_into IS NOT NULL") == 0
    assert sound(settings, engine)


def test_five_deliveries_of_a_message_leave_one_article(settings: Settings, engine: Engine) -> None:
    """Five workers get the same message at once: one takes the files, the others have nothing to do."""
    ids = deliver(settings, engine, [(f"{d}", dispatch(d)) for d in range(5)])
    start = threading.Barrier(5)

    def work(_: int) -> None:
        with closing(new_processor(settings)) as processor:
            start.wait()
            processor.process(ids)

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(work, range(5)))
    assert rows(engine, "SELECT count(*), count(DISTINCT file_id) FROM articles") == [(5, 5)]
    assert set(states(engine).values()) == {"done"}
    assert sound(settings, engine)


def test_the_order_of_arrival_does_not_matter(settings: Settings, engine: Engine, processor: BatchProcessor) -> None:
    """The same files in any order, in batches of any size, give the same stories."""
    files = [(f"{d}-{c}", copy_of(d, c)) for d in range(12) for c in range(4)]
    chance = random.Random(7)
    chance.shuffle(files)
    while files:
        count = chance.randrange(1, 9)
        processor.process(deliver(settings, engine, files[:count]))
        files = files[count:]
    assert sorted(len(articles) for articles in stories(engine)) == [4] * 12
    together = rows(
        engine,
        "SELECT count(DISTINCT split_part(convert_from(f.path, 'UTF8'), '-', 1))"
        " FROM articles a JOIN files f ON f.id = a.file_id GROUP BY a.story_id",
    )
    assert {row[0] for row in together} == {1}


def test_a_window_keeps_old_copies_apart(settings: Settings, engine: Engine, processor: BatchProcessor) -> None:
    """Articles with dates of publication further apart than the window are not compared, even with the same words."""
    lines = "\n".join(
        f'{{"text": "{dispatch(1, 60).strip()}", "published": "{day}"}}'.replace("\n\n", " ")
        for day in ("2025-01-01", "2025-01-20", "2025-03-15", "2025-02-15")
    )
    processor.process(deliver(settings, engine, [("same.jsonl", lines)]))
    assert len(stories(engine)) == 2
    assert sound(settings, engine)


def test_an_undated_article_may_be_in_either_story(
    settings: Settings, engine: Engine, processor: BatchProcessor
) -> None:
    """An undated copy joins the first of two stories with distant dates, and dated copies may follow it."""

    def take(name: str, *days: str) -> None:
        records = "\n".join(json.dumps({"text": dispatch(1, 60), "published": day}) for day in days)
        processor.process(deliver(settings, engine, [(f"{name}.jsonl", records)]))

    take("this-year", "2026-06-01")
    take("long-ago", "1999-01-01")
    take("undated", "", "1999-01-01")
    assert stories(engine) == [[1, 3, 4], [2]]
    assert sound(settings, engine)


def test_stories_outside_the_window_are_not_counted(
    settings: Settings, engine: Engine, processor: BatchProcessor
) -> None:
    """Keys in many stories of other years still find a copy; an article published then matches those stories."""
    processor.process(deliver(settings, engine, [("oldest", dispatch(8))]))
    run(engine, "ALTER TABLE stories ALTER COLUMN id RESTART WITH 999")
    processor.process(deliver(settings, engine, [("old", dispatch(9))]))
    run(engine, "UPDATE stories SET created_at = now() - interval '200 days'")
    with closing(new_processor(settings)) as later:
        later.process(deliver(settings, engine, [("first", dispatch(1))]))
        columns = ", ".join(KEY_COLUMNS)
        old_stories = f"old, {columns} FROM sketch_keys, generate_series(2, 200) AS old WHERE story_id = 1000"
        run(engine, f"INSERT INTO sketch_keys (story_id, {columns}) SELECT {old_stories}")
        later.process(deliver(settings, engine, [("copy", copy_of(1, 1))]))
        assert scalar(engine, "SELECT articles FROM stories WHERE id = 1000") == 2
        year = scalar(engine, "SELECT to_char(now() - interval '190 days', 'YYYY-MM-DD')")
        line = f'{{"text": "{copy_of(1, 2).strip()}", "published": "{year}"}}'.replace("\n\n", " ")
        later.process(deliver(settings, engine, [("other-year.jsonl", line)]))
    assert scalar(engine, "SELECT articles FROM stories WHERE id = 1000") == 2
