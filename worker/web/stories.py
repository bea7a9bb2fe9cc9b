"""The list of stories, and the page of a story: its text, its timeline, and a copy compared with the canonical text."""

from collections.abc import Sequence
from urllib.parse import urlencode

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from worker.explain.differences import side_by_side
from worker.explain.why import why
from worker.store.corrections import corrections
from worker.store.read.articles import ArticleDetail, articles
from worker.store.read.stories import Copy, StoryDetail
from worker.web import params
from worker.web.render import page
from worker.web.site import COMPARED_CHARACTERS, SHOWN_CHARACTERS, get_article, get_story, reading
from worker.web.story_list import story_page_rows
from worker.web.timeline import timeline

_PAGE_ROWS = 25
#: Copies shown on a story's page; the API returns all.
MOST_COPIES = 200
#: Filters of the list, as the form names them.
_FILTERS = ("q", "since", "until", "source", "language", "copies")


def stories_page(request: Request) -> Response:
    """Answer ``/``: the stories that match the form, the best matches of a search or else the newest first."""
    asked = {name: params.text_param(request, name) or "" for name in _FILTERS}
    with reading(request) as connection:
        shown = story_page_rows(connection, request, _PAGE_ROWS)
    values = {
        "rows": shown.rows,
        "asked": asked,
        "filtered": any(asked.values()),
        "more": shown.more,
        "notes": shown.notes,
        "later_page": params.read_cursor(request),
    }
    return page(request, "stories.html", values)


def story_page(request: Request) -> Response:
    """Answer ``/stories/{id}``; ``?article=`` chooses the copy to compare with the canonical text."""
    story_id = params.path_id(request)
    chosen = params.int_param(request, "article", most=2**31 - 1)
    with reading(request) as connection:
        story = get_story(connection, story_id, MOST_COPIES, most_characters=SHOWN_CHARACTERS + 1)
        if story.id != story_id:
            return _redirect(story, story_id, chosen)
        copy = _copy(connection, chosen) if chosen else None
        if chosen and (copy is None or copy.story_id != story.id):
            raise params.NotFoundError(f"Article {chosen} is not in story {story.id}.")
        shown = copy.id if copy else story.canonical_article_id
        explained, corrected = why(connection, str(shown)), corrections(connection, [shown])
    compared = copy if copy and not copy.is_canonical else None
    shown_characters = COMPARED_CHARACTERS if compared else SHOWN_CHARACTERS
    text = story.text[:shown_characters]
    values = {
        "story": story,
        "merged": params.int_param(request, "merged"),
        "timeline": timeline(story.copies),
        "copy": copy,
        "text": text,
        "side_by_side": side_by_side(text, compared.text[:COMPARED_CHARACTERS]) if compared else None,
        "shown_characters": shown_characters,
        "cut_articles": [
            article_id
            for article_id, length in (
                (story.canonical_article_id, len(story.text)),
                *([(compared.id, len(compared.text))] if compared else ()),
            )
            if length > shown_characters
        ],
        "why": explained.articles[0] if explained and explained.articles else None,
        "corrections": corrected,
        "hidden_copies": max(story.articles - len(story.copies), 0),
        "neighbours": _neighbours(story.copies, copy),
    }
    return page(request, "story.html", values)


def _copy(connection: Connection, article_id: int) -> ArticleDetail | None:
    return articles(connection, [article_id], most_characters=COMPARED_CHARACTERS + 1).get(article_id)


def _redirect(story: StoryDetail, merged_id: int, article: int | None) -> RedirectResponse:
    """Redirect from a merged story to the one that it was merged into."""
    query = {"merged": merged_id} | ({"article": article} if article else {})
    return RedirectResponse(f"/stories/{story.id}?{urlencode(query)}", 307)


def _neighbours(copies: Sequence[Copy], chosen: ArticleDetail | None) -> tuple[Copy | None, Copy | None]:
    """Return the previous and the next copy in the list, without the canonical article."""
    others = [copy for copy in copies if not copy.is_canonical]
    at = next((i for i, copy in enumerate(others) if chosen and copy.article_id == chosen.id), None)
    if at is None:
        return None, (others[0] if others else None)
    return (others[at - 1] if at else None), (others[at + 1] if at + 1 < len(others) else None)


def article_page(request: Request) -> Response:
    """Answer ``/articles/{id}`` with a redirect to the article in its story."""
    article_id = params.path_id(request)
    with reading(request) as connection:
        article = get_article(connection, article_id, most_characters=0)
    return RedirectResponse(f"/stories/{article.story_id}?article={article_id}", 307)
