"""Versions under one id of one provider are one story, whatever their texts; the newest is the canonical article."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.dispatches import copy_of, dispatch
from tests.integration.delivery import deliver, new_processor, rows, scalar
from tests.integration.test_assign import after_matching
from tests.integration.test_reprocess import reprocess_all
from worker.operations.audit import contradictions
from worker.pipeline.batch import BatchProcessor
from worker.settings import Settings

Send = Callable[..., None]


@pytest.fixture
def send(settings: Settings, engine: Engine, processor: BatchProcessor) -> Iterator[Send]:
    """Return a function that processes records as one batch, each in a file of its own; the tables stay sound."""
    sent = 0

    def process(*records: dict[str, Any]) -> None:
        nonlocal sent
        files = [(f"{sent + i}.jsonl", json.dumps(record)) for i, record in enumerate(records)]
        sent += len(records)
        processor.process(deliver(settings, engine, files))

    yield process
    assert list(contradictions(settings, engine)) == []


def live(number: int, *, words: int = 120, **fields: Any) -> dict[str, Any]:
    """Return a version of an agency's live blog, whose text has nothing in common with that of another number."""
    return {"text": dispatch(number, words), "provider": "LPA", "id": "live-7"} | fields


def stories(engine: Engine) -> list[list[int]]:
    """Return the articles of each live story, the smallest first."""
    query = "SELECT array_agg(id ORDER BY id) AS articles FROM articles GROUP BY story_id ORDER BY 1"
    return [row.articles for row in rows(engine, query)]


def canonical(engine: Engine) -> list[int]:
    """Return the canonical article of each live story, by story."""
    return [row[0] for row in rows(engine, "SELECT canonical_id FROM stories WHERE merged_into IS NULL ORDER BY id")]


def relations(engine: Engine) -> list[str]:
    """Return the relation of each article."""
    return [row[0] for row in rows(engine, "SELECT relation FROM articles ORDER BY id")]


def test_a_text_that_was_replaced_entirely_is_a_revision(send: Send, engine: Engine) -> None:
    """A live blog with another text under its id is one story, whose canonical article is the newest version."""
    send(live(1, version=1))
    send(live(2, version=2))
    assert stories(engine) == [[1, 2]]
    assert canonical(engine) == [2]
    assert relations(engine) == ["revision", "original"]
    decisions = rows(engine, "SELECT article_id, other_id, same, relation, reason FROM links")
    reason = "Same story: the same provider sent both under the same id."
    assert decisions == [(2, 1, 1, "revision", reason)]
    assert scalar(engine, "SELECT canonical_reason FROM stories").startswith("It is the newest version")


def newsml(number: int, version: int) -> str:
    """Return a news item of NewsML-G2."""
    return (
        f'<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:newsml:lpa.example:20260301:7" '
        f'version="{version}"><contentSet><inlineData contenttype="text/plain">{dispatch(number)}</inlineData>'
        "</contentSet></newsItem>"
    )


def nitf(number: int, version: int) -> str:
    """Return a NITF document."""
    return (
        f'<nitf><head><docdata><doc-id regsrc="LPA" id-string="7"/><du-key key="k" version="{version}"/></docdata>'
        f"</head><body><body.content><p>{dispatch(number)}</p></body.content></body></nitf>"
    )


def atom(number: int, version: int) -> str:
    """Return an Atom feed of one entry."""
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:feed</id><entry><id>7</id>'
        f"<updated>2026-03-01T0{version}:00:00Z</updated><summary>{dispatch(number)}</summary></entry></feed>"
    )


def rss(number: int, version: int) -> str:
    """Return an RSS feed of one item."""
    return (
        f"<rss><channel><link>https://lorn.example/</link><item><guid>7</guid>"
        f"<pubDate>Sun, 01 Mar 2026 0{version}:00:00 GMT</pubDate><description>{dispatch(number)}</description>"
        "</item></channel></rss>"
    )


@pytest.mark.parametrize("written", [newsml, nitf, atom, rss])
def test_every_format_has_versions(
    settings: Settings, engine: Engine, processor: BatchProcessor, written: Callable[[int, int], str]
) -> None:
    """A text that was replaced under its id is a revision; an older version that comes late is not canonical."""
    for number, version in ((1, 2), (2, 3), (3, 1)):
        processor.process(deliver(settings, engine, [(f"{number}.xml", written(number, version))]))
    assert stories(engine) == [[1, 2, 3]]
    assert canonical(engine) == [2]
    assert relations(engine) == ["revision", "original", "revision"]


@pytest.mark.parametrize("name", ["version", "published"])
@pytest.mark.parametrize("order", list(permutations([1, 2, 3])))
def test_the_order_within_a_batch_does_not_matter(send: Send, engine: Engine, name: str, order: list[int]) -> None:
    """Versions that arrive together, in any order, are one story with the newest as canonical article."""
    send(*(live(n) | {name: n if name == "version" else f"2026-03-0{n}"} for n in order))
    assert stories(engine) == [[1, 2, 3]]
    assert canonical(engine) == [order.index(3) + 1]
    assert sorted(relations(engine)) == ["original", "revision", "revision"]


def test_a_late_older_version_is_not_canonical(send: Send, engine: Engine) -> None:
    """A version that was overtaken joins the story as a revision and changes nothing else."""
    send(live(2, version=2))
    send(live(1, version=1, words=600))
    assert stories(engine) == [[1, 2]]
    assert canonical(engine) == [1]
    assert relations(engine) == ["original", "revision"]


def test_ids_of_two_providers_stay_apart(send: Send, engine: Engine) -> None:
    """Two agencies number their dispatches alike."""
    send(live(1, version=1), live(2, version=2, provider="Reuter"))
    send(live(3, version=3, provider="Third"))
    assert stories(engine) == [[1], [2], [3]]


def test_ids_of_an_unknown_provider_stay_apart(send: Send, engine: Engine) -> None:
    """Without a provider an id says nothing."""
    send({"text": dispatch(1), "id": "1"}, {"text": dispatch(2), "id": "1", "version": 2})
    send({"text": dispatch(3), "id": "1", "version": 3, "source": "LPA"})
    assert stories(engine) == [[1], [2], [3]]


def test_an_unchanged_republication_is_an_exact_copy(send: Send, engine: Engine) -> None:
    """The same text under its id, in the same version or an older one that comes late, changes no canonical article."""
    send(live(1, version=1))
    send(live(2, version=2))
    send(live(2, version=2), live(1, version=1))
    assert stories(engine) == [[1, 2, 3, 4]]
    assert canonical(engine) == [2]
    assert relations(engine)[2:] == ["exact", "exact"]
    assert rows(engine, "SELECT id FROM articles WHERE revision_key IS NOT NULL ORDER BY id") == [(1,), (2,)]


def test_without_version_and_date_the_later_text_is_newer(send: Send, engine: Engine) -> None:
    """The text that arrived last is canonical, but not one that was known before and is sent again."""
    send(live(1, words=400))
    send(live(2))
    send(live(1, words=400))
    assert stories(engine) == [[1, 2, 3]]
    assert canonical(engine) == [2]
    assert relations(engine) == ["revision", "original", "exact"]


def test_a_text_that_comes_back_as_a_newer_version_is_canonical(send: Send, engine: Engine) -> None:
    """A provider that takes a change back makes its first text the newest version again."""
    send(live(1, version=1))
    send(live(2, version=2))
    send(live(1, version=3))
    assert canonical(engine) == [1]
    assert relations(engine) == ["original", "revision", "exact"]


def test_copies_by_others_do_not_outvote_the_newest_version(send: Send, engine: Engine) -> None:
    """The newest version is canonical although more copies agree with the one before."""
    send(live(1, version=1), {"text": copy_of(1, 1)}, {"text": copy_of(1, 2)})
    send(live(2, version=2))
    assert stories(engine) == [[1, 2, 3, 4]]
    assert canonical(engine) == [4]


def test_an_exact_copy_by_another_provider_is_superseded_too(send: Send, engine: Engine) -> None:
    """The first version came first without an id: its words are those of an old version all the same."""
    send({"text": dispatch(1, 400)})
    send(live(1, version=1, words=400))
    send(live(2, version=2))
    assert stories(engine) == [[1, 2, 3]]
    assert canonical(engine) == [3]
    assert relations(engine) == [relations(engine)[0], "exact", "original"]


def test_one_version_number_for_two_texts_is_no_revision(send: Send, engine: Engine) -> None:
    """An id whose version has another text was used again for another article."""
    send(live(1, version=1))
    send(live(2, version=1))
    send(live(3, version=2), live(4, version=2))
    assert stories(engine) == [[1], [2], [3], [4]]


def test_an_id_that_a_file_repeats_is_no_id(settings: Settings, engine: Engine, processor: BatchProcessor) -> None:
    """A feed whose items all have one guid stays as many stories as items, also when it is fetched again."""
    for first in (1, 3):
        items = "".join(
            f"<item><title>Item {n}</title><guid>news</guid><pubDate>Mon, 0{n} Mar 2026 10:00:00 GMT</pubDate>"
            f"<description>{dispatch(n)}</description></item>"
            for n in range(first, first + 3)
        )
        feed = f"<rss><channel><link>https://lorn.example/</link>{items}</channel></rss>"
        processor.process(deliver(settings, engine, [(f"{first}.xml", feed)]))
    assert stories(engine) == [[1], [2], [3, 4], [5], [6]]


def test_versions_far_apart_are_no_revisions(send: Send, engine: Engine) -> None:
    """A provider that starts numbering again next year sends another article."""
    send(live(1, version=1, published="2026-01-05"))
    send(live(2, version=2, published="2026-05-05"))
    send(live(3, version=3, published="2027-01-05"))
    assert stories(engine) == [[1, 2], [3]]


@pytest.mark.parametrize("together", [False, True])
def test_an_id_wins_over_the_words(send: Send, engine: Engine, *, together: bool) -> None:
    """Two live blogs that end with the same words stay two stories; a copy of these words joins one of them."""
    ends = [live(3, version=2), live(3, version=2, id="live-8")]
    send(live(1, version=1), live(2, version=1, id="live-8"))
    for batch in [ends] if together else [[end] for end in ends]:
        send(*batch)
    assert stories(engine) == [[1, 3], [2, 4]]
    assert canonical(engine) == [3, 4]
    send({"text": dispatch(3)})
    assert len(stories(engine)) == 2


def test_a_copy_in_the_same_batch_follows_the_version(send: Send, engine: Engine) -> None:
    """A paper's exact copy that is read before the agency's new version joins the agency's story with it."""
    send(live(1, version=1))
    send({"text": dispatch(2)}, live(2, version=2))
    assert stories(engine) == [[1, 2, 3]]
    assert canonical(engine) == [2]
    send({"text": dispatch(4)}, live(3, version=1, id="live-9"), live(4, version=2, id="live-9"))
    assert stories(engine) == [[1, 2, 3], [4, 5, 6]]


def test_a_split_wins_over_the_id(send: Send, engine: Engine, copydesk: Callable[..., Any]) -> None:
    """What a person separated stays apart; a later version follows the newest one, and joins no more than that."""
    send(live(1, version=1))
    send(live(2, version=2))
    copydesk("split", 2)
    send(live(3, version=3))
    send(live(2, version=2), live(1, version=1))
    assert stories(engine) == [[1, 5], [2, 3, 4]]
    assert canonical(engine) == [1, 3]


def test_a_headline_mark_makes_a_revision_of_a_copy(send: Send, engine: Engine) -> None:
    """UPDATE 1- before the same headline by the same provider names the relation, but joins nothing."""
    title = "Ferry of Lorn stays in port"
    send({"text": dispatch(1, 300), "title": title, "provider": "LPA"})
    send({"text": copy_of(1, 1, 300), "title": f"UPDATE 1-{title}", "provider": "LPA"})
    send({"text": copy_of(1, 2, 300), "title": f"CORRECTED-{title}", "provider": "Other"})
    send({"text": dispatch(2, 300), "title": f"UPDATE 2-{title}", "provider": "LPA"})
    assert stories(engine) == [[1, 2, 3], [4]]
    assert sorted(relations(engine)[:3]) == ["near", "original", "revision"]


@pytest.mark.parametrize("version", [1, 3])
def test_a_version_that_others_stored_meanwhile_is_joined(
    settings: Settings, engine: Engine, processor: BatchProcessor, version: int
) -> None:
    """A version that another worker commits between matching and writing is found under the lock."""
    with closing(new_processor(settings)) as other:
        late = deliver(settings, engine, [("b.jsonl", json.dumps(live(2, version=2)))])
        first = deliver(settings, engine, [("a.jsonl", json.dumps(live(1, version=version)))])
        after_matching(processor, lambda: other.process(first))(late)
    assert stories(engine) == [[1, 2]]
    assert canonical(engine) == [1 if version == 3 else 2]


def test_a_version_whose_words_change_stays_in_its_story(send: Send, settings: Settings, engine: Engine) -> None:
    """`reprocess` keeps the versions of an id together although their texts have nothing in common."""
    send(live(1, version=1, text=f"{dispatch(1)}\n\nCUT\n\n{dispatch(8)}"))
    send(live(2, version=2, text=f"{dispatch(2)}\n\nCUT\n\n{dispatch(9)}"))
    reprocess_all(settings, engine)
    assert stories(engine) == [[1, 2]]
    assert canonical(engine) == [2]
    assert relations(engine) == ["revision", "original"]
    assert rows(engine, "SELECT article_id, other_id, same, relation FROM links") == [(2, 1, 1, "revision")]


def test_more_versions_than_texts_that_are_compared(send: Send, engine: Engine) -> None:
    """A live blog of a hundred versions is one story whose canonical article is the newest."""
    for start in range(1, 101, 20):
        send(*(live(n, version=n) for n in range(start, start + 20)))
    assert stories(engine) == [list(range(1, 101))]
    assert canonical(engine) == [100]
    assert set(relations(engine)) == {"revision", "original"}


def test_a_pin_wins_over_a_newer_version(send: Send, engine: Engine, copydesk: Callable[..., Any]) -> None:
    """A pinned version stays canonical when a newer one arrives; without the pin the newest one is canonical."""
    send(live(1, version=1))
    send(live(2, version=2))
    copydesk("pin", 1)
    send(live(3, version=3))
    assert canonical(engine) == [1]
    assert relations(engine) == ["original", "revision", "revision"]
    copydesk("pin", 1, "--remove")
    assert canonical(engine) == [3]


def test_equal_words_after_reprocessing_merge_no_versions(send: Send, settings: Settings, engine: Engine) -> None:
    """Two live blogs whose last versions `reprocess` makes equal stay two stories: the ids win over the words."""
    send(live(1, version=1), live(2, version=1, id="live-8"))
    ends = [f"{dispatch(3)}\n\nCUT\n\n{dispatch(number)}" for number in (8, 9)]
    send(live(3, version=2, text=ends[0]), live(3, version=2, id="live-8", text=ends[1]))
    assert stories(engine) == [[1, 3], [2, 4]]
    reprocess_all(settings, engine)
    assert stories(engine) == [[1, 3], [2, 4]]
    assert canonical(engine) == [3, 4]


def test_a_version_that_links_a_story_is_no_evidence_to_merge(send: Send, engine: Engine) -> None:
    """A version with the report of another story stays with its id, and its story is not merged with that story."""
    send(live(1, version=1), {"text": dispatch(2, 300)})
    send(live(2, version=2, text=copy_of(2, 1, 300)))
    assert stories(engine) == [[1, 3], [2]]
