"""The parts of the service that another process starts."""

from pathlib import Path

import pytest
from sqlalchemy import make_url

from worker.process import supervisor
from worker.settings import Settings, load

TOKEN = "a-token-for-tests-0123456789"  # noqa: S105  it protects nothing


@pytest.mark.parametrize("command", ["scheduler", "stream", "web"])
def test_no_password_is_in_the_environment_of_a_part(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str
) -> None:
    """Neither the environment nor the command line of a part holds a password, wherever ours came from."""
    monkeypatch.setenv("COPYDESK_WEB_TOKEN", TOKEN)
    monkeypatch.setenv("REDIS_PASSWORD", "not-this-one")
    monkeypatch.setenv("COPYDESK_STREAM_PASSWORD", "nor-this-one")
    ours = load()
    passwords = [make_url(url).password for url in (ours.database_url, ours.redis_url)]
    with (tmp_path / "output").open("ab") as output:
        part = supervisor.start(ours, [command], output)
        try:
            seen = b"".join((Path("/proc") / str(part.pid) / name).read_bytes() for name in ("environ", "cmdline"))
        finally:
            supervisor.stop([part])
    assert b"COPYDESK_DATA_DIR" in seen
    for secret in (*filter(None, passwords), TOKEN, "not-this-one", "nor-this-one"):
        assert secret.encode() not in seen


@pytest.mark.usefixtures("engine")
def test_a_part_reaches_the_servers(settings: Settings, tmp_path: Path) -> None:
    """A part gets the addresses of the servers with their passwords, and finds the tables."""
    with (tmp_path / "output").open("ab") as output:
        part = supervisor.start(settings, ["stories", "--json"], output)
        assert part.wait(60) == 0, (tmp_path / "output").read_text("utf-8")
    assert (tmp_path / "output").read_text("utf-8").strip() == "[]"
