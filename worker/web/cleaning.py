"""The page that shows an article as delivered next to its cleaned text, with each change marked.

The delivered text is read again from the archived bytes by the reader of its format; it is not stored twice.
"""

from starlette.requests import Request
from starlette.responses import Response

from worker.article import Article
from worker.errors import CopydeskError
from worker.explain.cleaning import cleaning_notes
from worker.reprocess.reread import read_one
from worker.settings import Settings
from worker.store import reprocess
from worker.store.reprocess import StoredArticle
from worker.web.comparison import DIFFED_CHARACTERS, compare
from worker.web.params import path_id
from worker.web.render import page
from worker.web.site import SHOWN_CHARACTERS, get_article, reading, site


def cleaning_page(request: Request) -> Response:
    """Answer ``/articles/{id}/cleaning``."""
    article_id = path_id(request)
    with reading(request) as connection:
        article = get_article(connection, article_id, most_characters=DIFFED_CHARACTERS + 1)
        stored = reprocess.load(connection, [article_id])[article_id]
    delivered = _delivered(site(request).settings, stored)
    values = {
        "article": article,
        "cleaned": article.text[:SHOWN_CHARACTERS],
        "shown_characters": SHOWN_CHARACTERS,
        "cut_articles": [article.id] if len(article.text) > SHOWN_CHARACTERS else [],
        "notes": cleaning_notes(article.changes),
        "trouble": delivered if isinstance(delivered, str) else None,
        "comparison": compare(delivered.text, article.text) if isinstance(delivered, Article) else None,
    }
    return page(request, "cleaning.html", values)


def _delivered(settings: Settings, stored: StoredArticle) -> Article | str:
    """Return an article as its reader yields it, or the reason why it can't be read."""
    try:
        record = read_one(settings, stored)
    except CopydeskError as error:
        return str(error)
    return record if isinstance(record, Article) else record.reason
