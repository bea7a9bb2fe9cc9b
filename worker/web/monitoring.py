"""``/health`` for load balancers and ``/metrics`` for Prometheus."""

from dataclasses import asdict

from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from worker.operations.health import status
from worker.web.site import site


def health(request: Request) -> Response:
    """Answer 200 when the service is well, else 503; ``problems`` say what is wrong, a sentence each."""
    here = site(request)
    found = status(here.settings, here.engine, look_at_folders=False)
    return JSONResponse(asdict(found), 200 if found.ok else 503)


def metrics(request: Request) -> Response:
    """Answer the figures in Prometheus's text format."""
    return Response(site(request).figures.exposition(), media_type=CONTENT_TYPE_LATEST)
