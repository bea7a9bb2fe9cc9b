"""Who can read which password in the compose stack, by the ids in ``docker-compose.yml`` and ``prepare.sh``."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STACK = (ROOT / "docker-compose.yml").read_text("utf-8")
PREPARE = (ROOT / "config" / "prepare.sh").read_text("utf-8")

_SERVICE = {"service.password", "redis.password"}
#: Container -> the files that it may read in the passwords' volume.
MAY_READ = {
    "postgres": {"postgres.password", "owner.password", "service.password"},
    "redis": {"redis.password"},
    "migrate": _SERVICE | {"owner.password"},
    "restore": _SERVICE | {"owner.password"},
    "watcher": _SERVICE,
    "stream": _SERVICE,
    "worker": _SERVICE,
    "scheduler": _SERVICE,
    "web": _SERVICE | {"web.token"},
    "grafana": {"grafana.password"},
}


def _blocks() -> dict[str, str]:
    """Return the text of each service, with that of the anchor that it merges."""
    services = STACK.partition("\nservices:\n")[2].partition("\nsecrets:")[0]
    parts = re.split(r"^  (\w+):", services, flags=re.MULTILINE)
    shared = STACK.partition("\nx-copydesk:")[2].partition("\nservices:\n")[0]
    found = dict(zip(parts[1::2], parts[2::2], strict=True))
    return {name: block + (shared if "<<: *copydesk" in block else "") for name, block in found.items()}


def _ids(block: str) -> tuple[int, set[int]]:
    """Return the user and the groups of a service; of several values the first is its own."""
    user, group = re.findall(r'user: "(?:\$\{\w+:-)?(\d+)\}?:(?:\$\{\w+:-)?(\d+)', block)[0]
    more = re.findall(r"group_add: (\[.*?\])", block)[:1]
    return int(user), {int(group), *(int(one) for one in re.findall(r"\d+", "".join(more)))}


def _secrets() -> dict[str, tuple[int, int]]:
    """Return the owner and the group of each file, which nobody else can read."""
    ids = {f'"${name}"': int(number) for name, number in re.findall(r"(\w+)=(\d+)", PREPARE)} | {"0": 0}
    assert "chmod 440" in PREPARE
    lines = re.findall(r"^password (\S+) (\S+) (\S+)$", PREPARE, flags=re.MULTILINE)
    return {name: (ids[user], ids[group]) for name, user, group in lines}


@pytest.mark.parametrize("service", MAY_READ)
def test_each_container_reads_only_its_own_passwords(service: str) -> None:
    """By its user and groups, a container can read the passwords that it needs, and no other."""
    user, groups = _ids(_blocks()[service])
    assert {name for name, (owner, group) in _secrets().items() if user == owner or group in groups} == MAY_READ[
        service
    ]


def test_every_container_with_the_volume_is_checked() -> None:
    """A new service that mounts the passwords must be added here; only the one that makes them is left out."""
    assert {name for name, block in _blocks().items() if "passwords:/run/copydesk" in block} == {*MAY_READ, "prepare"}


def test_the_queue_belongs_to_the_user_of_redis() -> None:
    """The volume is handed to the user that Redis runs as, and Docker does not change that."""
    user, _ = _ids(_blocks()["redis"])
    assert f"redis={user} " in PREPARE
    assert 'chown -R "$redis:$redis" /queue' in PREPARE
    assert "queue:/queue" in _blocks()["prepare"]
    assert "nocopy: true" in _blocks()["redis"]


def test_only_the_reader_of_the_stream_has_its_password() -> None:
    """The secrets of the stream's server are files, mounted into one container."""
    assert [name for name, block in _blocks().items() if "stream_password" in block] == ["stream"]
    assert "COPYDESK_STREAM_PASSWORD:" not in STACK
