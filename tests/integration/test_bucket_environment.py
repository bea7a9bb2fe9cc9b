"""How a bucket is opened: addresses and keys of the environment, and what an error of them shows."""

import contextlib
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from obstore.store import from_url

from tests.storage_server import KEY_ID, SECRET, BucketOfTest
from worker.bucket import connection
from worker.bucket.objects import opened
from worker.errors import RetryError, SettingsError
from worker.pipeline.prepare import prepare
from worker.settings import load
from worker.settings.places import BucketUrl
from worker.store.ledger import LeasedFile


@pytest.fixture
def place(desk_bucket: BucketOfTest) -> Iterator[BucketUrl]:
    """Yield a place in an empty bucket, which is opened again."""
    opened.cache_clear()
    yield BucketUrl("s3", desk_bucket.name, "kept")
    opened.cache_clear()


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Yield the path of a file of credentials that is in use."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    opened.cache_clear()
    yield tmp_path / "credentials"
    opened.cache_clear()


def test_a_refusal_shows_no_credentials(
    place: BucketUrl, desk_bucket: BucketOfTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A storage that refuses or does not answer is an error to be retried, with its status and without any key."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-the-secret")
    for endpoint, reason in ((desk_bucket.endpoint, "403 Forbidden"), ("http://127.0.0.1:9", "no answer")):
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        opened.cache_clear()
        with pytest.raises(RetryError, match=reason) as caught:
            opened(place).write("a", b"text")
        assert not any(secret in str(caught.value) for secret in (KEY_ID, SECRET, "not-the-secret"))
        assert caught.value.__cause__ is None
    opened.cache_clear()


def test_empty_variables_count_as_unset(
    place: BucketUrl, desk_bucket: BucketOfTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty address, as compose passes for an unset one, gives way to the next; one without scheme is refused."""
    monkeypatch.setenv("AWS_ENDPOINT", desk_bucket.endpoint)
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "")
    opened.cache_clear()
    opened(place).write("a", b"text")
    assert opened(place).read("a", 9)[1] == b"text"
    monkeypatch.setenv("AWS_ENDPOINT_URL", "storage.example")
    opened.cache_clear()
    with pytest.raises(SettingsError, match="AWS_ENDPOINT_URL"):
        opened(place).write("a", b"text")


def test_a_panic_of_the_library_is_retried(
    place: BucketUrl, desk_bucket: BucketOfTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A panic of the library, which no `except Exception` catches, is an error that is tried again."""
    bucket = opened(BucketUrl("s3", desk_bucket.name, ""))
    broken = from_url(f"s3://{desk_bucket.name}", endpoint="")
    monkeypatch.setattr(bucket, "_store", broken)
    with pytest.raises(RetryError, match="the library obstore failed"):
        bucket.read("key", 1)


def test_credentials_come_from_the_usual_file(
    place: BucketUrl, desk_bucket: BucketOfTest, credentials: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without keys in the environment, those of the chosen profile in the file of the AWS tools are used."""
    credentials.write_text(f"[desk]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n")
    monkeypatch.setenv("AWS_PROFILE", "desk")
    opened.cache_clear()
    opened(place).write("a", b"text")
    assert desk_bucket.keys() == ["kept/a"]


def test_new_credentials_in_the_file_are_used(
    place: BucketUrl, desk_bucket: BucketOfTest, credentials: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Temporary keys are read again from the file, so that new keys need no restart."""
    monkeypatch.setattr(connection, "_KEYS_LAST", timedelta(0))
    credentials.write_text(f"[default]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = expired\n")
    with pytest.raises(RetryError, match="403 Forbidden"):
        opened(place).write("a", b"text")
    credentials.write_text(f"[default]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n")
    deadline = time.monotonic() + 60
    while not desk_bucket.keys() and time.monotonic() < deadline:
        with contextlib.suppress(RetryError):  # the library asks for keys ten times a second at most
            opened(place).write("a", b"text")
    assert desk_bucket.keys() == ["kept/a"]


def test_a_damaged_file_of_credentials_is_no_fault_of_the_files(
    place: BucketUrl, credentials: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker whose credentials can't be parsed sets its files back, and no traceback shows a line of them."""
    credentials.write_text(f"[default]\naws_access_key_id = {KEY_ID}\naws_secret_access_key {SECRET}\n")
    monkeypatch.setenv("COPYDESK_ARCHIVE", str(place))
    file = prepare(load(), LeasedFile(1, b"/in/a.txt", bytes(32), 4, 1, None, 0, None, 0, 0))
    assert file.setback == f"The credentials in {credentials} can't be read: ParsingError."
    assert (file.failure, file.quarantine) == (None, None)
    with pytest.raises(SettingsError) as caught:
        opened(place).write("a", b"text")
    assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_a_missing_library_is_named() -> None:
    """Without the optional library, the first use of a bucket says what to install."""
    code = """
import sys
sys.modules["obstore"] = None
from worker import archive
from worker.settings import load
archive.exists(load(archive="s3://desk"), b"0" * 32, b"x.txt")
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.stderr.rstrip().endswith(
        "SettingsError: A bucket needs one more library: pip install '.[object-storage]'"
    )
