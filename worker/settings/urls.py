"""Turn a server's address and password, as they are set, into the address for the drivers.

Errors do not show the address, because it may contain a password.
"""

from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from worker.errors import SettingsError


def postgres_url(url: str, password: str) -> str:
    """Return ``url`` with the driver's name and the ``password``; the empty string if ``url`` is empty.

    Raises:
        SettingsError: this is not an address of Postgres.
    """
    if not url:
        return url
    scheme, separator, rest = url.partition("://")
    with_driver = f"postgresql+psycopg{separator}{rest}" if scheme in {"postgres", "postgresql"} else url
    if not _is_postgres(with_driver):
        raise SettingsError("DATABASE_URL is not an address of Postgres, such as postgresql://user@host:5432/database.")
    return _with_password(with_driver, password)


def redis_url(url: str, password: str) -> str:
    """Return ``url`` with the ``password``; the empty string if ``url`` is empty.

    The certificate of a ``rediss://`` server is verified: by default kombu accepts any, and sends the password.

    Raises:
        SettingsError: this is not an address of Redis or Valkey.
    """
    if not url:
        return url
    if not is_redis_address(url):
        raise SettingsError("REDIS_URL is not an address of Redis or Valkey, such as redis://host:6379/0.")
    complete = _with_password(url, password)
    if not complete.startswith("rediss://") or "ssl_cert_reqs=" in complete:
        return complete
    return f"{complete}{'&' if '?' in complete else '?'}ssl_cert_reqs=required"


def is_redis_address(url: str) -> bool:
    """Return whether this is an address of Redis or Valkey."""
    parts = _split(url)
    return parts is not None and parts.scheme in {"redis", "rediss"} and parts.port != 0


def is_web_address(url: str) -> bool:
    """Return whether a browser can open ``url``; port 0 means one that is chosen later."""
    parts = _split(url)
    return parts is not None and parts.scheme in {"http", "https"} and bool(parts.hostname)


def is_address_of_proxy(address: str) -> bool:
    """Return whether this is an address or a network, but not the network of all addresses."""
    from ipaddress import ip_network  # needed only behind a proxy

    try:
        return ip_network(address, strict=False).prefixlen > 0
    except ValueError:
        return False


def _is_postgres(url: str) -> bool:
    from sqlalchemy import make_url  # needed only if a URL is set; its rules differ from those of urllib
    from sqlalchemy.exc import ArgumentError

    try:
        urlsplit(url)
        return make_url(url).drivername == "postgresql+psycopg"
    except (ArgumentError, ValueError):
        return False


def _split(url: str) -> SplitResult | None:
    """Return the parts of ``url``; None if it is no address, or its port is not a number."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _with_password(url: str, password: str) -> str:
    """Return ``url`` with ``password``, unless it has a password already."""
    parts = urlsplit(url)
    if not password or parts.password:
        return url
    user, host = parts.username or "", parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(user)}:{quote(password, safe='')}@{host}"))
