"""Translations on the page of a story, side by side, and in the API."""

import pytest

from tests.integration.newsroom import Newsroom
from tests.integration.web.test_correcting import follow, submit
from tests.serving import Client
from tests.translated import dispatch_texts
from worker.store import translations
from worker.store.translations import TranslatedArticles

REASON = "13 of 14 numbers are in the same order in both texts."


@pytest.fixture
def linked(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom with a dispatch in two linked languages, and a story without links."""
    versions = {t.language: t for t in dispatch_texts() if t.dispatch == "d01" and t.is_version}
    for language in ("en", "es"):
        newsroom.article(versions[language].text, title=versions[language].title, language=language)
    newsroom.article("Bakers in Lindow open an hour later.", title="Bakers")
    with newsroom.engine.begin() as connection:
        translations.insert(connection, [TranslatedArticles(2, 1, 0.99, REASON)])
    return newsroom


def test_the_api_has_both_directions(client: Client, linked: Newsroom) -> None:
    """Either story names the other with language, probability and reason, and which was likely written first."""
    story = client.get("/api/stories/1").json
    [other] = story["translations"]
    assert (other["story_id"], other["language"], other["reason"]) == (2, "es", REASON)
    assert other["similarity"] == pytest.approx(0.99)
    assert client.get("/api/v1/stories/2").json["translations"][0]["story_id"] == 1
    assert client.get("/api/stories/3").json["likely_source"] is None
    assert [row["id"] for row in client.get("/api/v1/stories?languages=2").json["stories"]] == [2, 1]
    assert client.get("/api/v1/stories?languages=3").json["stories"] == []


def test_the_page_lists_other_languages(client: Client, linked: Newsroom) -> None:
    """The page has a section with the other story, its reason and a guess at the source; others have none."""
    section = client.get("/stories/1").text.partition("In other languages")[2].partition("</section>")[0]
    assert 'href="/stories/2"' in section
    assert REASON in section
    assert "This is a guess." in section
    assert "In other languages" not in client.get("/stories/3").text


def test_sentences_are_side_by_side(client: Client, linked: Newsroom) -> None:
    """The page of a pair puts sentences with the same numbers in one row; without a link there is no page."""
    page = client.get("/stories/1/translations/2").text
    rows = page.split('<div class="row')[1:]
    assert any("3:42 a.m." in row and "a las 3.42" in row for row in rows)
    assert client.get("/stories/1/translations/3").status == 404


def test_a_refusal_is_reported_with_an_undo(editor: Client, linked: Newsroom) -> None:
    """The button removes the link, which the page reports; undone, the story is listed again."""
    assert "<em>Not a translation</em> removes the link for good; no article moves." in editor.get("/stories/1").text
    page = follow(editor, submit(editor, "/stories/1/not-a-translation", other=2, note="another day"))
    assert "are not one dispatch in two languages" in page.text
    assert "In other languages" not in page.text
    assert "In other languages" in follow(editor, submit(editor, "/corrections/1/undo", page="story")).text
    assert submit(editor, "/stories/1/not-a-translation", other=3).status == 400
