"""No field of an article is longer than the database can index, and its text is never shortened."""

import json

import pytest

from tests.unit.formats.reads import only
from worker.article import Article
from worker.clean import SHORTENED, clean
from worker.formats.fields import bound

TEXT = "The old bridge at Varn is closed until spring."
LIMITS = {"title": 2_000, "external_id": 500, "url": 2_000, "source": 500, "author": 2_000}


@pytest.mark.parametrize("field", LIMITS)
@pytest.mark.parametrize("letter", ["a", "ü", "桥", "🌉"])
def test_every_field_is_bounded(field: str, letter: str) -> None:
    """A field one character over its limit is shortened and noted; one at the limit is kept as it is."""
    limit = LIMITS[field]
    kept = bound(Article(TEXT, **{field: letter * limit}))  # type: ignore[arg-type]
    assert (getattr(kept, field), kept.shortened) == (letter * limit, ())
    cut = bound(Article(TEXT, **{field: letter * (limit + 1)}))  # type: ignore[arg-type]
    assert len(getattr(cut, field)) == limit
    assert (cut.shortened, cut.text) == ((field,), TEXT)
    assert clean(cut).changes[SHORTENED] == 1


def test_overlong_ids_stay_different() -> None:
    """Two ids that differ only at their ends are not the same article's."""
    first, second = (bound(Article(TEXT, external_id="a" * 5_000 + end)).external_id for end in "bc")
    assert first != second


def test_a_host_without_end_is_bounded() -> None:
    """The host of a URL is indexed as the source, so it is bounded more closely than the URL."""
    cut = bound(Article(TEXT, url="https://" + "桥" * 1_500 + "/a"))
    assert (len((cut.url or "").removeprefix("https://")), cut.shortened) == (500, ("url",))
    assert bound(Article(TEXT, url="https://varn.example/" + "a" * 1_500)).shortened == ()


@pytest.mark.parametrize("name", ["a.jsonl", "a.xml"])
def test_readers_note_what_is_shortened(name: str) -> None:
    """The bound holds for records and feeds; a title that is the only text stays whole as the text."""
    title = "Bridge closed. " * 10_000
    if name == "a.xml":
        data = f"<rss><channel><title>{title}</title><item><title>{title}</title></item></channel></rss>"
    else:
        data = json.dumps({"title": title, "source": title}) + "\n"
    article = only(data.encode(), name)
    assert article.text == title.strip()
    assert sorted(article.shortened) == ["source", "title"]
