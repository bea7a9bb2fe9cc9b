"""Malformed mail: broken headers and parts do not lose the text."""

import pytest

from tests.cost import costs_at_most
from tests.unit.formats.reads import only, outcomes, refusal

HEAD = (
    "From: Ada Holm <ada@courier.example>\nSubject: Bridge\nDate: Mon, 12 Sep 2022 10:15:00 +0200\nMIME-Version: 1.0\n"
)


@pytest.mark.parametrize(
    ("rest", "text"),
    [
        ("\nThe bridge is closed.\n", "The bridge is closed."),
        (
            "Content-Type: text/html\n\n<p>The bridge</p><p>is &amp; stays closed.</p>",
            "The bridge\n\nis & stays closed.",
        ),
        ("Content-Type: text/plain; charset=no-such\n\nThe bridge is closed.", "The bridge is closed."),
        ("Content-Type: nonsense\n\nThe bridge is closed.", "The bridge is closed."),
        ("Content-Transfer-Encoding: base64\n\nVGhlIGJyaWRnZSBpcyBjbG9zZWQu\n", "The bridge is closed."),
        ("Content-Transfer-Encoding: base64\n\nVGhlIGJyaWRnZSBpcyBjbG9zZWQ\n", "The bridge is closed"),
        ("Content-Transfer-Encoding: x-none\n\nThe bridge is closed.", "The bridge is closed."),
        ('Content-Type: multipart/mixed; boundary="b"\n\n--b\n\nThe bridge is closed.\n', "The bridge is closed."),
        ("Content-Type: multipart/mixed\n\n--b\n\nThe bridge is closed.\n--b--\n", "The bridge is closed."),
        ("Content-Type: multipart/mixed\n\nThe bridge is closed.\n", "The bridge is closed."),
        ('Content-Type: multipart/mixed; boundary="other"\n\n--b\n\nThe bridge.\n--b--\n', "The bridge."),
    ],
)
def test_the_text_of_a_broken_mail_is_read(rest: str, text: str) -> None:
    """The text is read despite a wrong or missing charset, type, transfer encoding or boundary."""
    article = only((HEAD + rest).encode(), "a.eml")
    assert (article.text, article.title, article.author) == (text, "Bridge", "Ada Holm")


@pytest.mark.parametrize(
    "subject", ["=?utf-8?b?////?=", "=?utf-8?q?=ED=A0=80?=", "=?x?y?z?=", "a" * 100_000, "=?utf-8?q?a?= " * 500]
)
def test_a_broken_subject_costs_only_itself(subject: str) -> None:
    """The header parser of the standard library raises many exceptions; the text is read."""
    article = only(f"Subject: {subject}\nFrom: a@b\nTo: c@d\n\nThe bridge is closed.".encode(), "a.eml")
    assert article.text == "The bridge is closed."


def test_a_thousand_nested_parts_are_refused() -> None:
    """Deep nesting crashes no process."""
    nest = "".join(f'Content-Type: multipart/mixed; boundary="b{number}"\n\n--b{number}\n' for number in range(1000))
    assert refusal((HEAD + nest + "\nThe bridge.\n").encode(), "a.eml")


def test_a_mail_of_attachments_is_refused() -> None:
    """The message says to send the attachments themselves."""
    part = '--b\nContent-Type: image/png\nContent-Disposition: attachment; filename="n.png"\n\nNotes\n--b--\n'
    assert "attachments" in refusal((HEAD + 'Content-Type: multipart/mixed; boundary="b"\n\n' + part).encode(), "a.eml")


def test_a_mail_too_large_for_an_article_is_skipped_in_a_mailbox() -> None:
    """The other mails are read."""
    start = "From a@b Mon Sep 12 10:15:09 2022\n"
    box = start + HEAD + "\n" + "word " * 3_000_000 + "\n\n" + start + HEAD + "\nThe bridge is closed.\n"
    assert [type(outcome).__name__ for outcome in outcomes(box.encode(), "a.mbox")] == ["BadRecord", "Article"]


HOSTILE = [
    text * (25_000 // len(text)) for text in ("(", "a,", "a@b,", "=?utf-8?q?a?= ", '"', ";a=b", "<", " a", "\\", "[")
]


@pytest.mark.parametrize("value", HOSTILE, ids=[value[:4] for value in HOSTILE])
@pytest.mark.parametrize(
    "name",
    [
        "Subject",
        "From",
        "Date",
        "Message-ID",
        "Content-Language",
        "Content-Disposition: inline; a",
        "Content-Type: text/plain; a",
    ],
)
def test_a_header_of_any_length_costs_little(name: str, value: str) -> None:
    """A header of 25 KB takes under a second, and the text is read."""
    header = name if ":" in name else f"{name}: "
    with costs_at_most(1):
        found = outcomes(f"From: a@b\nTo: c@d\nSubject: e\n{header}{value}\n\nThe bridge is closed.".encode(), "a.eml")
    assert len(found) == 1


def test_a_mail_of_endless_parts_is_refused() -> None:
    """A million parts of a few bytes would fill the memory."""
    parts = "--b\n\na\n" * 20_000
    assert "parts" in refusal((HEAD + 'Content-Type: multipart/mixed; boundary="b"\n\n' + parts).encode(), "a.eml")
