"""A bucket over TLS: the storage's certificate is verified with the authority that the environment names."""

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.integration.test_tls import serve
from tests.storage_server import BucketOfTest
from worker.bucket.objects import opened
from worker.errors import RetryError
from worker.settings.places import BucketUrl


def make_certificates(folder: Path) -> None:
    """Write an authority's certificate, and a key with a certificate that it signed for localhost."""
    (folder / "leaf.ext").write_text("subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n")
    signed = "-CA authority.pem -CAkey authority.key -CAcreateserial -days 2 -extfile leaf.ext -out leaf.pem"
    for words in (
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=desk -keyout authority.key -out authority.pem",
        "req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout leaf.key -out leaf.request",
        f"x509 -req -in leaf.request {signed}",
    ):
        subprocess.run(["openssl", *words.split()], cwd=folder, check=True, capture_output=True)


def server_context(folder: Path) -> ssl.SSLContext:
    """Return the TLS of a server with a certificate of an authority that is made in ``folder``."""
    if not shutil.which("openssl"):
        pytest.skip("making a certificate takes openssl")
    make_certificates(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "leaf.pem", folder / "leaf.key")
    return context


@pytest.fixture
def front(desk_bucket: BucketOfTest, tmp_path: Path) -> Iterator[str]:
    """Yield the address of a TLS proxy for the storage."""
    context = server_context(tmp_path)
    port = int(desk_bucket.endpoint.rpartition(":")[2])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        connect = lambda: socket.create_connection(("127.0.0.1", port))  # noqa: E731
        threading.Thread(target=serve, args=(context, listener, connect, False), daemon=True).start()
        yield f"https://localhost:{listener.getsockname()[1]}"
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
    opened.cache_clear()


def test_only_a_known_authority_is_trusted(
    front: str, desk_bucket: BucketOfTest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A storage is reached over TLS if its authority is named; otherwise nothing is sent to it."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", front)
    place = BucketUrl("s3", desk_bucket.name, "")
    opened.cache_clear()
    with pytest.raises(RetryError, match="can't be used now"):
        opened(place).write("a", b"never")
    assert desk_bucket.keys() == []
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    opened.cache_clear()
    opened(place).write("a", b"secret")
    assert desk_bucket.get("a") == b"secret"
