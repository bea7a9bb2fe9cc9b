"""``/health`` for load balancers and ``/metrics`` for Prometheus."""

from dataclasses import asdict

from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from worker.operations.health import status
from worker.web.site import site


def health(request: Request) -> Response:
    """Report whether the service is well: status 200, else 503; ``problems`` says what is wrong."""
    here = site(request)
    health_status = status(here.settings, here.engine, only_service=True)
    return JSONResponse(asdict(health_status), 200 if health_status.ok else 503)


def metrics(request: Request) -> Response:
    """Return metrics in the Prometheus text format."""
    return Response(site(request).collector.exposition(), media_type=CONTENT_TYPE_LATEST)
