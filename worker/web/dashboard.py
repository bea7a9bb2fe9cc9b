"""The dashboard: the present state, and plots of arrivals, stories, copies, open files, latency and quarantine."""

from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from worker.article import Relation
from worker.operations.health import status, webhook_problems
from worker.store.read.trends import Trends, trends
from worker.web.params import BadRequestError, text_param
from worker.web.plots import Plot, bars, lines
from worker.web.render import page
from worker.web.session import session
from worker.web.site import reading, site

#: Period -> length and number of its steps.
PERIODS = {
    "hour": (timedelta(minutes=1), 60),
    "day": (timedelta(minutes=30), 48),
    "week": (timedelta(hours=3), 56),
    "month": (timedelta(hours=12), 60),
}


def dashboard_page(request: Request) -> Response:
    """Answer ``/dashboard``; ``?period=`` is hour, day, week or month."""
    period = text_param(request, "period") or "day"
    if period not in PERIODS:
        raise BadRequestError(f"period must be one of {', '.join(PERIODS)}.")
    length, steps = PERIODS[period]
    seconds = length.total_seconds()
    end = datetime.fromtimestamp((datetime.now(UTC).timestamp() // seconds + 1) * seconds, UTC)
    here = site(request)
    now = status(here.settings, here.engine, only_service=True)
    with reading(request) as connection:
        history = trends(connection, end - length * steps, length, steps)
        failing = webhook_problems(connection)
    if failing and not session(request).signed_in:  # hosts of receivers are for editors, as on the page of webhooks
        failing = ["Changes do not reach all webhooks. Who may correct stories sees here which, and why."]
    values = {"now": now, "failing": failing, "plots": _plots(history), "period": period, "periods": list(PERIODS)}
    return page(request, "dashboard.html", values | {"every": history.every})


def _plots(history: Trends) -> list[Plot]:
    steps, length = history.steps, history.length
    starts = [step.start for step in steps]
    copies = [str(relation) for relation in Relation if relation != Relation.ORIGINAL]
    return [
        bars("Files delivered", "files", starts, length, {"files": [s.files for s in steps]}),
        bars("New stories", "stories", starts, length, {"original": [s.stories for s in steps]}),
        bars(
            "Copies, by relation", "copies", starts, length, {c: [s.articles.get(c, 0) for s in steps] for c in copies}
        ),
        bars("Files without an outcome, by arrival", "files", starts, length, {"open": [s.open for s in steps]}),
        lines(
            "From arrival to outcome",
            "seconds",
            starts,
            length,
            {"median": [s.median_seconds for s in steps], "95th percentile": [s.slow_seconds for s in steps]},
        ),
        bars("Quarantined", "files", starts, length, {"quarantined": [s.quarantined for s in steps]}),
    ]
