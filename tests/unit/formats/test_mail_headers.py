"""Headers of a mail in any charset, and the prefixes of its subject."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.formats.reads import only


def subject_of(subject: bytes, more: bytes = b"") -> str | None:
    """Return the title of a mail with this subject."""
    return only(b"From: a@b.example\nSubject: " + subject + b"\n" + more + b"\nThe bridge is closed.", "a.eml").title


def author_of(sender: bytes) -> str | None:
    """Return the author of a mail with this sender."""
    return only(b"Subject: a\nFrom: " + sender + b"\n\nThe bridge is closed.", "a.eml").author


def word(text: str, charset: str, label: str = "") -> bytes:
    """Return ``text`` as an encoded word."""
    return b"=?" + (label or charset).encode() + b"?B?" + base64.b64encode(text.encode(charset)) + b"?="


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        (word("“41 €” – l’élue", "cp1252", "iso-8859-1"), "“41 €” – l’élue"),
        (word("Žďár: přístav", "cp1250", "iso-8859-2-unknown"), "Žďár: přístav"),
        (word("東埠頭は火曜日", "iso2022_jp"), "東埠頭は火曜日"),
        (word("港口委员会", "gb18030", "GB2312"), "港口委员会"),
        (word("동쪽 부두", "cp949", "ks_c_5601-1987"), "동쪽 부두"),
        (word("Порт закрыт", "koi8_r"), "Порт закрыт"),
        ("Größere Gebühren für den Kai".encode(), "Größere Gebühren für den Kai"),
        ("Größere Gebühren für den Kai".encode("cp1252"), "Größere Gebühren für den Kai"),
        ("Совет порта решил закрыть причал".encode("cp1251"), "Совет порта решил закрыть причал"),
        ("東埠頭は火曜日".encode("iso2022_jp"), "東埠頭は火曜日"),
        (b"=?utf-8?Q?Kai_f=C3?=\n =?utf-8?Q?=BCr_alle?=", "Kai für alle"),
        (b"=?utf-8?B?5p2x5Z8=?=\n =?utf-8?B?oOmgrQ==?=", "東埠頭"),
        (b"=?utf-8?Q?Old bridge?= closed", "Old bridge closed"),
        (b"=?utf-8?Q?Kai?= und =?utf-8*de?Q?Br=C3=BCcke?=", "Kai und Brücke"),
        (b"Kai=?utf-8?Q?_f=C3=BCr?=alle", "Kai füralle"),
        (b"=?utf-8?B?S2Fp?", "=?utf-8?B?S2Fp?"),
        (b"=?utf-8?B?S2F?=", "Ka"),
        (b"Is 1 =? 2 ?= 3", "Is 1 =? 2 ?= 3"),
    ],
)
def test_a_subject_is_decoded(subject: bytes, title: str) -> None:
    """Labels mean what browsers mean, words may end within a character, and raw bytes are recognised."""
    assert subject_of(subject) == title


def test_a_raw_subject_is_in_the_charset_of_the_body() -> None:
    """A header without a label has the charset that the mail declares."""
    more = b"Content-Type: text/plain; charset=iso-8859-2\n"
    assert subject_of("Žďár".encode("iso8859_2"), more) == "Žďár"


@pytest.mark.parametrize(
    ("sender", "author"),
    [
        (word("Šime O’Hara", "cp1252", "iso-8859-1") + b" <s@courier.example>", "Šime O’Hara"),
        (b'"Ellund, Mara" <m@courier.example>', "Ellund, Mara"),
        (b'"' + word("Zoë Brandt", "utf-8") + b'" <z@courier.example>', "Zoë Brandt"),
        ("Åse Ødegård <a@courier.example>".encode("cp1252"), "Åse Ødegård"),
        (b"m@courier.example (Mara Ellund)", "Mara Ellund"),
        (b"<m@courier.example>", None),
        (b"m@courier.example", None),
        (b"Mara Ellund <m@courier.example>, Jon Feld <j@courier.example>", "Mara Ellund, Jon Feld"),
    ],
)
def test_a_sender_is_named(sender: bytes, author: str | None) -> None:
    """The author is the name of the sender; an address is no name."""
    assert author_of(sender) == author


HEADLINE = "Varnby schließt den Kai"


@pytest.mark.parametrize(
    "prefix",
    "Fwd:|FW: |Re: |RE[2]: |WG: |AW: |TR: |RV: |VS: |VB: |Doorst: |Antw: |I: Fwd: |Odp: |PD: |Přep: |Rép : |ENC: |RES: "
    "|転送: |回复：|转发: |Ynt: |İlt: |Отв: |Пер: |Fwd: Re: [quay-list] |[quay-list] Re: ".split("|"),
)
def test_prefixes_of_replies_and_forwards_are_removed(prefix: str) -> None:
    """The title is the headline alone."""
    expected = f"I: Fwd: {HEADLINE}" if prefix.startswith("I:") else HEADLINE
    assert subject_of(f"{prefix}{HEADLINE}".encode()) == expected


@pytest.mark.parametrize("mark", ["[EXTERNAL] ", "[Extern]: ", "EXTERNAL: Re: ", "AW: [External Sender] "])
def test_the_mark_of_a_mail_gateway_is_removed(mark: str) -> None:
    """Gateways mark mail from outside in its subject."""
    assert subject_of(f"{mark}{HEADLINE}".encode()) == HEADLINE


@pytest.mark.parametrize("title", ["External examiners leave Varnby", "[Opinion] The quay", "Re-opening of the quay"])
def test_a_headline_that_begins_like_a_mark_stays(title: str) -> None:
    """Words of a headline are no mark."""
    assert subject_of(title.encode()) == title


def test_the_name_of_a_list_is_removed_where_a_list_sent_the_mail() -> None:
    """Brackets of an author stay, and so do headlines that begin with a short word and a colon."""
    assert subject_of(b"[quay-list] Varnby", b"List-Id: <quay-list.courier.example>\n") == "Varnby"
    for title in (
        "[quay-list] Varnby",
        "[Update] Varnby closes",
        "Fwd: [Video] Varnby",
        "Hafen: Kai zu",
        "Fwd:",
        "Revue: art",
    ):
        assert subject_of(title.encode()) == title.removeprefix("Fwd: ")


@given(st.text(max_size=80), st.sampled_from(["utf-8", "iso-8859-1", "iso-2022-jp", "no-such", "utf-7"]))
def test_any_encoded_word_is_read(text: str, label: str) -> None:
    """No encoded word costs the mail."""
    encoded = base64.b64encode(text.encode("utf-8", "replace"))
    subject_of(b"a =?" + label.encode() + b"?B?" + encoded + b"?= b")
