"""Related stories on the page of a story and in the API."""

import pytest

from tests.integration.newsroom import NOON, Newsroom
from tests.serving import Client
from worker.store import related
from worker.store.related import RelatedArticles

REASON = "Another report of the same event or matter (91%): 80% of the names of one are in the other."


@pytest.fixture
def linked(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom with two linked stories, of which the second has two sources, and a third without links."""
    newsroom.article("The ferry Halvard ran aground off Skarnes.", title="Ferry aground")
    second = newsroom.article("Two cold hours on the Halvard.", title="<Two> hours", source="Norwire")
    newsroom.article("Two cold hours on the ferry Halvard.", story=2, relation="near", url="https://ostrel.example/a")
    newsroom.article("Bakers in Lindow open an hour later.", title="Bakers")
    with newsroom.engine.begin() as connection:
        related.insert(connection, [RelatedArticles(second, 1, "event", 0.91, REASON)])
    return newsroom


def test_the_api_has_both_directions(client: Client, linked: Newsroom) -> None:
    """Either story names the other with kind, probability, reason, sources and times; a third names none."""
    [other] = client.get("/api/stories/1").json["related"]
    assert other["similarity"] == pytest.approx(0.91)
    assert {name: other[name] for name in ("story_id", "kind", "reason", "title", "articles", "sources")} == {
        "story_id": 2,
        "kind": "event",
        "reason": REASON,
        "title": "<Two> hours",
        "articles": 2,
        "sources": 2,
    }
    assert other["first_seen"] == NOON.isoformat().replace("+00:00", "Z")
    assert [row["story_id"] for row in client.get("/api/stories/2").json["related"]] == [1]
    assert client.get("/api/stories/3").json["related"] == []


def test_the_page_lists_other_reports(client: Client, linked: Newsroom) -> None:
    """The page has a section with the other story, its sources and the reason, escaped; a story without links none."""
    page = client.get("/stories/1").text
    section = page.partition("Other reports of this")[2].partition("</section>")[0]
    assert 'href="/stories/2"' in section
    assert "&lt;Two&gt; hours" in section
    assert "2 articles from 2 sources" in section
    assert REASON in section
    assert "Other reports of this" not in client.get("/stories/3").text
