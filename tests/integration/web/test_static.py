"""The stylesheet and the scripts of the pages."""

import pytest

from tests.serving import Client


@pytest.mark.parametrize("name", ["copydesk.css", "times.js", "review.js", "icon.svg"])
def test_a_static_file_is_asked_for_again(client: Client, name: str) -> None:
    """A browser asks with each page whether the file has changed, as after an upgrade, and gets it only then."""
    first = client.get(f"/{name}")
    assert first.headers["cache-control"] == "no-cache"
    again = client.get(f"/{name}", if_none_match=first.headers["etag"])
    assert (again.status, again.text) == (304, "")
    assert client.get(f"/{name}", if_none_match='W/"of-another-version"').text == first.text
