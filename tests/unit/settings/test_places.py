"""Places of inbox and archive: folders and buckets by URL, apart from each other, never with credentials."""

from pathlib import Path

import pytest

from worker.errors import SettingsError
from worker.settings import load
from worker.settings.places import BucketUrl, place


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("s3://news/inbox/", BucketUrl("s3", "news", "inbox")),
        ("s3://news", BucketUrl("s3", "news", "")),
        ("gs://news//a//b", BucketUrl("gs", "news", "a/b")),
        ("az://container/x y", BucketUrl("az", "container", "x y")),
        ("file:///srv/the%20news", Path("/srv/the news")),
        ("/srv/news", Path("/srv/news")),
        ("news", Path.cwd() / "news"),
    ],
)
def test_a_place_is_a_folder_or_in_a_bucket(value: str, expected: Path | BucketUrl) -> None:
    """Paths and file URLs are folders, the other URLs are places in a bucket, which are shown as they were written."""
    assert place(value) == expected
    assert place(str(place(value))) == expected


@pytest.mark.parametrize(
    "value", ["s3:///inbox", "ftp://news/inbox", "s3://news/../x", "s3://news/in?region=eu", "file://host/srv", "://"]
)
def test_another_url_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """A URL that names no folder and no bucket is an error that names the setting."""
    monkeypatch.setenv("COPYDESK_INBOX", value)
    with pytest.raises(SettingsError, match="COPYDESK_INBOX"):
        load()


def test_credentials_in_a_url_are_refused_and_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """A URL with a key is refused, and the message does not repeat the key."""
    monkeypatch.setenv("COPYDESK_ARCHIVE", "s3://key-id:the-secret@news/archive")
    with pytest.raises(SettingsError, match="credentials belong in the environment") as caught:
        load()
    assert "the-secret" not in str(caught.value)
    assert "key-id" not in str(caught.value)


@pytest.mark.parametrize(
    ("inbox", "archive", "apart"),
    [
        ("s3://news/inbox", "s3://news/archive", True),
        ("s3://news/in", "s3://news/inbox", True),
        ("s3://news", "s3://other", True),
        ("s3://news", "s3://news/archive", False),
        ("s3://news/a/b", "s3://news/a", False),
        ("s3://news/a", "s3://news/a", False),
    ],
)
def test_inbox_and_archive_share_no_object(
    monkeypatch: pytest.MonkeyPatch, inbox: str, archive: str, apart: bool
) -> None:
    """Places of which one holds the other are refused: the watcher would accept what the archive keeps."""
    monkeypatch.setenv("COPYDESK_INBOX", inbox)
    monkeypatch.setenv("COPYDESK_ARCHIVE", archive)
    if apart:
        assert str(load().archive) == archive
    else:
        with pytest.raises(SettingsError, match="it shares objects with the inbox"):
            load()


def test_the_quarantine_is_no_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bucket's quarantine follows from its archive, so a URL for it is refused."""
    monkeypatch.setenv("COPYDESK_QUARANTINE", "s3://news/quarantine")
    with pytest.raises(SettingsError, match="quarantine/ below the archive"):
        load()
