"""Detect the language of a text, as an ISO 639-1 code, from its first few hundred characters.

The most frequent function words decide most texts in about 10 µs; `py3langid` decides the rest.
"""

from functools import cache
from typing import Final

from worker.language.model import Identifier, load_identifier

#: Detection is stable after a few hundred characters; more only cost time (measured for docs/choices.md).
SAMPLE_CHARS: Final = 400
#: A language is accepted with this many votes, and this many times those of the next language. A function word is one
#: vote, divided equally among the languages that use it.
_MIN_VOTES: Final = 4
_MIN_LEAD: Final = 2

#: Function words by language. A word of several languages is listed in each, so that it favours none of them.
_FUNCTION_WORDS: Final = {
    "en": (
        "the of and to in that is was for it with as his on be at by had not are but from they which you this "
        "have has said will an were their been would who more its about after"
    ),
    "es": (
        "de la que el en y los del se las por un para con no una su al lo como más pero sus le ha sido este "
        "está entre también fue hasta desde cuando sobre"
    ),
    "fr": (
        "de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont avec "
        "aux été cette mais ses leur ont après"
    ),
    "de": (
        "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden "
        "aus er hat dass sie nach wird bei einer um am sind noch wie einem über"
    ),
    "it": (
        "di e il la che in un a per è una sono del non con i da si le al dei gli ha alla della nel più anche "
        "come dal delle lo stato ma nella dalla"
    ),
    "pt": (
        "de a o que e do da em um para com não uma os no se na por mais as dos como mas foi ao ele das tem "
        "seu sua ou também pelo pela até são às"
    ),
    "nl": (
        "de van het een en in is dat op te zijn met voor niet aan er om ook als maar bij dan nog werd naar "
        "door over uit wordt heeft hij ze"
    ),
    "sv": (
        "och att det i en som på är av för med till den har de inte om ett han men var från vid så också efter kan sig"
    ),
    "da": (
        "og at det i en som på er af for med til den har de ikke om et han men var fra ved så også efter kan sig der"
    ),
    "nb": ("og at det i en som på er av for med til den har de ikke om et han men var fra ved så også etter kan seg"),
    "pl": ("w i na z się nie do to że o jest jak po od za co przez dla ale są jego które był oraz tym może"),
    "id": (
        "yang dan di ini itu dengan untuk dari pada dalam tidak akan ke juga oleh adalah telah karena sebagai "
        "saat tersebut para bisa ada mereka kata"
    ),
    "tr": ("ve bir bu da de için ile çok daha olarak gibi olan kadar en ne sonra ama göre var ise olduğunu dedi"),
    "ru": (
        "и в не на что с по как это к но из у за от же для был его так все они о при после также была между который"
    ),
    "uk": ("і в не на що з та до за як у це від для про але його був є після також який під час"),
}
_LANGUAGES: Final = tuple(_FUNCTION_WORDS)


def detect(text: str, hint: str | None = None) -> str:
    """Return the ISO 639-1 code of ``text``, or ``und``; a ``hint`` (``en``, ``pt-BR``) is used unchecked."""
    if hint:
        return hint.split("-")[0].split("_")[0].lower()
    sample = text[:SAMPLE_CHARS]
    return _detect_by_function_words(sample) or _detect_by_model(sample)


def _detect_by_function_words(sample: str) -> str | None:
    votes = [0.0] * len(_FUNCTION_WORDS)
    for languages, vote in filter(None, map(_languages_by_word().get, sample.lower().split())):
        for language in languages:
            votes[language] += vote
    *_, next_most, most = sorted(votes)
    return _LANGUAGES[votes.index(most)] if most >= _MIN_VOTES and most >= _MIN_LEAD * next_most else None


@cache
def _languages_by_word() -> dict[str, tuple[tuple[int, ...], float]]:
    """Return the languages of each function word, as indexes into ``_LANGUAGES``, and the vote that each gets."""
    indexes: dict[str, tuple[int, ...]] = {}
    for index, language in enumerate(_LANGUAGES):
        for word in _FUNCTION_WORDS[language].split():
            indexes[word] = (*indexes.get(word, ()), index)
    return {word: (languages, 1 / len(languages)) for word, languages in indexes.items()}


def _detect_by_model(sample: str) -> str:
    code, probability = model().classify(sample)
    return code if probability >= 0.5 else "und"


@cache
def model() -> Identifier:
    """Return the model of this process; call it before a fork to load it once and share its memory."""
    return load_identifier()
