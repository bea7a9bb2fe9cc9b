"""Articles that want to be markup: in a browser's hands they stay text."""

from html.parser import HTMLParser
from typing import Any

import pytest

from tests.integration.newsroom import Newsroom
from tests.integration.web.conftest import TOKEN
from tests.serving import Client

SCRIPT = "<script>alert(1)</script>"
BREAKOUT = "\"'><img src=x onerror=alert(1)><svg onload=alert(1)>"
BODY = (
    f"{SCRIPT} {BREAKOUT} </div></main></html> <!-- {{{{ 7 * 7 }}}} {{% raw %}} The harbour of Ostrel was closed on "
    "Monday after a crane fell across the eastern pier, the port office said. \u202egnp.exe"
)


class Elements(HTMLParser):
    """Collects what a browser would make of a page: elements, attributes, addresses."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.names.add(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name in {"href", "src", "action"}:
                self.addresses.append(value or "")


@pytest.fixture
def hostile(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom whose every field is hostile."""
    file = newsroom.file(f"inbox/{BREAKOUT}{SCRIPT}.txt".encode() + b"\xff\n\xe2\x80\xae")
    fields: dict[str, Any] = {
        "source": SCRIPT,
        "author": BREAKOUT,
        "external_id": SCRIPT,
        "facts": {"agency": SCRIPT, "captions": [BREAKOUT]},
    }
    first = newsroom.article(BODY, title=f"{SCRIPT}{BREAKOUT}", file=file, url="javascript:alert(1)", **fields)
    second = newsroom.article(
        f"{BODY} {SCRIPT}", story=1, relation="near", url='https://x.example/"><script>', title=BREAKOUT, **fields
    )
    newsroom.link(second, first, same=True)
    newsroom.file(f"inbox/{SCRIPT}", reason=f"{SCRIPT}{BREAKOUT}")
    newsroom.bad_record(file, 3, f"{BREAKOUT}")
    return newsroom


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/stories/1",
        "/stories/1?article=2",
        "/articles/1/cleaning",
        "/files",
        "/files/1",
        "/files/3",
        "/sources",
        "/dashboard",
        f"/?q={SCRIPT.replace('<', '%3C').replace('>', '%3E')}%22%3E%3Cscript%3E&source=%22%3E%3Cscript%3E",
        "/?since=%3Cscript%3E",
        "/%3Cscript%3E",
        "/stories/1?merged=%3Cscript%3E",
    ],
)
def test_stored_text_never_becomes_markup(client: Client, hostile: Newsroom, path: str) -> None:
    """No page holds an element, an attribute or an address that stored or asked text brought along."""
    client.post("/sign-in", {"token": TOKEN})
    answer = client.get(path)
    assert answer.status in {200, 400, 404}
    found = Elements(answer.text)
    assert not found.names & {"script", "img", "iframe", "object", "style", "base", "embed"}
    assert not {name for name in found.attributes if name.startswith("on") or name == "style"}
    assert all(address.startswith(("/", "#", "https://x.example/")) for address in found.addresses)
    assert "49" not in answer.text.split("7 * 7")[0][-5:]


def test_hostile_text_is_shown_as_it_is(client: Client, hostile: Newsroom) -> None:
    """What was written is shown to the letter, and a hidden turn of the reading direction stays within its own text."""
    page = client.get("/stories/1").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert 'dir="auto"' in page
    assert "\\u202e" in client.get("/files/1").text  # file names are one harmless line


def test_an_address_that_would_run_is_no_link(client: Client, hostile: Newsroom) -> None:
    """A `javascript:` address is shown as text, one of a page as a link that tells it nothing."""
    page = client.get("/stories/1").text
    assert "javascript:alert(1)" in page
    assert 'href="javascript:' not in page
    assert 'rel="noopener noreferrer nofollow"' in page
