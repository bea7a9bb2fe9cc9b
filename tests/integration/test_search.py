"""Search in a real Postgres: words of all copies in many languages, phrases, errors of typing, the order of results."""

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text as sql

from tests.integration.newsroom import NOON, Newsroom
from worker.explain.search import notes
from worker.search import vector
from worker.search.words import words
from worker.store.read import search, story_search
from worker.store.read.snapshot import snapshot
from worker.store.read.story_filter import StoryFilter
from worker.store.read.story_search import SearchResults, search_stories
from worker.store.stems import Stems

Copydesk = Callable[..., Any]

HARBOUR = "The harbour of Ostrel was closed on Monday after a crane fell across the eastern pier, the port office said."
BAKERS = "Bakers in Lindow will open an hour later from May, because flour now comes by the slow morning train."


def look(newsroom: Newsroom, typed: str, filters: StoryFilter | None = None, limit: int = 50) -> SearchResults:
    """Search in a snapshot, as the pages do."""
    with snapshot(newsroom.engine) as connection:
        return search_stories(connection, typed, filters or StoryFilter(), limit=limit)


def found(newsroom: Newsroom, typed: str) -> list[int]:
    """Return the ids of the stories that a search finds, in their order."""
    return [row.id for row in look(newsroom, typed).rows]


def marked(results: SearchResults) -> list[Sequence[str]]:
    """Return the marked words of each result."""
    return [[run.text for run in row.fragment if run.found] for row in results.rows]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("harbour", [1]),
        ("HARBOUR ostrel", [1]),
        ('"eastern pier"', [1]),
        ('"pier eastern"', []),
        ('"eastern pier', [1]),
        ("flour or crane", [2, 1]),
        ("monday -crane", []),
        ('monday -"pier eastern"', [1]),
        ("headline", [2]),
        ("'; drop table stories; --", []),
        ("\udcff harbour", [1]),
        ("港口", [3]),
        ("港口 火车", []),
        ("headlines", [2]),
        ("office-said", [1]),
    ],
)
def test_a_search_reads_headline_and_text(newsroom: Newsroom, query: str, expected: list[int]) -> None:
    """A search matches words, phrases, alternatives and exclusions, also without spaces."""
    newsroom.article(HARBOUR)
    newsroom.article(BAKERS, title="A headline on bread", seen=NOON + timedelta(days=9))
    newsroom.article("奥斯特雷尔港口周一关闭，此前一台起重机倒在东码头上。", language="zh")
    newsroom.index()
    assert found(newsroom, query) == expected


@pytest.mark.parametrize(
    ("language", "body", "query", "mark"),
    [
        ("en", "The election was held in Varn, and nobody complained.", "elections", "election"),
        ("en", "Keeper of Skarn Rock ends his last watch", "keepers watching", "Keeper"),
        ("de", "Frau Müller übernimmt die Bäckerei am Marktplatz.", "muller", "Müller"),
        ("de", "In der Straße am Fluss wurden die Häuser geräumt.", "strasse haus", "Straße"),
        ("fr", "Le maire a annoncé hier l’élection d’un nouveau conseil.", "elections", "élection"),
        ("es", "Los pescadores volvieron al puerto de Ansó por la niebla.", "pescador", "pescadores"),
        ("ru", "Жители посёлка чистили дороги после снегопада.", "поселка дорога", "посёлка"),
        ("tr", "İstanbul'da köprüler kapatıldı.", "istanbul köprü", "İstanbul"),
        ("pl", "Łódź przygotowuje się do wyborów.", "lodz", "Łódź"),
        ("ar", "أعلنت المدينة عن افتتاح المكتبات الجديدة.", "المكتبات", "المكتبات"),
        ("hi", "गाँव के किसानों ने नई नहर का स्वागत किया।", "नहर", "नहर"),
        ("ja", "大阪府の港で月曜日にクレーンが倒れた。", "クレーン", "クレーン"),
        ("ja", "大阪府の港で月曜日にクレーンが倒れた。", "港", "港"),
        ("zh", "奥斯特雷尔港口周一关闭。", "港口", "港口"),
        ("th", "ชาวบ้านในหมู่บ้านไปเลือกตั้งเมื่อวันจันทร์", "เลือกตั้ง", "เลือกตั้ง"),
        ("ko", "시장은 선거는 끝났다고 말했다.", "선거", "선거"),
        ("el", "Οι ψαράδες επέστρεψαν στο λιμάνι.", "λιμανι", "λιμάνι"),
        ("und", "Ventum magnum naves delevit.", "naves", "naves"),
    ],
)
def test_words_are_found_in_any_form_and_marked(
    newsroom: Newsroom, language: str, body: str, query: str, mark: str
) -> None:
    """Stems, accents, capitals and scripts without blanks: the word is found in its language, and marked as written."""
    newsroom.article(body, language=language)
    newsroom.article(HARBOUR)
    newsroom.index()
    results = look(newsroom, query)
    assert [row.id for row in results.rows] == [1]
    assert mark in marked(results)[0]
    assert "".join(run.text for run in results.rows[0].fragment) == body


@pytest.mark.parametrize(
    ("language", "body", "query"),
    [
        ("en", "A new bridge opens.", "news"),  # `new` is the German stem of `news`
        ("th", "วันจันทร์ตั้งใจเลือกเสื้อ", "เลือกตั้ง"),  # all of its pairs, not in this order
        ("und", "Он пил чай.", "чаи"),  # й is another letter than и
        ("ja", "東京都の市長が話した。", "京市"),
    ],
)
def test_what_only_resembles_a_word_is_left_alone(newsroom: Newsroom, language: str, body: str, query: str) -> None:
    """Stems of another language, pairs of characters in another order and other letters do not match."""
    newsroom.article(body, language=language)
    newsroom.index()
    assert found(newsroom, query) == []


def test_a_word_in_the_middle_of_a_copy_finds_its_story(newsroom: Newsroom) -> None:
    """The headline and the whole text of each copy are searched, and the fragment is that of the copy."""
    newsroom.article(HARBOUR, title="Crane falls")
    middle = "Words before it are many. " * 200 + "The lighthouse of Skarn stayed dark. " + "Words follow it. " * 200
    copy = newsroom.article(middle, story=1, relation="extended", title="Keeper of Skarn Rock ends his last watch")
    newsroom.index()
    [by_title] = look(newsroom, "Keeper of Skarn Rock ends his last watch").rows
    assert (by_title.id, by_title.article_id, by_title.title) == (1, copy, "Crane falls")
    [by_text] = look(newsroom, "lighthouse").rows
    assert by_text.article_title == "Keeper of Skarn Rock ends his last watch"
    shown = "".join(run.text for run in by_text.fragment)
    assert "The lighthouse of Skarn" in shown
    assert len(shown) < 300
    assert found(newsroom, "lighthouse crane") == []


@pytest.mark.parametrize(
    ("language", "word", "misspelt"),
    [
        ("en", "sharapova", "sharpova"),
        ("de", "bürgermeister", "bürgermiester"),
        ("ru", "снегопада", "снегопда"),
        ("el", "λιμανιού", "λιμανοιύ"),
    ],
)
def test_a_misspelt_word_finds_similar_ones(newsroom: Newsroom, language: str, word: str, misspelt: str) -> None:
    """If no article has a word, those with the most similar word are found, and the results say so."""
    newsroom.article(f"{HARBOUR} {word}", language=language)
    newsroom.article(BAKERS)
    newsroom.index()
    results = look(newsroom, f"{misspelt} crane")
    assert [row.id for row in results.rows] == [1]
    assert [len(similar) for similar in results.corrections.values()] == [1]
    assert {word, "crane"} <= set(marked(results)[0])


def test_words_that_are_right_are_not_corrected(newsroom: Newsroom) -> None:
    """A known word, an excluded word and a phrase stay as typed; a word without similar ones finds nothing."""
    newsroom.article(HARBOUR)
    newsroom.article(BAKERS)
    newsroom.index()
    for typed in ("crane flour", "zzyzx", '"cranes fall"', "harbour flour -cranne", "2027"):
        results = look(newsroom, typed)
        assert (results.rows, results.corrections) == ([], {})


@pytest.mark.parametrize("typed", ["the", "THE of", "-crane", "…", "!!!", "\x00", "or", '""', "q", "😀"])
def test_queries_without_a_word_have_a_reason(newsroom: Newsroom, typed: str, copydesk: Copydesk) -> None:
    """Only stop words, only punctuation or only exclusions find nothing, and a sentence says why."""
    newsroom.article(HARBOUR)
    newsroom.index()
    ran = copydesk("stories", "--search", typed.replace("\x00", "?"))
    assert ran.code == 0
    assert look(newsroom, typed).rows == []
    expected = {"the": "“the”", "THE of": "“the”, “of”", "q": "No story matches"}.get(
        typed, "There is no word to look for"
    )
    assert expected in ran.err


def test_the_best_and_newest_match_comes_first(newsroom: Newsroom) -> None:
    """A word in the headline outweighs weeks, and months outweigh it; of equal matches the newest is first."""
    newsroom.article(HARBOUR, seen=NOON)
    newsroom.article(f"{HARBOUR} Later.", seen=NOON + timedelta(days=1))
    newsroom.article(f"{BAKERS} One.", title="Crane", seen=NOON - timedelta(days=20))
    newsroom.article(f"{BAKERS} Two.", title="Crane", seen=NOON - timedelta(days=200))
    newsroom.index()
    assert found(newsroom, "crane") == [3, 2, 1, 4]


@pytest.mark.parametrize(("ranked", "few"), [(1, 1), (2, 100), (3, 1), (1_000, 10_000)])
def test_every_match_is_on_some_page(
    newsroom: Newsroom, ranked: int, few: int, monkeypatch: pytest.MonkeyPatch, copydesk: Copydesk
) -> None:
    """Read page by page, a search has every story once, also beyond the articles that are ranked."""
    monkeypatch.setattr(story_search, "MOST_RANKED", ranked)
    monkeypatch.setattr(story_search, "_FEW", few)
    for number in range(9):
        newsroom.article(f"{HARBOUR} Report {number}.", seen=NOON + timedelta(minutes=number % 4))
    newsroom.article(BAKERS)
    newsroom.article(f"{BAKERS} And a crane.", story=10, relation="extended")
    newsroom.index()
    paged: list[int] = []
    after = None
    with snapshot(newsroom.engine) as connection:
        while rows := search_stories(connection, "crane", StoryFilter(), after=after, limit=2).rows:
            paged += [row.id for row in rows]
            after = rows[-1].position
    assert sorted(paged) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    printed = json.loads(copydesk("stories", "--search", "crane", "--json").out)
    assert [row["id"] for row in printed] == paged
    assert all(any(run["found"] for run in row["fragment"]) for row in printed)


def test_the_newest_blocks_are_asked_first(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Articles of all blocks of ids are found, from the newest on; older blocks are not asked once enough are found."""
    monkeypatch.setattr(vector, "BLOCK_BITS", 1)
    monkeypatch.setattr(search, "BLOCK_BITS", 1)
    for number in range(12):
        newsroom.article(f"{HARBOUR} Report {number}.")
    newsroom.index()
    with snapshot(newsroom.engine) as connection:
        prepared = search.prepare(connection, Stems(), "crane")
        assert search.newest_matches(connection, prepared, 100) == (list(range(12, 0, -1)), 0)
        assert search.newest_matches(connection, prepared, 3) == ([12, 11, 10], 8)
        assert search.newest_matches(connection, prepared, 100, seconds=-1) == ([12], 12)
        results = search_stories(connection, "crane", StoryFilter(), limit=50, seconds=-1)
    assert [row.article_id for row in results.rows] == [12]
    assert "Only articles from number 12 on were searched" in " ".join(notes(results))


@given(st.text(max_size=60))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_query_is_answered(newsroom: Newsroom, typed: str) -> None:
    """No text that a person may type is an error."""
    look(newsroom, typed)


@given(st.text(min_size=1, max_size=200).filter(str.strip))
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_indexed(newsroom: Newsroom, written: str) -> None:
    """Whatever an article says, Postgres takes its words."""
    body = written.replace("\x00", "").encode("utf-8", "replace").decode() or "x"
    with newsroom.engine.begin() as connection:
        stems = Stems()
        known = words(body)
        stem = stems.learn(connection, "english_stem", [word for word in known if word])
        query = sql("SELECT CAST(CAST(:vector AS tsvector) AS text)")
        assert connection.execute(query, {"vector": vector.vector([], known, stem, ["@english_stem"])}).scalar_one()
