"""What mail programs write around a text is removed, and the author's words stay, in many languages."""

import pytest

from worker.formats.html_fragment import html_to_text
from worker.formats.readers.mail_quotes import author_text, mark_citations

TEXT = (
    "The harbour council of Varnby closes the eastern quay for eight months.\n\nFerries use the grain terminal instead."
)

FORWARDS = {
    "en": "---------- Forwarded message ---------\nFrom: City <p@v.ex>\nDate: Wed, Apr 9, 2031 at 7:30 AM\n"
    "Subject: Quay\nTo: Desk <d@m.ex>, Other\n <o@m.example>\nCc: <x@y.example>\n\n\n",
    "de": "-----Ursprüngliche Nachricht-----\nVon: Stadt Varnby [mailto:p@v.ex] \n"
    "Gesendet: Mittwoch, 9. April 2031 07:10\nAn: Redaktion\nBetreff: Kai\n\n",
    "de, subject first": "-------- Weitergeleitete Nachricht --------\nBetreff: \tKai\n"
    "Datum: \tWed, 9 Apr 2031 07:30:00 +0200\nVon: \tStadt <p@v.ex>\nAn: \td@m.ex\n\n\n",
    "fr, Apple": "Début du message réexpédié :\n\nDe: Ville <p@v.ex>\nObjet: Rép : Quai\n"
    "Date: 9 avril 2031 à 07:30:00 UTC+2\nÀ: d@m.ex\n\n",
    "fr, Outlook": "________________________________\nDe : Ville de Varnby <p@v.ex>\nEnvoyé : mercredi 9 avril\n"
    "À : Rédaction\nObjet : Quai\n\n",
    "es": "---------- Mensaje reenviado ---------\nDe: Puerto <p@v.ex>\nFecha: mié, 9 abr 2031\nAsunto: Muelle\n"
    "Para: <d@m.ex>\n\n",
    "it": "Inizio messaggio inoltrato:\n\nDa: Porto <p@v.ex>\nOggetto: Molo\nData: 9 aprile 2031\nA: d@m.ex\n\n",
    "pt": "De: Porto <p@v.ex>\nEnviada em: quarta-feira, 9 de abril de 2031\nPara: Redação\nAssunto: Cais\n\n",
    "nl": "Begin doorgestuurd bericht:\n\nVan: Haven <p@v.ex>\nOnderwerp: Kade\nDatum: 9 april 2031\nAan: d@m.ex\n\n",
    "sv": "Vidarebefordrat brev:\n\nFrån: Hamnen <p@v.ex>\nÄmne: Kajen\nDatum: 9 april 2031\nTill: d@m.ex\n\n",
    "no": "*Fra:* Havna <p@v.ex>\n*Sendt:* onsdag 9. april 2031\n*Til:* Redaksjonen\n*Emne:* Kaia\n\n",
    "fi": "Lähettäjä: Satama <p@v.ex>\nLähetetty: keskiviikko 9. huhtikuuta 2031\nVastaanottaja: d\nAihe: Laituri\n\n",
    "pl": "Od: Miasto <p@v.ex>\nWysłano: środa, 9 kwietnia 2031 07:10\nDo: Redakcja\nTemat: Nabrzeże\n\n",
    "ru": "-------- Пересылаемое сообщение --------\nОт: Порт <p@v.ex>\nКому: desk\nТема: Причал\nДата: 9 апреля\n\n",
    "ja": "---------- Forwarded message ---------\n差出人: 港 <p@v.ex>\n"
    "日時: 2031年4月9日\n件名: 埠頭\n宛先: <d@m.ex>\n\n",
    "paragraphs of HTML": "From: City <p@v.ex>\n\nSent: Wednesday\n\nTo: Desk\n\nSubject: Quay\n\n",
}


@pytest.mark.parametrize("header", FORWARDS.values(), ids=FORWARDS)
@pytest.mark.parametrize("quote", ["", "> "])
def test_the_header_of_a_forwarded_mail_is_removed(header: str, quote: str) -> None:
    """The note above it and the whole forwarded text stay, without the marks of quotation."""
    forwarded = "\n".join(quote + line for line in (header + TEXT).split("\n"))
    assert author_text(f"For the evening.\n\n{forwarded}") == f"For the evening.\n\n{TEXT}"


@pytest.mark.parametrize(
    "text",
    [
        f"From: The harbour council\nTo: All newsrooms\nDate: 9 April\nSubject: The quay\n\n{TEXT}",
        f"Von: Hafen Nord\nNach: Askery\nDatum: 9. April\n\n{TEXT}",
        f"{TEXT}\n\nDate: 9 April\nTo: the customs house, from 10:00",
        f"---- Quay ----\n\n{TEXT}",
        f"{TEXT}\n\nLa maire a écrit :\n\n> Nous ne payons pas.\n> Jamais.\n\nLe conseil vote vendredi.",
        f"{TEXT}\n\nBürgermeisterin Ellund schrieb:\n> Wir zahlen nicht.\n\nDer Rat tagt am Freitag.",
        f"{TEXT}\n\nLa alcaldesa escribió:\n> No pagamos.\n\nEl consejo vota el viernes.",
        f"{TEXT}\n\n--\nThis paragraph belongs to the report, and it has one whole sentence of more than twelve words.",
        "Sent by sea: the iphone cargo arrives on Friday, says the port, and the quay reopens.",
    ],
)
def test_what_the_author_wrote_stays(text: str) -> None:
    """Memos, tables, letters that are quoted, and dashes between paragraphs are no work of a mail program."""
    assert author_text(text) == text


ATTRIBUTIONS = [
    "On Wed, Apr 9, 2031 at 7:30 AM Jon Feld <jon@x.example>\nwrote:",
    "Am 09.04.31 um 07:30 schrieb Jon Feld:",
    "Le mer. 9 avr. 2031 à 07:30, Jon Feld <jon@x.example> a écrit :",
    "El mié, 9 abr 2031 a las 7:30, Jon Feld (<jon@x.example>) escribió:",
    "Il giorno mer 9 apr 2031 alle ore 07:30 Jon Feld <jon@x.example> ha scritto:",
    "Em qua., 9 de abr. de 2031 às 07:30, Jon Feld <jon@x.example> escreveu:",
    "Op wo 9 apr 2031 om 07:30 schreef Jon Feld <jon@x.example>:".replace(
        "schreef Jon Feld <jon@x.example>:", "Jon schreef:"
    ),
    "Den ons 9 apr. 2031 kl 07:30 skrev Jon Feld <jon@x.example>:",
    "ke 9. huhtik. 2031 klo 7.30 Jon Feld (jon@x.example) kirjoitti:",
    "śr., 9 kwi 2031 o 07:30 Jon Feld <jon@x.example> napisał(a):",
    "ср, 9 апр. 2031 г. в 07:30, Jon Feld <jon@x.example>:\n написал:".replace(">:\n ", "> "),
    "2031年4月9日(水) 7:30 Jon Feld <jon@x.example> さんは書きました:",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_the_quoted_mail_below_an_answer_is_removed(attribution: str) -> None:
    """An answer that is longer than what it quotes is the text."""
    assert author_text(f"{TEXT}\n\n{attribution}\n\n> Could you send it?\n> Thanks\n") == TEXT


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_a_quoted_mail_that_is_longer_than_the_answer_stays(attribution: str) -> None:
    """A note above a long quotation is a forward: the quotation is the text."""
    quoted = "\n".join(f"> {line}" for line in TEXT.split("\n"))
    assert author_text(f"For you.\n\n{attribution}\n{quoted}") == f"For you.\n\n{TEXT}"


@pytest.mark.parametrize(
    "end",
    [
        "-- \nMara Ellund\nVarnby Courier, +47 55 00 00\nhttps://courier.example",
        "--\nMara Ellund · Lokalredaktion",
        "Sent from my iPhone",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Inviato da iPhone",
        "Verstuurd vanaf mijn iPhone",
        "Skickat från min iPhone",
        "Отправлено с iPhone",
        "Wysłane z iPhone'a",
    ],
)
def test_a_signature_is_removed(end: str) -> None:
    """The signature and the line of a telephone are not part of the text."""
    assert author_text(f"{TEXT}\n\n{end}\n") == TEXT


def test_a_mail_of_nothing_but_a_quotation_keeps_it() -> None:
    """Old programs forward a mail as a quotation; nothing else than it could be the text."""
    assert author_text("\n".join(f"> {line}" for line in TEXT.split("\n"))) == TEXT
    assert author_text("-- \nMara Ellund") == "-- \nMara Ellund"


def test_a_quotation_of_html_is_marked_only_where_a_program_made_it() -> None:
    """A block quotation of an article is not cited mail."""
    cited = (
        '<p>Yes.</p><blockquote type="cite"><p>When?</p><blockquote><p>Where?</p></blockquote></blockquote><p>Mara</p>'
    )
    assert mark_citations(cited, html_to_text) == "Yes.\n\n> When?\n\n> Where?\n\nMara"
    quoted = "<p>She said:</p><blockquote><p>We pay.</p></blockquote><p>Nobody laughed.</p>"
    assert mark_citations(quoted, html_to_text) == html_to_text(quoted)
