"""Connected components by rounds of joins, so that none is ever held by one process.

Alternating large and small stars (Kiveris and others, "Connected components in MapReduce and beyond", 2014): each round
moves edges to smaller ids, until every article has one edge, to the smallest id of its component.
"""

from typing import TYPE_CHECKING

from worker.bulk.spark import graph_sql

if TYPE_CHECKING:
    from worker.bulk.spark.tables import Tables


def connect(tables: "Tables", name: str, edges: str) -> None:
    """Store as ``name`` for each article ``b`` of the ``edges``, a query, the smallest id ``a`` of its component.

    The smallest article itself has no row.
    """
    step = f"{name}_0"
    tables.keep(step, edges)
    tables.name("edges_of_round", step)
    number = 0
    while not tables.is_empty(graph_sql.NOT_A_STAR):
        number += 1
        for half, query in enumerate((graph_sql.LARGE_STARS, graph_sql.SMALL_STARS)):
            step = f"{name}_{number}_{half}"
            tables.keep(step, query)
            tables.name("edges_of_round", step)
    tables.name(name, step)
