# ruff: noqa: T201 - a table on stdout is what this is for
"""Measure every page and the search of an archive of many generated articles.

Run by hand: ``python -m tests.benchmarks.measure_pages FOLDER [articles] [requests]``. The folder keeps the archive (11
GB for a million articles, filled in ten minutes); remove it afterwards. Printed are the median and the 95th percentile
of the milliseconds that a page takes, and of the processor time of Postgres and of this process, which other work on
the machine does not change. The first request of each address is not counted.
"""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sqlalchemy import Engine, text

from tests.benchmarks.filled_archive import fill
from tests.serving import Client, serving
from worker import embedded
from worker.settings import load
from worker.store.migrate import migrate
from worker.store.session import engine as make_engine
from worker.web.application import application

_ARTICLES = 1_000_000
_REQUESTS = 20
#: Clock ticks of /proc a second.
_TICKS = 100


def addresses(engine: Engine, words: list[str], number: int) -> dict[str, str]:
    """Return kind -> address for one round of requests: other stories, articles and words in each."""
    with engine.connect() as connection:
        largest = connection.execute(
            text("SELECT id FROM stories ORDER BY articles DESC, id DESC OFFSET :n LIMIT 1"), {"n": number}
        ).scalar_one()
    article, frequent, rare = 1_000 + 37 * number, words[number + 100], words[-number - 1]
    return {
        "list": "/",
        "list, 100 rows": "/?size=100",
        "list by copies": "/?sort=copies",
        "list by sources": "/?sort=sources",
        "list of a frequent source": "/?source=Herald+4",
        "list of a rare source": f"/?source=herald+{396 - 4 * (number % 4)}",
        "list in a rare language": "/?language=SW",
        "list with rewrites": "/?relation=rewrite",
        "list with revisions": "/?relation=revision",
        "list of withdrawn": "/?status=withdrawn",
        "list with 100 copies": "/?copies=100",
        "search, one article": f"/?q=x{article}",
        "search, a rare word": f"/?q={rare}",
        "search, a frequent word": f"/?q={frequent}",
        "search, two words": f"/?q={frequent}+{rare}",
        "search, a phrase": f"/?q=%22{frequent}+{words[number]}%22",
        "search, by copies": f"/?q={frequent}&sort=copies",
        "search, by sources": f"/?q={frequent}&sort=sources",
        "search, misspelt": f"/?q={rare[:3]}{rare[4:]}q",
        "story": f"/articles/{article}",
        "story with many copies": f"/stories/{largest}",
        "cleaning": f"/articles/{article}/cleaning",
        "sources": "/sources",
        "files": "/files",
        "quarantined files": "/files?state=quarantined",
        "file": f"/files/{article}",
        "dashboard": "/dashboard?period=month",
        "changes": f"/api/v1/changes?after={article}",
    }


def _backend_seconds(engine: Engine) -> float:
    """Return the processor time of all sessions of this engine, which are processes of this machine."""
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"))
        stats = [Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split() for (pid,) in rows]
    return sum(int(fields[11]) + int(fields[12]) for fields in stats) / _TICKS


def _measured(client: Client, engine: Engine, address: str) -> tuple[float, float]:
    """Return the seconds of a request, and the processor time of Postgres and this process."""
    processor = _backend_seconds(engine) + time.process_time()
    start = time.monotonic()
    answer = client.get(address)
    if answer.status == 307:
        answer = client.get(answer.headers["location"])
    seconds = time.monotonic() - start
    assert answer.status == 200, (address, answer.status, answer.text[:2_000])
    return seconds, _backend_seconds(engine) + time.process_time() - processor


def _rounds(client: Client, engine: Engine, count: int) -> Iterator[tuple[str, float, float]]:
    """Yield kind, seconds and processor time of each request but the first of a kind."""
    words = _words(engine)
    for number in range(count + 1):
        for kind, address in addresses(engine, words, number).items():
            measured = _measured(client, engine, address)
            if number:
                yield kind, *measured


def _words(engine: Engine) -> list[str]:
    """Return words of the articles, frequent ones first."""
    with engine.connect() as connection:
        rows = connection.execute(
            text("""
                SELECT word FROM ts_stat('SELECT vector FROM search_vectors WHERE article_id <= 3000')
                WHERE word ~ '^[a-z]{5,9}$' ORDER BY ndoc DESC, word""")
        )
        return [word for (word,) in rows]


def main(folder: Path, articles: int, requests: int) -> None:
    """Fill the folder's archive if it is empty, measure, and print the table."""
    with embedded.servers(folder) as servers:
        settings = load(database_url=servers.database_url, redis_url=servers.redis_url, data_dir=folder)
        engine = make_engine(settings)
        migrate(engine)
        with engine.connect() as connection:
            empty = connection.execute(text("SELECT NOT EXISTS (SELECT FROM articles)")).scalar_one()
        if empty:
            start = time.monotonic()
            fill(engine, articles)
            print(f"filled in {time.monotonic() - start:.0f} s")
        kinds: dict[str, list[tuple[float, float]]] = {}
        with serving(application(settings, engine)) as client:
            for kind, seconds, processor in _rounds(client, engine, requests):
                kinds.setdefault(kind, []).append((seconds, processor))
        print(f"{'page':28} {'ms':>6} {'p95':>6} {'processor ms':>13} {'p95':>6}")
        for kind, values in kinds.items():
            columns = [list(column) for column in zip(*values, strict=True)]
            figures = [1000 * float(np.percentile(column, share)) for column in columns for share in (50, 95)]
            print(f"{kind:28} {figures[0]:6.0f} {figures[1]:6.0f} {figures[2]:13.0f} {figures[3]:6.0f}")
        engine.dispose()


if __name__ == "__main__":
    given = sys.argv[1:]
    numbers = [int(value) for value in given[1:]]
    main(Path(given[0]), *numbers, *(_ARTICLES, _REQUESTS)[len(numbers) :])
