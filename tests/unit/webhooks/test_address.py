"""Which addresses a webhook may have, and where they may lead."""

from ipaddress import ip_network

import pytest

from worker.errors import CopydeskError
from worker.webhooks.address import Receiver, RefusedAddressError, parse, resolve


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://desk.example.org/hook?key=1", Receiver("https", "desk.example.org", 443, "/hook?key=1")),
        ("http://desk:8080", Receiver("http", "desk", 8080, "/")),
        ("https://[2001:db8::1]:8443/a", Receiver("https", "2001:db8::1", 8443, "/a")),
    ],
)
def test_an_address_is_taken_apart(url: str, expected: Receiver) -> None:
    """Scheme, host, port, path and query are those of the URL."""
    assert parse(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "desk.example.org/hook",
        "ftp://desk.example.org/",
        "https:///hook",
        "https://a..b/",
        "https://.../",
        "https://[::g]/",
        "https://desk.example.org:0/",
        "https://desk.example.org:99999/",
        "https://name:password@desk.example.org/",
        "https://desk.example.org/#part",
        "https://desk.example.org/a b",
        "https://desk.example.org/\r\nx: y",
        "https://bücher.example/",
        "https://" + "a" * 64 + ".example/",
        "https://[::1/",
        "https://desk.example.org/" + "a" * 2_000,
    ],
)
def test_an_address_that_can_not_be_used_is_refused(url: str) -> None:
    """The error says how to write one."""
    with pytest.raises(CopydeskError):
        parse(url)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "127.1",
        "2130706433",
        "0.0.0.0",  # noqa: S104  nothing is bound
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "fec0::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
    ],
)
def test_addresses_that_are_not_public_are_refused(host: str) -> None:
    """Loopback, private, link-local and reserved addresses are refused, however they are written."""
    with pytest.raises(RefusedAddressError, match="webhook_networks"):
        resolve(Receiver("https", host, 443, "/"), [])


def test_public_addresses_need_https() -> None:
    """By https they are accepted, by http they are not."""
    assert resolve(Receiver("https", "93.184.215.14", 443, "/"), []) == ["93.184.215.14"]
    assert resolve(Receiver("https", "2606:2800:21f::1", 443, "/"), []) == ["2606:2800:21f::1"]
    with pytest.raises(RefusedAddressError, match="https"):
        resolve(Receiver("http", "93.184.215.14", 80, "/"), [])


def test_networks_of_the_setting_are_accepted() -> None:
    """An address in a listed network is accepted by http too, also as IPv6; others stay refused."""
    networks = [ip_network("10.1.0.0/16")]
    assert resolve(Receiver("http", "10.1.2.3", 80, "/"), networks) == ["10.1.2.3"]
    assert resolve(Receiver("http", "::ffff:10.1.2.3", 80, "/"), networks) == ["::ffff:10.1.2.3"]
    with pytest.raises(RefusedAddressError):
        resolve(Receiver("http", "10.2.0.1", 80, "/"), networks)
