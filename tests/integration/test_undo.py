"""Corrections are undone: stories, evidence and the change feed are as before, and what can't be undone says why."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.dispatches import copy_of, dispatch
from tests.integration.delivery import rows, run, scalar
from tests.integration.mirror import Mirror, stored
from tests.integration.test_corrections import stories

Copydesk = Callable[..., Any]
Deliver = Callable[..., None]
pytestmark = pytest.mark.usefixtures("agreeing")


@pytest.fixture(autouse=True)
def mirrored(engine: Engine) -> Iterator[None]:
    """Check after each test that the change feed reports all."""
    yield
    assert Mirror(engine).catch_up() == stored(engine)


def verdicts(engine: Engine) -> list[Any]:
    """Return the stored decisions on pairs."""
    found = rows(engine, "SELECT article_id, other_id, same, decided_by, overridden FROM links ORDER BY 1, 2")
    return [tuple(row) for row in found]


def test_an_undone_split_joins_again(work: Deliver, copydesk: Copydesk, engine: Engine) -> None:
    """The article and what joined it since are in the old story again, and copies of either join it."""
    work(dispatch(1), copy_of(1, 1), copy_of(1, 2))
    before = verdicts(engine)
    copydesk("split", 2)
    work(copy_of(1, 1) + "\n")
    assert stories(engine) == {1: [1, 3], 2: [2, 4]}
    assert copydesk("undo").out == "Correction 1 was undone: story 2 is part of story 1 again.\n"
    assert stories(engine) == {1: [1, 2, 3, 4]}
    assert [link for link in verdicts(engine) if link[:2] in {known[:2] for known in before}] == before
    assert scalar(engine, "SELECT count(*) FROM corrections WHERE same = 0") == 0
    work(copy_of(1, 3))
    assert stories(engine) == {1: [1, 2, 3, 4, 5]}


def test_an_undone_merge_separates_again(work: Deliver, copydesk: Copydesk, engine: Engine) -> None:
    """Each side has its articles again, also those that came since; no later article joins the two."""
    work(dispatch(1), copy_of(1, 1), dispatch(2), copy_of(2, 1))
    copydesk("merge", 1, 2)
    work(copy_of(1, 2), copy_of(2, 1) + "\n")
    assert stories(engine) == {1: [1, 2, 3, 4, 5, 6]}
    assert json.loads(copydesk("undo", 1, "--json").out) == {"story_id": 3}
    assert stories(engine) == {1: [1, 2, 5], 3: [3, 4, 6]}
    assert scalar(engine, "SELECT relation FROM articles WHERE id = 6") == "exact"
    assert scalar(engine, "SELECT count(*) FROM links WHERE article_id = 3 AND other_id = 1 AND same = 1") == 0
    work(dispatch(1) + "\n" + dispatch(2), copy_of(2, 1) + "\n\n")
    assert {3, 4, 6, 8} <= set(stories(engine)[3])
    assert {1, 2, 5} <= set(stories(engine)[1])


def test_an_undone_merge_divides_exact_copies(work: Deliver, copydesk: Copydesk, engine: Engine) -> None:
    """Of texts with the same words on both sides each side keeps its own as a text."""
    work(dispatch(1), copy_of(1, 1), copy_of(1, 1) + "\n", dispatch(2))
    copydesk("split", 2)
    copydesk("split", 3)
    assert stories(engine) == {1: [1], 2: [4], 3: [2], 4: [3]}
    copydesk("merge", 4, 1)
    copydesk("merge", 3, 1)
    run(engine, "UPDATE articles SET relation = 'exact' WHERE id = 3")
    run(engine, "UPDATE stories SET texts = 2 WHERE id = 1")
    assert copydesk("undo").code == 0
    assert stories(engine) == {1: [1, 3], 2: [4], 5: [2]}
    assert scalar(engine, "SELECT relation FROM articles WHERE id = 3") != "exact"


def test_an_undone_not_a_copy_joins_again(work: Deliver, copydesk: Copydesk, engine: Engine) -> None:
    """The article comes back; where nothing moved, the pair may be in one story again and the feed says nothing."""
    work(dispatch(1), copy_of(1, 1), dispatch(2))
    copydesk("not-a-copy", 2, 1)
    copydesk("not-a-copy", 2, 3)
    feed = scalar(engine, "SELECT max(id) FROM changes")
    assert copydesk("undo").out == "Correction 2 was undone.\n"
    assert scalar(engine, "SELECT max(id) FROM changes") == feed
    assert copydesk("undo", 1).out == "Correction 1 was undone: story 3 is part of story 1 again.\n"
    assert stories(engine) == {1: [1, 2], 2: [3]}
    assert scalar(engine, "SELECT count(*) FROM corrections WHERE same = 0") == 0


def test_undos_reach_back_step_by_step(work: Deliver, copydesk: Copydesk, engine: Engine) -> None:
    """A merge that overrode a split is undone, and then the split; another separation since is in the way."""
    work(dispatch(1), copy_of(1, 1), copy_of(1, 2))
    copydesk("split", 2)
    copydesk("merge", 1, 2)
    assert "the articles are in one story, 1, again" in copydesk("undo", 1).err
    copydesk("undo")
    copydesk("not-a-copy", 3, 2)
    assert "correction 4 keeps the stories 3 and 1 apart too" in copydesk("undo", 1).err
    copydesk("undo", 4)
    assert copydesk("undo", 1).code == 0
    assert stories(engine) == {1: [1, 2, 3]}
    assert scalar(engine, "SELECT count(*) FROM corrections WHERE same = 0") == 0


def test_pins_are_undone(work: Deliver, copydesk: Copydesk, engine: Engine) -> None:
    """A pin that is undone gives the choice back, or an earlier pin its force; a removed pin comes back."""
    work(dispatch(1, 240), copy_of(1, 1, 240), copy_of(1, 2, 240))
    first = scalar(engine, "SELECT canonical_id FROM stories")
    [second, third] = [number for number in (1, 2, 3) if number != first]

    def canonical() -> int:
        return int(scalar(engine, "SELECT canonical_id FROM stories"))

    copydesk("pin", second)
    pinned_at = scalar(engine, "SELECT pinned_at FROM articles WHERE pinned_at IS NOT NULL")
    copydesk("pin", third)
    copydesk("pin", second)
    copydesk("undo")
    assert canonical() == third
    assert scalar(engine, "SELECT pinned_at FROM articles WHERE id = :id", id=second) == pinned_at
    copydesk("undo")
    assert canonical() == second
    copydesk("pin", second, "--remove")
    assert canonical() == first
    copydesk("undo")
    assert canonical() == second
    assert scalar(engine, "SELECT pinned_at FROM articles WHERE id = :id", id=second) == pinned_at
    copydesk("undo")
    assert canonical() == first
    assert scalar(engine, "SELECT count(*) FROM articles WHERE pinned_at IS NOT NULL") == 0


def test_what_cannot_be_undone_says_why(work: Deliver, copydesk: Copydesk, engine: Engine) -> None:
    """Unknown and undone corrections, undos, and those that later corrections built on: exit 1 and no change."""
    work(dispatch(1), copy_of(1, 1), copy_of(1, 2), dispatch(2))

    def refused(correction: int) -> str:
        before = stories(engine)
        ran = copydesk("undo", correction)
        assert ran.code == 1
        assert stories(engine) == before
        return str(ran.err)

    assert copydesk("undo").err == "copydesk: There is no correction to undo.\n"
    assert "There is no correction 9." in refused(9)
    copydesk("split", 2)
    copydesk("merge", 3, 2)
    assert stories(engine) == {1: [1, 3], 2: [2, 4]} or stories(engine) == {1: [1, 3], 2: [4, 2]}
    assert "story 2 has got article 4, which was elsewhere" in refused(1)
    copydesk("split", 2)
    assert "article 2, which it moved, has left story 2" in refused(2)
    copydesk("undo")
    copydesk("undo", 2)
    copydesk("undo", 1)
    assert stories(engine) == {1: [1, 2, 3], 2: [4]} or len(stories(engine)) == 2
    assert "was undone already, by correction 6" in refused(1)
    assert "is an undo itself" in refused(6)
    copydesk("pin", 2)
    copydesk("pin", 2, "--remove")
    assert "correction 8 changed the pin of article 2" in refused(7)


def test_a_correction_of_an_earlier_version_is_listed_but_not_undone(
    work: Deliver, copydesk: Copydesk, engine: Engine
) -> None:
    """What it moved is not known; the list shows it in words that need no more than its articles."""
    work(dispatch(1), copy_of(1, 1))
    copydesk("split", 2, "--note", "own report")
    run(engine, "UPDATE correction_log SET moved = NULL, story_id = NULL, other_story_id = NULL")
    refused = copydesk("undo", 1)
    assert refused.code == 1
    assert "an earlier version of Copydesk made it" in refused.err
    listed = copydesk("corrections").out
    assert "Article 2 was separated from article 1." in listed
    assert "own report" in listed


def test_corrections_are_listed(work: Deliver, copydesk: Copydesk, engine: Engine) -> None:
    """The newest comes first, with its number, what it did, its note, and by what it was undone."""
    work(dispatch(1), copy_of(1, 1), copy_of(1, 1) + "\n")
    copydesk("split", 2, "--note", "own report")
    copydesk("undo")
    [undo, split] = json.loads(copydesk("corrections", "--json").out)
    assert (split["kind"], split["note"], split["moved"], split["undone_by"]) == ("split", "own report", [2, 3], 2)
    assert (undo["kind"], undo["undoes"]) == ("undo", 1)
    assert "Article 2 and 1 other left story 1 for story 2. Undone by 2." in copydesk("corrections").out
    assert len(json.loads(copydesk("corrections", "--limit", 1, "--json").out)) == 1


def test_an_erased_article_leaves_the_log(work: Deliver, copydesk: Copydesk, engine: Engine) -> None:
    """A correction that names it goes with its note; one that moved others too is undone for these."""
    work(dispatch(1), dispatch(2), copy_of(2, 1), dispatch(3))
    copydesk("pin", 3, "--note", "quotes the text")
    copydesk("pin", 3, "--remove")
    copydesk("merge", 1, 2)
    assert copydesk("erase", 3).code == 0
    assert [tuple(row) for row in rows(engine, "SELECT kind, moved FROM correction_log")] == [("merge", [2])]
    assert copydesk("undo").code == 0
    assert sorted(stories(engine).values()) == [[1], [2], [4]]


def test_an_undone_correction_goes_with_its_undo(work: Deliver, copydesk: Copydesk, engine: Engine) -> None:
    """An undo names the canonical article of the time; if that is erased, the undone merge goes too."""
    work(dispatch(1), dispatch(2))
    copydesk("merge", 1, 2)
    work(copy_of(1, 1))
    copydesk("pin", 3)
    assert copydesk("undo", 1).code == 0
    named = "SELECT article_id, other_id FROM correction_log WHERE kind IN ('merge', 'undo') ORDER BY id"
    assert [tuple(row) for row in rows(engine, named)] == [(2, 1), (2, 3)]
    assert copydesk("erase", 3).code == 0
    assert scalar(engine, "SELECT count(*) FROM correction_log") == 0
    assert copydesk("undo").err == "copydesk: There is no correction to undo.\n"
    assert sorted(stories(engine).values()) == [[1], [2]]
