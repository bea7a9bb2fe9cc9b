"""Articles that contain markup are shown as text."""

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
    """Collects the elements, attributes and addresses of a page as a browser would parse it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Record an element."""
        self.names.add(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name in {"href", "src", "action"}:
                self.addresses.append(value or "")


@pytest.fixture
def hostile(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom with hostile text in every field."""
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
    newsroom.index()
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
        "/?q=script+alert+crane",
        "/?since=%3Cscript%3E",
        "/%3Cscript%3E",
        "/stories/1?merged=%3Cscript%3E",
    ],
)
def test_stored_text_never_becomes_markup(client: Client, hostile: Newsroom, path: str) -> None:
    """No page has an element, attribute or address that comes from stored text or from the query."""
    client.post("/sign-in", {"token": TOKEN})
    answer = client.get(path)
    assert answer.status in {200, 400, 404}
    ours = '<script src="/times.js" defer></script>'
    assert answer.text.count(ours) == 1
    page = Elements(answer.text.replace(ours, ""))
    assert not page.names & {"script", "img", "iframe", "object", "style", "base", "embed"}
    assert not {name for name in page.attributes if name.startswith("on") or name == "style"}
    assert all(address.startswith(("/", "#", "https://x.example/")) for address in page.addresses)
    assert "49" not in answer.text.split("7 * 7")[0][-5:]


def test_hostile_text_is_shown_as_it_is(client: Client, hostile: Newsroom) -> None:
    """Stored text is shown literally, and a hidden change of the reading direction can't leave its own element."""
    page = client.get("/stories/1").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert 'dir="auto"' in page
    assert "\\u202e" in client.get("/files/1").text  # file names are escaped to one line


def test_a_fragment_of_hostile_text_is_marked_only(client: Client, hostile: Newsroom) -> None:
    """In search results the found words are marked, and all else is text."""
    page = client.get("/?q=alert").text
    assert "&lt;script&gt;<mark>alert</mark>(1)&lt;/script&gt;" in page


def test_a_javascript_address_is_no_link(client: Client, hostile: Newsroom) -> None:
    """A `javascript:` address is shown as text; the address of a page is a link that sends no referrer."""
    page = client.get("/stories/1").text
    assert "javascript:alert(1)" in page
    assert 'href="javascript:' not in page
    assert 'rel="noopener noreferrer nofollow"' in page
