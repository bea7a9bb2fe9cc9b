"""What every page needs: the settings, the database, and the totals that ``/metrics`` keeps between scrapes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from anyio import CapacityLimiter
from sqlalchemy import Connection, Engine
from starlette.requests import Request

from worker.operations.metrics import ServiceCollector
from worker.settings import Settings
from worker.store.read.articles import WHOLE_TEXT, ArticleDetail, articles
from worker.store.read.snapshot import snapshot
from worker.store.read.stories import StoryDetail, story
from worker.web.params import NotFoundError

#: Characters of a text that is shown alone.
SHOWN_CHARACTERS = 100_000


@dataclass(frozen=True, slots=True)
class Site:
    """The shared state of the web process."""

    settings: Settings
    engine: Engine
    collector: ServiceCollector
    #: admits one expensive page at a time
    expensive: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(1))
    #: admits one request that posts articles at a time: what slows these down is the disk, which has one queue
    posting: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(1))
    #: admits three uploads at a time, from the first byte on: each takes up to 40 MB, and a client may send slowly
    uploading: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(3))
    #: admits one token of a visitor who signs in at a time
    sign_in: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(1))


def site(request: Request) -> Site:
    """Return the shared state."""
    state: Site = request.app.state.site
    return state


@contextmanager
def reading(request: Request) -> Iterator[Connection]:
    """Yield a read-only connection on one snapshot, so that all numbers on a page agree."""
    with snapshot(site(request).engine) as connection:
        yield connection


def get_article(connection: Connection, article_id: int, *, most_characters: int = WHOLE_TEXT) -> ArticleDetail:
    """Return an article, its text cut after ``most_characters``.

    Raises:
        NotFoundError: it does not exist.
    """
    if article := articles(connection, [article_id], most_characters=most_characters).get(article_id):
        return article
    raise NotFoundError(f"There is no article {article_id}.")


def get_story(
    connection: Connection, story_id: int, most_copies: int | None = None, *, most_characters: int = WHOLE_TEXT
) -> StoryDetail:
    """Return a story with its copies; for a merged story, the story that it was merged into.

    The canonical text is cut after ``most_characters``.

    Raises:
        NotFoundError: it does not exist.
    """
    if detail := story(connection, story_id, most_copies, most_characters=most_characters):
        return detail
    raise NotFoundError(f"There is no story {story_id}.")
