"""Files that hold a mail or are built like one: Apple Mail's, saved pages, mails with documents or encoded files."""

import base64

import pytest

from tests.unit.formats.reads import only
from tests.unit.formats.test_mail_frames import LEAD, TEXT, mail
from worker.article import Article
from worker.formats.readers.mail_quotes import author_text

PLAIN = mail(TEXT)
PLIST = b'<?xml version="1.0"?>\n<plist version="1.0">\n<dict>\n\t<key>flags</key>\n</dict>\n</plist>\n'
PAGE = (
    '<html><head><title>Pond drained | Gazette</title><meta property="og:title" content="Pond drained">'
    '<meta property="article:published_time" content="2031-05-06T21:02:00Z"></head>'
    '<body><nav><a href="/">Home</a></nav>'
    f"<article><h1>Pond drained</h1><p>{LEAD}</p><p>{TEXT.split(chr(10))[-1]}</p></article></body></html>"
)


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_mail_of_apple_mail(newline: bytes) -> None:
    """The size above the mail and the property list below it are no part of it."""
    content = PLAIN.replace(b"\n", newline)
    article = only(str(len(content)).encode() + b"   " + newline + content + PLIST, "a.emlx")
    assert (article.title, article.text) == ("Pond", TEXT)


def test_mail_with_a_byte_order_mark() -> None:
    """A mail that went through a text editor keeps its title and sender."""
    article = only(b"\xef\xbb\xbf" + PLAIN, "a.eml")
    assert (article.title, article.author, article.text) == ("Pond", "Nora Quill", TEXT)


def test_number_above_a_list_of_words_is_text() -> None:
    """A text that begins with a number and one word with a colon is no mail."""
    assert "1931" in only(f"1931\nSubject: a year in Marrow\n\n{TEXT}".encode(), "a.txt").text


@pytest.mark.parametrize(
    ("head", "part"),
    [
        (
            "From: <Saved by Blink>\nSnapshot-Content-Location: https://gazette.example/pond\n",
            "Content-Location: https://gazette.example/pond\n",
        ),
        ('From: "Saved by Internet Explorer 11"\n', "Content-Location: https://gazette.example/pond\n"),
    ],
)
def test_page_that_a_browser_saved(head: str, part: str) -> None:
    """A saved page is read as the page that it is: its menu goes, its date and address are its own."""
    data = (
        f"{head}Subject: Pond drained | Gazette\nDate: Sat, 10 May 2031 10:00:00 +0000\nMIME-Version: 1.0\n"
        'Content-Type: multipart/related; boundary="x"\n\n--x\nContent-Type: text/html; charset=utf-8\n'
        f"{part}Content-Transfer-Encoding: base64\n\n{base64.encodebytes(PAGE.encode()).decode()}\n"
        "--x\nContent-Type: text/css\n\nbody { color: red }\n--x--\n"
    )
    article = only(data.encode(), "a.mhtml")
    assert (article.title, article.url, article.author) == ("Pond drained", "https://gazette.example/pond", None)
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2031-05-06T21:02:00+00:00"
    assert LEAD in article.text
    assert "Home" not in article.text


def with_file(name: str, content: bytes, note: str) -> Article:
    """Return the article of a mail with this note and this attached file."""
    parts = (
        f"--x\nContent-Type: text/plain\n\n{note}\n\n--x\nContent-Type: application/octet-stream\n"
        f'Content-Disposition: attachment; filename="{name}"\nContent-Transfer-Encoding: base64\n\n'
        f"{base64.encodebytes(content).decode()}\n--x--\n"
    )
    return only(mail(parts, 'Content-Type: multipart/mixed; boundary="x"'), "a.eml")


def test_document_below_a_note_is_read(docx: bytes) -> None:
    """A press office attaches the release as a document of a word processor."""
    assert LEAD in with_file("pond.docx", docx, "Release attached.").text


def test_documents_that_are_not_read_are_noted(docx: bytes) -> None:
    """A PDF, a damaged document, and a document next to a whole text are named."""
    for name, content, note in [
        ("pond.pdf", b"%PDF-", "See file."),
        ("pond.docx", docx[:40], "See."),
        ("b.docx", docx, TEXT),
    ]:
        article = with_file(name, content, note)
        assert article.text == note
        assert any("Not read" in text for text in article.notes)


@pytest.fixture
def docx() -> bytes:
    """Return a document with TEXT."""
    import io
    import zipfile

    paragraphs = "".join(f"<w:p><w:r><w:t>{part}</w:t></w:r></w:p>" for part in TEXT.split("\n\n"))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
        body = f'<w:document xmlns:w="{namespace}"><w:body>{paragraphs}</w:body></w:document>'
        archive.writestr("word/document.xml", body)
    return file.getvalue()


def test_file_within_the_text() -> None:
    """Old programs write a picture into the text; words between the same marks are the author's."""
    file = 'begin 644 pond.jpg\nM_]C_X``02D9)1@`!`0$`2`!(``#_VP!#``,"`@("`@,"`@(#`P,#!`8$\n`\nend'
    assert author_text(f"{TEXT}\n\n{file}\n") == TEXT
    words = f"{TEXT}\n\nThe builders\nbegin 644 piles\nof oak from the county's woods\nend"
    assert author_text(words) == words


def test_item_of_a_feed_as_a_mail() -> None:
    """rss2email names the address of the item in a header and below the text."""
    head = "X-RSS-URL: https://gazette.example/pond\nContent-Type: text/plain; charset=utf-8"
    article = only(mail(f"{TEXT}\n\nURL: https://gazette.example/pond\n", head), "a.eml")
    assert (article.url, article.text) == ("https://gazette.example/pond", TEXT)
