"""The address of a webhook, and the network addresses that it may lead to.

Whoever registers a webhook chooses where the sender connects to. So each attempt resolves the host name and checks each
result, and the connection goes to a checked result: a name that means something else a moment later has no effect.
"""

import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from pydantic.networks import IPvAnyNetwork

from worker.errors import CopydeskError

_LONGEST = 2_000
_PRINTABLE = re.compile(r"[\x21-\x7e]+")
_HOST = re.compile(r"(?=.{1,253}$)[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})(?:\.[A-Za-z0-9_-]{1,63})*\.?")
_PORTS = {"https": 443, "http": 80}
#: All public IPv6 addresses; outside of it are, among others, those that contain an IPv4 address.
_PUBLIC_IPV6 = IPv6Network("2000::/3")

Networks = Sequence[IPvAnyNetwork]
Address = IPv4Address | IPv6Address


class RefusedAddressError(CopydeskError):
    """The address leads to a place to which no webhook may be sent."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where the requests to a webhook go: ``target`` is path and query."""

    scheme: str
    host: str
    port: int
    target: str


def parse(url: str) -> Receiver:
    """Return the parts of the address of a webhook.

    Raises:
        CopydeskError: it is no address that a webhook can have.
    """
    example = "Write it as https://desk.example.org/copydesk."
    if len(url) > _LONGEST or not _PRINTABLE.fullmatch(url):
        raise CopydeskError(f"The address of a webhook has up to {_LONGEST:,} ASCII characters, no blanks. {example}")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise CopydeskError(f"{url!a} is no web address: {error}. {example}") from error
    if parts.scheme not in _PORTS or not _is_host(host) or port == 0:
        raise CopydeskError(f"{url!a} is no web address. {example}")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise CopydeskError("The address of a webhook has neither a user name nor a fragment; messages are signed.")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Receiver(parts.scheme, host, port or _PORTS[parts.scheme], target)


def _is_host(host: str) -> bool:
    """Return whether this is a name or an IPv6 address; an IPv4 address has the form of a name."""
    try:
        return bool(_HOST.fullmatch(host)) or bool(IPv6Address(host))
    except ValueError:
        return False


def resolve(receiver: Receiver, networks: Networks) -> list[str]:
    """Return the network addresses of a receiver, each of which may be connected to.

    Raises:
        RefusedAddressError: one of them is not of the public internet and in none of ``networks``.
        OSError: the name can't be resolved.
    """
    found = socket.getaddrinfo(receiver.host, receiver.port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))
    for address in addresses:
        _check(receiver, ip_address(address), networks)
    return addresses


def _check(receiver: Receiver, address: Address, networks: Networks) -> None:
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if any(address in network for network in networks):
        return
    if not _is_public(address):
        host = receiver.host if receiver.host == str(address) else f"{receiver.host} leads to {address}, which"
        raise RefusedAddressError(
            f"{host} is not an address of the public internet. If webhooks may be sent there, add its network to "
            "the scheduler's setting webhook_networks (COPYDESK_WEBHOOK_NETWORKS)."
        )
    if receiver.scheme != "https":
        raise RefusedAddressError("Webhooks are sent by https, except into the networks of webhook_networks.")


def _is_public(address: Address) -> bool:
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if isinstance(address, IPv6Address):
        return address in _PUBLIC_IPV6 and not address.sixtofour and not address.teredo
    return True
