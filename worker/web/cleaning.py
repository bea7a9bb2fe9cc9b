"""One article as it came beside what cleaning made of it, with each change marked in its place.

What came is read again from the kept bytes, by the reader of its format; nothing of it is stored twice.
"""

from starlette.requests import Request
from starlette.responses import Response

from worker.article import Article
from worker.errors import CopydeskError
from worker.explain import cleaning_notes
from worker.reprocess.reread import Reader
from worker.settings import Settings
from worker.store import reprocess
from worker.store.read.articles import articles
from worker.store.reprocess import StoredArticle
from worker.web.params import MissingError, path_id
from worker.web.render import page
from worker.web.side_by_side import MOST_CHARACTERS, side_by_side
from worker.web.site import reading, site


def cleaning_page(request: Request) -> Response:
    """Answer ``/articles/{id}/cleaning``."""
    asked = path_id(request)
    with reading(request) as connection:
        found = articles(connection, [asked]).get(asked)
        stands = reprocess.load(connection, [asked]).get(asked)
    if found is None or stands is None:
        raise MissingError(f"There is no article {asked}.")
    came = _came(site(request).settings, stands)
    text = came.text if isinstance(came, Article) else ""
    if len(text) + len(found.text) > MOST_CHARACTERS:
        came = "These texts are too long to be laid beside each other here."
    values = {
        "article": found,
        "notes": cleaning_notes(found.changes),
        "trouble": came if isinstance(came, str) else None,
        "sides": side_by_side(text, found.text) if isinstance(came, Article) else None,
    }
    return page(request, "cleaning.html", values)


def _came(settings: Settings, stands: StoredArticle) -> Article | str:
    """Return an article as its reader yields it, or why that can't be had."""
    try:
        record = Reader(settings)(stands)
    except CopydeskError as error:
        return str(error)
    return record if isinstance(record, Article) else record.reason
