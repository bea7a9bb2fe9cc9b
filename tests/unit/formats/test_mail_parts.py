"""Every text that a mail program shows is read, however the mail is built and whatever is wrong with it."""

import base64
import contextlib
import quopri
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cost import costs_at_most
from tests.unit.formats.reads import only, outcomes
from worker.errors import QuarantineError

ENGLISH = "The harbour council closes the eastern quay for eight months, and ferries use the grain terminal."
GERMAN = "Der Hafenrat schließt den östlichen Kai für acht Monate – „leider“, sagte Bürgermeisterin Ellund."
FRENCH = "Le conseil ferme le quai pour huit mois ; les bateaux partent du terminal à grains, dit-il à l’élue."
RUSSIAN = "Совет порта закрывает восточный причал на восемь месяцев, сказала мэр Мара Эллунд."
JAPANESE = "港湾評議会は火曜日、東埠頭を八か月間閉鎖することを決めた。"
TEXTS = [ENGLISH, GERMAN, FRENCH, RUSSIAN, JAPANESE]
STUBS = [
    "View this mail in your browser: https://courier.example/nl/123",
    "Wenn diese Nachricht nicht richtig angezeigt wird, klicken Sie bitte hier: https://courier.example/a?b=c",
    "Votre logiciel de messagerie ne peut pas afficher le format HTML.",
    "Para ver este correo, abra https://courier.example en su navegador.",
    "このメールはHTML形式です。",
]


def mail(*children: EmailMessage, subtype: str = "mixed") -> EmailMessage:
    """Return a mail of ``children``."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Mara Ellund <m@courier.example>", "d@m.example", "Quay"
    message.add_header("Content-Type", f"multipart/{subtype}")
    for child in children:
        message.attach(child)
    return message


def plain(text: str, charset: str = "utf-8", encoding: str = "8bit") -> EmailMessage:
    """Return a plain part."""
    part = EmailMessage()
    part.set_content(text, charset=charset, cte=encoding)
    return part


def page(text: str) -> EmailMessage:
    """Return an HTML part."""
    part = EmailMessage()
    part.set_content(f"<html><body><p>{text}</p></body></html>", subtype="html")
    return part


def picture() -> EmailMessage:
    """Return a picture that is shown in the text."""
    part = EmailMessage()
    part.set_content(b"\xff\xd8\xff", maintype="image", subtype="jpeg", disposition="inline", filename="quay.jpg")
    return part


def attached(message: EmailMessage) -> EmailMessage:
    """Return a part that carries a mail."""
    part = EmailMessage()
    part.set_content(message)
    return part


def text_of(message: EmailMessage) -> str:
    """Return the text that is read."""
    return only(message.as_bytes(), "a.eml").text


def test_texts_around_pictures_are_read_in_order() -> None:
    """Apple Mail sends a text part before and after each picture."""
    parts = (plain(ENGLISH), picture(), page(GERMAN), picture(), plain(RUSSIAN))
    assert text_of(mail(*parts)) == f"{ENGLISH}\n\n{GERMAN}\n\n{RUSSIAN}"


@pytest.mark.parametrize("stub", STUBS)
@pytest.mark.parametrize("text", [ENGLISH, GERMAN, FRENCH, RUSSIAN, JAPANESE])
def test_a_plain_stub_does_not_replace_the_article(stub: str, text: str) -> None:
    """The plain version says in any language that the text is elsewhere; the HTML is read."""
    assert text_of(mail(plain(stub), page(text * 2), subtype="alternative")) == text * 2


@pytest.mark.parametrize("text", TEXTS)
def test_a_whole_plain_version_is_preferred(text: str) -> None:
    """The HTML of a newsletter adds a menu and an imprint; its plain version is the text."""
    menu = "Home</p><p>Unsubscribe</p>"
    assert text_of(mail(plain(text), page(f"{menu}<p>{text}"), subtype="alternative")) == text


@pytest.mark.parametrize("text", TEXTS)
def test_versions_that_are_not_declared_as_such_are_read_once(text: str) -> None:
    """Some programs send the plain text and the same HTML as two parts of a mixed mail."""
    assert text_of(mail(plain(text), page(text))) == text


@pytest.mark.parametrize("text", TEXTS)
def test_a_mail_that_only_carries_another_is_that_mail(text: str) -> None:
    """Subject and sender of the carried mail count, and the note stays."""
    inner = plain(text + text + text)
    inner["From"], inner["Subject"] = "Agency <a@agency.example>", "Fwd: Varnby closes its quay"
    article = only(mail(plain("Please use."), attached(inner)).as_bytes(), "a.eml")
    assert (article.title, article.author) == ("Varnby closes its quay", "Agency")
    assert article.text == f"Please use.\n\n{text * 3}"


def test_a_carried_mail_below_an_article_changes_no_field() -> None:
    """A mail with its own text keeps its subject; both texts are read."""
    inner = plain("See you there.")
    inner["Subject"] = "Lunch"
    article = only(mail(plain(ENGLISH), attached(inner)).as_bytes(), "a.eml")
    assert (article.title, article.text) == ("Quay", f"{ENGLISH}\n\nSee you there.")


def attachment(text: str, name: str) -> EmailMessage:
    """Return ``text`` as an attached file."""
    part = plain(text)
    part["Content-Disposition"] = f'attachment; filename="{name}"'
    return part


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_that_is_attached_below_a_note_is_read(text: str) -> None:
    """A freelancer writes "see attachment" and attaches the story as a text file."""
    assert text_of(mail(plain("Voilà."), attachment(text * 3, "story.txt"))) == f"Voilà.\n\n{text * 3}"
    assert text_of(mail(attachment(text, "story.txt"))) == text


def test_a_text_that_is_attached_below_an_article_is_noted() -> None:
    """A mail with an article of its own keeps it, and says that the attachment was not read."""
    article = only(mail(plain(ENGLISH * 3), attachment(GERMAN, "a.txt")).as_bytes(), "a.eml")
    assert article.text == ENGLISH * 3
    assert "1 attached text" in article.notes[0]


def test_a_digest_names_the_subject_of_each_mail() -> None:
    """The mails of a digest are separate articles."""
    first, second = plain(ENGLISH), plain(GERMAN)
    first["Subject"], second["Subject"] = "Quay", "Kai"
    assert text_of(mail(attached(first), attached(second), subtype="digest")) == f"Quay\n\n{ENGLISH}\n\nKai\n\n{GERMAN}"


def test_the_footer_of_a_mailing_list_is_no_text() -> None:
    """The part that Mailman appends is removed; a part that an author begins with a rule is not."""
    footer = "_" * 47 + "\nquay-list mailing list\nquay-list@courier.example\n"
    assert text_of(mail(page(FRENCH), plain(footer))) == FRENCH
    ruled = "_" * 47 + f"\n{GERMAN}"
    assert text_of(mail(page(FRENCH), plain(ruled))) == f"{FRENCH}\n\n{ruled}"


def test_flowed_lines_are_paragraphs() -> None:
    """A line that ends in a blank continues; the blank before "From" and the signature go."""
    text = "Der Hafenrat schließt den östlichen \nKai für acht Monate.\n\n From Tuesday on.\n\n-- \nMara Ellund\n"
    message = b"Subject: a\nContent-Type: text/plain; charset=utf-8; format=flowed\n\n" + text.encode()
    expected = "Der Hafenrat schließt den östlichen Kai für acht Monate.\n\nFrom Tuesday on."
    assert only(message, "a.eml").text == expected
    delsp = "東埠頭を八か月 \n間閉鎖する。".encode()
    assert only(message.split(b"\n\n")[0] + b"; delsp=yes\n\n" + delsp, "a.eml").text == "東埠頭を八か月間閉鎖する。"


HEAD = b"From: Mara Ellund <m@courier.example>\nSubject: Quay\nMIME-Version: 1.0\n"
PART = b"--=_Part_1\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: %s\n\n%s\n--=_Part_1--\n"


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize(
    "content_type",
    [
        b'Content-Type: multipart/mixed; boundary="=_Part_9"\n',
        b"Content-Type: multipart/mixed\n",
        b'Content-Type: multipart/alternative; boundary=""\n',
        b'Content-Type: multipart/mixed; boundary="=_Part_9"\nContent-Type: multipart/mixed; boundary="=_Part_1"\n',
        b"Content-Type: text/plain; charset=utf-8\n",
        b"",
        b"\nThis is a multi-part message in MIME format.\n",
    ],
)
@pytest.mark.parametrize("encoding", [b"8bit", b"base64", b"quoted-printable"])
def test_a_wrong_or_lost_boundary_publishes_no_mime(text: str, content_type: bytes, encoding: bytes) -> None:
    """The lines of the body show how its parts are separated."""
    encoded = text.encode()
    if encoding != b"8bit":
        encoded = base64.encodebytes(encoded) if encoding == b"base64" else quopri.encodestring(encoded)
    data = HEAD + content_type + b"\n" + PART % (encoding, encoded)
    assert only(data, "a.eml").text == text


def test_a_lost_boundary_of_an_inner_part_is_found() -> None:
    """The outer boundary is right, the inner one is not."""
    inner = b"--x\nContent-Type: multipart/alternative; boundary=lost\n\n" + PART % (b"8bit", GERMAN.encode())
    data = HEAD + b"Content-Type: multipart/mixed; boundary=x\n\n" + inner + b"--x--\n"
    assert only(data, "a.eml").text == GERMAN


@pytest.mark.parametrize("text", TEXTS)
def test_base64_and_quoted_printable_without_a_header_are_decoded(text: str) -> None:
    """A mail that lost its transfer encoding is not published in it."""
    long = f"{text}\n\n" * 5
    assert only(HEAD + b"\n" + base64.encodebytes(long.encode()), "a.eml").text == long.strip()
    assert only(HEAD + b"\n" + quopri.encodestring(long.encode()), "a.eml").text == long.strip()


@pytest.mark.parametrize(
    "text",
    [
        "--quay\nContent-Type: is a header, she said.\n",
        "The law says:\n-- or so --\nA = B\nC=\nD",
        "A" * 60,
        "E=mc2 =\nand so on = 3",
    ],
)
def test_prose_is_not_taken_for_mime(text: str) -> None:
    """Dashes, equals signs and long words of an author stay."""
    assert only(HEAD + b"\n" + f"{ENGLISH}\n\n{text}".encode(), "a.eml").text == f"{ENGLISH}\n\n{text}".strip()


_LEAVES: st.SearchStrategy[Any] = st.tuples(st.sampled_from(["plain", "html"]), st.sampled_from(TEXTS))
_TREES = st.recursive(
    _LEAVES,
    lambda inner: st.tuples(st.sampled_from(["mixed", "related", "mail"]), st.lists(inner, min_size=1, max_size=3)),
)


def _compose(tree: Any, expected: list[str]) -> EmailMessage:
    """Return the part that ``tree`` describes; append its texts, each with a number, to ``expected``."""
    kind, content = tree
    if isinstance(content, str):
        expected.append(f"{content} {1000 + len(expected)}")
        return plain(expected[-1]) if kind == "plain" else page(expected[-1])
    children = [_compose(child, expected) for child in content]
    if kind == "mail":
        return mail(*map(attached, children), picture())
    return mail(*children, picture(), subtype=kind)


@pytest.mark.slow
@given(_TREES)
def test_no_text_part_of_a_composed_mail_is_lost(tree: Any) -> None:
    """Whatever parts the standard library composes, each text is read once, in order."""
    expected: list[str] = []
    text = text_of(mail(_compose(tree, expected)))
    assert [text.count(part) for part in expected] == [1] * len(expected)
    assert (positions := list(map(text.index, expected))) == sorted(positions)


@given(
    st.lists(
        st.sampled_from([b"--b\n", b"--b--\n", b"\n", b"Content-Type: text/html\n", b"Content-Type: message/rfc822\n"])
        | st.sampled_from(
            [b'Content-Type: multipart/mixed; boundary="b"\n', b"aGVsbG8=\n", b"> a\n", b"-- \n", b"a\xff\n"]
        ),
        max_size=30,
    )
)
def test_any_order_of_lines_is_a_mail_or_refused(lines: list[bytes]) -> None:
    """No arrangement of separators and headers raises anything but the project's error."""
    try:
        articles = outcomes(HEAD + b"".join(lines) + b"\nThe bridge is closed.\n", "a.eml")
    except QuarantineError:
        return
    assert len(articles) == 1


@pytest.mark.parametrize(
    "line",
    [
        b"--b\nContent-Type: text/plain\n\n",
        b"Content-Type: message/rfc822\n\n",
        b"From: a@b\nSent: c\nTo: d\n\n",
        b"> a\n\nAm 09.04.31 um 07:30 schrieb Jon:\n",
        b"A" * 76 + b"\n",
        b"=C3=BC=\n",
        b"-" * 70 + b"x\n",
        b"-",
        b"wrote:",
        b"\n",
        b"> ",
        b"<blockquote type=cite>a",
        b"1 2031 @",
        b"--\n",
    ],
)
@pytest.mark.parametrize("kind", [b"plain", b"html", b"plain; format=flowed"])
def test_a_mail_of_repeated_lines_costs_little(line: bytes, kind: bytes) -> None:
    """A megabyte of what the reader looks for takes less than three seconds."""
    body = line * (1_000_000 // len(line)) + b"x\nThe bridge is closed.\nwrote:\n> a\n"
    with costs_at_most(3), contextlib.suppress(QuarantineError):
        outcomes(HEAD + b"Content-Type: text/" + kind + b"\n\n" + body, "a.eml")
