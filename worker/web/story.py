"""The page of a story: who published it when, its versions, and a copy compared with another text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from worker.explain.copies import copy_relations
from worker.explain.likely_source import likely_source_sentence
from worker.explain.versions import version_changes
from worker.explain.why import why
from worker.store.correction_log import of_story
from worker.store.read.articles import ArticleDetail, articles
from worker.store.read.copies import timed_copies, versions
from worker.store.read.publishers import publishers
from worker.store.read.stories import Copy, StoryDetail
from worker.web import params
from worker.web.comparison import COMPARED_CHARACTERS, DIFFED_CHARACTERS, Comparison, compare
from worker.web.notices import MOST_NOTICES, notices
from worker.web.render import page
from worker.web.site import SHOWN_CHARACTERS, get_article, get_story, reading
from worker.web.timeline import MOST_DOTS, timeline

#: Copies in the table of a story's page; the API returns all.
MOST_COPIES = 200
#: Corrections on a story's page; the list of corrections has all.
_MOST_CORRECTIONS = 20


@dataclass(frozen=True, slots=True)
class _Compared:
    """Two articles of a story and their differences; ``base`` is the canonical article unless another was chosen."""

    base: ArticleDetail
    copy: ArticleDetail
    comparison: Comparison


def story_page(request: Request) -> Response:
    """Answer ``/stories/{id}``; ``?article=`` is compared with the canonical article, or with that of ``?with=``."""
    story_id = params.path_id(request)
    chosen, base = (params.int_param(request, name, most=2**31 - 1) for name in ("article", "with"))
    return show_story(request, story_id, chosen, base)


def show_story(
    request: Request, story_id: int, chosen: int | None = None, base: int | None = None, *, problem: str | None = None
) -> Response:
    """Return the page of a story; with a ``problem`` as the answer to a form that could not be carried out."""
    with reading(request) as connection:
        story = get_story(connection, story_id, MOST_COPIES, most_characters=SHOWN_CHARACTERS + 1)
        if story.id != story_id and problem is None:
            return _redirect(request, story, chosen)
        copy = _article(connection, story, chosen) if chosen else None
        pair = copy and _pair(connection, story, copy, base)
        shown = copy.id if copy else story.canonical_article_id
        explained = why(connection, str(shown))
        values = _history(connection, story) | {
            "corrections": of_story(connection, story.id, _MOST_CORRECTIONS),
            "notices": notices(connection, request),
        }
    values |= {
        "story": story,
        "relations_of": copy_relations(story),
        "problem": problem,
        "merged": params.int_param(request, "merged"),
        "copy": copy,
        "compared": pair and _Compared(*pair, compare(pair[0].text, pair[1].text)),
        "text": story.text[:SHOWN_CHARACTERS],
        "shown_characters": SHOWN_CHARACTERS,
        "likely_source": likely_source_sentence,
        "cut_articles": [story.canonical_article_id] if len(story.text) > SHOWN_CHARACTERS else [],
        "why": explained.articles[0] if explained and explained.articles else None,
        "hidden_copies": max(story.articles - len(story.copies), 0),
        "neighbours": _neighbours(story.copies, copy),
    }
    return page(request, "story.html", values, status=400 if problem else 200)


def _history(connection: Connection, story: StoryDetail) -> dict[str, Any]:
    """Return who published the story when, and its versions."""
    if story.articles == 1:
        return {"timeline": None, "publishers": [], "versions": []}
    sent = versions(connection, story.id, most_characters=COMPARED_CHARACTERS)
    return {
        "timeline": timeline(timed_copies(connection, story.id, MOST_DOTS), story.articles),
        "publishers": publishers(connection, story.id),
        "versions": [version_changes(of_one_id) for of_one_id in sent],
    }


def _article(connection: Connection, story: StoryDetail, article_id: int) -> ArticleDetail:
    found = articles(connection, [article_id], most_characters=DIFFED_CHARACTERS + 1).get(article_id)
    if found is None or found.story_id != story.id:
        raise params.NotFoundError(f"Article {article_id} is not in story {story.id}.")
    return found


def _pair(
    connection: Connection, story: StoryDetail, copy: ArticleDetail, base_id: int | None
) -> tuple[ArticleDetail, ArticleDetail] | None:
    """Return the articles to compare; None for the canonical article alone."""
    base_id = base_id or story.canonical_article_id
    return None if base_id == copy.id else (_article(connection, story, base_id), copy)


def _redirect(request: Request, story: StoryDetail, article: int | None) -> RedirectResponse:
    """Redirect from a merged story to the one that it was merged into."""
    query: list[tuple[str, int | str]] = [("merged", story.asked_id), *([("article", article)] if article else [])]
    query += [("corrected", made) for made in request.query_params.getlist("corrected")[:MOST_NOTICES]]
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
