"""Mail programs of many languages: the line above a quotation, headers, telephones and footers of lists."""

import pytest

from tests.unit.formats.reads import only
from worker.formats.readers.mail_quotes import author_text

LEAD = "The council of Marrow voted late on Monday to drain the mill pond and to build a swimming hall of timber."
TEXT = f"{LEAD}\n\nThe hall will cost twelve million florins, said the mayor, half of it paid by the county."


@pytest.mark.parametrize(
    "attribution",
    [
        "вт, 8 апр. 2031 г. в 18:02, Desk <desk@monitor.example>:",
        "2031年4月8日(火) 18:02 Desk <desk@monitor.example>:",
        "Op di 8 apr 2031 om 18:02 schreef Desk <desk@monitor.example>:",
        "Desk <desk@monitor.example> ezt írta (időpont: 2031. ápr. 8., K, 18:02):",
        "\u202bבתאריך יום ג׳, 8 באפר׳ 2031 ב-18:02 מאת \u202aDesk\u202c\u200f <\u202ad@m.example\u202c\u200f>:\u202c",
        "في ٨ أبريل ٢٠٣١، الساعة ٦:٠٢ م، كتب Desk <desk@monitor.example>:",
        "Desk <desk@monitor.example> escreveu (terça, 8/04/2031 à(s) 18:02):",
        "2031-04-08 오후 6:02에 Desk 이(가) 쓴 글:",
        "> On 8 Apr 2031, at 18:02, Desk <desk@monitor.example> wrote:\n> ",
    ],
)
def test_an_address_with_a_time_attributes_a_quotation_in_any_language(attribution: str) -> None:
    """What a program writes above a quotation goes with the short mail that was answered."""
    assert author_text(f"{TEXT}\n\n{attribution}\n\n> Could you send it?\n") == TEXT


def test_a_time_without_an_address_introduces_a_letter() -> None:
    """The author quotes a letter that was sent at a time: both stay."""
    letter = f"{TEXT}\n\nThe letter of 8 April 2031, sent at 18:02, said:\n\n> The pond is safe.\n\nNobody believed it."
    assert author_text(letter) == letter


@pytest.mark.parametrize(
    "header",
    [
        "De: Prensa <p@v.ex>\nEnviado el: martes, 8 de abril\nPara: Desk\nAsunto: Muelle\nImportancia: Alta",
        "Von: Amt <p@v.ex>\nGesendet: Dienstag\nAn: Desk\nBetreff: Teich\nAnlagen: teich.pdf",
        "מאת: דובר <p@v.ex>\nנשלח: יום שלישי\nאל: Desk\nנושא: בריכה",
        "من: المكتب <p@v.ex>\nتم الإرسال: الثلاثاء\nإلى: Desk\nالموضوع: بركة",
        "Từ: Ủy ban <p@v.ex>\nĐã gửi: Thứ Ba\nĐến: Desk\nChủ đề: Ao",
        "จาก: เทศบาล <p@v.ex>\nส่ง: วันอังคาร\nถึง: Desk\nเรื่อง: สระ",
    ],
)
def test_headers_of_forwards_in_further_languages(header: str) -> None:
    """The header goes with all its lines, and so does the signature of the person who forwards."""
    note = "For tonight.\n\n-- \nDesk\nGazette, +44 1632 960000"
    assert author_text(f"{note}\n\n________________________________\n{header}\n\n{TEXT}") == f"For tonight.\n\n{TEXT}"


@pytest.mark.parametrize(
    "line",
    [
        "iPhoneから送信",
        "发自我的iPhone",
        "나의 iPhone에서 보냄",
        "iPhone'umdan gönderildi",
        "Odesláno z iPhonu",
        "iPhone-ról küldve",
        "Get Outlook for iOS<https://aka.ms/o0ukef>",
        "Obtener Outlook para Android",
        "Gesendet mit der GMX Mail App",
        "Sent with Proton Mail secure email.",
    ],
)
def test_lines_of_telephones_and_programs(line: str) -> None:
    """The line goes at the end of a mail, and above a mail that is forwarded."""
    assert author_text(f"{TEXT}\n\n{line}\n") == TEXT
    quoted = "\n".join(f"> {part}" for part in f"From: A <a@v.ex>\nDate: April 9\nSubject: Pond\n\n{TEXT}".split("\n"))
    assert author_text(f"{line}\n\nBegin forwarded message:\n\n{quoted}") == TEXT


@pytest.mark.parametrize(
    "sentence",
    [
        "Gesendet wird das Interview am Freitag im Mobilfunk.",
        "Sent back to the drawing board, the engineers plan a mobile pier.",
        "町は来月、iPhoneから送信できる窓口も開く。",
        "Outlook for Monday: rain.",
    ],
)
def test_last_sentences_that_name_telephones_stay(sentence: str) -> None:
    """A sentence of the author is no advertisement."""
    assert author_text(f"{TEXT}\n\n{sentence}") == f"{TEXT}\n\n{sentence}"


@pytest.mark.parametrize(
    "footer",
    [
        "-- \nYou received this message as you are in the group.\nTo unsubscribe from it: p+unsub@g.example.",
        f"{'#' * 72}\n\nTo unsubscribe from the POND-L list, click the following link:\nhttps://listserv.example/wa.exe",
        "---\nYou are subscribed to pond as: desk@monitor.example.\nTo unsubscribe mail to leave-1@lists.example",
        "-=-=-=-=-=-=-=-=-=-=-=-\nGroups.io Links:\nUnsubscribe: https://g.example/unsub\n-=-=-=-=-=-=-=-=-=-=-=-",
        "━━━━━━━━━━━━━━━━━━━━\n発行：池新報社\n配信停止はこちら：https://pond.example/unsub\n━━━━━━━━━━━━━━━━━━━━",
        f"{'=' * 60}\nAll rights reserved.\n\nOur address is:\n1 Mill Street\n\n\n\nunsubscribe: https://p.example/u\n\n\nMarrow",
    ],
)
def test_footers_of_lists_and_newsletters(footer: str) -> None:
    """A rule, and below it how to leave the list by an address, is no text."""
    assert author_text(f"{TEXT}\n\n{footer}\n") == TEXT


@pytest.mark.parametrize(
    "rest",
    [
        "====================\n\nReaders may unsubscribe from the county's mailing list, the clerk said.",
        f"====================\n\nThe unsubscribe page is at https://v.example.\n\n{TEXT}\n\n{TEXT}\n\n{TEXT}",
    ],
)
def test_text_below_a_rule_that_speaks_of_lists_stays(rest: str) -> None:
    """Paragraphs of prose, or words on a list without an address, are no footer."""
    assert author_text(f"{TEXT}\n\n{rest}") == f"{TEXT}\n\n{rest}"


def mail(subject: str, text: str, head: str = "") -> bytes:
    """Return a mail with this subject, text and these further header lines."""
    head += "From: \"'Nora Quill' via Marrow Desk\" <desk@groups.example>\nContent-Type: text/plain; charset=utf-8\n"
    return f"Subject: {subject}\nMIME-Version: 1.0\n{head}\n{text}".encode()


def test_an_answer_without_marks() -> None:
    """Outlook puts no mark above the mail that was answered; the subject tells an answer from a forward."""
    below = "\n\nVan: Desk <d@m.example>\nVerzonden: dinsdag\nAan: Nora\nOnderwerp: tekst\n\nKun je de tekst sturen?"
    assert only(mail("RE: tekst", TEXT + below), "a.eml").text == TEXT
    assert "Kun je de tekst sturen?" in only(mail("FW: tekst", TEXT + below), "a.eml").text
    longer = f"Use this one.{below}\n\n{TEXT}"
    assert LEAD in only(mail("RE: tekst", longer), "a.eml").text


def test_quotation_of_yahoo() -> None:
    """Yahoo marks its quotations by the element around them; a block quotation of the author is none."""
    paragraphs = "".join(f"<p>{part}</p>" for part in TEXT.split("\n\n"))
    wrote = "Dne úterý 8. dubna 2031 18:02:00 SELČ, Desk &lt;d@m.example&gt; napsal/a:"
    own = f"{paragraphs}<p>She said:</p><blockquote><p>We pay.</p></blockquote>"
    cited = f'<div class="yahoo_quoted"><div>{wrote}</div><blockquote><div>Pošlete text.</div></blockquote></div>'
    data = mail("Re: text", own + cited).replace(b"text/plain", b"text/html")
    assert only(data, "a.eml").text == f"{TEXT}\n\nShe said:\n\nWe pay."


def test_names_that_a_list_adds() -> None:
    """The list's own name goes from the subject, whatever it looks like; other brackets are the author's."""
    listed = only(mail("[Marrow] Pond drained", TEXT, "List-Id: News <marrow.lists.example>\n"), "a.eml")
    assert (listed.title, listed.author) == ("Pond drained", "Nora Quill")
    named = only(mail("[Marrow News] Pond drained", TEXT, "List-Id: Marrow News <x.lists.example>\n"), "a.eml")
    assert named.title == "Pond drained"
    other = only(mail("[Exclusive] Pond drained", TEXT, "List-Id: News <marrow.lists.example>\n"), "a.eml")
    assert other.title == "[Exclusive] Pond drained"
