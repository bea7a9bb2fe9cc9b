"""The archive in a bucket keeps what the archive in a folder keeps: whole bytes, once, found wherever they are."""

import hashlib
import io
import tempfile
from pathlib import Path

import pytest

from tests.storage_server import KEY_ID, SECRET, BucketOfTest
from worker import archive
from worker.archive.names import kept_name
from worker.bucket.objects import PIECE_BYTES, opened
from worker.errors import MissingBytesError, RetryError, SettingsError
from worker.settings import Settings, load
from worker.settings.places import BucketUrl

TEXT = b"The harbour authority said on Monday that two ships collided.\n"
#: More than two pieces, of which no two are alike.
LARGE = b"".join(hashlib.sha256(number.to_bytes(4)).digest() for number in range(2 * PIECE_BYTES // 32 + 1000))
PATH = b"s3://desk/inbox/storm.txt"


@pytest.fixture
def desk(desk_bucket: BucketOfTest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    """Return settings with the archive in an empty bucket."""
    monkeypatch.setenv("COPYDESK_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COPYDESK_ARCHIVE", f"s3://{desk_bucket.name}/kept")
    return load()


def digest(content: bytes) -> bytes:
    """Return the SHA-256 of a content."""
    return hashlib.sha256(content).digest()


def key_of(content: bytes) -> str:
    """Return the key at which a content is archived."""
    name = kept_name(digest(content), PATH)
    return f"kept/{name[:2]}/{name}"


def read(settings: Settings, content: bytes) -> bytes:
    """Return what the archive has under the hash of a content."""
    with archive.open_kept(settings, digest(content), PATH) as kept:
        return kept.read()


@pytest.mark.parametrize("content", [TEXT, LARGE], ids=["small", "large"])
def test_bytes_are_stored_once_and_repaired(desk: Settings, desk_bucket: BucketOfTest, content: bytes) -> None:
    """Bytes stored twice are one object, from a file too; an object that was damaged is written again."""
    with tempfile.TemporaryFile() as source:
        source.write(content)
        archive.store(desk, source, digest(content), PATH, move=True)
        archive.store(desk, source, digest(content), PATH, move=True)
        assert desk_bucket.keys() == [key_of(content)]
        assert read(desk, content) == content
        desk_bucket.put(key_of(content), b"?" + content[1:])
        archive.store(desk, source, digest(content), PATH, move=True)
    assert desk_bucket.get(key_of(content)) == content
    if content is TEXT:
        desk_bucket.put(key_of(content), b"?" + content[1:])
        archive.store_bytes(desk, content, digest(content), PATH)
        assert desk_bucket.get(key_of(content)) == content


def test_a_large_object_is_a_file(desk: Settings) -> None:
    """A large object is read from any position, as a file is, to its end."""
    archive.store_blocks(desk, (LARGE[:5], LARGE[5:]), digest(LARGE), PATH)
    with archive.open_kept(desk, digest(LARGE), PATH) as kept:
        assert kept.seekable()
        assert kept.read(100) == LARGE[:100]
        kept.seek(PIECE_BYTES - 50)
        assert kept.read(100) == LARGE[PIECE_BYTES - 50 : PIECE_BYTES + 50]
        assert kept.seek(-7, io.SEEK_END) == len(LARGE) - 7
        assert kept.read() == LARGE[-7:]
        assert kept.read() == b""


def test_quarantined_bytes_are_found_and_come_back(desk: Settings, desk_bucket: BucketOfTest) -> None:
    """Bytes move to the quarantine with their reason, are read there, and return when they were processed after all."""
    archive.store_bytes(desk, TEXT, digest(TEXT), PATH)
    archive.quarantine(desk, digest(TEXT), PATH, "It holds no word.")
    name = kept_name(digest(TEXT), PATH)
    assert desk_bucket.keys() == [f"kept/quarantine/{name}", f"kept/quarantine/{name}.reason.txt"]
    assert b"It holds no word." in desk_bucket.get(f"kept/quarantine/{name}.reason.txt")
    assert archive.exists(desk, digest(TEXT), PATH)
    assert read(desk, TEXT) == TEXT
    archive.unquarantine(desk, digest(TEXT), PATH)
    assert desk_bucket.keys() == [key_of(TEXT)]


def test_staged_bytes_are_read_and_restored(desk: Settings, desk_bucket: BucketOfTest) -> None:
    """Bytes that `prune` has staged are still read; they are listed after a crash, and go back or go for ever."""
    archive.store_bytes(desk, TEXT, digest(TEXT), PATH)
    [(place, size)] = archive.kept(desk, digest(TEXT), [PATH, b"other.txt"])
    assert size == len(TEXT)
    staged = archive.stage_removal(desk, place)
    assert not archive.exists(desk, digest(TEXT), PATH)
    assert read(desk, TEXT) == TEXT
    assert archive.staged_removals(desk) == {staged: digest(TEXT)}
    archive.restore(desk, staged)
    assert desk_bucket.keys() == [key_of(TEXT)]
    archive.remove(desk, archive.stage_removal(desk, place))
    assert desk_bucket.keys() == []


def test_missing_bytes_and_a_missing_archive_differ(desk: Settings, desk_bucket: BucketOfTest) -> None:
    """In an empty bucket the file waits, because it may be the wrong one; among other bytes, its own are missing."""
    with pytest.raises(RetryError, match="Is it the right bucket"):
        archive.open_kept(desk, digest(TEXT), PATH)
    archive.store_bytes(desk, b"other", digest(b"other"), PATH)
    with pytest.raises(MissingBytesError, match="lifecycle rule"):
        archive.open_kept(desk, digest(TEXT), PATH)


def test_a_refusal_shows_no_credentials(
    desk: Settings, desk_bucket: BucketOfTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A storage that refuses or does not answer is an error to be retried, with its status and without any key."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-the-secret")
    for endpoint, reason in ((desk_bucket.endpoint, "403 Forbidden"), ("http://127.0.0.1:9", "no answer")):
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        opened.cache_clear()
        with pytest.raises(RetryError, match=reason) as caught:
            archive.store_bytes(desk, TEXT, digest(TEXT), PATH)
        assert not any(secret in str(caught.value) for secret in (KEY_ID, SECRET, "not-the-secret"))
        assert caught.value.__cause__ is None
    opened.cache_clear()


def test_credentials_come_from_the_usual_file(
    desk: Settings, desk_bucket: BucketOfTest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without keys in the environment, those of the chosen profile in the file of the AWS tools are used."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    file = tmp_path / "credentials"
    file.write_text(f"[desk]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    monkeypatch.setenv("AWS_PROFILE", "desk")
    opened.cache_clear()
    archive.store_bytes(desk, TEXT, digest(TEXT), PATH)
    assert desk_bucket.keys() == [key_of(TEXT)]
    file.write_text("no section")
    opened.cache_clear()
    with pytest.raises(SettingsError, match="MissingSectionHeaderError"):
        opened(BucketUrl("s3", desk_bucket.name, ""))
