"""What gateways, lists, signatures and older programs put around the text of a mail."""

import pytest

from tests.unit.formats.reads import only
from worker.formats.readers.mail_quotes import author_text

LEAD = "The council of Marrow voted late on Monday to drain the mill pond and to build a swimming hall of timber."
TEXT = f"{LEAD}\n\nThe hall will cost twelve million florins, said the mayor, half of it paid by the county."


def mail(text: str, head: str = "Content-Type: text/plain; charset=utf-8") -> bytes:
    """Return a mail with these header lines and this text."""
    sender = '"Nora Quill via Press" <press@lists.marrow.example>'
    return f"From: {sender}\nSubject: Pond\nMIME-Version: 1.0\n{head}\n\n{text}".encode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n",
            "\n\n- -- \nNora\n-----BEGIN PGP SIGNATURE-----\n\niQ\n=a",
        ),
        (
            "",
            f"\n{'_' * 47}\nPress mailing list\nPress@lists.marrow.example\nhttps://lists.marrow.example/listinfo/press",
        ),
        (
            "",
            "\n\n-----Original Message-----\nFrom: Jan Oak\nSent: Tuesday\nTo: Nora\nSubject: pond\n\nCould you?",
        ),
        ("Od: Prasa <p@m.example>\nWysłane: wtorek, 6 maja 2031 21:02\nDo: Redakcja\nTemat: Staw\n\n", ""),
    ],
)
def test_frames_of_a_mail(before: str, after: str) -> None:
    """A PGP frame, a list's footer, a short mail that was answered, and a Polish header are no text."""
    assert author_text(before + TEXT + after) == TEXT


def test_long_original_message_is_the_article() -> None:
    """What is longer than the note above it stays, and so does a rule above words without a list."""
    header = "-----Original Message-----\nFrom: Jan Oak\nSent: Tuesday\nTo: Nora\nSubject: pond\n\n"
    assert author_text(f"For tonight.\n\n{header}{TEXT}") == f"For tonight.\n\n{TEXT}"
    ruled = f"{TEXT}\n{'_' * 30}\nThe pond is two hectares large."
    assert author_text(ruled) == ruled


def test_text_attached_without_a_type() -> None:
    """A file whose name ends in .txt is read although the program declares no type."""
    parts = (
        "--x\nContent-Type: text/plain\n\nStory attached.\n\n--x\nContent-Type: application/octet-stream\n"
        f'Content-Disposition: attachment; filename="pond.txt"\n\n{TEXT}\n--x--\n'
    )
    assert LEAD in only(mail(parts, 'Content-Type: multipart/mixed; boundary="x"'), "a.eml").text


def test_sender_via_a_list() -> None:
    """A list that sends for a member adds its name, which is not the author's."""
    assert only(mail(TEXT), "a.eml").author == "Nora Quill"
