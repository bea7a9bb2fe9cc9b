"""Move the lines `Title: …`, `Date: …` that a crawler writes above a text to the metadata.

One labelled line may be the author's; two or more, directly below each other at the start, are a head.
"""

import re
from itertools import islice

from worker.clean.dates import parse_date
from worker.clean.metadata import Metadata, StepResult

#: Labels by field, in lower case, a blank written as `_`; "": a line of the head that has no field.
_LABELS = {
    "title": (
        "title headline titel überschrift schlagzeile titre título titulo titolo kop rubrik otsikko tytuł titulek cím "
        "başlık заголовок τίτλος כותרת عنوان العنوان 标题 標題 タイトル 見出し 제목 judul शीर्षक tiêu_đề หัวข้อ"
    ),
    "published_at": (
        "date published pubdate publication_date published_on datum veröffentlicht date_de_publication publié fecha "
        "publicado data pubblicato gepubliceerd dato publicerad julkaistu dátum tarih дата ημερομηνία תאריך التاريخ "
        "تاريخ 日期 日付 発行日 날짜 tanggal दिनांक ngày วันที่"
    ),
    "byline": (
        "author authors by byline autor autoren verfasser auteur auteurs autore auteur_s skribent författare forfatter "
        "kirjoittaja szerző yazar автор συγγραφέας מחבר الكاتب 作者 著者 筆者 기자 penulis लेखक tác_giả ผู้เขียน"
    ),
    "agency": (
        "source quelle fuente fonte bron kilde källa lähde źródło zdroj forrás kaynak источник джерело πηγή מקור "
        "المصدر 来源 來源 出典 출처 sumber स्रोत nguồn แหล่งที่มา"
    ),
    "": (
        "url link permalink address adresse id doc_id language lang sprache langue idioma lingua taal språk "
        "kieli język jazyk nyelv dil язык section category rubrique sección sezione keywords tags topics slug subject "
        "ressort kategorie site website länk lenke linkki odkaz адрес ссылка 网址 链接 言語 カテゴリ"
    ),
}
_FIELDS = {label.replace("_", " "): field for field, labels in _LABELS.items() for label in labels.split()}
#: A label of at most three words, a colon of any script, a value.
_LINE = re.compile(r"([^\W\d_][\w ]{0,24}?) ?[:：] ?(\S.*)?\Z")
#: Fewer lines may be the author's: "Date: the third of May. Place: the quay."
MIN_LINES = 2
#: More lines are a list of the author.
MAX_LINES = 12
#: Every head matches this: a colon early in the first line.
HEAD_TRIGGER = r"\A[^\n:：]{1,28}[:：]"
#: The longest head of the crawlers that were seen is shorter.
HEAD_CHARS = 2000


def take_head_fields(text: str, metadata: Metadata) -> StepResult:
    """Store the facts of a head of labelled lines and remove it."""
    facts, end = _read_head(text[:HEAD_CHARS])
    if len(facts) < MIN_LINES or len({field for field, _ in facts} & {"title", "published_at", ""}) == 0:
        return StepResult(text, 0)
    for field, value in facts:
        _store(field, value, metadata)
    return StepResult(text[end:].lstrip("\n"), len(facts))


def _read_head(head: str) -> tuple[list[tuple[str, str]], int]:
    """Return the fields and values of the lines of the head, and where it ends; none if an unknown label follows."""
    facts: list[tuple[str, str]] = []
    end = 0
    for line in islice(head.split("\n"), MAX_LINES + 1):
        match = _LINE.match(line)
        field = _FIELDS.get(match[1].lower()) if match else None
        if match is None or field is None:
            return (facts, end) if match is None or not line else ([], 0)
        facts.append((field, match[2] or ""))
        end += len(line) + 1
    return [], 0


def _store(field: str, value: str, metadata: Metadata) -> None:
    match field:
        case "published_at":
            metadata.published_at = metadata.published_at or parse_date(value)
        case "title" | "byline" | "agency":
            setattr(metadata, field, getattr(metadata, field) or value or None)
