"""The list of stories, and one story: its text, its copies in time, and any copy beside it with what differs."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from worker.explain.why import why
from worker.store.corrections import corrections
from worker.store.read.articles import ArticleDetail, articles
from worker.store.read.stories import Copy, StoryDetail, story, story_rows
from worker.web.params import MissingError, behind, cursor, number, path_id, wanted, written
from worker.web.render import page
from worker.web.side_by_side import MOST_CHARACTERS, side_by_side
from worker.web.site import reading
from worker.web.timeline import timeline

_PAGE_ROWS = 25
#: Copies shown on a story's page; the API has all.
MOST_COPIES = 200
#: Filters of the list, as the form names them.
_FILTERS = ("q", "since", "until", "source", "language", "copies")


def stories_page(request: Request) -> Response:
    """Answer ``/``: the stories, newest first, as the form wants them."""
    asked = {name: written(request, name) or "" for name in _FILTERS}
    chosen, after = wanted(request), cursor(request)
    with reading(request) as connection:
        found = story_rows(connection, chosen, after=after, limit=_PAGE_ROWS + 1)
    rows = found[:_PAGE_ROWS]
    more = behind(rows[-1].key) if len(found) > _PAGE_ROWS else None
    values = {"rows": rows, "asked": asked, "filtered": any(asked.values()), "more": more, "later_page": after}
    return page(request, "stories.html", values)


def story_page(request: Request) -> Response:
    """Answer ``/stories/{id}``; ``?article=`` chooses the copy that is laid beside the canonical text."""
    asked = path_id(request)
    chosen = number(request, "article", most=2**31 - 1)
    with reading(request) as connection:
        found = story(connection, asked, MOST_COPIES)
        if found is None:
            raise MissingError(f"There is no story {asked}.")
        if found.id != asked:
            return _moved(found, asked, chosen)
        copy = articles(connection, [chosen]).get(chosen) if chosen else None
        if chosen and (copy is None or copy.story_id != found.id):
            raise MissingError(f"Article {chosen} is not in story {found.id}.")
        shown = copy.id if copy else found.canonical_article_id
        told, said = why(connection, str(shown)), corrections(connection, [shown])
    too_long = copy is not None and len(found.text) + len(copy.text) > MOST_CHARACTERS
    values = {
        "story": found,
        "merged": number(request, "merged"),
        "timeline": timeline(found.copies),
        "copy": copy,
        "sides": side_by_side(found.text, copy.text) if copy and not copy.is_canonical and not too_long else None,
        "too_long": too_long,
        "why": told.articles[0] if told and told.articles else None,
        "corrections": said,
        "hidden_copies": max(found.articles - len(found.copies), 0),
        "neighbours": _neighbours(found.copies, copy),
    }
    return page(request, "story.html", values)


def _moved(found: StoryDetail, asked: int, article: int | None) -> RedirectResponse:
    """Lead from a merged story to the one that it became."""
    query = {"merged": asked} | ({"article": article} if article else {})
    return RedirectResponse(f"/stories/{found.id}?{urlencode(query)}", 307)


def _neighbours(copies: list[Copy], copy: ArticleDetail | None) -> tuple[Copy | None, Copy | None]:
    """Return the copies before and behind the chosen one in the list, to leaf through them."""
    others = [one for one in copies if not one.is_canonical]
    at = next((i for i, one in enumerate(others) if copy and one.article_id == copy.id), None)
    if at is None:
        return None, (others[0] if others else None)
    return (others[at - 1] if at else None), (others[at + 1] if at + 1 < len(others) else None)


def article_page(request: Request) -> Response:
    """Answer ``/articles/{id}``: lead to its place in its story."""
    asked = path_id(request)
    with reading(request) as connection:
        found = articles(connection, [asked]).get(asked)
    if found is None:
        raise MissingError(f"There is no article {asked}.")
    return RedirectResponse(f"/stories/{found.story_id}?article={asked}", 307)
