"""Users whom a proxy names: the header counts only from a listed address, and only the proxy's own."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.integration.delivery import scalar
from tests.integration.newsroom import Newsroom
from tests.serving import Client, serving
from worker.article import TokenScope
from worker.operations import tokens
from worker.settings import Settings
from worker.web.application import application

ANNA, BEN = {"x_forwarded_email": "anna@example.org"}, {"x_forwarded_email": "ben@example.org"}
#: Another address of this machine, as an attacker has one who reaches Copydesk around the proxy.
ELSEWHERE = "127.0.0.2"


BEHIND = {
    "web_readers": "token",
    "web_requests_per_minute": 10,
    "trusted_proxies": ("127.0.0.1/32", "10.0.0.0/8"),
    "user_header": "X-Forwarded-Email",
    "user_editors": ("Anna@example.org",),
}


@pytest.fixture
def proxy(settings: Settings, engine: Engine, placed: Newsroom) -> Iterator[Client]:
    """Yield a trusted proxy of a site that is closed to others, with a story of two articles."""
    with serving(application(settings.model_copy(update=BEHIND), engine)) as client:
        yield client


def form_token(client: Client, **user: str) -> str:
    """Return the CSRF token in the forms of a user."""
    match = re.search(r'name="form_token" value="([0-9a-f]{64})"', client.get("/stories/1", **user).text)
    assert match
    return match[1]


def test_a_user_of_the_proxy_reads_and_an_editor_corrects(proxy: Client, placed: Newsroom) -> None:
    """Users may read; those listed as editors also correct, and corrections have their names."""
    page = proxy.get("/stories/1", **BEN)
    assert page.status == 200
    assert "ben@example.org" in page.text
    assert "form_token" not in page.text
    assert proxy.post("/articles/2/pin", {"form_token": "x"}, **BEN).status == 403
    sent = {"form_token": form_token(proxy, **ANNA)}
    assert proxy.post("/articles/2/pin", sent, **BEN).status == 403
    assert proxy.post("/articles/2/pin", {}, **ANNA).status == 403
    assert proxy.post("/articles/2/pin", sent, sec_fetch_site="cross-site", **ANNA).status == 403
    assert proxy.post("/articles/2/pin", sent, **ANNA).status == 303
    assert scalar(placed.engine, "SELECT made_by FROM correction_log") == "anna@example.org"
    assert proxy.cookies == {}


def test_a_form_of_one_process_is_good_for_another(proxy: Client, settings: Settings, engine: Engine) -> None:
    """The key of a user's forms is shared, so that a restart or a second web process takes what the first one sent."""
    sent = {"form_token": form_token(proxy, **ANNA)}
    with serving(application(settings.model_copy(update=BEHIND), engine)) as other:
        assert other.post("/articles/2/pin", sent, **ANNA).status == 303


def test_the_header_is_forged_in_vain(proxy: Client, placed: Newsroom) -> None:
    """From another address the name opens nothing, whatever else the request claims about its way."""
    sent = {"form_token": form_token(proxy, **ANNA)}
    stranger = Client(proxy.port, address=ELSEWHERE)
    for claim in ({}, {"x_forwarded_for": "127.0.0.1"}, {"x_forwarded_for": "10.0.0.5"}, {"forwarded": "for=10.0.0.5"}):
        forged = {**ANNA, **claim, "x_real_ip": "127.0.0.1"}
        assert stranger.get("/stories/1", **forged).headers["location"].startswith("/sign-in")
        assert stranger.get("/api/v1/stories", **forged).status == 401
        assert stranger.get("/api/stories/1", **forged).status == 401
        assert stranger.post("/articles/2/pin", sent, **forged).status == 401
    assert scalar(placed.engine, "SELECT count(*) FROM correction_log") == 0


@pytest.mark.parametrize("names", ["", "a\tb", "a" * 300])
def test_a_name_that_can_be_none_is_ignored(proxy: Client, names: str) -> None:
    """An empty, unprintable or endless name is no user."""
    assert proxy.get("/", x_forwarded_email=names).status == 303


def test_of_two_names_none_counts(proxy: Client) -> None:
    """A proxy that adds its header to the client's, instead of replacing it, names nobody."""
    assert proxy.get("/", **ANNA, **{"X-Forwarded-email": "ben@example.org"}).status == 303


def test_programs_behind_the_proxy_read_and_need_a_token_to_correct(proxy: Client, engine: Engine) -> None:
    """The header opens reading in the API; a correction needs a token, because another site could lead a user here."""
    assert proxy.get("/api/v1/stories", **ANNA).status == 200
    json = {"content_type": "application/json"}
    assert proxy.post("/api/v1/articles/2/pin", b"{}", **json, **ANNA).status == 401
    with engine.begin() as connection:
        token = tokens.create(connection, "program", TokenScope.WRITE)
    assert proxy.post("/api/v1/articles/2/pin", b"{}", authorization=f"Bearer {token}", **json).status == 200


def test_requests_are_counted_by_the_address_behind_the_proxy(proxy: Client) -> None:
    """The last address that is no proxy counts; what the client wrote before it does not."""
    asked = [proxy.get("/api/v1/stories", x_forwarded_for=f"192.0.2.{n}, 198.51.100.7, 10.0.0.9") for n in range(12)]
    assert [answer.status for answer in asked] == [401] * 10 + [429] * 2
    assert proxy.get("/api/v1/stories", x_forwarded_for="198.51.100.8").status == 401


def test_no_proxy_is_trusted_unless_it_is_listed(settings: Settings, engine: Engine, placed: Newsroom) -> None:
    """By default the headers of a proxy on this machine are ignored, and its cookies are for any scheme."""
    with serving(application(settings.model_copy(update={"web_token": "a-token-for-tests-01"}), engine)) as client:
        assert "anna@" not in client.get("/", **ANNA).text
        signed_in = client.post("/sign-in", {"token": "a-token-for-tests-01"}, x_forwarded_proto="https")
        assert "secure" not in signed_in.headers["set-cookie"].lower()


@pytest.mark.parametrize("update", [{"trusted_proxies": ("127.0.0.1",)}, {"web_url": "https://desk.example.org/"}])
def test_the_cookie_is_for_https_behind_a_proxy(
    settings: Settings, engine: Engine, update: dict[str, object], newsroom: Newsroom
) -> None:
    """If a trusted proxy or the setting of the address says https, browsers send the cookie by https only."""
    behind = {"web_token": "a-token-for-tests-01", **update}
    with serving(application(settings.model_copy(update=behind), engine)) as client:
        signed_in = client.post("/sign-in", {"token": "a-token-for-tests-01"}, x_forwarded_proto="https")
        assert "secure" in signed_in.headers["set-cookie"].lower()
