"""The compiled kernel crashes on an article of a corpus: bulk refuses that article, and matches all others."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from tests.dispatches import copy_of, dispatch
from tests.harm.crashing_kernel import MARK, crashing_kernel, needs_kernel, package_with
from worker.kernel import build

pytestmark = [pytest.mark.harm, needs_kernel]


def corpus(folder: Path) -> Path:
    """Write articles of which two have a mark and the same words: two files of many records, and one of one."""
    folder.mkdir()
    texts = [copy_of(n % 40, n, 60) for n in range(120)]
    texts[50] = texts[70] = copy_of(3, 500, 60) + MARK + " sinks.\n"
    for name, some in (("a.jsonl", texts[:60]), ("b.jsonl", texts[60:])):
        lines = (json.dumps({"id": f"{name[0]}{n}", "text": text}) + "\n" for n, text in enumerate(some))
        (folder / name).write_text("".join(lines))
    (folder / "c.txt").write_text(dispatch(99))
    return folder


def bulk(root: Path, *arguments: object, code: int = 0) -> dict[str, Any]:
    """Run ``copydesk bulk`` with the package in ``root``; return what it prints, with its standard error."""
    ran = subprocess.run(
        [sys.executable, "-P", "-m", "worker", "bulk", *map(str, arguments), "--json"],
        env=os.environ | {"PYTHONPATH": str(root), "COPYDESK_CONCURRENCY": "2"},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert ran.returncode == code, ran.stderr
    printed: dict[str, Any] = json.loads(ran.stdout)
    return printed | {"said": ran.stderr}


def placed(path: Path) -> dict[Any, Any]:
    """Return for each article the first article of its story, and its relation, by file and position."""
    rows = parquet.read_table(path).to_pylist()
    names = {row["article_id"]: (row["source_path"][-7:], row["position"]) for row in rows}
    return {names[row["article_id"]]: (names[row["story_id"]], row["relation"], row["is_canonical"]) for row in rows}


@pytest.mark.parametrize("in_article", [True, False], ids=["fingerprint", "compare"])
def test_a_crash_costs_one_article(tmp_path: Path, in_article: bool) -> None:
    """Those with the crashing words are refused with the reason, and the result is that of a corpus without them."""
    kernel = crashing_kernel(tmp_path, "SIGSEGV", in_article=in_article)
    root = package_with(kernel, tmp_path / "root")
    news, target = corpus(tmp_path / "news"), tmp_path / "out.parquet"
    result = bulk(root, news, target, code=1)
    assert (result["articles"], result["refused"], result["crashed"], result["unreadable"]) == (119, 2, 2, 0)
    assert "The compiled kernel crashed on 2 articles" in result["said"]
    assert "Fatal Python error: Segmentation fault" in result["said"]
    refused = [json.loads(line) for line in target.with_name("out.parquet.refused.jsonl").read_text().splitlines()]
    assert [(Path(row["source_path"]).name, row["position"]) for row in refused] == [("a.jsonl", 50), ("b.jsonl", 10)]
    assert {row["reason"].partition(". ")[0] for row in refused} == {"The compiled kernel crashed on it (SIGSEGV)"}
    assert not target.with_name("out.parquet.work").exists()
    if not in_article:
        found = placed(target)
        for path in (news / "a.jsonl", news / "b.jsonl"):
            lines = path.read_text().splitlines(keepends=True)
            path.write_text("".join("{}\n" if MARK in line else line for line in lines))
        bulk(build.FOLDER.parents[1], news, target)
        assert placed(target) == found


def test_a_dry_run_and_a_settled_corpus(tmp_path: Path) -> None:
    """A dry run counts on after a crash, and the run after it against a settled corpus refuses the same articles."""
    kernel = crashing_kernel(tmp_path, "SIGABRT", in_article=False)
    root = package_with(kernel, tmp_path / "root")
    news, settled = corpus(tmp_path / "news"), tmp_path / "settled.parquet"
    old = tmp_path / "old.jsonl"
    old.write_text("".join(json.dumps({"text": copy_of(n, 300, 60)}) + "\n" for n in range(30)))
    bulk(root, old, settled)
    target = tmp_path / "out.parquet"
    assert bulk(root, news, target, "--dry-run")["articles"] == 119
    result = bulk(root, news, target, "--against", settled, code=1)
    assert (result["articles"], result["crashed"]) == (119, 2)
    assert result["known"] > 50
