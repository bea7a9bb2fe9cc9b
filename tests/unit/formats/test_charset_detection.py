"""Texts without a label: 8-bit charsets of many languages, charsets of seven bits, and UTF-8 with pasted bytes."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cost import costs_at_most
from worker.errors import QuarantineError
from worker.formats.charset_labels import python_codec
from worker.formats.decode import decode

#: One report in many languages, each with the charsets that its newsrooms used.
REPORTS = {
    "Linnavolikogu otsustas teisipäeval, et sadama idakai suletakse. Töö kestab kaheksa kuud, ütles linnapea Külli"
    " Võsu. Žürii arvas teisiti, lisas ta, ja dušše ei ehitata.": "cp1257 iso8859_13 iso8859_4 cp1252",
    "Pilsētas dome otrdien nolēma slēgt ostas austrumu piestātni uz astoņiem mēnešiem, sacīja mērs Jānis Kalniņš.": (
        "cp1257 iso8859_13 iso8859_4"
    ),
    "Miesto taryba antradienį nusprendė aštuoniems mėnesiams uždaryti uosto rytinę krantinę, sakė merė Rūta Žukė.": (
        "cp1257 iso8859_13"
    ),
    "Rada portu zdecydowała we wtorek o zamknięciu wschodniego nabrzeża na osiem miesięcy. Źródła mówią: „później”.": (
        "cp1250 mac_latin2"
    ),
    "Přístavní rada v úterý rozhodla, že východní nábřeží bude na osm měsíců uzavřeno. Šťastná nebyla ani Žofie.": (
        "cp1250 iso8859_2 cp852"
    ),
    "A kikötői tanács kedden úgy döntött, hogy nyolc hónapra lezárja a keleti rakpartot, mondta Szűcs Ágnes.": (
        "cp1250 iso8859_2"
    ),
    "Совет порта во вторник решил закрыть восточный причал на восемь месяцев, сказала мэр Мара Эллунд.": (
        "cp1251 koi8_r iso8859_5 cp866 mac_cyrillic"
    ),
    "Рада порту у вівторок вирішила закрити східний причал на вісім місяців, сказала міський голова Їва Єленко.": (
        "cp1251 koi8_u"
    ),
    "Το συμβούλιο του λιμανιού αποφάσισε την Τρίτη να κλείσει την αποβάθρα για οκτώ μήνες. Άλλοι διαφωνούν.": (
        "cp1253 iso8859_7"
    ),
    "Liman meclisi salı günü doğu rıhtımını sekiz ay kapatmaya karar verdi, dedi belediye başkanı Şule Işık.": (
        "cp1254 iso8859_9"
    ),
    "מועצת הנמל החליטה ביום שלישי לסגור את הרציף המזרחי לשמונה חודשים, אמרה ראש העיר.": "cp1255 iso8859_8",
    "قرر مجلس الميناء يوم الثلاثاء إغلاق الرصيف الشرقي لمدة ثمانية أشهر، بحسب رئيسة البلدية.": "cp1256 iso8859_6",
    "L’été dernier, le conseil a voté « oui » à la fermeture du quai – déjà ! – a dit Mara Ellund.": "cp1252 mac_roman",
    "El consejo decidió el martes cerrar el muelle durante ocho meses. ¿Y los pescadores? Cobrarán en otoño.": (
        "cp1252 mac_roman cp850"
    ),
    "Hamnrådet beslutade på tisdagen att stänga den östra kajen i åtta månader, sade borgmästaren Märta Öberg.": (
        "cp1252 mac_roman cp850"
    ),
    "Hafnarráðið ákvað á þriðjudag að loka bryggjunni í átta mánuði, sagði bæjarstjórinn Þóra Ægisdóttir.": "cp1252",
    "The harbour council closed the quay. “We pay €41 million,” she said – the café’s owner didn’t agree.": "cp1252",
    "สภาท่าเรือมีมติเมื่อวันอังคารให้ปิดท่าเรือด้านตะวันออกเป็นเวลาแปดเดือน": "cp874",
    "港湾評議会は火曜日、東埠頭を八か月間閉鎖することを決めた。漁師には使用料が払い戻される。": (
        "cp932 euc_jp iso2022_jp"
    ),
    "항만 위원회는 화요일 동쪽 부두를 여덟 달 동안 폐쇄하기로 결정했다.": "cp949 iso2022_kr",
    "港口委员会周二决定将东码头关闭八个月。渔民将收回停泊费，并可在旧海关旁卖鱼。": "gb18030 hz",
    "港口委員會週二決定將東碼頭關閉八個月。漁民將收回停泊費，並可在舊海關旁賣魚。": "big5",
}


@pytest.mark.parametrize(
    ("text", "charset"), [(text, name) for text, names in REPORTS.items() for name in names.split()]
)
def test_unlabelled_text_is_decoded(text: str, charset: str) -> None:
    """A report in each charset of its language is read letter by letter."""
    assert decode(text.encode(charset)).text == text


@pytest.mark.parametrize(
    "text", ["It’s “a shame,” he said.", "A café’s owner", "– 41 €", "«Ja», sagte sie – «später»."]
)
def test_a_few_curly_quotes_are_cp1252(text: str) -> None:
    """A text whose only characters above ASCII are quotes, dashes and an accent is not taken for a rare language."""
    assert decode(text.encode("cp1252")).text == text


@pytest.mark.parametrize(
    ("text", "pasted"),
    [
        ("Müller sagte: {} – für den Kai in Värnby, größer.", "“Wir zahlen”"),
        ("Le quai sera fermé, a déclaré l’élue : {} près du port.", "« déjà »"),
        ("Совет порта решил закрыть причал, {} на восемь месяцев.", "«вот так» —".replace("вот так", "1931")),
        ("Þetta er mjög gott, sagði hún: {} Ægir kom líka.", "café"),
        ("港口委员会周二决定关闭 {} 八个月。", "x – y"),
    ],
)
def test_pasted_bytes_keep_the_utf8_around_them(text: str, pasted: str) -> None:
    """Windows-1252 that was pasted into UTF-8 is read as such, and the rest as UTF-8."""
    head, tail = text.split("{}")
    assert decode(head.encode() + pasted.encode("cp1252") + tail.encode()).text == head + pasted + tail


@pytest.mark.parametrize("broken", [b"\xe2\x80", b"\xc3", b"\xff"])
def test_a_damaged_character_of_utf8_is_not_taken_for_a_pasted_one(broken: bytes) -> None:
    """Half a character becomes U+FFFD, not a letter of cp1252."""
    text = "Größere Gebühren für Käferfurt"
    assert decode(text.encode() + broken + text.encode()).text == f"{text}\ufffd{text}"


def test_a_text_of_an_8_bit_charset_with_accidental_utf8_stays_in_it() -> None:
    """Two bytes of koi8-u or Mac Roman may look like UTF-8; a text of them does not."""
    for text, charset in [
        ("Рада порту, вісім місяців, вирішила вісім разів.", "koi8_u"),
        ("C’è chi protesta. È così.", "mac_roman"),
    ]:
        assert decode(text.encode(charset)).text == text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\x1b$B9AOQ\x1b(I6@6E\x1b(B: 8:30", "港湾ｶﾀｶﾅ: 8:30"),
        ("①号".encode("iso2022_jp_2004").replace(b"$(Q", b"$B"), "①号"),
        (b"Seoul\n\n" + "부두\n폐쇄".encode("iso2022_kr"), "Seoul\n\n부두\n폐쇄"),
        (b"\x1b$)A\x0e8[?Z\x0f 8:30\n\x1b$)A\x0e>v6(\x0f", "港口 8:30\n决定"),
    ],
)
def test_the_escapes_of_a_seven_bit_charset_are_enough(data: bytes, text: str) -> None:
    """ISO-2022 of Japan, Korea and China is read without a label, between ASCII."""
    assert decode(data).text == text


@pytest.mark.parametrize(
    "text", ["The macro ~{ab~} prints ~{x}.", "\x1b[31mRed\x1b[0m light at the quay", "~{ }~", "a \x1b b"]
)
def test_braces_and_colours_are_no_seven_bit_charset(text: str) -> None:
    """Escapes of a terminal and braces of a program stay as they are."""
    assert decode(text.encode()).text == text


def test_utf7_is_read_only_where_it_is_declared() -> None:
    """The signs of UTF-7 are ordinary characters in any other text."""
    assert decode(b"Caf+AOk- am Hafen", "utf-7").text == "Café am Hafen"
    assert decode(b"Caf+AOk- am Hafen").text == "Caf+AOk- am Hafen"
    assert decode(b"1 + 2", "utf-7").text == "1 + 2"


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("ISO-8859-1", "cp1252"),
        ("us-ascii", "cp1252"),
        ("iso8859_9", "cp1254"),
        ("gb2312", "gb18030"),
        ("ks_c_5601-1987", "cp949"),
        ("shift_jis", "cp932"),
        ('"x-mac-ce"', "mac-latin2"),
        ("x-user-unknown", None),
        ("utf-16", None),
    ],
)
def test_a_label_means_what_it_means_in_browsers(label: str, codec: str | None) -> None:
    """Labels name the Windows extension of a charset."""
    assert python_codec(label) == codec


_PARTS = [b"\xff", b"\xe9", b"\x93", b"~{", b"a", "ü".encode(), b"\x1b$B", b"\x0e", b"\xe2\x80"]


@given(st.lists(st.sampled_from(_PARTS), max_size=30))
def test_any_mixture_of_bytes_is_storable(parts: list[bytes]) -> None:
    """No mixture in which one character in thirty is unreadable raises anything, or gives a surrogate."""
    decode(b"The harbour council of Varnby closed the quay. " * 20 + b"".join(parts)).text.encode()


@pytest.mark.parametrize("part", [b"~{", b"~{aa", b"\x1b$", b"\xc3\xbc\x93", b"\xe9 "])
def test_decoding_costs_little(part: bytes) -> None:
    """A megabyte of escapes or of stray bytes takes less than two seconds."""
    with costs_at_most(2):
        decode(part * (1_000_000 // len(part)) + b"word " * 400_000)


@pytest.mark.parametrize("data", [bytes(range(128, 256)) * 40, Random(3).randbytes(5000), Random(4).randbytes(300)])
def test_noise_is_no_text(data: bytes) -> None:
    """Bytes that are as frequent as all others are refused, whatever letters a charset would give them."""
    with pytest.raises(QuarantineError, match="can't be read as text"):
        decode(data)


@pytest.mark.parametrize(
    ("text", "encoding", "declared"),
    [
        ("L’usine rouvre « en JUIN », dit l’élue — à l’unanimité.", "cp1252", "iso-8859-15"),
        ("„Kapacita chybí,“ řekla Šárka Žďárská.", "cp1250", "iso-8859-2"),
        ("Částka je 5 %, řekla Šárka Žďárská.", "iso8859_2", "iso-8859-2"),
        ("L'usine coûte 5 €, dit l'élue.", "iso8859_15", "iso-8859-15"),
    ],
)
def test_marks_of_windows_under_a_label_of_iso_are_read(text: str, encoding: str, declared: str) -> None:
    """Quotation marks of Windows are control characters in ISO 8859; texts without them are read by their label."""
    assert decode(text.encode(encoding), declared).text == text
