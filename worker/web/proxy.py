"""ASGI middleware for what a proxy says of a request: its scheme, its client's address, and the user that signed in.

These headers count only if the connection comes from a listed address: anyone can send a header, and Copydesk can be
reached around the proxy unless a firewall forbids it.
"""

import re
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

#: Where the name is kept: no header of a request leads here.
_USER = "copydesk.user"
#: An address of e-mail has at most 254 characters.
_MOST_CHARACTERS = 254
#: An address with a port, as some proxies write it; one of IPv6 is then in brackets.
_ADDRESS = re.compile(r"(?:\[([^\[\]]+)\]|([0-9.]+))(?::[0-9]{1,5})?")
Networks = Sequence[IPv4Network | IPv6Network]


def networks(addresses: Sequence[str]) -> Networks:
    """Return the networks that a setting lists; an address alone is a network of one."""
    return [ip_network(address, strict=False) for address in addresses]


def proxy_user(request: Request) -> str | None:
    """Return the user that a trusted proxy names; None if it names none, or the request came another way."""
    user: str | None = request.scope.get(_USER)
    return user


class TrustedProxy:
    """The middleware; ``user_header`` is the header that names the user, empty for none."""

    def __init__(self, app: ASGIApp, trusted: Networks, user_header: str) -> None:
        self._app = app
        self._trusted = trusted
        self._user_header = user_header

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Apply the headers of a trusted proxy, and pass the request on."""
        if scope["type"] == "http" and scope["client"] and self._is_trusted(scope["client"][0]):
            headers = Headers(scope=scope)
            forwarded: Scope = {}
            if (scheme := _only(headers, "x-forwarded-proto")) in {"http", "https"}:
                forwarded["scheme"] = scheme
            if client := self._client(headers):
                forwarded["client"] = (client, 0)
            if self._user_header and (user := _user(headers, self._user_header)):
                forwarded[_USER] = user
            scope = {**scope, **forwarded}
        await self._app(scope, receive, send)

    def _is_trusted(self, host: str) -> bool:
        try:
            address = ip_address(host)
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.ipv4_mapped:  # a socket for both kinds shows IPv4 so
            address = address.ipv4_mapped
        return any(address in network for network in self._trusted)

    def _client(self, headers: Headers) -> str | None:
        """Return the last address that is no trusted proxy: those before it are what its sender claims."""
        hops = [_without_port(hop.strip()) for value in headers.getlist("x-forwarded-for") for hop in value.split(",")]
        for hop in reversed(hops):
            if not self._is_trusted(hop):
                try:
                    return str(ip_address(hop))
                except ValueError:
                    return None
        return None


def _without_port(hop: str) -> str:
    match = _ADDRESS.fullmatch(hop)
    return match[1] or match[2] if match else hop


def _only(headers: Headers, name: str) -> str | None:
    """Return the value of a header that was sent once: of two, one may be the client's."""
    values = headers.getlist(name)
    return values[0].strip() if len(values) == 1 else None


def _user(headers: Headers, name: str) -> str | None:
    """Return the name of a user, or None if it can't be one."""
    value = (_only(headers, name) or "").encode("latin-1").decode("utf-8", "replace")
    return value if value.isprintable() and 0 < len(value) <= _MOST_CHARACTERS else None
