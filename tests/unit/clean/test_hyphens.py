"""Words that were broken at line ends are repaired, in seven languages."""

import pytest

from worker.clean.hyphens.find import fix_hyphens
from worker.clean.metadata import Metadata

#: Two plain breaks before the case make the text a print column.
COLUMN = {
    "en": "The govern- ment of the coun- try said so. ",
    "de": "Die Regie- rung hat das Ge- setz geändert. ",
    "fr": "Le gouver- nement a chan- gé la loi. ",
    "es": "El gobier- no cam- bió la ley de pren- sa. ",
    "it": "Il gover- no ha cam- biato la leg- ge. ",
    "pt": "O gover- no mu- dou a lei da impren- sa. ",
    "nl": "De rege- ring heeft de kran- ten gewaar- schuwd. ",
}


def repaired(text: str, language: str = "en") -> str:
    """Return ``text`` with its breaks repaired."""
    return fix_hyphens(text, Metadata(language=language)).text


@pytest.mark.parametrize(
    ("language", "broken", "whole"),
    [
        ("en", "be- fore", "before"),
        ("en", "Chi- na", "China"),
        ("en", "Xi- Putin", "Xi-Putin"),
        ("en", "U.S.- led", "U.S.-led"),
        ("en", "well- known", "well-known"),
        ("en", "NP- complete", "NP-complete"),
        ("en", "COVID- 19", "COVID-19"),
        ("fr", "c'est- à-dire", "c'est-à-dire"),
        ("fr", "vingt- et-un", "vingt-et-un"),
        ("en", "cat- and-mouse", "cat-and-mouse"),
        ("en", "short- and long-term", "short- and long-term"),
        ("en", "thous- and", "thousand"),
        ("en", "the Power of Sibe- ria 2", "the Power of Siberia 2"),
        ("en", "shackle - or even destroy - it", "shackle - or even destroy - it"),
        ("de", "Bundes- kanzler", "Bundeskanzler"),
        ("de", "Haupt- und Nebenrolle", "Haupt- und Nebenrolle"),
        ("de", "Ein- und Ausgang", "Ein- und Ausgang"),
        ("fr", "prési- dent", "président"),
        ("fr", "est- ce", "est-ce"),
        ("es", "presi- dente", "presidente"),
        ("it", "presi- dente", "presidente"),
        ("pt", "presi- dente", "presidente"),
        ("pt", "disse- me", "disse-me"),
        ("nl", "presi- dent", "president"),
        ("nl", "land- en tuinbouw", "land- en tuinbouw"),
        ("en", "first- and second-class", "first- and second-class"),
        ("en", "long- term", "long-term"),
        ("en", "father-in- law", "father-in-law"),
        ("en", "state-of-the- art", "state-of-the-art"),
        ("en", "an 18- year-old", "an 18-year-old"),
        ("en", "in 2022- 23", "in 2022-23"),
        ("en", "mid- 1990s", "mid-1990s"),
        ("en", "Jean- Claude", "Jean-Claude"),
        ("en", "Wash- ington", "Washington"),
        ("en", "Euro- pean", "European"),
        ("de", "Nord- Süd-Gefälle", "Nord-Süd-Gefälle"),
        ("de", "CDU- Chef", "CDU-Chef"),
        ("de", "Baden- Württemberg", "Baden-Württemberg"),
        ("de", "30- jährige", "30-jährige"),
        ("de", "Stra- ße", "Straße"),
        ("de", "Müll- beziehungsweise Abfallgebühr", "Müll- beziehungsweise Abfallgebühr"),
        ("fr", "peut- être", "peut-être"),
        ("fr", "a-t- il", "a-t-il"),
        ("fr", "Saint- Denis", "Saint-Denis"),
        ("fr", "après- midi", "après-midi"),
        ("fr", "aujour- d’hui", "aujourd’hui"),
        ("fr", "quatre- vingts", "quatre-vingts"),
        ("es", "econo- mía", "economía"),
        ("es", "político- económico", "político-económico"),
        ("es", "pre- y postguerra", "pre- y postguerra"),
        ("it", "cit- tà", "città"),
        ("it", "dell’in- formazione", "dell’informazione"),
        ("it", "Emilia- Romagna", "Emilia-Romagna"),
        ("it", "pre- e postbellico", "pre- e postbellico"),
        ("pt", "segunda- feira", "segunda-feira"),
        ("pt", "guarda- chuva", "guarda-chuva"),
        ("pt", "pré- e pós-guerra", "pré- e pós-guerra"),
        ("pt", "recém- nascido", "recém-nascido"),
        ("nl", "in- en uitgang", "in- en uitgang"),
        ("nl", "Noord- Holland", "Noord-Holland"),
        ("nl", "zee- egel", "zee-egel"),
        ("nl", "maat- schappij", "maatschappij"),
    ],
)
def test_break_in_a_column(language: str, broken: str, whole: str) -> None:
    """Each kind of break becomes what the author wrote."""
    assert repaired(COLUMN[language] + broken, language).endswith(whole)


@pytest.mark.parametrize("gap", ["-\n", "\u00ad\n", "\u00ac\n", "-\n\n12\n\n", "-\n\f"])
@pytest.mark.parametrize(
    ("language", "left", "right"),
    [
        ("en", "infor", "mation"),
        ("de", "Verhand", "lungen"),
        ("fr", "développe", "ment"),
        ("es", "investi", "gación"),
        ("it", "ammini", "strazione"),
        ("pt", "desenvol", "vimento"),
        ("nl", "ontwikke", "ling"),
    ],
)
def test_word_broken_over_lines_and_pages(language: str, left: str, right: str, gap: str) -> None:
    """A word of each language is joined across any hyphen and any page number."""
    assert repaired(COLUMN[language] + left + gap + right + ".", language).endswith(f" {left}{right}.")


@pytest.mark.parametrize("gap", ["-\n", "\u2010\n", "\u00ad\n", "\u00ac\n", "- ", "\u00ad ", "-\n\f", "-\n\n12\n\n"])
def test_every_kind_of_gap(gap: str) -> None:
    """New line, soft hyphen, not sign and page break are handled as line ends."""
    assert repaired(f"It was con{gap}firmed.") == "It was confirmed."


def test_soft_hyphens_inside_a_line_are_removed() -> None:
    """A soft hyphen that breaks no line is not part of the text."""
    assert repaired("con\u00adfirmed") == "confirmed"


def test_the_document_takes_precedence() -> None:
    """The form that occurs elsewhere in the document takes precedence over frequencies."""
    assert repaired("Our e-mail is slow. Send an e-\nmail.").endswith("an e-mail.")
    assert repaired("Our email is slow. Send an e-\nmail.").endswith("an email.")


def test_lone_uncertain_hyphen_stays() -> None:
    """Outside a print column, a hyphen and a blank that could be a dash are left unchanged."""
    assert repaired("He knew the plan- which was bold.") == "He knew the plan- which was bold."


def test_repaired_breaks_are_counted() -> None:
    """The count is the number of repaired breaks."""
    assert fix_hyphens("con- firmed and an- nounced", Metadata(language="en")).changes == 2


@pytest.mark.parametrize(
    ("language", "suspended", "word"),
    [
        ("fi", "öljy-\nja kaasukentät", "öljy- ja"),
        ("sv", "olje-\noch gasfälten", "olje- och"),
        ("da", "olie-\neller gasfelterne", "olie- eller"),
        ("nb", "olje-\nog gassfeltene", "olje- og"),
        ("hu", "rövid-\nés hosszú távú", "rövid- és"),
        ("et", "nafta-\nja gaasiväljad", "nafta- ja"),
        ("pl", "krótko-\nlub długoterminowe", "krótko- lub"),
        ("cs", "krátko-\ni dlouhodobé", "krátko- i"),
        ("de", "Haupt-\noder Nebenwege", "Haupt- oder"),
        ("nl", "land-\nof tuinbouw", "land- of"),
    ],
)
def test_suspended_hyphen_at_a_line_end(language: str, suspended: str, word: str) -> None:
    """Before a conjunction of the language the hyphen and a blank stay."""
    assert word in repaired(f"x {suspended} 2031.", language)


@pytest.mark.parametrize(
    ("language", "broken", "whole"),
    [
        ("fi", "opetta-\nja", "opettaja"),
        ("sv", "biblio-\ntek", "bibliotek"),
        ("et", "Kooli õpetaja tuli, õpeta-\nja", "Kooli õpetaja tuli, õpetaja"),
        ("id", "laman-\nnya", "lamannya"),
        ("nb", "tre-\ndeler", "tredeler"),
    ],
)
def test_ending_that_is_no_conjunction(language: str, broken: str, whole: str) -> None:
    """A known word is joined even if its end looks like a conjunction or a word."""
    assert repaired(broken, language) == whole


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("linja-\nautoilla", "linja-autoilla"),
        ("kala-\naltaassa", "kala-altaassa"),
        ("kaivos-\nalueella", "kaivosalueella"),
        ("lautta-\nliikenteen", "lauttaliikenteen"),
    ],
)
def test_finnish_compound_with_the_same_vowel_twice(broken: str, whole: str) -> None:
    """Finnish writes a hyphen between two equal vowels, and no other compound has one."""
    assert repaired(broken, "fi") == whole


@pytest.mark.parametrize(
    ("language", "text", "result"),
    [
        ("en", "Cross-\u00ad\nsectional", "Cross-sectional"),
        ("de", "Nord-\u00ad\nSüd-Achse", "Nord-Süd-Achse"),
        ("de", "Haupt-\u00ad\nund Nebenweg", "Haupt- und Nebenweg"),
        ("fr", "peut-\u00adêtre", "peut-être"),
        ("fr", "gouver\u00ad\nnement", "gouvernement"),
    ],
)
def test_hyphen_with_soft_hyphen(language: str, text: str, result: str) -> None:
    """One hyphen is left of a hyphen with a soft hyphen; a soft hyphen alone goes with the line end."""
    assert repaired(text, language) == result
