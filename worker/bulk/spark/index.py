"""Number the articles and list the texts of each key, by the queries of `worker.bulk.sql` as they are."""

from typing import Final

from worker.bulk import join, sql
from worker.bulk.spark import graph_sql
from worker.bulk.spark.components import connect
from worker.bulk.spark.tables import Tables

#: Spark's names of functions of lists.
_LISTS: Final = {"explode": "explode", "length": "size"}
#: All keys at once: Spark divides a sort by itself.
_ALL: Final = {"mask": 0, "slice": 0}


def build(tables: Tables, window_days: int) -> None:
    """Store the tables of articles, of different texts and of the keys that several texts have."""
    window, reach = join.seconds(window_days)
    timed = join.mostly_dated(*tables.numbers(sql.DATED))
    tables.keep("articles", sql.ARTICLES.format(timed=int(timed)))
    tables.keep("texts", sql.TEXTS.format(window=window))
    tables.keep("copies", sql.COPIES.format(window=window, most=join.CLUSTERED_COPIES))
    tables.keep("postings", sql.POSTINGS.format(reach=reach, **_LISTS, **_ALL))
    _post_copies_once(tables, window)


def _post_copies_once(tables: Tables, window: int) -> None:
    """Let near copies have one posting for a frequent key, as `worker.bulk.join` does."""
    tables.keep("frequent", sql.FREQUENT)
    connect(tables, "near_stars", sql.NEAR.format(**_LISTS))
    tables.query(graph_sql.NEAR).createOrReplaceTempView("near")
    tables.keep("posted_once", sql.POSTED_ONCE.format(reach=join.LIFE * window, window=window, **_ALL))
    tables.keep("near_postings", graph_sql.NEAR_POSTINGS)
    tables.name("postings", "near_postings")
