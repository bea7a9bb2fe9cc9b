"""Sentences of authors that begin like debris of a page stay, in seven languages."""

import pytest

from worker.article import Article
from worker.clean import clean

FRAMES = {
    "en": "The harbour council of Varnby voted on Tuesday to close the eastern quay for eight months of repairs.",
    "de": "Der Hafenrat von Varnby hat am Dienstag beschlossen, den Ostkai für acht Monate zu schließen.",
    "fr": "Le conseil du port de Varnby a décidé mardi de fermer le quai est pendant huit mois.",
    "es": "El consejo del puerto de Varnby decidió el martes cerrar el muelle este durante ocho meses.",
    "it": "Il consiglio del porto di Varnby ha deciso martedì di chiudere il molo orientale per otto mesi.",
    "nl": "De havenraad van Varnby besloot dinsdag de oostelijke kade acht maanden te sluiten.",
    "pt": "O conselho do porto de Varnby decidiu na terça-feira fechar o cais leste durante oito meses.",
}
SENTENCES = {
    "en": [
        "Advertisement for the quay was not allowed until now, the council said.",
        "Read more than one book, she told the pupils, and you will pass.",
        "Photo: the crane at the quay had to be removed on Monday.",
        "Image rights are the matter of the suit that the museum brought on Monday.",
        "Updated plans for the quay will be shown in the town hall on Friday.",
        "Source of the leak is a pipe under the quay, the office said.",
        "Follow the signs to the grain terminal, the council told travellers on Facebook.",
        "Comments are closed to nobody, the mayor said of the new forum.",
        "Get the form from the town hall by Friday, or by email from the office.",
        "Print the form and send it to the council before Friday noon.",
        "Listen to the story of the harbour in the museum from Monday.",
        "Copyright is not the point, the judge said on Monday.",
        "Tags on the fish show where it was caught, the office explained.",
        "Subscribe to the plan, she urged the members, and get a berth in May.",
        "Download the plans from the town's pages, the office said, or read them in the library.",
        "Related work on the bridge will begin in June, the council said.",
        "Search teams found the boat near the lighthouse on Monday night.",
        "Home owners near the quay will be paid for the noise, the council said.",
        "Contact with the ship was lost at noon, the coast guard said.",
        "Next year the quay will be open again, the council promised.",
        "Menu prices in the harbour rose by a tenth this year.",
        "Register for the fair by Friday, the town asks all dealers.",
        "Join us, the choir of Varnby asks all who can sing, on Tuesday at seven.",
        "Topics of the evening: the quay, the fair and the budget, the council wrote.",
        "Sponsored by the harbour bank, the children's fair returns in May.",
    ],
    "de": [
        "Anzeige gegen den Fischer hat das Hafenamt am Montag erstattet.",
        "Foto: Der alte Kran musste am Montag abgebaut werden.",
        "Mehr zum Thema sagte die Vorsitzende am Dienstag im Rathaus nicht.",
        "Lesen Sie auch die kleinen Buchstaben, rät das Hafenamt den Käufern der Karten.",
        "Werbung: So heißt das Stück, das am Freitag im Theater von Varnby läuft.",
        "Quelle: Unter dem Kai entspringt sie, und niemand wusste davon.",
        "Teilen will die Stadt den Gewinn mit den Fischern vom Ostkai.",
        "Anmelden können sich die Kinder bis Freitag im Rathaus für den Kurs.",
        "Haftungsausschluss: Für Schäden am Boot zahlt die Stadt nicht, sagte das Amt.",
        "Stand: Am 9. April lag das Wasser zwei Meter über dem Kai.",
    ],
    "fr": [
        "Publicité interdite sur le quai, a décidé le conseil mardi soir à Varnby.",
        "Photo : la grue du quai a dû être enlevée lundi par un bateau.",
        "Lire aussi vite que les autres, c’est ce que veut apprendre Jon, neuf ans.",
        "Source : elle jaillit sous le quai, et personne ne le savait.",
        "Partager le port avec les voisins, voilà ce que veut la présidente.",
        "À lire également la nuit, sous la lampe, dit la bibliothécaire de Varnby.",
    ],
    "es": [
        "Publicidad no habrá en el muelle, decidió el concejo el martes por la noche.",
        "Foto: la grúa del muelle tuvo que ser retirada el lunes por un barco.",
        "Lea también de noche, bajo la lámpara, dice la bibliotecaria de Varnby a los niños.",
    ],
    "it": [
        "Pubblicità sul molo non ce ne sarà, ha deciso il consiglio martedì sera.",
        "Leggi anche tu un libro, dice la bibliotecaria di Varnby ai bambini della scuola.",
    ],
    "nl": [
        "Lees ook de kleine letters, raadt het havenkantoor van Varnby de kopers van kaarten aan.",
        "Delen wil de stad de winst met de vissers van de oostelijke kade.",
    ],
    "pt": [
        "Leia também de noite, debaixo da lâmpada, diz a bibliotecária de Varnby às crianças.",
    ],
}


@pytest.mark.parametrize(
    ("language", "sentence"), [(language, sentence) for language, those in SENTENCES.items() for sentence in those]
)
def test_sentence_stays_between_paragraphs(language: str, sentence: str) -> None:
    """Neither its first word nor an app, a network or a newsletter in it makes a full sentence debris."""
    frame = FRAMES[language]
    text = f"{frame}\n\n{sentence}\n\n{frame[:-1]} 2031."
    assert clean(Article(text, language=language)).text == text
