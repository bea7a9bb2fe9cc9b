"""Where the messages of a desk's queue are: a stream of a Redis or Valkey server, as set by URL.

The URL never holds a password, so that it may be shown in messages and passed to every part of the service.
"""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from worker.settings.urls import is_redis_address

_EXAMPLE = "redis://host:6379/0?stream=articles"
#: Parameters that are ours, and the files of TLS that the client reads.
_OWN = ("stream", "group")
_TLS_FILES = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")
#: The consumer group unless the URL names one.
_GROUP = "copydesk"


@dataclass(frozen=True, slots=True)
class StreamUrl:
    """A stream, the server that has it, and the consumer group in which it is read."""

    address: str  # of the server, without a password
    stream: str
    group: str

    def __str__(self) -> str:
        """Return the URL, from which `stream_url` makes the same."""
        separator = "&" if "?" in self.address else "?"
        return f"{self.address}{separator}{urlencode({'stream': self.stream, 'group': self.group})}"


def stream_url(value: str | StreamUrl | None) -> StreamUrl | None:
    """Return the stream that a setting names; None if it is empty.

    Raises:
        ValueError: this is no such URL, or it holds a password; the message does not repeat it.
    """
    if value is None or isinstance(value, StreamUrl):
        return value
    if not value:
        return None
    if not is_redis_address(value):
        raise ValueError(f"a stream is set as {_EXAMPLE}; with TLS, as rediss://…")
    parts = urlsplit(value)
    parameters = dict(parse_qsl(parts.query))
    if parts.password is not None:
        raise ValueError("the password is a setting of its own, stream_password, best in a file")
    if unknown := parameters.keys() - {*_OWN, *_TLS_FILES}:
        raise ValueError(f"a stream has no parameter {', '.join(sorted(unknown))}, but {', '.join(_OWN + _TLS_FILES)}")
    if not parameters.get("stream"):
        raise ValueError(f"the name of the stream is missing: {_EXAMPLE}")
    files = urlencode({name: parameters[name] for name in _TLS_FILES if name in parameters}, safe="/")
    address = urlunsplit(parts._replace(query=files))
    return StreamUrl(address, parameters["stream"], parameters.get("group", _GROUP))
