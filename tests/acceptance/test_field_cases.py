"""Small files as newsrooms, agencies and programs really send them, each with what an editor expects of it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.forked_command import forked_command

pytestmark = pytest.mark.slow


def test_field_cases(shared_data: Path, tmp_path: Path) -> None:
    """Every case holds."""
    pytest.importorskip("pypdfium2", reason="the extra 'pdf' is not installed")
    tool, cases = shared_data / "tools" / "check_cases.py", shared_data / "cases"
    if not tool.is_file() or not cases.is_dir():
        pytest.skip("there are no field cases next to this checkout")
    with forked_command(tmp_path) as copydesk:
        done = subprocess.run(
            [sys.executable, tool, "--copydesk", copydesk, cases, "--json"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert results, done.stderr
    assert {result["id"]: result["failures"] for result in results if result["failures"]} == {}
