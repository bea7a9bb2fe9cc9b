"""On a terminal of 80 columns nothing that a person needs is left out, and no word is broken."""

import os
import pty
import sys
import threading
from collections.abc import Callable

import click
import pytest

from tests.integration.newsroom import NOON, Newsroom
from worker import cli

Terminal = Callable[..., str]

HARBOUR = (
    "The harbour of Ostrel was closed on Monday after a crane fell across the eastern pier, the port office said.\n\n"
    "Nobody was hurt, and ships were sent to Lindow."
)
NEWER = HARBOUR.replace("Nobody", "No sailor").replace("on Monday", "early today")


@pytest.fixture
def terminal(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Return a function that runs a command on a terminal of 80 columns, and returns what is on the screen."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")

    def run(*arguments: object) -> str:
        ours, theirs = pty.openpty()
        screen: list[bytes] = []
        reader = threading.Thread(target=_read, args=(ours, screen))
        reader.start()
        with monkeypatch.context() as patched, open(theirs, "w", encoding="utf-8") as output:
            patched.setattr("sys.argv", ["copydesk", *map(str, arguments)])
            patched.setattr(sys, "stdout", output)
            patched.setattr(sys, "stderr", output)
            cli.main()
        reader.join()
        os.close(ours)
        return click.unstyle(b"".join(screen).decode()).replace("\r\n", "\n")

    return run


def _read(terminal: int, screen: list[bytes]) -> None:
    while True:
        try:
            screen.append(os.read(terminal, 4_096))
        except OSError:  # Linux says so when the other end is closed
            return


def test_a_story_has_the_times_of_its_copies(newsroom: Newsroom, terminal: Terminal) -> None:
    """Each copy has its time of publication, else that of its arrival in brackets, which are explained."""
    newsroom.article(HARBOUR, title="A crane falls across the eastern pier of the harbour of Ostrel", published_at=NOON)
    newsroom.article(NEWER, story=1, relation="near", title="The harbour of Ostrel is closed after a crane fell")
    shown = terminal("story", 1)
    assert "2026-03-01 12:00" in shown
    assert shown.count("(20") == 1
    assert "In brackets: when an article without a date arrived." in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_a_text_is_wrapped_between_words(newsroom: Newsroom, terminal: Terminal) -> None:
    """Each line of a text, a headline and a message has whole words."""
    newsroom.article(HARBOUR, title="Crane falls across the eastern pier of the harbour of Ostrel")
    newsroom.article(NEWER, story=1, relation="near", title="The harbour of Ostrel is closed after a crane fell")
    shown = terminal("story", 1)
    assert max(map(len, shown.splitlines())) <= 80
    assert set(HARBOUR.split()) <= set(shown.split())
    assert {"harbour", "closed", "after"} <= set(shown.partition("relation")[2].split())


def test_corrections_show_their_notes(newsroom: Newsroom, terminal: Terminal) -> None:
    """A note is shown whole."""
    newsroom.article(HARBOUR)
    newsroom.article(NEWER, story=1, relation="near")
    note = "Their reporter was there himself and has other words of the harbour master"
    terminal("split", 2, "--note", note)
    shown = terminal("corrections")
    assert set(note.split()) <= set(shown.split())
    assert max(map(len, shown.splitlines())) <= 80


def test_a_text_in_place_of_a_headline_is_cut_between_words(newsroom: Newsroom, terminal: Terminal) -> None:
    """An article without a headline is listed with its first words, and an ellipsis where the text goes on."""
    newsroom.article(HARBOUR, title="A crane falls across the eastern pier")
    newsroom.article(NEWER, story=1, relation="near")
    shown = " ".join(terminal("story", 1).partition("article  relation")[2].split())
    assert "after a crane fell across the eastern pier…" in shown


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("review", "No pair waits for a decision, so there is nothing to do."),
        ("corrections", "Nobody has corrected anything yet. `copydesk merge`, `split` and `pin` do"),
        ("changes", "Nothing has happened to stories yet."),
    ],
)
def test_an_empty_list_is_a_sentence(terminal: Terminal, command: str, sentence: str) -> None:
    """Without rows there are no headings, but what is empty and what to do."""
    assert terminal(command).startswith(sentence)


def test_a_difference_has_a_legend_and_its_blanks(newsroom: Newsroom, terminal: Terminal) -> None:
    """Marked runs next to each other are apart, and the marks are explained."""
    newsroom.article(HARBOUR)
    newsroom.article(NEWER, story=1, relation="near")
    shown = terminal("story", 1, "--diff", 2)
    assert "[-on Monday-] {+early today+}" in shown
    assert "[-Nobody-] {+No sailor+}" in shown
    assert "[-…-] is only in the canonical text, {+…+} only in article 2." in shown
    assert max(map(len, shown.splitlines())) <= 80
