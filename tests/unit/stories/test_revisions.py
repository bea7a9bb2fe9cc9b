"""Which texts ids make versions of one another, which of them is the newest, and what a headline says about it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from worker.store.revisions import RevisionKey, SentText, StoredRevision
from worker.stories.revisions import RevisionLinks, current_versions, is_revision, link_revisions, settle_exact_copies
from worker.window import Window


def sent(
    words: str, version: int | None = None, *, key: str | None = "7", day: int | None = None, title: str | None = None
) -> SentText:
    """Return a text of one agency; equal ``words`` are the same text."""
    published = datetime(2026, 3, day, tzinfo=UTC) if day else None
    return SentText("LPA", key, version, published, words.encode(), title)


def linked(
    texts: list[SentText],
    stored: dict[int, list[StoredRevision]] | None = None,
    exact: dict[int, tuple[int, int]] | None = None,
    duplicates: dict[int, int] | None = None,
) -> tuple[RevisionLinks, dict[int, tuple[int, int]], dict[int, int]]:
    """Link texts and settle their exact copies; return the links and what are exact copies still."""
    stored, exact, duplicates = stored or {}, exact or {}, duplicates or {}
    links = link_revisions(texts, stored, exact, Window(30))
    settle_exact_copies(links, stored, exact, duplicates, texts)
    return links, exact, duplicates


@pytest.mark.parametrize(
    ("texts", "newest"),
    [
        ({1: sent("a", 1), 2: sent("b", 2)}, {2}),
        ({1: sent("b", 2), 2: sent("a", 1)}, {1}),
        ({1: sent("a", day=1), 2: sent("b", day=2)}, {2}),
        ({1: sent("a", 1), 2: sent("b", day=2)}, {1}),  # a version precedes an article without one
        ({1: sent("a", 1), 2: sent("b", 2), 3: sent("c", key=None)}, {2}),
        ({1: sent("a"), 2: sent("b")}, set()),  # nothing says which is newer
        ({1: sent("a", 1), 2: sent("b", 2, key="8")}, set()),
        ({1: sent("a", 1)}, set()),
        ({}, set()),
    ],
)
def test_the_newest_version_of_an_id(texts: dict[int, SentText], newest: set[int]) -> None:
    """Versions decide, or else dates; without several versions of one id there is none."""
    assert current_versions(texts) == newest


def test_words_that_arrived_later_are_newer_if_nothing_else_says_so() -> None:
    """A text that was replaced without a version or another date is superseded by the one that arrived later."""
    stored = replace(sent("a", day=1), arrived_at=datetime(2026, 3, 1, 9, tzinfo=UTC))
    assert current_versions({1: stored, 2: sent("b", day=1)}) == {2}
    assert current_versions({1: sent("b", day=1), 2: replace(sent("c"), arrived_at=stored.arrived_at)}) == {1}


def test_versions_are_those_of_words() -> None:
    """A text is as new as the newest version that has its words, whatever article is stored for them."""
    assert current_versions({1: sent("a", key=None), 2: sent("b", 2)}, [sent("a", 1)]) == {2}
    assert current_versions({1: sent("a", 1), 2: sent("b", 2)}, [sent("a", 3)]) == {1}


def test_a_version_that_may_not_be_canonical_supersedes_nothing() -> None:
    """If the newest version was withdrawn, the one before it is current; if only one is left, any text may be."""
    texts = {1: sent("a", 1), 2: sent("b", 2), 3: sent("c", 3)}
    assert current_versions({i: texts[i] for i in (1, 2)}, texts.values()) == {2}
    assert current_versions({1: texts[1]}, texts.values()) == set()


def test_versions_of_a_batch_go_with_the_first() -> None:
    """Without a stored version, the articles of one id are linked to the first of them."""
    links, _, _ = linked([sent("a", 2), sent("x", key=None), sent("b", 1), sent("c", key="8")])
    assert (links.earlier, links.stories, links.without_key) == ({2: 0}, {}, set())


def test_versions_join_the_story_of_the_newest_stored_one() -> None:
    """A person may have separated older versions; the same words go back to where they are."""
    stored = [StoredRevision(30, 3, sent("c", 3)), StoredRevision(10, 1, sent("a", 1))]
    links, _, _ = linked([sent("d", 4), sent("a", 1)], {0: stored, 1: stored})
    assert links.stories == {0: 3, 1: 1}
    assert links.without_key == {1}


def test_versions_of_a_batch_that_are_far_apart_are_not_linked() -> None:
    """An archive may hold the articles of years, whose provider started numbering again."""
    texts = [sent("a"), sent("b"), sent("c"), sent("d")]
    dates = [datetime(2026, 1, 5, tzinfo=UTC), datetime(2027, 1, 5, tzinfo=UTC), datetime(2027, 1, 6, tzinfo=UTC), None]
    links, _, _ = linked([replace(text, published_at=date) for text, date in zip(texts, dates, strict=True)])
    assert links.earlier == {2: 1, 3: 0}


def test_one_version_for_two_texts_links_nothing() -> None:
    """An id whose version has other words is another article's."""
    links, _, _ = linked([sent("b", 1)], {0: [StoredRevision(1, 1, sent("a", 1))]})
    assert (links.stories, links.without_key) == ({}, {0})


def test_an_id_decides_where_the_words_are_elsewhere() -> None:
    """A version with the words of another story is no exact copy of that story."""
    stored = {0: [StoredRevision(1, 1, sent("a", 1))]}
    links, exact, _ = linked([sent("b", 2)], stored, exact={0: (9, 4)})
    assert (links.stories, exact) == ({0: 1}, {})


def test_articles_of_one_id_follow_the_one_with_known_words() -> None:
    """If one version of a batch is an exact copy of a stored text, all of its id join that story."""
    links, exact, _ = linked([sent("a", 1), sent("b", 2)], exact={1: (9, 4)})
    assert (links.stories, exact) == ({0: 4, 1: 4}, {1: (9, 4)})


def test_a_copy_without_an_id_follows_its_duplicate() -> None:
    """The first of two articles with the same words has no id: it joins the story of the other's id."""
    stored = {1: [StoredRevision(1, 1, sent("a", 1))]}
    links, _, duplicates = linked([sent("b", key=None), sent("b", 2)], stored, duplicates={1: 0})
    assert (links.stories, duplicates) == ({0: 1, 1: 1}, {1: 0})
    links, _, duplicates = linked([sent("b", key=None), sent("a", 1), sent("b", 2)], duplicates={2: 0})
    assert (links.earlier, duplicates) == ({2: 1, 1: 0}, {2: 0})


def test_duplicates_of_two_ids_are_two_texts() -> None:
    """The last versions of two live blogs have the same words: each stays with its id."""
    links, _, duplicates = linked(
        [sent("a", 1), sent("b", 1, key="8"), sent("end", 2), sent("end", 2, key="8")], duplicates={3: 2}
    )
    assert (links.earlier, duplicates) == ({2: 0, 3: 1}, {})


@pytest.mark.parametrize(
    ("title", "is_one"),
    [
        ("UPDATE 1-Ferry stays in port", True),
        ("UPDATE 12-Ferry stays  in Port", True),
        ("CORRECTED-Ferry stays in port", True),
        ("CORRECTED-UPDATE 2-Ferry stays in port", True),
        ("Update: Ferry stays in port", True),
        ("Ferry stays in port", False),
        ("UPDATE 1-Ferry leaves port", False),
        ("Updates: Ferry stays in port", False),
        ("WRAPUP 1-Ferry stays in port", False),
        ("UPDATE 1-", False),
        (None, False),
    ],
)
def test_a_mark_before_the_same_headline(title: str | None, is_one: bool) -> None:
    """A headline that is equal except for an agency's mark names a version, of the same provider alone."""
    first = sent("a", key=None, title="Ferry stays in port")
    other = sent("b", key="9", title=title)
    assert is_revision(first, other) == is_revision(other, first) == is_one
    assert not is_revision(SentText(None, None, None, None, b"a", first.title), other)


def test_the_hash_of_a_key_separates_provider_and_id() -> None:
    """Keys are 64-bit numbers with a sign, as the column is."""
    hashes = {RevisionKey(*names).hash() for names in (("a", "bc"), ("ab", "c"), ("a", "b"), ("b", "a"))}
    assert len(hashes) == 4
    assert all(-(2**63) <= number < 2**63 for number in hashes)
