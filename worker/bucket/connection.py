"""Open a bucket once per process, with credentials from where the storage's own tools take them.

For S3: ``AWS_ACCESS_KEY_ID`` and ``AWS_SECRET_ACCESS_KEY``, else the file ``AWS_SHARED_CREDENTIALS_FILE`` (by default
``~/.aws/credentials``), else the role of the machine. obstore reads all but the file. Nothing here is logged.
"""

import configparser
import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from worker.errors import SettingsError
from worker.settings.places import BucketUrl

if TYPE_CHECKING:  # the library is optional, and its import takes 20 ms, which folders need not pay
    from obstore.store import ObjectStore

#: A request ends after this long, a connection attempt earlier: a silent storage must not stop a process for long.
_REQUEST_TIME, _CONNECT_TIME = "30s", "5s"
#: Tries of one request in this time; longer outages are waited for by what holds the file.
_TRIES, _TRY_TIME = 4, timedelta(seconds=20)
#: Names in a file of credentials -> options of obstore.
_IN_FILE = {
    "aws_access_key_id": "access_key_id",
    "aws_secret_access_key": "secret_access_key",
    "aws_session_token": "session_token",
}


def open_store(url: BucketUrl) -> "ObjectStore":
    """Return the store of this bucket for this process.

    Raises:
        SettingsError: the library is not installed, or the environment does not describe a storage.
    """
    _require_own_process(os.getpid())
    try:
        from obstore.exceptions import BaseError
        from obstore.store import from_url
    except ImportError as error:
        raise SettingsError("A bucket needs one more library: pip install 'copydesk[object-storage]'") from error
    try:
        return from_url(
            f"{url.scheme}://{url.bucket}",
            client_options={"timeout": _REQUEST_TIME, "connect_timeout": _CONNECT_TIME, "allow_http": _is_plain()},
            retry_config={"max_retries": _TRIES, "retry_timeout": _TRY_TIME},
            **(_from_file() if url.scheme == "s3" else {}),
        )
    except (BaseError, ValueError) as error:  # its message may repeat a value of the environment
        raise SettingsError(
            f"The environment does not describe the storage of {url.scheme}://{url.bucket}: for S3 set AWS_REGION, "
            "AWS_ENDPOINT_URL unless it is Amazon's, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        ) from error


_first_process: list[int] = []


def _require_own_process(process: int) -> None:
    """Fail where a fork of a process that used a store would wait for ever: the library's threads are not in it."""
    if not _first_process:
        _first_process.append(process)
    elif _first_process[0] != process:
        raise RuntimeError("a bucket was used before this process was forked")


def _is_plain() -> bool:
    """Return whether the environment names a storage without TLS, which only a person can have meant."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL") or os.environ.get("AWS_ENDPOINT") or ""
    return endpoint.startswith("http://")


def _from_file() -> dict[str, Any]:
    """Return the credentials of the profile ``AWS_PROFILE`` in the file, if the environment has none."""
    if os.environ.get("AWS_ACCESS_KEY_ID"):
        return {}
    path = os.environ.get("AWS_SHARED_CREDENTIALS_FILE") or Path.home() / ".aws" / "credentials"
    profiles = configparser.ConfigParser(interpolation=None)
    try:
        profiles.read(path, "utf-8")
    except (OSError, ValueError, configparser.Error) as error:  # its message would quote a line of the file
        raise SettingsError(f"The credentials in {path} can't be read: {type(error).__name__}.") from error
    name = os.environ.get("AWS_PROFILE") or "default"
    profile = profiles[name] if profiles.has_section(name) else {}
    return {option: profile[key] for key, option in _IN_FILE.items() if key in profile}
