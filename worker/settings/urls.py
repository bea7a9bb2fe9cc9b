"""A server's address and password as they were set in; the address that the drivers take out.

What is refused is not shown, for it may hold a password.
"""

from urllib.parse import quote, urlsplit, urlunsplit

from worker.errors import SettingsError


def of_postgres(url: str, password: str) -> str:
    """Return ``url``, with its driver named and the ``password`` in it; the empty string where none is set.

    Raises:
        SettingsError: no Postgres can have this address.
    """
    if not url:
        return url
    scheme, separator, rest = url.partition("://")
    named = f"postgresql+psycopg{separator}{rest}" if scheme in {"postgres", "postgresql"} else url
    if not _is_of_psycopg(named):
        raise SettingsError("DATABASE_URL is no address of Postgres, such as postgresql://user@host:5432/database.")
    return _with_password(named, password)


def of_redis(url: str, password: str) -> str:
    """Return ``url`` with the ``password`` in it; the empty string where none is set.

    The certificate of a ``rediss://`` server is looked at: kombu by default takes any, and sends the password.

    Raises:
        SettingsError: no Redis or Valkey can have this address.
    """
    if not url:
        return url
    if not _is_of_redis(url):
        raise SettingsError("REDIS_URL is no address of Redis or Valkey, such as redis://host:6379/0.")
    whole = _with_password(url, password)
    if not whole.startswith("rediss://") or "ssl_cert_reqs=" in whole:
        return whole
    return f"{whole}{'&' if '?' in whole else '?'}ssl_cert_reqs=required"


def _is_of_psycopg(url: str) -> bool:
    from sqlalchemy import make_url  # its rules are not those of urllib, and it is needed only where a URL is set
    from sqlalchemy.exc import ArgumentError

    try:
        urlsplit(url)
        return make_url(url).drivername == "postgresql+psycopg"
    except (ArgumentError, ValueError):
        return False


def _is_of_redis(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # a port that is no number
        return False
    return parts.scheme in {"redis", "rediss"} and port != 0


def _with_password(url: str, password: str) -> str:
    """Put ``password`` into ``url`` where it has none."""
    parts = urlsplit(url)
    if not password or parts.password:
        return url
    user, host = parts.username or "", parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(user)}:{quote(password, safe='')}@{host}"))
