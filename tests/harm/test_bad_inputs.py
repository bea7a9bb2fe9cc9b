"""Everything bad at once, between good files, into the inbox of a running service: a sentence each, no file lost."""

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
#: What only the inbox shows: no content is at fault.
NO_FILES = ("link-inside.txt", "link-outside.txt", "link-to-itself.txt", "pipe.txt", "socket.txt", "one-gigabyte.txt")


def shown(name: str) -> str:
    """Return a name as the ledger shows it."""
    return display.escape_path(os.fsencode(name))


def put(inbox: Path, name: str, content: bytes) -> None:
    """Deliver a file of any name: one of 255 bytes leaves no room for a draft's."""
    inbox.mkdir(parents=True, exist_ok=True)
    draft = inbox / ".draft"
    draft.write_bytes(content)
    draft.rename(inbox / name)


def outcomes(desk: Installation, expected: set[str]) -> dict[str, dict[str, Any]]:
    """Return the ledger by file name once all that is expected has its outcome; nothing before."""
    rows = {Path(row["path"]).name: row for row in desk.json("files")}
    ended = all(row["state"] in {"done", "quarantined"} for row in rows.values())
    return rows if ended and expected <= rows.keys() else {}


def put_what_is_no_file(inbox: Path) -> None:
    """Make links, a pipe, a socket, a file over the limit, and what only looks wrong."""
    (inbox / "link-inside.txt").symlink_to(inbox / "good-0.txt")
    (inbox / "link-outside.txt").symlink_to("/etc/passwd")
    (inbox / "link-to-itself.txt").symlink_to(inbox / "link-to-itself.txt")
    os.mkfifo(inbox / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(f"/proc/self/fd/{os.open(inbox, os.O_PATH)}/socket.txt")
    (inbox / "one-gigabyte.txt").touch()
    os.truncate(inbox / "one-gigabyte.txt", 1_000_000_000)


def put_what_looks_wrong(desk: Installation) -> None:
    """Deliver a file in a folder named like a file, one from 1970, one from the future, and one with two names."""
    desk.drop("folder.txt/good-in-a-folder.txt", dispatch(6_000_100, 60))
    for name, at in (("good-1970.txt", 0), ("good-of-the-future.txt", 4_000_000_000)):
        path = desk.drop(f".{name}", dispatch(6_000_200 + at, 60))
        os.utime(path, (at, at))
        path.rename(desk.inbox / name)
    elsewhere = desk.data / "elsewhere.txt"
    elsewhere.write_text(dispatch(6_000_300, 60))
    os.link(elsewhere, desk.inbox / "good-hard-link.txt")


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, Any]]]:
    """Yield the ledger by file name, with the article of each, after all of it."""
    desk = Installation(tmp_path_factory.mktemp("bad"), QUICK | {"COPYDESK_MAX_FILE_BYTES": "500000000"})
    with embedded.servers(desk.data), running(desk, "up"):
        mended = {name: one.content for name, one in READ.items()}
        for number, (name, content) in enumerate((REFUSED | mended).items()):
            put(desk.inbox, name, content)
            desk.drop(f"good-{number}.txt", dispatch(6_000_000 + number, 60))
        put_what_is_no_file(desk.inbox)
        put_what_looks_wrong(desk)
        expected = {*map(shown, (*REFUSED, *READ)), *NO_FILES, "good-1970.txt", "good-hard-link.txt"}
        found = until(lambda: outcomes(desk, expected), "all have their outcome")
        lines = desk.run("export", "articles", "--format", "jsonl", "--with-text").splitlines()
        for row in map(json.loads, lines):
            found[Path(row["source_path"]).name]["article"] = row
        assert desk.json("check", "--deep") == {"ok": True, "problems": []}
        assert all(os.path.lexists(desk.inbox / name) for name in NO_FILES)
        yield found


@pytest.mark.parametrize("name", [*REFUSED, *NO_FILES])
def test_what_is_refused_gets_the_sentence_of_the_table(ledger: dict[str, dict[str, Any]], name: str) -> None:
    """It is quarantined with the sentence that docs/guarantees.md gives for it, word by word."""
    page = (ROOT / "docs/guarantees.md").read_text("utf-8")
    [told] = re.findall(rf"^\| `{re.escape(name)}` [^|]*\| (.*) \|$", page, re.MULTILINE)
    assert ledger[name]["state"] == "quarantined"
    assert ledger[name]["reason"] == told


@pytest.mark.parametrize("name", READ)
def test_what_can_be_mended_is_read(ledger: dict[str, dict[str, Any]], name: str) -> None:
    """It is one article, that holds the words that were meant and nothing of what was wrong with them."""
    article = ledger[shown(name)]["article"]
    assert READ[name].meant in article["text"].replace("\n\n", " ")
    assert article["title"] == READ[name].title
    assert not re.search("\0|\ud83d|alert|multipart", article["text"])


def test_very_short_texts_are_apart(ledger: dict[str, dict[str, Any]]) -> None:
    """Two texts of two words, one of which they share, are two stories."""
    stories = {ledger[name]["article"]["story_id"] for name in ("very-short.txt", "as-short.txt")}
    assert len(stories) == 2


def test_no_good_file_is_lost(ledger: dict[str, dict[str, Any]]) -> None:
    """Every good file between the bad ones is an article of its own."""
    good = [name for name in ledger if name.startswith("good-")]
    assert len(good) == len(REFUSED) + len(READ) + 4
    assert all(ledger[name]["articles"] == 1 for name in good)
