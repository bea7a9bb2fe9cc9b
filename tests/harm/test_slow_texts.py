"""Texts built against the cleaning rules: what makes a careless pattern quadratic costs no worker its time here."""

import time

import pytest

from worker import fingerprint
from worker.article import Article
from worker.clean import clean
from worker.features import features

pytestmark = pytest.mark.harm

#: A quadratic pattern takes 20 s and more on so many blanks (`\\s+$` in `re`); what is linear takes tenths of a second.
LENGTH, MOST_SECONDS = 100_000, 2.0
#: What rules begin with, end with or count: repeated, each is the text that keeps a pattern looking the longest.
PIECES = [
    *(" ", "\n", "\n ", "\t", "\r", "\r\n", "\f", "\u00a0", "\u00ad", "\u200b", "\u202e", "\ufeff", "\ud83d", "\x00"),
    *("-", "- ", "-\n", "be- fore ", "ab-\ncd ", "Xi- Putin ", "short- and ", "—", "–", "…", "•", "• a\n", "1. a\n"),
    *(".", ". ", "..", "!", "?", ":", "a, ", "a; ", "A. ", "U.S. ", "Mr. ", "a.B", "aB", "summit.The ", "12\n"),
    *('"', "”", "“a” ", "'", "it's ", "(", "(AP)", "(a) ", "[", "[1] ", "<", "<a ", "|", "| ", "*", "_", "=", "~", "/"),
    *("&", "&amp;", "&amp;lt;", "&#38;", "Â", "â€œ", "ﬁ", "e\u0301", "\u0301", "字", "字。", "ا", "ก", "🙂"),
    *("VARNBY (AP) -- ", "VARNBY — ", "By ", "By Mara Ellund\n", "-- PTI", "Also read: x\n", "Share\n", "Read more\n"),
    *("Categorized in:", "Categorized in:\n", "Related Articles\n", "Photo: Mara Ellund\n", "Source: ", "Source: x\n"),
    *("(VRN.N)", "http://x.y/ ", "@a ", "#a ", "a@b.c ", "© ", "2031-04-09 ", "2031-04\n", "April 9, ", "the the "),
    *("a", "A", "A\n", "a\n", "1", "1 ", "1,", "x\n\n", "a b c d e f g h i j\n"),
]


def test_no_repeated_piece_makes_cleaning_slow() -> None:
    """Each piece over and over, with another end: cleaned and fingerprinted in a time that grows with the length."""
    took = {}
    for piece in PIECES:
        text = "x" + piece * (LENGTH // len(piece)) + "y"
        started = time.process_time()
        cleaned = clean(Article(text, language="en"))
        fingerprint.fingerprint(features(cleaned.text, cleaned.title, cleaned.language))
        took[piece] = time.process_time() - started
    slowest = max(took, key=lambda piece: took[piece])
    print(f"\n{len(PIECES)} texts of {LENGTH:,} characters, the slowest {slowest!r}: {took[slowest]:.2f} s")  # noqa: T201
    assert took[slowest] < MOST_SECONDS
