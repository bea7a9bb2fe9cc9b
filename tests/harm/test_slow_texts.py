"""Texts built against the cleaning rules: they make a careless pattern quadratic, but must not slow a worker."""

import time

import pytest

from worker import fingerprint
from worker.article import Article
from worker.clean import clean
from worker.features import features

pytestmark = pytest.mark.harm

#: A quadratic pattern takes 20 s and more on 100,000 blanks (`\\s+$` in `re`); a linear one takes tenths of a second.
LENGTH, MOST_SECONDS = 100_000, 2.0
#: What rules begin with, end with or count. Repeated, each is the worst case of a pattern.
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
    """Each piece, repeated and with another ending, is cleaned and fingerprinted in linear time."""
    seconds = {}
    for piece in PIECES:
        text = "x" + piece * (LENGTH // len(piece)) + "y"
        started = time.process_time()
        cleaned = clean(Article(text, language="en"))
        fingerprint.fingerprint(features(cleaned.text, cleaned.title, cleaned.language))
        seconds[piece] = time.process_time() - started
    slowest = max(seconds, key=lambda piece: seconds[piece])
    print(f"\n{len(PIECES)} texts of {LENGTH:,} characters, the slowest {slowest!r}: {seconds[slowest]:.2f} s")  # noqa: T201
    assert seconds[slowest] < MOST_SECONDS
