"""One article in an object that only encloses it, and texts that are blocks, or are kept in two parts."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.formats.reads import only, outcomes, refusal
from worker.article import Article

TITLE = "Bridge at Tarnow closes"
TEXT = "The road office closes the bridge at Tarnow from Monday, the county said."
NEXT = "Drivers lose twenty minutes each way, and buses turn at the mill."
FIELDS = {"title": TITLE, "body": f"{TEXT}\n\n{NEXT}", "publishedAt": "2031-04-09T07:30:00Z"}
BLOCKS = [{"type": "paragraph", "text": TEXT}, {"type": "paragraph", "text": NEXT}]
RICH = {
    "nodeType": "document",
    "content": [{"nodeType": "paragraph", "content": [{"nodeType": "text", "value": TEXT}]}],
}


def read_one(value: object) -> Article:
    """Return the only article of a JSON file."""
    return only(json.dumps(value, ensure_ascii=False).encode(), "a.json")


@pytest.mark.parametrize(
    "wrapper",
    [
        {"data": {"type": "node--article", "attributes": {"title": TITLE, "body": {"value": f"<p>{TEXT}</p>"}}}},
        {"props": {"pageProps": {"story": {"headline": TITLE, "body": BLOCKS}}}, "page": "/s", "buildId": "7"},
        {"data": {"article": FIELDS}},
        {"title": "Export", "article": FIELDS},
        {"@graph": [{"@type": "WebSite", "name": "Courier"}, {"headline": TITLE, "articleBody": TEXT}]},
        {"code": 200, "data": {"list": [FIELDS], "total": 1}},
        {"items": [{"sys": {"id": "1"}, "fields": {"title": TITLE, "body": RICH}}]},
        {"meta": {"title": TITLE, "date": "2031-04-09"}, "content": TEXT},
        {"headlines": {"basic": TITLE}, "content_elements": [{"type": "text", "content": TEXT}]},
    ],
    ids="drupal next graphql export json-ld list contentful meta arc".split(),
)  # fmt: skip
def test_the_article_in_an_object_is_read(wrapper: dict[str, Any]) -> None:
    """Content systems and pages wrap an article several objects deep, with its text as blocks or in an object."""
    article = read_one(wrapper)
    assert article.title == TITLE
    assert article.text.startswith(TEXT)


@pytest.mark.parametrize("key", ["items", "stories"])
def test_a_text_of_blocks_is_not_replaced_by_the_lists_next_to_it(key: str) -> None:
    """What has a text itself, as blocks too, only has boxes in its lists."""
    article = read_one({"title": TITLE, "body": BLOCKS, "related": {key: [{"title": "Mill", "text": "The mill."}]}})
    assert article.text == f"{TEXT}\n\n{NEXT}"


@pytest.mark.parametrize(
    "record",
    [
        {"title": TITLE, "related": {"title": "Mill opens", "text": "The mill opens."}},
        {"title": TITLE, "comments": {"items": [{"title": "Shame", "text": "I never liked that bridge."}]}},
        {"title": TITLE, "author": {"name": "Mara Vik", "title": "Editor", "text": "She writes about roads."}},
    ],
)
def test_a_headline_keeps_its_place(record: dict[str, Any]) -> None:
    """The text of a related story or of an author's portrait is not that of a headline without one."""
    assert read_one(record).text == TITLE


@pytest.mark.parametrize(
    "wrapped", [lambda articles: {"articles": articles}, lambda articles: {"x": {"news": articles}}]
)
def test_a_featured_article_next_to_a_list_does_not_replace_it(wrapped: Callable[[object], dict[str, Any]]) -> None:
    """The articles of a list are read where another is in an object next to it."""
    value = wrapped([FIELDS, FIELDS]) | {"featured": {"title": "Mill opens", "text": "The mill opens."}}
    assert [getattr(one, "title", None) for one in outcomes(json.dumps(value).encode(), "a.json")] == [TITLE, TITLE]


def test_the_title_of_a_front_page_is_no_article() -> None:
    """Sections that each have a list of articles are named in the reason."""
    page = {"title": "Front page", "sections": [{"name": "Roads", "articles": [FIELDS]}]}
    assert '"sections.articles"' in refusal(json.dumps(page).encode(), "a.json")


def test_articles_of_an_rss_feed_as_json_are_read() -> None:
    """Converters keep the names of RSS, with the prefixes."""
    item = {"title": TITLE, "content:encoded": f"<p>{TEXT}</p>", "dc:creator": "Mara Vik"}
    feed = {"rss": {"channel": {"title": "Courier", "item": [item, item | {"title": "Second"}]}}}
    read = [one for one in outcomes(json.dumps(feed).encode(), "a.json") if isinstance(one, Article)]
    assert [(one.title, one.text, one.author) for one in read] == [
        (TITLE, TEXT, "Mara Vik"),
        ("Second", TEXT, "Mara Vik"),
    ]


@pytest.mark.parametrize(
    ("lead", "expected"),
    [
        (TEXT, f"{TEXT}\n\n{NEXT}"),
        (f"<p>{TEXT}</p>", f"{TEXT}\n\n{NEXT}"),
        ("“" + NEXT.removesuffix(" and buses turn at the mill.") + "…", NEXT),
        ("Roads", NEXT),
    ],
    ids=["apart", "html", "shortened copy", "label"],
)
def test_a_first_paragraph_that_is_kept_apart_is_read(lead: str, expected: str) -> None:
    """A lead above the text is the author's; one that repeats it, or is no sentence, is left out."""
    article = read_one({"title": TITLE, "lead": lead, "body": NEXT})
    assert article.text == expected
    assert article.notes == (() if TEXT in lead else ('These keys are not read: "lead".',))


@pytest.mark.parametrize(
    "author",
    [
        {"author": {"node": {"name": "Mara Vik"}}},
        {"author": {"data": {"id": 2, "attributes": {"name": "Mara Vik"}}}},
        {"author": 7, "_embedded": {"author": [{"id": 7, "name": "Mara Vik"}]}},
        {"credits": {"by": [{"type": "author", "name": "Mara Vik"}]}},
    ],
    ids=["wpgraphql", "strapi", "wordpress", "arc"],
)
def test_the_name_of_an_author_in_objects_is_read(author: dict[str, Any]) -> None:
    """Content systems keep authors as objects of their own."""
    assert read_one(FIELDS | author).author == "Mara Vik"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"storyText": f"{TEXT}\n\n{NEXT}"}, f"{TEXT}\n\n{NEXT}"),
        ({"news_html": f"<p>{TEXT}</p><p>{NEXT}</p>"}, f"{TEXT}\n\n{NEXT}"),
        ({"linkText": "Read on", "altText": "A bridge"}, TITLE),
        ({"storyText": TEXT, "postContent": NEXT}, TITLE),
    ],
    ids=["text", "html", "labels", "two"],
)
def test_the_only_prose_under_a_key_of_a_text_is_read(fields: dict[str, str], expected: str) -> None:
    """A name of one system's own ends like the usual ones; labels, and one of several texts, are not taken for it."""
    assert read_one({"title": TITLE, **fields}).text == expected
