"""Where the inbox and the archive are: a folder, or a bucket of an object storage, as set by path or URL.

A bucket's URL never holds credentials: it is shown in messages, pages and the ledger.
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

#: The object storages: S3 and what speaks its protocol, Google Cloud Storage, Azure Blob Storage.
SCHEMES = ("s3", "gs", "az")


@dataclass(frozen=True, slots=True)
class BucketUrl:
    """A place in a bucket: all objects whose key begins with ``prefix/``, or all if the prefix is empty."""

    scheme: str
    bucket: str
    prefix: str

    def __str__(self) -> str:
        """Return the URL without a slash at its end."""
        return f"{self.scheme}://{self.bucket}/{self.prefix}".rstrip("/")

    def holds(self, other: "BucketUrl") -> bool:
        """Return whether every object of the ``other`` place is in this one too."""
        same = (self.scheme, self.bucket) == (other.scheme, other.bucket)
        return same and (not self.prefix or f"{other.prefix}/".startswith(f"{self.prefix}/"))


def place(value: str | Path | BucketUrl) -> Path | BucketUrl:
    """Return the folder or the place in a bucket that a setting names; paths become absolute.

    Raises:
        ValueError: this is no such URL, or it holds credentials; the message does not repeat it.
    """
    if isinstance(value, BucketUrl):
        return value
    scheme, separator, _ = str(value).partition("://")
    if isinstance(value, Path) or not separator:
        return Path(value).expanduser().absolute()
    parts = urlsplit(value)
    if scheme == "file" and parts.netloc in {"", "localhost"}:
        return Path(unquote(parts.path)).absolute()
    if scheme not in SCHEMES or not parts.netloc or "?" in value or "#" in value:
        raise ValueError("a URL names a folder (file:///srv/news) or a bucket (s3://bucket/prefix; also gs, az)")
    if "@" in parts.netloc:
        raise ValueError("credentials belong in the environment or in files of the storage's SDK, not in a URL")
    segments = [segment for segment in parts.path.split("/") if segment]
    if {".", ".."} & set(segments):
        raise ValueError("a prefix has no segments . and ..")
    return BucketUrl(scheme, parts.netloc, "/".join(segments))
