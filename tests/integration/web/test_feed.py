"""The Atom feed of the list of stories, for feed readers."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import feedparser
import pytest
from defusedxml.ElementTree import fromstring
from sqlalchemy import Engine

from tests.dispatches import dispatch
from tests.integration.newsroom import NOON, Newsroom
from tests.integration.web.desk import add_token
from tests.serving import Client, serving
from worker.article import TokenScope
from worker.settings import Settings
from worker.web.application import application


def test_a_feed_reader_understands_the_feed(client: Client, placed: Newsroom) -> None:
    """The newest story is first, with headline, times, link and a lasting id; the feed is valid Atom."""
    answer = client.get("/feed.atom")
    assert answer.headers["content-type"] == "application/atom+xml"
    parsed = feedparser.parse(answer.text)
    assert (parsed.bozo, parsed.version) == (False, "atom10")
    assert [entry.link.partition("/stories/")[2] for entry in parsed.entries] == ["2", "1"]
    first = parsed.entries[1]
    assert first.title == "Crane falls"
    assert first.updated == NOON.isoformat()
    assert "2 articles" in first.summary
    assert first.id.startswith("urn:uuid:")
    assert first.id == feedparser.parse(client.get("/feed.atom?copies=1").text).entries[0].id
    names = [child.tag.partition("}")[2] for child in fromstring(answer.text)]
    assert names[:5] == ["id", "title", "updated", "author", "generator"]
    assert client.get(first.link.partition(str(client.port))[2]).status == 200


def test_a_saved_search_is_a_feed(client: Client, placed: Newsroom) -> None:
    """The feed has the filters of the list, which links to it; a wrong filter is refused as in the list."""
    placed.index()
    address = re.search(r'title="These stories" href="([^"]+)"', client.get("/?q=flour&language=en").text)
    assert address
    found = feedparser.parse(client.get(address[1].replace("&amp;", "&")).text)
    assert [entry.link.partition("/stories/")[2] for entry in found.entries] == ["2"]
    assert found.feed.title == "Stories: flour, language en"
    assert feedparser.parse(client.get("/feed.atom?language=de").text).entries == []
    assert client.get("/feed.atom?copies=many").status == 400
    assert 'title="New stories" href="/feed.atom"' in client.get("/files").text


def test_an_unchanged_feed_is_not_sent_again(client: Client, placed: Newsroom) -> None:
    """With the ETag of the last answer the status is 304 until there is a new story."""
    first = client.get("/feed.atom")
    again = client.get("/feed.atom", if_none_match=first.headers["etag"])
    assert (again.status, again.text) == (304, "")
    assert parsedate_to_datetime(first.headers["last-modified"]) == NOON + timedelta(hours=1)
    placed.article(dispatch(7), seen=datetime.now(UTC) + timedelta(days=2))
    changed = client.get("/feed.atom", if_none_match=first.headers["etag"])
    assert changed.status == 200
    assert parsedate_to_datetime(changed.headers["last-modified"]) <= datetime.now(UTC)


@pytest.mark.parametrize("title", ["<b>&amp; ]]> \" '", "a\x01b\x0bc\x1b\ufffe\uffff", "𐍈 北京 مصر"])
def test_any_title_makes_a_valid_feed(client: Client, newsroom: Newsroom, title: str) -> None:
    """Markup is text, and characters that XML does not know are blanks."""
    newsroom.article(dispatch(1), title=title)
    root = fromstring(client.get("/feed.atom").text)
    shown = root.find("{http://www.w3.org/2005/Atom}entry/{http://www.w3.org/2005/Atom}title")
    assert shown is not None
    assert shown.text == re.sub("[\x01\x0b\x1b\ufffe\uffff]", " ", title)


def test_a_closed_feed_needs_a_token(settings: Settings, engine: Engine) -> None:
    """Where reading is closed, a feed reader without a token gets 401 and no form; with one it gets the feed."""
    token = add_token(engine, "reader", TokenScope.READ)
    closed = settings.model_copy(update={"web_readers": "token", "web_url": "https://desk.example/"})
    with serving(application(closed, engine)) as client:
        assert client.get("/feed.atom").status == 401
        opened = client.get("/feed.atom", authorization=f"Bearer {token}")
    assert opened.status == 200
    assert 'href="https://desk.example/feed.atom"' in opened.text
