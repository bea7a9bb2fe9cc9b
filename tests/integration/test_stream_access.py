"""How a stream's server is reached: with few rights, over TLS, and again after it was away."""

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import Engine, make_url

from tests.dispatches import dispatch
from tests.harm.proxy import Proxy
from tests.integration.conftest import Ran
from tests.integration.delivery import scalar
from tests.integration.test_bucket_tls import server_context
from tests.integration.test_stream_source import wait_for
from tests.integration.test_tls import serve
from worker.inbox import redis_stream, stream_feeder
from worker.inbox.message_source import SourceError
from worker.inbox.redis_stream import RedisStream
from worker.operations.health import status
from worker.settings import Settings
from worker.settings.streams import StreamUrl, stream_url

ARTICLE: dict[Any, Any] = {"article": json.dumps({"text": dispatch(1)})}


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    """Yield a producer's connection to the server."""
    with Redis.from_url(redis_url, decode_responses=True) as client:
        yield client


@pytest.fixture
def granted(redis: Any) -> Iterator[str]:
    """Yield the password of the user that the how-to creates, with the rights that it has there."""
    page = (Path(__file__).parents[2] / "docs/how-to/stream.md").read_text("utf-8")
    [rights] = re.findall(r"^ACL SETUSER reader on >PASSWORD (.*)$", page, re.MULTILINE)
    redis.execute_command("ACL", "SETUSER", "reader", "on", ">of-the-reader", *rights.split(), "+select")
    yield "of-the-reader"
    redis.execute_command("ACL", "DELUSER", "reader")


def without_password(redis_url: str) -> str:
    """Return the address of the server for the user of the how-to."""
    server = make_url(redis_url)
    return f"redis://reader@{server.host}:{server.port or 6379}/{server.database}"


def test_the_rights_in_the_how_to_suffice(
    redis: Redis, redis_url: str, granted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A user with these rights and a password that is not in the address does all that a reader does."""
    monkeypatch.setattr(redis_stream, "ABANDONED_SECONDS", 0)
    message = str(redis.xadd("articles", ARTICLE))
    url = stream_url(f"{without_password(redis_url)}?stream=articles")
    assert url
    with closing(RedisStream(url, granted)) as source:
        source.read(1)
        assert [one.id for one in source.read(1)] == [message]
        assert [one.id for one in source.abandoned()] == [message]
        assert source.take(message)
        assert source.lag() == 1
        source.acknowledge([message])
        assert source.lag() == 0
        assert redis.xinfo_consumers("articles", "copydesk")
    assert redis.xinfo_consumers("articles", "copydesk") == []


def test_a_wrong_password_is_reported(redis_url: str, granted: str) -> None:
    """The error says what the server says, without the password."""
    source = RedisStream(StreamUrl(without_password(redis_url), "articles", "copydesk"), f"{granted}-not")
    with pytest.raises(SourceError, match="invalid username-password pair") as caught:
        source.read(1)
    assert granted not in str(caught.value)


@pytest.fixture
def tls_port(redis_url: str, tmp_path: Path) -> Iterator[int]:
    """Yield the port of a TLS proxy for the server; its certificate is signed by ``tmp_path``'s authority."""
    context = server_context(tmp_path)
    server = make_url(redis_url)
    listener = socket.create_server(("127.0.0.1", 0))

    def connect() -> socket.socket:
        return socket.create_connection((server.host, server.port or 6379))

    threading.Thread(target=serve, args=(context, listener, connect, False), daemon=True).start()
    yield listener.getsockname()[1]
    with suppress(OSError):
        listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def test_the_certificate_is_verified(redis_url: str, tls_port: int, tmp_path: Path) -> None:
    """With the authority in the address messages are read; without it nothing is sent to the server."""
    server = make_url(redis_url)
    address = f"rediss://localhost:{tls_port}/{server.database}?stream=articles"
    for given, trusted in ((f"{address}&ssl_ca_certs={tmp_path}/authority.pem", True), (address, False)):
        url = stream_url(given)
        assert url
        source = RedisStream(url, server.password or "")
        if trusted:
            assert source.read(1) == []
            source.close()
        else:
            with pytest.raises(SourceError, match="certificate verify failed"):
                source.read(1)


def test_a_reader_without_a_stream_says_what_to_set(copydesk: Callable[..., Ran]) -> None:
    """The command ends with 1 and names the setting."""
    ran = copydesk("stream")
    assert (ran.code, ran.err) == (
        1,
        "copydesk: Set COPYDESK_STREAM to the stream to read: redis://host:6379/0?stream=articles.\n",
    )


@contextmanager
def reading(settings: Settings, engine: Engine, url: StreamUrl, password: str) -> Iterator[None]:
    """Run a reader while the block runs."""
    stopping = threading.Event()
    source = RedisStream(url, password)
    running = threading.Thread(target=stream_feeder.run, args=(settings, engine, source, stopping))
    running.start()
    try:
        yield
    finally:
        stopping.set()
        running.join()


def test_a_reader_waits_for_its_server(settings: Settings, engine: Engine, redis: Redis, redis_url: str) -> None:
    """While the server refuses and cuts connections, the status says so; then reading goes on by itself."""
    server = make_url(redis_url)
    with closing(Proxy((server.host or "", server.port or 6379))) as proxy:
        url = StreamUrl(f"redis://127.0.0.1:{proxy.port}/{server.database}", "articles", "copydesk")
        here = settings.model_copy(update={"stream": url})
        with reading(here, engine, url, str(server.password or "")):
            for number in range(1, 4):
                proxy.set("refuse")
                redis.xadd("articles", ARTICLE)
                wait_for(says(here, engine, "The stream articles can't be used"))
                proxy.set("pass")
                wait_for(lambda number=number: scalar(engine, "SELECT count(*) FROM files") == number)  # type: ignore[misc]
            wait_for(lambda: status(here, engine).stream_lag == 0)


def says(settings: Settings, engine: Engine, words: str) -> Callable[[], bool]:
    """Return a function that returns whether the status has a problem with these words."""
    return lambda: any(words in problem for problem in status(settings, engine).problems)
