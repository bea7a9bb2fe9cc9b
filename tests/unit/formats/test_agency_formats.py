"""ninjs, NewsML 1.2, IPTC 7901, ANPA 1312, .docx and .odt beyond their golden files: variants, status, refusals."""

import json
from typing import Any

import pytest

from tests.unit.formats.reads import only, refusal
from worker.article import PublicationStatus
from worker.formats import sniff

TEXT = "The harbour council of Varnby voted on Tuesday to close the eastern quay."


def ninjs(**fields: Any) -> bytes:
    """Return an item of ninjs 1.3 with these fields."""
    item = {"uri": "urn:7", "type": "text", "pubstatus": "usable", "versioncreated": "2031-04-09T07:30:00Z"} | fields
    return json.dumps(item).encode()


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"body_text": TEXT}, TEXT),
        ({"body_html": f"<p>{TEXT}</p><p>Die Fähre fährt.</p>"}, f"{TEXT}\n\nDie Fähre fährt."),
        ({"body_xhtml": f"<div><p>{TEXT}</p></div>"}, TEXT),
        ({"bodies": [{"role": "teaser", "value": "No."}, {"role": "main", "value": f"<p>{TEXT}</p>"}]}, TEXT),
        ({"bodies": [{"value": TEXT}]}, TEXT),
        ({"description_text": TEXT, "ednote": "Adds details"}, TEXT),
    ],
)
def test_bodies_of_ninjs(fields: dict[str, Any], text: str) -> None:
    """The text is in one of three fields or in a list, as plain text or as HTML."""
    assert only(ninjs(**fields, copyrightholder="LPA"), "a.json").text == text


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"pubstatus": "canceled"}, PublicationStatus.WITHDRAWN),
        ({"pubstatus": "withheld"}, PublicationStatus.WITHHELD),
        ({"embargoed": "2099-10-23T12:00:00Z"}, PublicationStatus.WITHHELD),
        ({"ednote": "Story withdrawn by the editors: story is withdrawn."}, PublicationStatus.WITHDRAWN),
        ({"headline": "KILL: Varnby closes its quay"}, PublicationStatus.WITHDRAWN),
        ({"ednote": "Adds details"}, PublicationStatus.USABLE),
    ],
)
def test_the_status_of_ninjs(fields: dict[str, Any], status: PublicationStatus) -> None:
    """Code, embargo, note and headline say whether an item may be published."""
    assert only(ninjs(body_text=TEXT, **fields), "a.json").status == status


def test_an_embargo_alone_makes_an_item_of_ninjs() -> None:
    """Status and times are optional in ninjs; an embargo is not lost without them."""
    item = {"uri": "urn:lpa:7", "type": "text", "body_text": TEXT, "embargoed": "2099-10-23T12:00:00Z"}
    assert only(json.dumps(item).encode(), "a.json").status == PublicationStatus.WITHHELD


def test_a_package_in_ninjs_is_no_article() -> None:
    """Its headline alone is no text, and what is associated with it has items of its own."""
    side = {"uri": "urn:x:2", "type": "text", "body_text": TEXT}
    package = ninjs(type="composite", headline="The quay", associations={"main": side})
    assert "send each as an item of its own" in refusal(package, "a.json")


def test_a_picture_in_ninjs_is_refused_with_its_type() -> None:
    """An item without a text is named by its type."""
    assert "of the type picture" in refusal(ninjs(type="picture", body_text=""), "a.json")


def test_ordinary_json_is_no_ninjs() -> None:
    """An object with the field of the text is read as before."""
    article = only(json.dumps({"text": TEXT, "pubstatus": "x", "body_html": "<p>Other.</p>"}).encode(), "a.json")
    assert article.text == TEXT


def newsml1(status: str = "Usable", content: str = f"<p>{TEXT}</p>", management: str = "", lines: str = "") -> bytes:
    """Return a message of NewsML 1.2."""
    return (
        "<NewsML><NewsItem><Identification><NewsIdentifier><ProviderId>lpa.example</ProviderId><DateId>20310409</DateId>"
        "<NewsItemId>7</NewsItemId><RevisionId>3</RevisionId></NewsIdentifier></Identification><NewsManagement>"
        f'<Status FormalName="{status}"/>{management}</NewsManagement><NewsComponent><NewsLines>{lines}</NewsLines>'
        f"<ContentItem><DataContent>{content}</DataContent></ContentItem></NewsComponent></NewsItem></NewsML>"
    ).encode()


@pytest.mark.parametrize(
    "content",
    [
        f"<p>{TEXT}</p>",
        f"<nitf><body><body.content><p>{TEXT}</p></body.content></body></nitf>",
        f"<html><head><title>No</title></head><body><p>{TEXT}</p><footer>No</footer></body></html>",
        f"<![CDATA[<p>{TEXT}</p>]]>",
        TEXT,
    ],
)
def test_texts_of_newsml_1(content: str) -> None:
    """The text is inline as paragraphs, NITF, a page or plain text."""
    article = only(newsml1(content=content), "a.xml")
    assert (article.text, article.provider, article.version) == (TEXT, "lpa.example", 3)
    assert article.external_id == "urn:newsml:lpa.example:20310409:7"


def test_the_status_of_newsml_1() -> None:
    """The status is a name; an embargo ends when the status will change; a kill needs no text."""
    later = "<StatusWillChange><DateAndTime>20990101T000000Z</DateAndTime></StatusWillChange>"
    held = only(newsml1("Embargoed", management=later), "a.xml")
    assert held.status == PublicationStatus.WITHHELD
    assert held.embargoed_until is not None
    killed = only(newsml1("Canceled", "", lines="<HeadLine>Quay</HeadLine>"), "a.xml")
    assert (killed.status, killed.text) == (PublicationStatus.WITHDRAWN, "Quay")
    assert "no text" in refusal(newsml1(content=""), "a.xml")


DPA = f"lba0124 3 vm 93  dpa 1888\n\nVerkehr/Häfen/\nEIL\nVarnby schließt seinen Kai =\n\nVarnby (dpa) - {TEXT}\n"


@pytest.mark.parametrize(
    ("data", "title"),
    [
        (DPA, "Varnby schließt seinen Kai"),
        (
            f"{DPA}\n# Notizblock\n\n## Orte\n- [Kai](Varnby)\n\ndpa grj\n\n091330 GMT Apr 31\n",
            "Varnby schließt seinen Kai",
        ),
        (f"ZCZC LPA0123\nQuay closes =\n\nVarnby (dpa) - {TEXT}\n\nNNNN\n", "Quay closes"),
        (
            f"\x01lpa0012 4 i 12 lpa 0012\n\x02Quay closes =\n     Varnby (dpa) - {TEXT}\n\x03091330 GMT Apr 31\x04",
            "Quay closes",
        ),
    ],
)
def test_messages_of_iptc_7901(data: str, title: str) -> None:
    """With or without control characters: keywords, notes for editors and trailers are no text."""
    article = only(data.encode(), "a.txt")
    assert (article.title, article.text) == (title, f"Varnby (dpa) - {TEXT}")


def test_kills_in_wire_texts() -> None:
    """A headline or a note above the text withdraws the message."""
    seven = only(f"ZCZC LPA0123\nKILL: Quay closes =\n\n{TEXT}\nNNNN\n".encode(), "a.txt")
    head = "V0017lpa--\nr i BC-Quay          04-09 0012\n^BC-Quay,12<\n^Quay<\n^Eds: Kill - wrong.<\n"
    anpa = only(f"{head}\t   {TEXT}\n".encode(), "a")
    assert [seven.status, anpa.status] == [PublicationStatus.WITHDRAWN] * 2


@pytest.mark.parametrize("text", ["ZCZC is how messages began.\n", "Varnby 1234 5 i 93\n", "W2870 steht am Tor.\n"])
def test_prose_is_no_wire_text(text: str) -> None:
    """Only the whole form of a header line is one."""
    assert sniff(text.encode(), "a.txt") == "text"


def test_an_office_document_that_is_no_text_is_refused() -> None:
    """A spreadsheet is named as an office document, a damaged one as damaged."""
    assert "office document" in refusal(b"PK\x03\x04" + bytes(26) + b"[Content_Types].xml xl/workbook.xml", "a.xlsx")
    assert "damaged" in refusal(b"PK\x03\x04" + bytes(26) + b"[Content_Types].xml word/document.xml", "a.docx")


def test_heads_of_iptc_7901_without_a_sign() -> None:
    """AFP sets keywords and headline flush left and indents the text; a note in brackets is no part of a headline."""
    afp = f"\x01GLF0123 4 pol 0210 FRA /AFP-AB12\n\x02Port-travaux\nVarnby ferme son quai\n\n   {TEXT}\n\x03"
    article = only(afp.encode(), "a.txt")
    assert (article.title, article.text) == ("Varnby ferme son quai", TEXT)
    dpa = f"\x01bdt0123 4 pol 231 dpa 0412\n\x02Hafen/\n(Zusammenfassung 1900)\nVarnby sperrt den Kai =\n\n{TEXT}\n\x03"
    assert only(dpa.encode(), "a.txt").title == "Varnby sperrt den Kai"


def test_bylines_of_ninjs_2() -> None:
    """Version 2 has a list of bylines with roles."""
    assert only(ninjs(bodies=[{"value": TEXT}], bylines=[{"value": "Mara Ellund"}]), "a.json").author == "Mara Ellund"


@pytest.mark.parametrize(
    ("head", "status", "until"),
    [
        ("EMBARGOED UNTIL 00:01 GMT ON 9 APRIL 2099", PublicationStatus.WITHHELD, "2099-04-09T00:01:00+00:00"),
        ("***SPERRFRIST: Freitag, 9. April 2099, 18 Uhr***", PublicationStatus.WITHHELD, None),
        ("SPERRFRIST 9. April 2099, 18.00 Uhr", PublicationStatus.WITHHELD, None),
        ("Sous embargo jusqu'au 9 avril 2099 à 18h00", PublicationStatus.WITHHELD, None),
        ("Under embargo til 9. april 2099 kl. 06.00", PublicationStatus.WITHHELD, None),
        ("MANDATORY KILL\n\nEds: Kill the story Varnby-Quay. Do not use.", PublicationStatus.WITHDRAWN, None),
        ("EDS: STORY WITHDRAWN", PublicationStatus.WITHDRAWN, None),
        ("Achtung, Redaktionen: Die Meldung wird zurückgezogen", PublicationStatus.WITHDRAWN, None),
        ("Embargo until 2031 angers Lorn", PublicationStatus.USABLE, None),
        ("EMBARGO ON 40 FISH TAKES EFFECT", PublicationStatus.USABLE, None),
        ("Kill Bill comes to Varnby", PublicationStatus.USABLE, None),
        ("Attention: the ferry is cancelled.", PublicationStatus.USABLE, None),
        ("Achtung: Embargo gegen Lorn", PublicationStatus.USABLE, None),
    ],
)
def test_the_status_of_a_plain_text(head: str, status: PublicationStatus, until: str | None) -> None:
    """A kill or an embargo above the text counts; headlines that have such words do not."""
    article = only(f"{head}\n\n{TEXT}\n".encode(), "a.txt")
    end = article.embargoed_until
    assert (article.status, end.isoformat() if end else None) == (status, until)


def test_wrapped_lines_of_a_short_message_are_joined() -> None:
    """An indented line begins a paragraph; a line that had room for the next word was broken by its author."""
    first = "   VARNBY (AP) _ The harbour council of Varnby voted on Tues-"
    second = "day to close the quay for eight months, and the town reckons"
    body = f"{first}\n{second}\nwith longer crossings.\n   Results:\nVarnby 3\nAskery 1\n"
    head = "W0412cynews\nr n BC-EU--Varnby-Quay     04-09 0123\n"
    title = "^BC-EU--Varnby-Quay,123<\n^Varnby closes quay<\n"
    text = only(f"{head}{title}{body}AP-WF-04-09-31 1015GMT<\n".encode(), "a.anpa").text
    assert "and the town reckons with longer crossings.\n\nResults:\nVarnby 3\nAskery 1" in text
    assert "on Tues-\nday" in text
