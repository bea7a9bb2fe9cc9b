"""Numbers, places and names become the same anchors in each language."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from worker.translation.anchors import anchors, pack, unpack
from worker.translation.evidence import ComparedText, evidence
from worker.translation.keys import keys
from worker.translation.numerals import fold_digits, numerals
from worker.translation.skeleton import skeleton

NUMBERS = [
    ("en", "$3.4 million, 12,345.6 and 1.5bn at 3:42", "3.4e+06 12345.6 1.5e+09 3.42"),
    ("de", "3,4 Mio. Euro, 12.345,6 und 1,5 Milliarden", "3.4e+06 12345.6 1.5e+09"),
    ("es", "3,4 millones, 37 mil millones, 350 militares, 200 mil", "3.4e+06 3.7e+10 350 200000"),
    ("fr", "12 345,6 et 3,4 millions", "12345.6 3.4e+06"),
    ("pt", "3,4 milhões e 5 mil", "3.4e+06 5000"),
    ("it", "200mila e 3,4 milioni", "200000 3.4e+06"),
    ("nl", "3,4 miljoen, 1,5 miljard", "3.4e+06 1.5e+09"),
    ("ru", "3,4 млн, 12 345 и 4,5 тыс.", "3.4e+06 12345 4500"),
    ("uk", "3,4 мільйона, 4,5 тис.", "3.4e+06 4500"),
    ("pl", "3,4 mln, 12 345", "3.4e+06 12345"),
    ("id", "3,4 juta, 5 miliar, 200 ribu", "3.4e+06 5e+09 200000"),
    ("ja", "1億2000万円と3.4億、午前3時42分", "1.2e+08 3.4e+08 3.42"),
    ("zh", "3.14亿丹麦克朗,34万人", "3.14e+08 340000"),
    ("ar", "٦٫٤ و ١٬٢٣٤ و 3.4 مليون", "6.4 1234 3.4e+06"),
    ("hi", "41 करोड़ 20 लाख, 1,20,000", "4.12e+08 120000"),
    ("bn", "৪১ কোটি ২০ লাখ, ১,২০,০০০ ও ৬.৪", "4.12e+08 120000 6.4"),
]


@pytest.mark.parametrize(("language", "text", "expected"), NUMBERS)
def test_numbers_are_read_in_each_language(language: str, text: str, expected: str) -> None:
    """Digits of any script, marks of thousands and decimals, and scales give one value."""
    assert [n.value for n in numerals(fold_digits(text), language)] == expected.split()


@pytest.mark.parametrize(
    ("name", "versions"),
    [
        ("Okafor", {"ru": "Окафор", "bn": "ওকাফোর", "hi": "ओकाफोर"}),
        ("Johnson", {"ru": "Джонсон", "bn": "জনসন", "ar": "جونسون", "ja": "ジョンソン"}),
        ("Chalapampa", {"ru": "Чалапампа", "es": "Chalapampa", "uk": "Чалапампа"}),
        ("Okafor", {"pl": "Okaforem", "uk": "Окафором", "ru": "Окафора"}),
    ],
)
def test_a_name_has_one_skeleton(name: str, versions: dict[str, str]) -> None:
    """Transliteration and declension keep the consonants of a name."""
    assert {skeleton(word, language) for language, word in versions.items()} == {skeleton(name, "en")}


def test_places_and_days_have_one_anchor() -> None:
    """Countries, cities, months and weekdays are found under their names in each language, also declined."""
    for language, text in {
        "en": "In Germany on Monday, said London",
        "es": "En Alemania el lunes, dijo Londres",
        "ru": "Сообщили в Германии в понедельник, Лондон",
        "ja": "ドイツで月曜日、ロンドン",
    }.items():
        assert [anchor.value for anchor in anchors(text, language)] == ["tDE", "w0", "cEurope/London"], language


def test_a_name_is_no_month() -> None:
    """Julio is a name where months have small letters, and julio a month."""
    assert [a.value for a in anchors("habló Julio Arana en julio", "es")] == ["xarn", "m7"]


@example(text="قال النبي ﷺ 5 @ 7", language="ar")
@example(text="9" * 400, language="en")
@given(st.text(max_size=400), st.sampled_from(["en", "de", "zh", "ja", "hi", "ar", "ru", "und", "xx"]))
def test_any_text_has_anchors(text: str, language: str) -> None:
    """No text is an error; positions are within it, in order, and what is stored is read again."""
    found = anchors(text, language)
    assert all(0 <= anchor.position <= 1 for anchor in found)
    assert [a.position for a in found] == sorted(a.position for a in found)
    read = unpack(pack(found))
    assert [a.value for a in read] == [a.value for a in found]
    assert (keys(read) == keys(found)).all()
    side = ComparedText(found, language, len(text))
    assert 0 <= evidence(side, side).of_fewer <= 1


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "They met in South Korea, and the north sent 12 men on Monday.", "tKR n12 w0"),
        ("vi", "Cuộc họp diễn ra vào thứ hai tại Hàn Quốc.", "w0 tKR"),
        ("es", "El lunes, en Corea del Sur, dos de 1.234,5 y 3h42.", "w0 xkr n2 n1234.5 n3.42"),
        ("de", "Am Montag kamen zwölf Leute nach Polen.", "w0 n12 tPL"),
    ],
)
def test_small_words_are_passed_over(language: str, text: str, expected: str) -> None:
    """Of words without a capital, only numbers, weekdays and months are anchors, also those of two words."""
    assert [anchor.value for anchor in anchors(text, language)] == expected.split()
