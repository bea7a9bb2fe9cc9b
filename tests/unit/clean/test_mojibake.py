"""Damaged letters are repaired, and sound capitals before closing marks are not taken for damage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.article import Article
from worker.clean import clean
from worker.clean.encoding import fix_mojibake
from worker.clean.metadata import Metadata


def fixed(text: str) -> str:
    """Return ``text`` after the step."""
    return fix_mojibake(text, Metadata()).text


@pytest.mark.parametrize(
    "text",
    [
        "Plakaten sa “ET NYTT HÅP OM MILJØ” og “VI VIL GÅ”.",  # Norwegian
        "På skiltet stod der “FARVEL TIL VORES Ø”, »NY SJØ« og “UT PÅ SJØ…”.",  # Danish
        "Skylten: ”EN LITEN Å” och »VI SKA GÅ»; sedan ”STÅ…”.",  # Swedish
        "A manchete foi “VOLTAMOS AMANHÃ” e ‘BOA ROMÃ’; o “CAMPEÃ…” saiu. “FÃ”.",  # Portuguese
        "Chữ “TÂN CHÂ” và ‘LÂ’ ở trên bảng.",  # Vietnamese
        "La letra “Ñ” cierra “ESPAÑ”; ‘MAÑ’ no.",  # Spanish
        "On lisait « L’ÎLE » et « ÂGE… » puis “Î”.",  # French
        "„DAS Ä“ und »DAS Ä« sind Buchstaben.",  # German
        "Kyltissä luki ”HYVÄÄ YÖTÄ” ja ”SÄÄ”.",  # Finnish
        "JÁ NÃO DÁ–SÃ O QUE É",
        "The shop BLÅ™ opened. It is MILJØ’s first.",
    ],
)
def test_sound_capitals_stay(text: str) -> None:
    """Nothing is changed in a sound text, also not by the whole cleaning."""
    assert fixed(text) == text
    assert clean(Article(text)).text == text


@pytest.mark.parametrize(
    "text",
    [
        "Bürgermeister Müller aus Österreich möchte größere Gebühren, sagte „Ähm“, für Ärzte.",
        "L’été dernier, le château d’Île a coûté 41 €, a déclaré François à l’ÉLYSÉE.",
        "Přístavní rada v úterý rozhodla, řekla Česká starostka, že východní nábřeží je „ŠŤASTNÉ“.",
        "Совет порта во вторник решил, что их причал закрыт.",
        "Avô e avó foram a São Tomé: “AMANHÃ” e O METRÔ.",
        "Åse på Ærøy sa «nei» – på Østlandet.",
        "Το συμβούλιο αποφάσισε την Τρίτη.",
    ],
)
def test_damage_is_repaired(text: str) -> None:
    """A text that was decoded wrongly as a whole comes out as it was written."""
    assert clean(Article(text.encode().decode("sloppy-windows-1252"))).text == text


@pytest.mark.parametrize(
    ("text", "repaired"),
    [
        ("MÃ¼ller sagde “FARVEL TIL VORES Ø” pÃ¥ skiltet.", "Müller sagde “FARVEL TIL VORES Ø” på skiltet."),
        ("JoÃ£o gritou “AMANHÃ” na praÃ§a.", "João gritou “AMANHÃ” na praça."),
        ("Ã…se fÃ¥r “EN NY Å” til jul.", "Åse får “EN NY Å” til jul."),
    ],
)
def test_damage_next_to_sound_quotations_is_repaired(text: str, repaired: str) -> None:
    """The letters are repaired, and the quotations stay."""
    assert fixed(text) == repaired


@given(st.text(alphabet="AÅØÃÑÄÎ aåø”“’…»«", max_size=40))
def test_the_step_changes_nothing_twice(text: str) -> None:
    """For any arrangement of letters and marks, the second run changes nothing."""
    assert fixed(fixed(text)) == fixed(text)
