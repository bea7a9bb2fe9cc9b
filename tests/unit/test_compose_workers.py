"""The stack of workers for further machines: as confined as the whole stack, and nothing shared but three servers."""

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
WHOLE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]["worker"]
STACK: dict[str, Any] = yaml.safe_load((ROOT / "config" / "compose.workers.yml").read_text("utf-8"))
WORKER: dict[str, Any] = STACK["services"]["worker"]


def test_only_workers_run_there() -> None:
    """The stack has workers alone, without ports, volumes or networks of its own."""
    assert list(STACK["services"]) == ["worker"]
    assert not {"ports", "volumes", "networks", "depends_on", "privileged"} & WORKER.keys()


def test_workers_are_confined_as_in_the_whole_stack() -> None:
    """What confines a worker and how it is stopped and checked is the same in both files, apart from its disk."""
    same = ("restart", "read_only", "cap_drop", "security_opt", "init", "logging", "mem_limit", "pids_limit", "cpus")
    for name in (*same, "stop_grace_period", "command", "image"):
        assert WORKER[name] == WHOLE[name], name
    assert WORKER["healthcheck"]["test"] == WHOLE["healthcheck"]["test"]
    [tmpfs] = WORKER["tmpfs"]
    assert "size=50m" in tmpfs


def test_texts_are_judged_alike_on_all_machines() -> None:
    """The settings of judgement have the same defaults as in the whole stack."""
    for name in ("COPYDESK_JUDGEMENT", "COPYDESK_WINDOW_DAYS", "COPYDESK_PREFERRED_SOURCES", "COPYDESK_LOG_LEVEL"):
        assert WORKER["environment"][name] == WHOLE["environment"][name], name


def test_secrets_are_files() -> None:
    """No variable holds a secret: each names a file that compose mounts."""
    files = {f"/run/secrets/{name}" for name in STACK["secrets"]}
    assert set(WORKER["secrets"]) == STACK["secrets"].keys()
    environment = WORKER["environment"]
    named = {environment[name] for name in environment if name.endswith("_FILE") and name != "SSL_CERT_FILE"}
    assert named | {"/run/secrets/authority"} == files
    assert "AWS_SECRET_ACCESS_KEY" not in environment
