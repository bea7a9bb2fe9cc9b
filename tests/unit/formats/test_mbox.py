"""Mailboxes: only a separator with an address and a date begins a mail."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.formats.reads import LIMITS, only, outcomes
from worker.article import Article
from worker.formats import read, spans

SEPARATORS = [
    "From mara@courier.example Wed Apr  9 07:30:00 2031",
    "From - Wed Apr 09 07:30:00 2031",
    "From 1834567890123@xxx Wed Apr 09 05:30:00 +0000 2031",
    "From MAILER-DAEMON Wed Apr  9 07:30:00 2031",
    'From "mara ellund"@courier.example Wed Apr  9 07:30:00 2031',
    "From mara@courier.example  Wed, 9 Apr 2031 07:30:00 +0200",
    "From mara@courier.example 2031-04-09 07:30:00",
    "From mara@courier.example",
]
PROSE = [
    "From next week the ferries use the grain terminal.",
    "From Wed Apr 9 on, nothing sails.",
    "From Oslo to Varnby it is an hour, says Mara.",
    "From mara@courier.example we know that the quay closes.",
    "From the council: Wed is the day.",
    "From 9 April 2031 07:30 no ship sails.",
]


def box(separator: str, *bodies: str) -> bytes:
    """Return a mailbox of one mail per body."""
    return "".join(f"{separator}\nFrom: a@b.example\nSubject: Quay\n\n{body}\n\n" for body in bodies).encode()


def texts(data: bytes) -> list[str]:
    """Return the texts of a mailbox."""
    return [outcome.text for outcome in outcomes(data, "a.mbox") if isinstance(outcome, Article)]


@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_separator_begins_a_mail(separator: str, end: str) -> None:
    """All usual forms of the separator are known."""
    data = box(separator, "The first mail.", "The second mail.").replace(b"\n", end.encode())
    assert texts(data) == ["The first mail.", "The second mail."]


@pytest.mark.parametrize("prose", PROSE)
def test_prose_that_begins_with_from_stays(prose: str) -> None:
    """A paragraph does not begin a mail."""
    assert texts(box(SEPARATORS[0], f"The quay closes.\n\n{prose}", "Other.")) == [
        f"The quay closes.\n\n{prose}",
        "Other.",
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [(">From Oslo.", "From Oslo."), (">>From Oslo.", ">From Oslo."), ("> From Oslo.", "> From Oslo.")],
)
def test_one_mark_of_quotation_is_removed(written: str, meant: str) -> None:
    """Mailboxes quote lines that look like a separator, and lines that were quoted before (mboxo and mboxrd)."""
    assert texts(box(SEPARATORS[0], f"The quay closes.\n\n{written}")) == [f"The quay closes.\n\n{meant}"]


BODY = f"The quay closes.\n\n{SEPARATORS[0]}\n\nThat line is quoted.\n"


@pytest.mark.parametrize("tail", ["", "\n", f"\n{SEPARATORS[1]}\nSubject: b\n\nOther.\n"])
def test_a_right_content_length_keeps_separators_in_the_body(tail: str) -> None:
    """Some programs count the bytes of the body instead of quoting (mboxcl2)."""
    data = f"{SEPARATORS[0]}\nSubject: a\nContent-Length: {len(BODY)}\n\n{BODY}{tail}".encode()
    assert texts(data) == [BODY.strip(), *(["Other."] if "Other" in tail else [])]


@pytest.mark.parametrize("wrong", [-3, 5, 40, 10**6, 10**11])
def test_a_wrong_content_length_loses_no_mail(wrong: int) -> None:
    """A length that does not end at a separator is ignored."""
    first = "The first mail.\n"
    data = f"{SEPARATORS[0]}\nSubject: a\nContent-Length: {len(first) + wrong}\n\n{first}\n".encode()
    data += box(SEPARATORS[0], "The second mail.", "The third mail is long enough to be there.")
    assert texts(data) == ["The first mail.", "The second mail.", "The third mail is long enough to be there."]


@given(
    st.lists(st.sampled_from([*SEPARATORS, *PROSE, "Content-Length: 60", "Subject: a", "", "", "Text."]), max_size=40)
)
def test_parts_of_a_mailbox_have_the_records_of_the_whole(lines: list[str]) -> None:
    """A part that begins at a separator counts as the whole file does."""
    data = "\n".join([SEPARATORS[0], "Subject: a", "", "Text.", "", *lines]).encode()
    whole = list(read(io.BytesIO(data), "a.mbox", LIMITS))
    cut = spans(io.BytesIO(data), "a.mbox", LIMITS, 1)
    apart = [outcome for span in cut for outcome in read(io.BytesIO(data), "a.mbox", LIMITS, span)]
    assert apart == (whole if cut else [])


def test_a_single_mail_with_a_separator_is_read() -> None:
    """A file of one mail, as some programs export it."""
    assert only(box(SEPARATORS[0], "The quay closes."), "a.eml").text == "The quay closes."
