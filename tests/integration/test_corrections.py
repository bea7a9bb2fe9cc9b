"""An editor's corrections through the commands: stories are merged, split, separated, and stay so."""

import json
import os
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.dispatches import copy_of, dispatch
from tests.integration.delivery import deliver, new_processor, rows, run, scalar
from worker.operations.audit import contradictions
from worker.settings import Settings
from worker.store import corrections

Copydesk = Callable[..., Any]


@pytest.fixture
def work(settings: Settings, engine: Engine) -> Callable[..., None]:
    """Return a function that brings texts through the pipeline, one file each."""

    def through(**texts: str) -> None:
        processor = new_processor(settings)
        for name, text in texts.items():
            processor.process(deliver(settings, engine, [(f"{name}.txt", text)]))
        processor.close()

    return through


def stories(engine: Engine) -> dict[int, list[int]]:
    """Return the articles of each live story."""
    members = rows(engine, "SELECT story_id, array_agg(id ORDER BY id) AS ids FROM articles GROUP BY 1 ORDER BY 1")
    return {row.story_id: row.ids for row in members}


def feed(engine: Engine) -> list[tuple[Any, ...]]:
    """Return the change feed."""
    return [
        tuple(row) for row in rows(engine, "SELECT kind, story_id, article_id, other_story_id FROM changes ORDER BY id")
    ]


def mirror(engine: Engine) -> dict[int, list[int]]:
    """Return the articles of each story as a reader of the change feed alone knows them."""
    story_of: dict[int, int] = {}
    for kind, story, article, other in feed(engine):
        if kind in ("created", "copy", "split", "moved"):
            story_of[article] = story
        elif kind == "merged":
            story_of |= {member: story for member, its_story in story_of.items() if its_story == other}
    return {story: sorted(a for a, s in story_of.items() if s == story) for story in sorted({*story_of.values()})}


def consistent(engine: Engine) -> bool:
    """Return whether counts, canonical articles and relations agree with the articles."""
    return not rows(
        engine,
        """SELECT s.id FROM stories s LEFT JOIN articles a ON a.story_id = s.id WHERE s.merged_into IS NULL
           GROUP BY s.id HAVING count(a.id) <> s.articles OR count(a.id) FILTER (WHERE a.relation <> 'exact') <> s.texts
               OR count(a.id) FILTER (WHERE a.id = s.canonical_id AND a.relation = 'original') <> 1
               OR count(a.id) FILTER (WHERE a.relation = 'original') <> 1""",
    )


def test_a_split_article_stays_apart_from_later_copies(work: Any, copydesk: Copydesk, engine: Engine) -> None:
    """A copy that is similar to both stories joins one of them and never merges them."""
    work(a=dispatch(1), b=copy_of(1, 1), c=copy_of(1, 2))
    assert stories(engine) == {1: [1, 2, 3]}
    assert json.loads(copydesk("split", 2, "--note", "own report", "--json").out) == {"story_id": 2}
    assert stories(engine) == {1: [1, 3], 2: [2]}
    work(d=copy_of(1, 3), e=copy_of(1, 4), f=copy_of(1, 1))
    assert sum(map(len, stories(engine).values())) == 6
    assert set(stories(engine)) == {1, 2}
    assert 6 in stories(engine)[2]  # the same words as the article that was split off
    assert consistent(engine)


def test_a_note_of_any_bytes_is_kept(work: Any, copydesk: Copydesk, engine: Engine) -> None:
    """Bytes from a shell in another encoding are stored with replacement characters."""
    work(a=dispatch(1), b=copy_of(1, 1))
    assert copydesk("split", 2, "--note", os.fsdecode(b"caf\xe9")).code == 0
    assert scalar(engine, "SELECT note FROM corrections") == "caf?"


def test_merging_withdraws_the_separation(work: Any, copydesk: Copydesk, engine: Engine) -> None:
    """A merge allows again what a split forbade, and copies join the one story."""
    work(a=dispatch(1), b=copy_of(1, 1))
    copydesk("split", 2)
    assert copydesk("merge", 2, 1).out == "Story 2 is now part of story 1.\n"
    assert scalar(engine, "SELECT count(*) FROM corrections WHERE same = 0") == 0
    work(c=copy_of(1, 2))
    assert stories(engine) == {1: [1, 2, 3]}
    assert consistent(engine)
    kinds = [change[0] for change in feed(engine)]
    assert kinds[:4] == ["created", "copy", "split", "merged"]
    assert ("split", 2, 2, 1) in feed(engine)
    assert ("merged", 1, None, 2) in feed(engine)


def test_dissimilar_stories_can_be_merged(work: Any, copydesk: Copydesk, engine: Engine) -> None:
    """An editor may know what no text shows; the evidence then says that a person joined them."""
    work(a=dispatch(1), b=dispatch(2))
    copydesk("merge", 1, 2)
    assert stories(engine) == {1: [1, 2]}
    assert consistent(engine)
    assert "A person joined them." in copydesk("why", 2).out


def test_the_canonical_article_can_leave(work: Any, copydesk: Copydesk, engine: Engine) -> None:
    """Its former story gets one of the remaining texts as canonical, and the feed records it."""
    work(a=dispatch(1, 300), b=copy_of(1, 1, 300), c=copy_of(1, 2, 300))
    canonical = scalar(engine, "SELECT canonical_id FROM stories WHERE id = 1")
    copydesk("split", canonical)
    assert scalar(engine, "SELECT canonical_id FROM stories WHERE id = 1") != canonical
    assert consistent(engine)
    assert any(change[0] == "canonical" and change[1] == 1 for change in feed(engine))


def test_exact_copies_leave_together(work: Any, copydesk: Copydesk, engine: Engine) -> None:
    """Exact copies leave too; in a story whose articles all have the same words only the one article leaves."""
    work(a=dispatch(1), b=copy_of(1, 1), c=f"{copy_of(1, 1)}\n", d=dispatch(2), e=f"{dispatch(2)}\n")
    assert stories(engine) == {1: [1, 2, 3], 2: [4, 5]}
    copydesk("split", 3)
    copydesk("split", 4)
    assert stories(engine) == {1: [1], 2: [5], 3: [2, 3], 4: [4]}
    assert consistent(engine)


def test_the_feed_names_every_article_that_moves(work: Any, copydesk: Copydesk, engine: Engine) -> None:
    """A split is a row for the first article that moves and one for each exact copy: a mirror of the feed is equal."""
    work(a=dispatch(1), b=copy_of(1, 1), c=f"{copy_of(1, 1)}\n", d=f"{copy_of(1, 1)}\n\n")
    copydesk("split", 3)
    assert [change for change in feed(engine) if change[0] in ("split", "moved")] == [
        ("split", 2, 2, 1),
        ("moved", 2, 3, 1),
        ("moved", 2, 4, 1),
    ]
    assert mirror(engine) == stories(engine)
    assert "name two articles" in copydesk("not-a-copy", 3, 3).err
    copydesk("split", 4)
    copydesk("merge", 1, 2)
    assert mirror(engine) == stories(engine) == {1: [1, 2, 3], 3: [4]}


def test_one_exact_copy_is_no_copy(settings: Settings, work: Any, copydesk: Copydesk, engine: Engine) -> None:
    """It leaves alone, also the canonical one, stays apart from what comes, and an undo brings it back."""
    work(a=dispatch(1), b=f"{dispatch(1)}\n", c=f"{dispatch(1)}\n\n", d=copy_of(1, 1))
    copydesk("not-a-copy", 3, 1)
    assert stories(engine) == {1: [1, 2, 4], 2: [3]}
    work(e=copy_of(1, 2), f=f"{dispatch(1)}\n\n\n")
    assert scalar(engine, "SELECT story_id FROM articles WHERE id = 3") == 2
    assert scalar(engine, "SELECT story_id FROM articles WHERE id = 1") == 1
    copydesk("undo")
    copydesk("not-a-copy", 1, 2)
    assert [ids for ids in stories(engine).values() if 1 in ids] == [[1]]
    assert consistent(engine)
    assert list(contradictions(settings, engine)) == []


def test_exact_copies_that_were_split_stay_apart(
    settings: Settings, work: Any, copydesk: Copydesk, engine: Engine
) -> None:
    """A near copy of three exact copies that were split one after the other joins one and merges none."""
    work(a=dispatch(1), b=f"{dispatch(1)}\n", c=f"{dispatch(1)}\n\n")
    copydesk("split", 1)
    copydesk("split", 2)
    assert stories(engine) == {1: [3], 2: [1], 3: [2]}
    work(d=copy_of(1, 1), e=copy_of(1, 2))
    assert len(stories(engine)) == 3
    assert not any(len({1, 2, 3} & set(ids)) > 1 for ids in stories(engine).values())
    assert list(contradictions(settings, engine)) == []


def test_a_split_names_exact_copies_that_remain(
    settings: Settings, work: Any, copydesk: Copydesk, engine: Engine
) -> None:
    """An exact copy that remained, and leaves later, stays apart from what left first; a merge ends its pairs alone."""
    work(a=dispatch(1), b=f"{dispatch(1)}\n", c=copy_of(1, 1))
    copydesk("split", 3)
    copydesk("split", 2)
    assert stories(engine) == {1: [1], 2: [3], 3: [2]}
    pairs = "SELECT article_id, other_id FROM corrections WHERE same = 0 ORDER BY 1, 2"
    assert rows(engine, pairs) == [(2, 1), (3, 1), (3, 2)]
    work(d=copy_of(1, 2), e=copy_of(1, 3))
    assert not any(len({1, 2, 3} & set(ids)) > 1 for ids in stories(engine).values())
    copydesk("merge", 1, 2)
    assert rows(engine, pairs) == [(2, 1), (3, 2)]
    work(f=copy_of(1, 4))
    assert len(stories(engine)) == 2
    assert list(contradictions(settings, engine)) == []


def test_reprocessing_keeps_exact_copies_apart(
    settings: Settings, work: Any, copydesk: Copydesk, engine: Engine
) -> None:
    """Exact copies that a person separated keep their stories and relations when they are reprocessed."""
    work(a=dispatch(1), b=f"{dispatch(1)}\n", c=f"{dispatch(1)}\n\n")
    copydesk("split", 1)
    before = rows(engine, "SELECT id, story_id, relation FROM articles ORDER BY id")
    run(engine, "UPDATE articles SET cleaner_version = 0, title = 'Old'")
    assert copydesk("reprocess").code == 0
    assert rows(engine, "SELECT id, story_id, relation FROM articles ORDER BY id") == before
    assert list(contradictions(settings, engine)) == []


def test_texts_with_the_same_words_leave_as_one_text(
    settings: Settings, work: Any, copydesk: Copydesk, engine: Engine
) -> None:
    """Two texts of a merged story with the same words become one text in the new story."""
    with closing(new_processor(settings)) as processor:
        for day in ("2026-01-10", "2026-01-01"):
            record = json.dumps({"text": dispatch(1), "published": day})
            processor.process(deliver(settings, engine, [(f"{day}.jsonl", record)]))
    copydesk("split", 2)
    copydesk("merge", 1, 2)
    work(c=copy_of(1, 1))
    assert scalar(engine, "SELECT canonical_id FROM stories WHERE id = 1") == 2
    copydesk("split", 1)
    assert stories(engine) == {1: [3], 3: [1, 2]}
    assert rows(engine, "SELECT id, relation FROM articles WHERE story_id = 3 ORDER BY 1") == [
        (1, "original"),
        (2, "exact"),
    ]
    assert list(contradictions(settings, engine)) == []


def test_an_exact_copy_that_is_left_alone_is_found_by_its_own_keys(
    settings: Settings, work: Any, copydesk: Copydesk, engine: Engine
) -> None:
    """The same words in capitals are all names, which have other keys; a copy that becomes a text adds its own."""
    work(a=dispatch(1), b=dispatch(1).upper())
    assert rows(engine, "SELECT story_id, relation FROM articles ORDER BY id") == [(1, "original"), (1, "exact")]
    copydesk("split", 1)
    assert stories(engine) == {1: [2], 2: [1]}
    assert list(contradictions(settings, engine)) == []


@pytest.mark.parametrize("command", [("split", 5), ("not-a-copy", 5, 2)])
def test_many_exact_copies_are_kept_apart_by_few_pairs(
    settings: Settings,
    work: Any,
    copydesk: Copydesk,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[Any, ...],
) -> None:
    """Where each pair would be too many, one article of each side represents it, also when a copy of it leaves."""
    monkeypatch.setattr(corrections, "_MOST_PAIRS", 8)
    texts = (dispatch(1), copy_of(1, 1))
    work(
        **{
            f"{number}{name}": text + "\n" * number
            for name, text in zip("ab", texts, strict=True)
            for number in range(3)
        }
    )
    assert stories(engine) == {1: [1, 2, 3, 4, 5, 6]}
    assert copydesk(*command).code == 0
    assert stories(engine) == {1: [1, 2, 3], 2: [4, 5, 6]}
    assert scalar(engine, "SELECT count(*) FROM corrections") == 3 + 2
    assert copydesk("split", 6).code == 0
    work(c=copy_of(1, 2), d=copy_of(1, 3))
    assert {frozenset({1, 2, 3} & set(ids)) for ids in stories(engine).values()} == {frozenset({1, 2, 3}), frozenset()}
    assert len(stories(engine)) == 3
    assert copydesk("undo").code == copydesk("undo").code == 0
    assert set(stories(engine)) == {1}
    assert scalar(engine, "SELECT count(*) FROM corrections WHERE same = 0") == 0
    assert list(contradictions(settings, engine)) == []


def test_two_articles_are_separated_permanently(work: Any, copydesk: Copydesk, engine: Engine) -> None:
    """`not-a-copy` moves the first article out, and separates the pair even before they meet."""
    work(a=dispatch(1), b=copy_of(1, 1), c=dispatch(2))
    assert "in story 3, and never with article 1" in copydesk("not-a-copy", 2, 1, "--note", "own words").out
    copydesk("not-a-copy", 1, 3)
    work(d=copy_of(1, 2))
    members = stories(engine)
    assert not any({1, 2} <= set(ids) or {1, 3} <= set(ids) for ids in members.values())
    assert consistent(engine)


@pytest.mark.parametrize(
    "command",
    [("merge", 1, 9), ("merge", 1, 1), ("split", 9), ("split", 1), ("not-a-copy", 1, 9), ("not-a-copy", 1, 1)],
)
def test_invalid_corrections_fail(work: Any, copydesk: Copydesk, engine: Engine, command: tuple[Any, ...]) -> None:
    """Unknown ids, a story with itself, an article that is alone: exit 1 with a sentence and no change."""
    work(a=dispatch(1))
    ran = copydesk(*command)
    assert ran.code == 1
    assert ran.err.startswith("copydesk: ")
    assert stories(engine) == {1: [1]}
    assert feed(engine) == [("created", 1, 1, None)]
