"""A dispatch becomes one story even if it is delivered in several formats."""

from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine

from tests.integration.delivery import deliver, new_processor, rows, scalar
from worker.settings import Settings

GOLDEN = Path(__file__).parents[1] / "golden" / "formats"
DELIVERED = (
    "plain.txt",
    "page.html",
    "object.json",
    "nitf.xml",
    "newsml.xml",
    "columns.pdf",
    "mail.eml",
    "crawl.warc.gz",
)


def test_a_dispatch_in_eight_formats_is_one_story_of_eight_copies(settings: Settings, engine: Engine) -> None:
    """Text, HTML, JSON, NITF, NewsML-G2, PDF, e-mail and a compressed web archive of one dispatch join one story."""
    files = [(name, (GOLDEN / name).read_bytes()) for name in DELIVERED]
    with closing(new_processor(settings)) as processor:
        processor.process(deliver(settings, engine, files))
    assert rows(engine, "SELECT count(*), count(DISTINCT story_id) FROM articles") == [(8, 1)]
    assert scalar(engine, "SELECT articles FROM stories") == 8
