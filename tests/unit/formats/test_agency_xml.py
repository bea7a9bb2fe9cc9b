"""NITF and NewsML-G2 as agencies fill them: notes, bylines, tables, datelines, frames of pages, and the status."""

import pytest

from tests.unit.formats.reads import only, refusal
from worker.article import Article, PublicationStatus

TEXT = "The harbour council of Varnby voted on Tuesday to close the eastern quay."
NOTE = "Editors: this note has a body like that of the article."


def nitf(head: str = "", body_head: str = "", content: str = f"<p>{TEXT}</p>") -> Article:
    """Return what is read from a NITF document with these parts."""
    data = f"<nitf><head>{head}</head><body><body.head>{body_head}</body.head><body.content>{content}</body.content>"
    return only(f"{data}</body></nitf>".encode(), "a.xml")


def newsml(content: str, meta: str = "", item: str = "", root: str = "") -> Article:
    """Return what is read from a news item with this content set, content metadata and item metadata."""
    return only(newsml_bytes(content, meta, item, root), "a.xml")


def newsml_bytes(content: str, meta: str = "", item: str = "", root: str = "") -> bytes:
    """Return a news item as bytes."""
    return (
        f'<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:7" {root}><itemMeta>{item}</itemMeta>'
        f"<contentMeta>{meta}</contentMeta><contentSet>{content}</contentSet></newsItem>"
    ).encode()


def xhtml(body: str) -> str:
    """Return inline XHTML."""
    return f'<inlineXML><html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body>{body}</body></html></inlineXML>'


@pytest.mark.parametrize(
    "note",
    [
        f'<note noteclass="editorsnote"><body.content><p>{NOTE}</p></body.content></note>',
        f"<note><body.content><block><p>{NOTE}</p></block></body.content></note>",
    ],
)
def test_a_note_in_the_head_is_not_the_article(note: str) -> None:
    """The body of an editor's note is not read, also if it comes first."""
    assert nitf(body_head=note).text == TEXT
    assert nitf(content=f"{note}<p>{TEXT}</p>").text == TEXT


@pytest.mark.parametrize(
    ("byline", "author"),
    [
        (
            "By <person>MARA ELLUND</person><byttl>Courier Business Writer</byttl>",
            "MARA ELLUND",
        ),
        ("By JON ASKERY<byttl>Staff</byttl>", "JON ASKERY"),
        ("<person>Ida Rosenholm</person>, Varnby", "Ida Rosenholm, Varnby"),
        ("gr/bp", None),
        ("", None),
    ],
)
def test_names_and_titles_of_a_byline(byline: str, author: str | None) -> None:
    """A place stays with its name; titles and signs of the staff are no names."""
    assert nitf(body_head=f"<byline>{byline}</byline>").author == author


def test_cells_and_line_breaks_separate_words() -> None:
    """Cells of a row are words of one line; a line break is a line end; marks of persons separate nothing."""
    rows = "<table><tr><th>Team</th><th>Pts</th></tr><tr><td>Varnby</td><td>31</td></tr></table>"
    assert nitf(content=f"<p>{TEXT}</p>{rows}").text == f"{TEXT}\n\nTeam Pts\n\nVarnby 31"
    assert (
        nitf(content="<p>Der Hafen<br/>öffnet. <person>Ellund</person>s Rede</p>").text
        == "Der Hafen\nöffnet. Ellunds Rede"
    )


@pytest.mark.parametrize(
    ("dateline", "read"),
    [
        ("<location>NEW YORK</location>", "NEW YORK"),
        ("<location><city>Sydney</city></location><story.date>April 9</story.date>", "Sydney April 9"),
        ('<story.date norm="20310409T073000+0000">20310409T073000+0000</story.date>', None),
        ("2031-04-09 07:30:00 GMT+00:00", None),
        ("VARNBY, April 9 (Reuters) - ", "VARNBY, April 9 (Reuters)"),
    ],
)
def test_a_dateline_is_a_field(dateline: str, read: str | None) -> None:
    """A separate dateline does not enter the text; a machine's time is none."""
    assert nitf(body_head=f"<dateline>{dateline}</dateline>").dateline == read
    assert newsml(xhtml(f"<p>{TEXT}</p>"), f"<dateline>{dateline}</dateline>").dateline == read


def test_the_frame_of_a_page_is_not_the_text() -> None:
    """Header, caption and footer of an XHTML page are dropped, paragraphs and tables are kept."""
    page = (
        f"<header><h1>Quay</h1></header><p>{TEXT}</p><figure><img/><figcaption>A crane.</figcaption></figure>"
        "<table><tr><td>Pier</td><td>2</td></tr></table><footer><p>tel. 555-0100</p></footer>"
    )
    assert newsml(xhtml(page)).text == f"{TEXT}\n\nPier 2"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (f"&lt;p>\n{TEXT}\nFerries stop.\nThe ferry waits.&lt;/p>", f"{TEXT}\nFerries stop.\nThe ferry waits."),
        (f"&lt;p>{TEXT}&lt;/p>&lt;p>Ferries stop.&lt;/p>", f"{TEXT}\n\nFerries stop."),
        ("A rise of &lt; 3 percent.", "A rise of < 3 percent."),
    ],
)
def test_markup_in_plain_text(data: str, text: str) -> None:
    """Some agencies wrap plain text in tags; its lines stay lines."""
    assert newsml(f'<inlineData contenttype="text/plain">{data}</inlineData>').text == text


@pytest.mark.parametrize(
    ("head", "status", "until"),
    [
        ("", PublicationStatus.USABLE, None),
        ('<docdata management-status="usable"/>', PublicationStatus.USABLE, None),
        ('<docdata management-status="canceled"/>', PublicationStatus.WITHDRAWN, None),
        (
            '<docdata management-status="embargoed"><date.release norm="20310409T100000Z"/></docdata>',
            PublicationStatus.WITHHELD,
            None,
        ),
        (
            '<docdata><date.issue norm="20310409T073000Z"/><date.release norm="20310410T000100Z"/></docdata>',
            PublicationStatus.WITHHELD,
            "2031-04-10T00:01:00+00:00",
        ),
        (
            '<docdata><date.issue norm="20310409T073000Z"/><doc.rights startdate="20310410T000000Z"/></docdata>',
            PublicationStatus.WITHHELD,
            "2031-04-10T00:00:00+00:00",
        ),
        (
            '<docdata><date.issue norm="20310409T073000Z"/><date.release norm="20310409T073000Z"/></docdata>',
            PublicationStatus.USABLE,
            None,
        ),
        ('<docdata><ed-msg info="KILL - do not use"/></docdata>', PublicationStatus.WITHDRAWN, None),
        ('<docdata><ed-msg info="Sperrfrist: 10. April, 6 Uhr"/></docdata>', PublicationStatus.WITHHELD, None),
        ('<docdata><ed-msg info="Embargo lifted"/></docdata>', PublicationStatus.USABLE, None),
        ('<docdata><ed-msg info="For global distribution"/></docdata>', PublicationStatus.USABLE, None),
        ("<title>KILL: Varnby closes its quay</title>", PublicationStatus.WITHDRAWN, None),
        ("<title>Kill Bill opens in Varnby</title>", PublicationStatus.USABLE, None),
        ('<revision-history norm="20310409T08Z" comment="Story withdrawn."/>', PublicationStatus.WITHDRAWN, None),
    ],
)
def test_the_status_of_nitf(head: str, status: PublicationStatus, until: str | None) -> None:
    """Codes, times of release and notes say whether an article may be published."""
    article = nitf(head)
    assert article.status == status
    if until:
        assert article.embargoed_until is not None
        assert article.embargoed_until.isoformat() == until


@pytest.mark.parametrize(
    ("item", "status"),
    [
        ('<pubStatus qcode="stat:usable"/>', PublicationStatus.USABLE),
        ('<pubStatus qcode="stat:canceled"/>', PublicationStatus.WITHDRAWN),
        ('<pubStatus uri="http://cv.iptc.org/newscodes/pubstatusg2/withheld"/>', PublicationStatus.WITHHELD),
        ("<embargoed>2099-10-23T12:00:00Z</embargoed>", PublicationStatus.WITHHELD),
        ("<embargoed/>", PublicationStatus.USABLE),
        ("<edNote>ANNULATION : cette dépêche est annulée.</edNote>", PublicationStatus.WITHDRAWN),
        ("<edNote>Die Meldung wird zurückgezogen.</edNote>", PublicationStatus.WITHDRAWN),
        ("<edNote>Con embargo hasta las 6.</edNote>", PublicationStatus.WITHHELD),
        ("<edNote>Adds details of the killing.</edNote>", PublicationStatus.USABLE),
    ],
)
def test_the_status_of_newsml(item: str, status: PublicationStatus) -> None:
    """Codes, embargoes and notes in five languages say whether an item may be published."""
    assert newsml(xhtml(f"<p>{TEXT}</p>"), item=item).status == status


def test_a_kill_notice_without_a_text_is_read() -> None:
    """A notice that names its item by the id alone is an article of its note, so that it is not lost."""
    kill = '<pubStatus qcode="stat:canceled"/><edNote>KILL - the quay stays open.</edNote>'
    article = newsml("", "<headline>Varnby closes its quay</headline>", kill)
    assert (article.text, article.status) == ("KILL - the quay stays open.", PublicationStatus.WITHDRAWN)
    assert nitf('<title>Quay</title><docdata management-status="killed"/>', content="").text == "Quay"
    assert "no text" in refusal(newsml_bytes(""), "a.xml")
