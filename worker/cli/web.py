"""``copydesk web``: serve the pages and the API."""

import click

from worker.cli import output
from worker.cli.database import settings_on_servers


@click.command("web", epilog="Example:  copydesk web --port 8080")
@click.option("--host", help="The address to serve on.  [default: web_host, 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="The port; 0: any free port.  [default: web_port, 8000]")
def web_command(host: str | None, port: int | None) -> None:
    """Serve the pages and the API until Ctrl-C.

    Read-only unless COPYDESK_WEB_TOKEN is set. Only this machine can reach them unless --host is given.
    """
    with settings_on_servers() as settings:
        from worker.store.session import engine
        from worker.web.listener import listen, where
        from worker.web.serve import serve

        chosen = {"web_host": host or settings.web_host, "web_port": settings.web_port if port is None else port}
        here = settings.model_copy(update=chosen)
        with listen(here) as listener:
            output.say(where(here, listener))
            connected = engine(here, statement_seconds=PAGE_SECONDS)
            try:
                serve(here, connected, listener)
            finally:
                connected.dispose()


#: Longest statement: nobody waits longer for a page, and a longer query must not block the database.
PAGE_SECONDS = 10
