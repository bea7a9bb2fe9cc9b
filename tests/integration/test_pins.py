"""A person's pin makes an article canonical, and it stays so whatever arrives, is merged, split or reprocessed."""

import json
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.dispatches import copy_of, dispatch
from tests.integration.delivery import deliver, new_processor, rows, scalar
from tests.integration.test_reprocess import reprocess_all, with_debris
from worker.pipeline.batch import BatchProcessor
from worker.settings import Settings
from worker.stories.canonical_choice import FINAL_TEXTS

Copydesk = Callable[..., Any]
Deliver = Callable[..., None]
pytestmark = pytest.mark.usefixtures("agreeing")


def canonical(engine: Engine, story: int = 1) -> tuple[int, str | None]:
    """Return the canonical article of a story, and why it is that one."""
    [row] = rows(engine, "SELECT canonical_id, canonical_reason FROM stories WHERE id = :id", id=story)
    return row.canonical_id, row.canonical_reason


def canonical_changes(engine: Engine) -> list[tuple[int, int]]:
    """Return the entries of the change feed on canonical articles: story and article."""
    found = rows(engine, "SELECT story_id, article_id FROM changes WHERE kind = 'canonical' ORDER BY id")
    return [(row.story_id, row.article_id) for row in found]


def half(number: int, part: int) -> str:
    """Return the first (0) or second (1) half of a dispatch of 240 words."""
    paragraphs = dispatch(number, 240).split("\n\n")
    middle = len(paragraphs) // 2
    return "\n\n".join(paragraphs[middle:] if part else paragraphs[:middle])


def test_a_pin_outlasts_fuller_copies(work: Deliver, copydesk: Copydesk, engine: Engine) -> None:
    """A pinned abridgement stays canonical when longer copies arrive, and the feed has one change for it."""
    work(dispatch(1, 240), half(1, 0))
    before = canonical_changes(engine)
    assert canonical(engine)[0] == 1
    out = copydesk("pin", 2, "--note", "the version that ran").out
    assert out == "Article 2 is pinned as the canonical article of story 1.\n"
    work(copy_of(1, 1, 240), dispatch(1, 240) + dispatch(9, 12))
    assert canonical(engine) == (2, "A person pinned it.")
    assert canonical_changes(engine) == [*before, (1, 2)]
    assert rows(engine, "SELECT kind, article_id, other_id, note FROM corrections") == [
        ("pin", 2, None, "the version that ran")
    ]
    shown = json.loads(copydesk("story", 1, "--json").out)
    assert shown["pinned_at"]
    assert {copy["relation"] for copy in shown["copies"] if not copy["is_canonical"]} == {"extended"}


def test_a_removed_pin_leaves_the_choice_to_the_texts(work: Deliver, copydesk: Copydesk, engine: Engine) -> None:
    """Without its pin the abridgement is an abridgement again, and the log has both corrections."""
    work(dispatch(1, 240), half(1, 0))
    copydesk("pin", 2)
    assert copydesk("pin", 2, "--remove").out == "Article 2 is no longer pinned in story 1.\n"
    article, reason = canonical(engine)
    assert article == 1
    assert reason is not None
    assert "much shorter" in reason
    assert canonical_changes(engine)[-2:] == [(1, 2), (1, 1)]
    assert [row.kind for row in rows(engine, "SELECT kind FROM corrections ORDER BY id")] == ["pin", "unpin"]
    again = copydesk("pin", 2, "--remove")
    assert (again.code, again.err) == (1, "copydesk: Article 2 is not pinned.\n")


def test_the_pin_of_a_canonical_article_holds_it(work: Deliver, copydesk: Copydesk, engine: Engine) -> None:
    """An article that is alone or canonical already can be pinned; when the pin is removed, its reason goes too."""
    work(half(1, 0))
    copydesk("pin", 1)
    work(dispatch(1, 240))
    assert canonical(engine) == (1, "A person pinned it.")
    work(dispatch(2))
    copydesk("pin", 3)
    copydesk("pin", 3, "--remove")
    assert canonical(engine, 2) == (3, None)
    assert canonical_changes(engine) == []


def test_of_two_pins_in_a_merged_story_the_last_is_in_force(work: Deliver, copydesk: Copydesk, engine: Engine) -> None:
    """The other pin stays recorded: it is in force again when the last one is removed or leaves."""
    work(dispatch(1), copy_of(1, 1), dispatch(2), copy_of(2, 1))
    copydesk("pin", 4)
    copydesk("pin", 2)
    copydesk("merge", 1, 2)
    assert canonical(engine) == (2, "A person pinned it.")
    copydesk("split", 2)
    assert canonical(engine) == (4, "A person pinned it.")
    assert canonical(engine, 3) == (2, "A person pinned it.")
    work(copy_of(1, 2))
    assert scalar(engine, "SELECT count(*) FROM articles WHERE relation = 'original' AND pinned_at IS NOT NULL") == 2


def test_a_pin_outlasts_an_automatic_merge(work: Deliver, copydesk: Copydesk, engine: Engine) -> None:
    """The whole of two halves makes one story of theirs, in which the pinned half stays canonical."""
    work(half(1, 0), half(1, 1))
    assert scalar(engine, "SELECT count(*) FROM stories WHERE merged_into IS NULL") == 2
    copydesk("pin", 2)
    work(dispatch(1, 240))
    assert scalar(engine, "SELECT count(*) FROM stories WHERE merged_into IS NULL") == 1
    assert canonical(engine) == (2, "A person pinned it.")


def test_a_pinned_exact_copy_becomes_the_text(work: Deliver, copydesk: Copydesk, engine: Engine) -> None:
    """The same words in another layout and case can be canonical; the other article is then its exact copy."""
    work(dispatch(1).upper(), copy_of(1, 1), dispatch(1))
    assert scalar(engine, "SELECT relation FROM articles WHERE id = 3") == "exact"
    copydesk("pin", 3)
    assert canonical(engine)[0] == 3
    assert [row.relation for row in rows(engine, "SELECT relation FROM articles ORDER BY id")] == [
        "exact",
        "near",
        "original",
    ]
    work(copy_of(1, 2))
    assert canonical(engine)[0] == 3


def test_a_pin_outlasts_reprocessing(settings: Settings, work: Deliver, copydesk: Copydesk, engine: Engine) -> None:
    """New words of the pinned article or of its copies leave it canonical, also if it is an exact copy."""
    work(with_debris(1, 8), copy_of(1, 1), copy_of(1, 2), copy_of(1, 2).upper())
    assert scalar(engine, "SELECT relation FROM articles WHERE id = 4") == "exact"
    copydesk("pin", 1)
    reprocess_all(settings, engine)
    assert canonical(engine) == (1, "A person pinned it.")
    copydesk("pin", 4)
    reprocess_all(settings, engine, everything=True)
    assert canonical(engine) == (4, "A person pinned it.")


def test_a_story_of_very_many_texts_can_be_pinned(
    settings: Settings, work: Deliver, copydesk: Copydesk, engine: Engine, processor: BatchProcessor
) -> None:
    """Where nothing is chosen any more, a pin still decides, and its removal gives back the former article."""
    texts = [(f"{n}.txt", copy_of(1, n)) for n in range(FINAL_TEXTS + 4)]
    processor.process(deliver(settings, engine, texts))
    work(copy_of(1, 200))
    first = canonical(engine)[0]
    last = scalar(engine, "SELECT max(id) FROM articles")
    copydesk("pin", last)
    work(copy_of(1, 201))
    assert canonical(engine)[0] == last
    copydesk("pin", last, "--remove")
    assert canonical(engine)[0] == first


def test_copies_with_lines_of_their_own_change_nothing(
    settings: Settings, engine: Engine, processor: BatchProcessor
) -> None:
    """The first copy stays canonical, whether its copies arrive one by one or in one batch."""
    endings = ["", *(" ".join(dispatch(100 + n, 12).split()[: 1 + n % 6]) for n in range(20))]
    for story, size in ((1, 1), (2, len(endings))):
        texts = [(f"{story}-{n}.txt", f"{dispatch(story)}\n{ending}\n") for n, ending in enumerate(endings)]
        for start in range(0, len(texts), size):
            processor.process(deliver(settings, engine, texts[start : start + size]))
    assert canonical_changes(engine) == []
    assert [canonical(engine, story)[0] for story in (1, 2)] == [1, 1 + len(endings)]


def test_a_preferred_source_becomes_canonical(settings: Settings, engine: Engine) -> None:
    """Of equally complete copies that of the first preferred source is canonical, named by it or by its URL's host."""
    preferring = settings.model_copy(update={"preferred_sources": ("The Agency", "desk.example.org")})
    fields: tuple[dict[str, str], ...] = (
        {},
        {"url": "https://desk.example.org/1"},
        {"source": "the agency"},
        {"source": "Herald"},
    )
    with closing(new_processor(preferring)) as worker:
        for edition, more in enumerate(fields):
            record = json.dumps({"text": f"{dispatch(1)} Edition {edition}.", **more})
            worker.process(deliver(settings, engine, [(f"{edition}.jsonl", record)]))
    assert canonical_changes(engine) == [(1, 2), (1, 3)]
    assert "its source is preferred" in str(canonical(engine)[1])


def test_the_dispatch_of_an_agency_is_the_agencys(settings: Settings, engine: Engine) -> None:
    """Of equally complete copies that are credited to AP its own is canonical, also before a preferred source."""
    preferring = settings.model_copy(update={"preferred_sources": ("Herald",)})
    fields: tuple[dict[str, str], ...] = (
        {"source": "Herald", "dateline": "VARNBY, Lorn (AP) _ "},
        {"source": "Tolle Post"},
        {"url": "https://www.apnews.com/1"},
    )
    with closing(new_processor(preferring)) as worker:
        for edition, more in enumerate(fields):
            dateline = more.pop("dateline", "")
            record = json.dumps({"text": f"{dateline}{dispatch(1)} Edition {edition}.", **more})
            worker.process(deliver(settings, engine, [(f"{edition}.jsonl", record)]))
    assert canonical_changes(engine) == [(1, 3)]
    assert "it is the agency's own dispatch" in str(canonical(engine)[1]).lower()
