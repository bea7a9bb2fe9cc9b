"""The profile ``stream`` of docker compose: a reader of a desk's stream, next to the running stack."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.stack import Stack, until
from tests.dispatches import dispatch

pytestmark = pytest.mark.compose

_PASSWORD = "of-the-desk-0123456789"  # noqa: S105  it protects nothing
#: The server of a desk, in the network through which the stack reaches others.
_DESK = f"""
services:
  desk:
    image: redis:8
    command: [redis-server, --requirepass, {_PASSWORD}, --save, ""]
    environment: {{ REDISCLI_AUTH: {_PASSWORD} }}
    networks: [outside]
    healthcheck: {{ test: [CMD, redis-cli, ping], interval: 1s }}
"""


@pytest.fixture
def desk(stack: Stack, tmp_path: Path) -> Iterator[Stack]:
    """Yield the stack with a desk's server and the reader of its stream; remove both afterwards."""
    file = tmp_path / "desk.yml"
    file.write_text(_DESK)
    password = tmp_path / "password"
    password.write_text(_PASSWORD)
    password.chmod(0o644)  # the container's user reads it as a secret
    desk = stack.with_settings(
        COMPOSE_FILE=f"docker-compose.yml:{file}",
        COMPOSE_PROFILES="stream",
        COPYDESK_STREAM="redis://desk:6379/0?stream=articles",
        COPYDESK_STREAM_PASSWORD_FILE=str(password),
    )
    try:
        desk.compose("up", "-d", "--wait", "--no-deps", "desk", "stream")
        yield desk
    finally:
        desk.compose("rm", "--stop", "--force", "desk", "stream")


def test_a_message_becomes_a_story(desk: Stack) -> None:
    """An article that the desk adds to its stream is stored once and acknowledged."""
    article = json.dumps({"title": "Crane falls in Ostrel", "text": dispatch(77)})
    ask = ["exec", "-T", "desk", "redis-cli"]
    desk.compose(*ask, "-x", "XADD", "articles", "*", "article", stdin=article)
    until(lambda: "Crane falls in Ostrel" in {story["title"] for story in desk.stories()})
    [file] = [file for file in desk.files() if file["path"].startswith("stream/articles/")]
    assert (file["state"], file["articles"]) == ("done", 1)
    assert desk.compose(*ask, "XPENDING", "articles", "copydesk").split() == ["0"]
