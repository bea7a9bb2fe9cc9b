"""Open a bucket once per process, with credentials from where the storage's own tools take them.

For S3: ``AWS_ACCESS_KEY_ID`` and ``AWS_SECRET_ACCESS_KEY``, else the file ``AWS_SHARED_CREDENTIALS_FILE`` (by default
``~/.aws/credentials``), else the role of the machine. obstore reads all but the file. Nothing here is logged.
"""

import configparser
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from obstore.exceptions import BaseError
from obstore.store import from_url

from worker.errors import SettingsError
from worker.settings.places import BucketUrl

if TYPE_CHECKING:  # types that exist only in its stubs
    from obstore.store import ObjectStore, S3Credential

#: A request ends after this long, a connection attempt earlier: a silent storage must not stop a process for long.
_REQUEST_TIME, _CONNECT_TIME = "30s", "5s"
#: Tries of one request in this time; longer outages are waited for by what holds the file.
_TRIES, _TRY_TIME = 4, timedelta(seconds=20)
#: Variables with the address of the storage, the most specific first.
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
#: Names in a file of credentials.
_KEY_ID, _SECRET = "aws_access_key_id", "aws_secret_access_key"
#: How long keys from the file are said to last. The library reads them again five minutes earlier, so once a minute:
#: who writes temporary keys replaces them minutes before they expire.
_KEYS_LAST = timedelta(minutes=6)


def open_store(url: BucketUrl) -> "ObjectStore":
    """Return the store of this bucket for this process.

    Raises:
        SettingsError: the environment does not describe a storage.
    """
    _require_own_process(os.getpid())
    _drop_empty_variables()
    try:
        _require_scheme()
        return from_url(
            f"{url.scheme}://{url.bucket}",
            client_options={"timeout": _REQUEST_TIME, "connect_timeout": _CONNECT_TIME, "allow_http": _is_plain()},
            retry_config={"max_retries": _TRIES, "retry_timeout": _TRY_TIME},
            **_source_of_keys(url),
        )
    except (BaseError, ValueError):  # its message may repeat a value of the environment: it must not be in a traceback
        raise SettingsError(
            f"The environment does not describe the storage of {url.scheme}://{url.bucket}: for S3 set AWS_REGION, "
            "AWS_ENDPOINT_URL unless it is Amazon's, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        ) from None


_first_process: list[int] = []


def _require_own_process(process: int) -> None:
    """Fail where a fork of a process that used a store would wait for ever: the library's threads are not in it."""
    if not _first_process:
        _first_process.append(process)
    elif _first_process[0] != process:
        raise RuntimeError("a bucket was used before this process was forked")


def _drop_empty_variables() -> None:
    """Remove empty variables of the storage, which compose passes for unset ones: obstore would take their values."""
    for name in [name for name, value in os.environ.items() if name.startswith("AWS_") and not value]:
        del os.environ[name]


def _endpoint() -> str:
    """Return the address of the storage, empty for the provider's own."""
    return next((os.environ[name] for name in _ENDPOINTS if name in os.environ), "")


def _require_scheme() -> None:
    """Fail where the library would panic at the first request."""
    if _endpoint() and not _endpoint().startswith(("http://", "https://")):
        raise ValueError("an address without its scheme")


def _is_plain() -> bool:
    """Return whether the environment names a storage without TLS, which only a person can have meant."""
    return _endpoint().startswith("http://")


def _source_of_keys(url: BucketUrl) -> dict[str, Any]:
    """Return the option that takes keys from the file, if the environment has none and the file has the profile.

    Raises:
        SettingsError: the file can't be read.
    """
    in_use = url.scheme == "s3" and not os.environ.get("AWS_ACCESS_KEY_ID") and {_KEY_ID, _SECRET} <= _profile().keys()
    return {"credential_provider": _from_file} if in_use else {}


def _from_file() -> "S3Credential":
    """Return the keys that the file has now, valid for a while: temporary keys in it are replaced from time to time."""
    profile = _profile()
    return {
        "access_key_id": profile[_KEY_ID],
        "secret_access_key": profile[_SECRET],
        "token": profile.get("aws_session_token"),
        "expires_at": datetime.now(UTC) + _KEYS_LAST,
    }


def _profile() -> Mapping[str, str]:
    """Return the entries of the profile ``AWS_PROFILE`` in the file, none if there is no such profile."""
    path = os.environ.get("AWS_SHARED_CREDENTIALS_FILE") or Path.home() / ".aws" / "credentials"
    profiles = configparser.ConfigParser(interpolation=None)
    try:
        profiles.read(path, "utf-8")
    except (OSError, ValueError, configparser.Error) as error:  # its message quotes a line, perhaps with a key
        raise SettingsError(f"The credentials in {path} can't be read: {type(error).__name__}.") from None
    name = os.environ.get("AWS_PROFILE") or "default"
    return profiles[name] if profiles.has_section(name) else {}
