"""Serve an ASGI application on a real socket, with a minimal browser: requests and cookies, no redirects."""

import asyncio
import http.client
import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import uvicorn
from starlette.types import ASGIApp

from worker.web.serve import configuration


@dataclass(frozen=True)
class Answer:
    """A response; header names are in lower case."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        """The answer as JSON."""
        return json.loads(self.text)


@dataclass
class Client:
    """Send requests to one server from one address of this machine, and keep the cookies that it sets."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    address: str = "127.0.0.1"

    def get(self, path: str, **headers: str) -> Answer:
        """Request a page; underscores in names of headers become hyphens, as in ``sec_fetch_site``."""
        return self._ask("GET", path, None, headers)

    def post(self, path: str, form: Mapping[str, object] | bytes = b"", **headers: str) -> Answer:
        """Send a form."""
        body = form if isinstance(form, bytes) else urlencode(form).encode()
        return self._ask("POST", path, body, {"content_type": "application/x-www-form-urlencoded", **headers})

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, 30, (self.address, 0))
        try:
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            if self.cookies:
                sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        for cookie in response.headers.get_all("set-cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value.strip('"')
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, text)


#: Requests are answered by now, because the client waited for them.
_MOST_SECONDS_TO_END = 2


class _PromptServer(uvicorn.Server):
    """A server that stops at once; Uvicorn's looks ten times a second, and then waits for another tenth."""

    def __init__(self, config: uvicorn.Config) -> None:
        """Prepare an end that another thread can announce."""
        super().__init__(config)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._told_to_end = asyncio.Event()
        self._ready = threading.Event()

    async def main_loop(self) -> None:
        """Write the headers that each answer has, and wait for the end."""
        await self.on_tick(0)
        self._loop = asyncio.get_running_loop()
        self._ready.set()
        await self._told_to_end.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close what is open, end what runs and the application, as Uvicorn does."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await asyncio.sleep(0)
        try:
            await asyncio.wait_for(self._wait_tasks_to_complete(), _MOST_SECONDS_TO_END)
        except TimeoutError:  # the long poll of a client that was killed
            for task in self.server_state.tasks:
                task.cancel()
        await self.lifespan.shutdown()

    def end(self) -> None:
        """Announce the end from another thread; a server that has not begun begins first."""
        self._ready.wait(30)
        assert self._loop is not None, "the server did not begin"
        self._loop.call_soon_threadsafe(self._told_to_end.set)


@contextmanager
def serving(site: ASGIApp) -> Iterator[Client]:
    """Serve ``site`` on a local port for the duration of the block."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = _PromptServer(configuration(site, "warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield Client(listener.getsockname()[1])
        finally:
            server.end()
            thread.join()
