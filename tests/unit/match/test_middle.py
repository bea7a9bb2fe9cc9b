"""Stories of several texts merge when a middle text agrees, and not when only the pages around them are similar."""

from datetime import UTC, datetime

from tests.unit.match.reports import REPORTS
from tests.unit.match.test_verdict import LONG
from worker.features import features
from worker.fingerprint import fingerprint
from worker.match import evidence, verdict
from worker.stories.cluster import BatchClusterer, ClusterText, VerdictCache, middle_text
from worker.window import ArticleTimes, Window

NOW = datetime(2026, 11, 1, tzinfo=UTC)
REPORT, OTHER = REPORTS["en"].report, REPORTS["en"].other
#: The frame that a site prints around each article, five times as long as the article.
FRAME = " ".join(
    f"Subscribe to the {town} Gazette for {price} crowns a month and read our {desk} desk, led by {editor}."
    for town, price, desk, editor in zip(
        ["Crale", "Stonnal", "Velmouth", "Lassing", "Pellow", "Gannet", "Wexcombe", "Thirle"] * 3,
        range(3, 99, 4),
        ["harbour", "football", "court", "weather", "music", "council", "market", "school"] * 3,
        [f"{name} {family}" for family in ("Orrin", "Vance", "Tolley") for name in
         ("Ada", "Bram", "Cleo", "Dov", "Enid", "Finn", "Greta", "Hugh")],
        strict=True,
    )
)  # fmt: skip


def text_of(number: int, body: str) -> ClusterText:
    """Return the number-th article of a batch as the clusterer gets it."""
    computed = features(body, None, "en")
    prints = fingerprint(computed)
    return ClusterText(-1 - number, computed, prints.simhash, ArticleTimes(None, NOW), prints.sketch.tolist())


def clustered(*bodies: str) -> list[list[int]]:
    """Return the clusters of articles that arrive in this order."""
    clusterer = BatchClusterer([], VerdictCache(), Window(0))
    for number, body in enumerate(bodies):
        clusterer.add(text_of(number, body), ())
    return [sorted(cluster.articles) for cluster in clusterer.clusters()]


def test_pages_of_one_site_do_not_merge_the_stories_on_them() -> None:
    """Two pages are similar by their frame; the articles extracted from them keep their stories separate."""
    page, other = f"{REPORT} {FRAME}", f"{OTHER} {FRAME}"
    assert verdict(evidence(features(page, None, "en"), features(other, None, "en"))).same
    first = [page, REPORT, f"{REPORT} Read more.", f"Home. {REPORT}"]
    second = [OTHER, f"{OTHER} Read more.", f"Home. {OTHER}", other]
    assert clustered(*first, *second)[0][:4] == [0, 1, 2, 3]
    assert len(clustered(*first, *second)) == 2


def test_a_bridge_merges_stories_whose_middle_texts_agree() -> None:
    """The halves of an article, three copies of each, become one story when the whole arrives."""
    halves = (LONG[: len(LONG) * 6 // 10], LONG[len(LONG) * 3 // 10 :])
    copies = [f"{start}{half}{end}" for half in halves for start, end in (("", ""), ("Home. ", ""), ("", " More."))]
    assert len(clustered(*copies)) == 2
    assert len(clustered(*copies, LONG)) == 1


def test_the_middle_is_by_distance() -> None:
    """The middle of five texts is the third by distance; two texts have no middle."""
    texts = [text_of(n, f"{REPORT} {OTHER * n}") for n in range(5)]
    ordered = sorted(texts, key=lambda t: (int.from_bytes(t.simhash) ^ int.from_bytes(texts[0].simhash)).bit_count())
    assert middle_text(texts, texts[0].simhash) is ordered[2]
    assert middle_text(texts[:2], texts[0].simhash) is None
