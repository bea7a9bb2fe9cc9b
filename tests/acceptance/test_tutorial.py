"""Run every marked block of the tutorial as written, from an empty folder to the exported corpus."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from worker import embedded

ROOT = Path(__file__).parents[2]
TUTORIAL = (ROOT / "docs/tutorial.md").read_text("utf-8")
BLOCKS = re.findall(r"<!-- run -->\n```sh\n(.*?)```", TUTORIAL, re.DOTALL)


@pytest.mark.slow
def test_the_tutorial_works_as_written(tmp_path: Path) -> None:
    """A new user gets a story of five articles, sees why, splits one off, merges it again, and exports the corpus."""
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    environment |= {"PYTHONPATH": str(ROOT), "COPYDESK_DATA_DIR": str(tmp_path / "copydesk-data")}

    def run(line: str) -> str:
        assert line.startswith("copydesk ")
        arguments = shlex.split(line, comments=True)[1:]
        ran = subprocess.run(
            [sys.executable, "-m", "worker", *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert ran.returncode == 0, f"{line}\n{ran.stderr}"
        return ran.stdout

    def stories() -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = json.loads(run("copydesk stories --json"))
        return listed

    # kept running, so that each command starts sooner
    with embedded.servers(tmp_path / "copydesk-data", needed=embedded.ALL):
        _follow(run, stories, tmp_path)


def _follow(run: Callable[[str], str], stories: Callable[[], list[dict[str, Any]]], folder: Path) -> None:
    output: dict[str, str] = {}
    numbers: dict[str, int] = {}

    def number(word: re.Match[str]) -> str:
        return str(numbers[word[1]])

    for line in (line for block in BLOCKS for line in block.splitlines()):
        typed = re.sub(r"\b(STORY|ARTICLE|NEW)\b", number, line)
        output[line.split()[1]] = run(typed)
        if line.startswith("copydesk ingest"):
            [story] = [story for story in stories() if story["articles"] == 5]
            copies = json.loads(run(f"copydesk story {story['id']} --json"))["copies"]
            [rewrite] = [copy for copy in copies if copy["source_path"].endswith("005-rewrite.txt")]
            numbers |= {"STORY": story["id"], "ARTICLE": rewrite["article_id"]}
        if line.startswith("copydesk split"):
            numbers["NEW"] = int(re.findall(r"\d+", output["split"])[-1])
            assert [story["articles"] for story in stories() if story["id"] == numbers["STORY"]] == [4]
    assert "names" in output["why"]
    assert "was merged into" in output["changes"]
    assert [story["articles"] for story in stories() if story["id"] == min(numbers["STORY"], numbers["NEW"])] == [5]
    corpus = [json.loads(line) for line in (folder / "corpus.jsonl").read_text("utf-8").splitlines()]
    assert len(corpus) == len(stories())
    assert all(row["text"] for row in corpus)
