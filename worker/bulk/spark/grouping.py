"""Form components from the edges, presume the stories in them, and pack them into units, as `worker.bulk.groups`."""

from typing import TYPE_CHECKING

from worker.bulk import groups, sql
from worker.bulk.spark import graph_sql
from worker.bulk.spark.components import connect
from worker.match.judgement import Judgement

if TYPE_CHECKING:
    from worker.bulk.spark.tables import Tables


def group(tables: "Tables", articles: int, judgement: Judgement) -> None:
    """Store the table ``grouped`` of `worker.bulk.sql.STORY_COUNTS`, and the ``members`` of components of several."""
    tables.keep("links", graph_sql.LINKS.format(same=sql.SAME))
    connect(tables, "stars", graph_sql.STRONG_LINKS.format(needed=judgement.agreement))
    tables.keep("labels", graph_sql.LABELS.format(stars="stars"))
    labels = "labels"
    for number, needed in enumerate((judgement.same_story, *groups.STRONG)):
        large, stars, next_labels = (f"{name}_{number}" for name in ("large", "stars_within", "labels_within"))
        tables.keep(large, graph_sql.LARGE.format(labels=labels, most=groups.MOST_ARTICLES))
        if tables.is_empty(graph_sql.ALL.format(table=large)):
            break
        connect(tables, stars, graph_sql.LINKS_WITHIN.format(labels=labels, large=large, needed=needed))
        tables.keep(next_labels, graph_sql.LABELS_WITHIN.format(labels=labels, large=large, stars=stars))
        labels = next_labels
    tables.keep("divided", graph_sql.DIVIDED.format(labels=labels, most=groups.MOST_ARTICLES))
    connect(tables, "story_stars", graph_sql.STORY_LINKS.format(needed=judgement.same_story))
    units = articles // groups.UNIT_ARTICLES + 1
    tables.keep("grouped", graph_sql.GROUPED.format(units=units))
    tables.keep("members", graph_sql.MEMBERS)
