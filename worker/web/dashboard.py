"""The service at a glance, and over time: arrivals, stories, copies, what waits, how long it takes, what fails."""

from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from worker.article import Relation
from worker.operations.health import status
from worker.store.read.trends import Trends, trends
from worker.web.params import UnanswerableError, written
from worker.web.plots import Plot, bars, lines
from worker.web.render import page
from worker.web.site import reading, site

#: Period -> the length of its steps, and how many.
PERIODS = {
    "hour": (timedelta(minutes=1), 60),
    "day": (timedelta(minutes=30), 48),
    "week": (timedelta(hours=3), 56),
    "month": (timedelta(hours=12), 60),
}


def dashboard_page(request: Request) -> Response:
    """Answer ``/dashboard``; ``?period=`` is hour, day, week or month."""
    period = written(request, "period") or "day"
    if period not in PERIODS:
        raise UnanswerableError(f"period must be one of {', '.join(PERIODS)}.")
    length, steps = PERIODS[period]
    seconds = length.total_seconds()
    end = datetime.fromtimestamp((datetime.now(UTC).timestamp() // seconds + 1) * seconds, UTC)
    here = site(request)
    now = status(here.settings, here.engine, look_at_folders=False)
    with reading(request) as connection:
        found = trends(connection, end - length * steps, length, steps)
    values = {"now": now, "plots": _plots(found), "period": period, "periods": list(PERIODS), "every": found.every}
    return page(request, "dashboard.html", values)


def _plots(found: Trends) -> list[Plot]:
    steps, length = found.steps, found.length
    starts = [step.start for step in steps]
    copies = [str(relation) for relation in Relation if relation != Relation.ORIGINAL]
    return [
        bars("Files that came in", "files", starts, length, {"files": [s.files for s in steps]}),
        bars("Stories", "stories", starts, length, {"original": [s.stories for s in steps]}),
        bars(
            "Copies, by relation", "copies", starts, length, {c: [s.articles.get(c, 0) for s in steps] for c in copies}
        ),
        bars("Still open, by arrival", "files", starts, length, {"open": [s.open for s in steps]}),
        lines(
            "From arrival to outcome",
            "seconds",
            starts,
            length,
            {"half are under": [s.median_seconds for s in steps], "95 % are under": [s.slow_seconds for s in steps]},
        ),
        bars("Quarantined", "files", starts, length, {"quarantined": [s.quarantined for s in steps]}),
    ]
