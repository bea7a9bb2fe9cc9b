"""The verdict on two articles does not depend on which of them arrived first."""

import pytest

from worker.features import Features, features
from worker.match import evidence, verdict

#: (language, text, the same reporting in other words and another order)
PAIRS = [
    (
        "en",
        (
            "The ferry to Marrow Island ran aground on Tuesday with 64 passengers. Captain Ilse Brandt said that "
            "fog had hidden the buoy. All passengers were taken off by two fishing boats before noon, the coast "
            "guard said."
        ),
        (
            "Two fishing boats took 64 people off the Marrow Island ferry. Before noon it had struck the sand in "
            "fog. The buoy could not be seen, said Ilse Brandt, the captain. Nobody was hurt on Tuesday, and "
            "divers will look at the hull today, while the line stays closed until Friday at least."
        ),
    ),
    (
        "de",
        (
            "Die Fähre zur Insel Marrow lief am Dienstag mit 64 Gästen auf Grund. Kapitänin Ilse Brandt sagte, "
            "der Nebel habe die Boje verdeckt. Zwei Fischerboote holten alle Gäste vor Mittag von Bord."
        ),
        (
            "Zwei Fischerboote haben 64 Menschen von der Fähre nach Marrow geholt. Vor Mittag saß sie im Nebel "
            "fest. Die Boje sei nicht zu sehen gewesen, sagte Ilse Brandt, die Kapitänin. Verletzt wurde am "
            "Dienstag niemand, Taucher prüfen heute den Rumpf, die Linie bleibt bis Freitag gesperrt."
        ),
    ),
    (
        "fr",
        (
            "Le bac de l'île Marrow s'est échoué mardi avec 64 passagers. La capitaine Ilse Brandt a dit que le "
            "brouillard cachait la bouée. Deux bateaux de pêche ont évacué tous les passagers avant midi."
        ),
        (
            "Deux bateaux de pêche ont évacué 64 personnes du bac de Marrow. Avant midi il était échoué dans la "
            "brume. La bouée était invisible, a dit la capitaine, Ilse Brandt. Personne n'a été blessé mardi, et "
            "des plongeurs examineront la coque, la ligne restant fermée jusqu'à vendredi."
        ),
    ),
]


def both(language: str, first: str, second: str) -> tuple[Features, Features]:
    """Return the features of two texts without titles."""
    return features(first, None, language), features(second, None, language)


@pytest.mark.parametrize(("language", "first", "second"), PAIRS)
def test_both_directions_have_the_same_verdict(language: str, first: str, second: str) -> None:
    """Either way the probability is the same, and the numbers of one article become those of the other."""
    a, b = both(language, first, second)
    one_way, other_way = evidence(a, b), evidence(b, a)
    assert verdict(one_way).similarity == verdict(other_way).similarity
    assert one_way.untold_in_a == other_way.untold_in_b
    assert one_way.words_in_b == other_way.words_in_a
    assert one_way.words_in_a != one_way.words_in_b


@pytest.mark.parametrize(("language", "first", "second"), PAIRS)
def test_the_relation_keeps_its_direction(language: str, first: str, second: str) -> None:
    """The whole is an extended version of its part, and the part an abridged one of the whole."""
    part, whole = both(language, first, f"{first} {second}")
    assert verdict(evidence(part, whole)).relation == "abridged"
    assert verdict(evidence(whole, part)).relation == "extended"
