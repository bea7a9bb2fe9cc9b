"""Connections over TLS, as the URLs require: the clients verify the certificate before they send a password."""

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, make_url, text

from worker.operations import health
from worker.queue.app import get_app
from worker.settings import Settings, load
from worker.store.session import engine as make_engine

#: The second half of the 8 bytes with which a Postgres client requests TLS.
_SSL_REQUEST = (80877103).to_bytes(4, "big")


@dataclass(frozen=True)
class Front:
    """The certificate and the ports of the TLS proxy for the tests' servers."""

    certificate: Path
    postgres: int
    redis: int


def pump(source: socket.socket, target: socket.socket) -> None:
    """Forward bytes until one side ends."""
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def serve(context: ssl.SSLContext, listener: socket.socket, connect: Callable[[], socket.socket], asked: bool) -> None:
    """Serve clients in turn until the listener is closed; with ``asked``, TLS starts at the client's request."""
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        with suppress(OSError), client:
            if asked and client.recv(8)[4:] == _SSL_REQUEST:
                client.sendall(b"S")
            with context.wrap_socket(client, server_side=True) as wrapped, connect() as server:
                back = threading.Thread(target=pump, args=(server, wrapped), daemon=True)
                back.start()
                pump(wrapped, server)
                back.join()


@pytest.fixture
def front(migrated_url: str, redis_url: str, tmp_path: Path) -> Iterator[Front]:
    """Yield a TLS proxy for both servers, with a self-signed certificate for localhost."""
    if not shutil.which("openssl"):
        pytest.skip("making a certificate takes openssl")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    words = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout {key} -out {certificate}"
    subprocess.run([*words.split(), "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    database, queue = make_url(migrated_url), make_url(redis_url)

    def to_postgres() -> socket.socket:
        if folder := database.query.get("host"):
            server = socket.socket(socket.AF_UNIX)
            server.connect(f"{folder}/.s.PGSQL.5432")
            return server
        return socket.create_connection((database.host, database.port or 5432))

    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    ways = (to_postgres, lambda: socket.create_connection((queue.host, queue.port or 6379)))
    for listener, connect, asked in zip(listeners, ways, (True, False), strict=True):
        threading.Thread(target=serve, args=(context, listener, connect, asked), daemon=True).start()
    yield Front(certificate, *(listener.getsockname()[1] for listener in listeners))
    for listener in listeners:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def over(front: Front, settings: Settings, monkeypatch: pytest.MonkeyPatch, *, trusted: bool) -> Settings:
    """Return settings that use both servers over TLS, with or without trust in their certificate."""
    database = make_url(settings.database_url).set(host="localhost", port=front.postgres)
    query = {"sslmode": "verify-full", "sslrootcert": str(front.certificate) if trusted else "system"}
    queue = make_url(settings.redis_url).set(drivername="rediss", host="localhost", port=front.redis)
    monkeypatch.setenv("DATABASE_URL", database.set(query=query).render_as_string(hide_password=False))
    files = {"ssl_ca_certs": str(front.certificate)} if trusted else {}
    monkeypatch.setenv("REDIS_URL", queue.set(query=files).render_as_string(hide_password=False))
    return load()


def test_both_servers_are_reached_over_tls(front: Front, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """With trusted certificates, SQL statements, the health check and Celery's connection work."""
    secure = over(front, settings, monkeypatch, trusted=True)
    database = make_engine(secure)
    with database.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    database.dispose()
    assert health.check(secure) == []
    with get_app(secure).connection_for_write() as connection:
        assert connection.default_channel.client.ping()


def test_an_untrusted_server_is_refused(front: Front, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """All three clients refuse a server with an untrusted certificate."""
    careful = over(front, settings, monkeypatch, trusted=False)
    database = create_engine(careful.database_url)
    with pytest.raises(Exception, match="certificate verify failed") as caught, database.connect():
        pass
    assert isinstance(caught.value.__cause__, psycopg.OperationalError)
    assert any("certificate verify failed" in problem for problem in health._queue(careful))
    with (
        get_app(careful).connection_for_write() as connection,
        pytest.raises(Exception, match="certificate verify failed"),
    ):
        connection.ensure_connection(max_retries=1, timeout=5)
