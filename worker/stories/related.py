"""Link stories that are related but not copies, from the evidence that placing their articles has computed anyway."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection

from worker.match import Related, evidence, related
from worker.store import related as store
from worker.store.read.related import MOST_RELATED
from worker.store.related import RelatedArticles
from worker.stories.candidates import FeatureCache
from worker.stories.cluster import Match
from worker.stories.references import article_id


def link_related(connection: Connection, matches: Sequence[Match], ids: Sequence[int]) -> None:
    """Link the stories of placed articles with the related stories among those that they were compared with.

    ``ids`` are the articles by number. Call it when articles and stories are written: a pair that other articles made
    one story is then left out.
    """
    refused = [match for match in matches if not match.verdict.same]
    store.insert(connection, list(_strongest(refused, related([match.verdict.evidence for match in refused]), ids)))


def _strongest(
    matches: Sequence[Match], judged: Sequence[Related | None], ids: Sequence[int]
) -> Iterator[RelatedArticles]:
    """Yield the strongest links of each article."""
    by_number: dict[int, list[tuple[Related, int]]] = defaultdict(list)
    for match, found in zip(matches, judged, strict=True):
        if found:
            by_number[match.number].append((found, article_id(match.other, ids)))
    for number, links in by_number.items():
        links.sort(key=lambda link: (link[0].kind, -link[0].probability))
        for found, other in links[:MOST_RELATED]:
            yield RelatedArticles(ids[number], other, found.kind, found.probability, found.reason)


def link_separated(connection: Connection, cache: FeatureCache, article_id: int, other_id: int) -> None:
    """Link the stories of two articles that a person separated, if the articles are related."""
    features = cache.get(connection, [article_id, other_id])
    numbers = evidence(features[article_id], features[other_id])
    [found] = related([numbers])
    if found:
        link = RelatedArticles(article_id, other_id, found.kind, found.probability, found.reason)
        store.insert(connection, [link])
