"""All bad files at once, between good ones, in the inbox of a running service: each gets a reason, none is lost."""

import json
import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.processes import ROOT, Installation, running, until
from tests.dispatches import dispatch
from tests.harm.bad_inputs import READ, REFUSED
from worker import display, embedded

pytestmark = pytest.mark.harm

QUICK = {"COPYDESK_SETTLE_SECONDS": "0.2", "COPYDESK_SWEEP_SECONDS": "1", "COPYDESK_SCAN_SECONDS": "0.5"}
#: Entries of the inbox that are refused for their kind or size, not their content.
SPECIAL = ("link-inside.txt", "link-outside.txt", "link-to-itself.txt", "pipe.txt", "socket.txt", "one-gigabyte.txt")


def shown(name: str) -> str:
    """Return a name as `copydesk files` shows it."""
    return display.escape_path(os.fsencode(name))


def put(inbox: Path, name: str, content: bytes) -> None:
    """Deliver a file with any name; the draft has a fixed name, because names may already have 255 bytes."""
    inbox.mkdir(parents=True, exist_ok=True)
    draft = inbox / ".draft"
    draft.write_bytes(content)
    draft.rename(inbox / name)


def outcomes(desk: Installation, expected: set[str]) -> dict[str, dict[str, Any]]:
    """Return the ledger by file name once all expected files have their outcome, and an empty dict before."""
    rows = {Path(row["path"]).name: row for row in desk.json("files")}
    ended = all(row["state"] in {"done", "quarantined"} for row in rows.values())
    return rows if ended and expected <= rows.keys() else {}


def put_special_files(inbox: Path) -> None:
    """Create links, a pipe, a socket and a file over the limit."""
    (inbox / "link-inside.txt").symlink_to(inbox / "good-0.txt")
    (inbox / "link-outside.txt").symlink_to("/etc/passwd")
    (inbox / "link-to-itself.txt").symlink_to(inbox / "link-to-itself.txt")
    os.mkfifo(inbox / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"/proc/self/fd/{os.open(inbox, os.O_PATH)}/socket.txt")
    (inbox / "one-gigabyte.txt").touch()
    os.truncate(inbox / "one-gigabyte.txt", 1_000_000_000)


def put_odd_files(desk: Installation) -> None:
    """Deliver a file in a folder named like a file, and files from 1970, from the future and with two hard links."""
    desk.drop("folder.txt/good-in-a-folder.txt", dispatch(6_000_100, 60))
    for name, mtime in (("good-1970.txt", 0), ("good-of-the-future.txt", 4_000_000_000)):
        path = desk.drop(f".{name}", dispatch(6_000_200 + mtime, 60))
        os.utime(path, (mtime, mtime))
        path.rename(desk.inbox / name)
    elsewhere = desk.data / "elsewhere.txt"
    elsewhere.write_text(dispatch(6_000_300, 60))
    os.link(elsewhere, desk.inbox / "good-hard-link.txt")


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, Any]]]:
    """Yield the ledger by file name, with the article of each file, after all were processed."""
    desk = Installation(tmp_path_factory.mktemp("bad"), QUICK | {"COPYDESK_MAX_FILE_BYTES": "500000000"})
    with embedded.servers(desk.data), running(desk, "up"):
        until(lambda: desk.run("files", "--json", code=None), "the tables are created")
        repaired = {name: file.content for name, file in READ.items()}
        for number, (name, content) in enumerate((REFUSED | repaired).items()):
            put(desk.inbox, name, content)
            desk.drop(f"good-{number}.txt", dispatch(6_000_000 + number, 60))
        put_special_files(desk.inbox)
        put_odd_files(desk)
        expected = {*map(shown, (*REFUSED, *READ)), *SPECIAL, "good-1970.txt", "good-hard-link.txt"}
        rows = until(lambda: outcomes(desk, expected), "all have their outcome")
        lines = desk.run("export", "articles", "--format", "jsonl", "--with-text").splitlines()
        for row in map(json.loads, lines):
            rows[Path(row["source_path"]).name]["article"] = row
        assert desk.json("check", "--deep") == {"ok": True, "problems": []}
        assert all(os.path.lexists(desk.inbox / name) for name in SPECIAL)
        yield rows


@pytest.mark.parametrize("name", [*REFUSED, *SPECIAL])
def test_a_refused_file_gets_the_reason_in_the_table(ledger: dict[str, dict[str, Any]], name: str) -> None:
    """It is quarantined with the exact reason that docs/guarantees.md gives."""
    page = (ROOT / "docs/guarantees.md").read_text("utf-8")
    [reason] = re.findall(rf"^\| `{re.escape(name)}` [^|]*\| (.*) \|$", page, re.MULTILINE)
    assert ledger[name]["state"] == "quarantined"
    assert ledger[name]["reason"] == reason


@pytest.mark.parametrize("name", READ)
def test_a_repairable_file_is_read(ledger: dict[str, dict[str, Any]], name: str) -> None:
    """Its article contains the expected words and nothing of the fault."""
    article = ledger[shown(name)]["article"]
    assert READ[name].expected in article["text"].replace("\n\n", " ")
    assert article["title"] == READ[name].title
    assert not re.search("\0|\ud83d|alert|multipart", article["text"])


def test_very_short_texts_are_two_stories(ledger: dict[str, dict[str, Any]]) -> None:
    """Two texts of two words that share a word are two stories."""
    stories = {ledger[name]["article"]["story_id"] for name in ("very-short.txt", "as-short.txt")}
    assert len(stories) == 2


def test_no_good_file_is_lost(ledger: dict[str, dict[str, Any]]) -> None:
    """Every good file between the bad ones becomes one article."""
    good = [name for name in ledger if name.startswith("good-")]
    assert len(good) == len(REFUSED) + len(READ) + 4
    assert all(ledger[name]["articles"] == 1 for name in good)
