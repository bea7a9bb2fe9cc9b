"""The URL of a stream: what it names, and that it holds no password."""

import pytest

from worker.errors import SettingsError
from worker.settings import load
from worker.settings.streams import StreamUrl, stream_url


def test_a_url_names_server_stream_and_group() -> None:
    """What belongs to the stream is taken out of the server's address; the group has a default."""
    assert stream_url("redis://desk.example.org:6380/2?stream=a%26b&group=two") == StreamUrl(
        "redis://desk.example.org:6380/2", "a&b", "two"
    )
    assert stream_url("redis://reader@[::1]?stream=x") == StreamUrl("redis://reader@[::1]", "x", "copydesk")


@pytest.mark.parametrize(
    "url",
    [
        "redis://desk.example.org/0?stream=a%26b&group=two",
        "rediss://desk.example.org/0?ssl_ca_certs=/etc/a b.pem&stream=x",
    ],
)
def test_a_stream_is_written_as_the_url_that_names_it(url: str) -> None:
    """Parts of the service that are started with the written URL read the same stream."""
    assert stream_url(str(stream_url(url))) == stream_url(url)


def test_no_url_is_no_stream() -> None:
    """Without the setting nothing is read."""
    assert stream_url("") is None


def test_a_password_in_the_url_is_refused_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says where it belongs, and does not repeat it."""
    monkeypatch.setenv("COPYDESK_STREAM", "redis://reader:very-secret@desk.example.org/0?stream=articles")
    with pytest.raises(SettingsError, match="stream_password, best in a file") as caught:
        load()
    assert "very-secret" not in str(caught.value)
