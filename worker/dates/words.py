"""The names of months and weekdays in the languages of the news, from Unicode's CLDR as Babel ships it.

A name that means different months in two languages (listopad: October in Croatian, November in Czech) is left out.
"""

import unicodedata
from functools import cache

_ENGLISH = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_ENGLISH_FULL = "january february march april may june july august september october november december sept".split()
#: Enough for nearly every feed and mail; other words load the table of all languages, which takes 0.2 s once.
_FAST = {name: number % 12 + 1 for number, name in enumerate(_ENGLISH)} | {
    name: number + 1 if number < 12 else 9 for number, name in enumerate(_ENGLISH_FULL)
}
_FAST_WEEKDAYS = frozenset(
    "mon tue tues wed thu thur thurs fri sat sun monday tuesday wednesday thursday friday saturday sunday".split()
)
_LANGUAGES = (
    "en de de_AT fr fr_CA es pt pt_PT it nl da nb nn sv fi is et lv lt pl cs sk sl hr sr bs mk bg ru uk be ro hu el tr"
    " az kk ka hy he ar ar_LB fa hi bn mr ta te ur th vi id ms ca eu gl ga cy sq uz sw af"
).split()
#: Forms that papers print and CLDR lacks, as the Serbian genitive in Cyrillic; a number is the month.
_FURTHER = {
    name: number
    for number, names in enumerate(
        "ene gen janv јануара,fev fevr фебруара,marz maerz mrt,avr abr априла,mei маја,"
        "juin giu јуна,juil lug јула,ago agt aout avgusta,set setiembre септембра,"
        "okt ott out октобра,nov новембра,dez dic dec децембра".split(","),
        start=1,
    )
    for name in names.split()
}

#: Days of the week as they stand in "on Wednesday" and "Wednesday's": in the accusative (Slavic and Baltic languages),
#: in the genitive (Greek), with a case ending (Hungarian, Finnish, Estonian), with an article (Swedish).
_INFLECTED_WEEKDAYS = frozenset(
    "środę sobotę niedzielę środy soboty niedzieli poniedziałku wtorku czwartku piątku středu sobotu neděli stredu"
    " nedeľu sredo soboto nedeljo sredu srijedu subotu nedjelju nedelju среду пятницу субботу четверга понедельника"
    " вторника середу пятницю суботу неділю сераду пятніцу нядзелю недељу pirmadienį antradienį trečiadienį"
    " ketvirtadienį penktadienį šeštadienį sekmadienį pirmdien otrdien trešdien ceturtdien piektdien sestdien svētdien"
    " Δευτέρας Τρίτης Τετάρτης Πέμπτης Παρασκευής Σαββάτου Κυριακής hétfőn kedden szerdán csütörtökön pénteken"
    " szombaton hétfői keddi szerdai csütörtöki pénteki szombati vasárnapi maanantain tiistain keskiviikon torstain"
    " perjantain lauantain sunnuntain esmaspäeval teisipäeval kolmapäeval neljapäeval reedel laupäeval pühapäeval"
    " måndagen tisdagen onsdagen torsdagen fredagen lördagen söndagen".split()
)


def month_and_weekday(word: str) -> tuple[int, bool]:
    """Return the number of the month that ``word`` names (0: none), and whether it names a day of the week."""
    key = _key(word)
    if key in _FAST:
        # French, Spanish and Italian abbreviate Tuesday as "mar".
        return _FAST[key], key == "mar"
    if key in _FAST_WEEKDAYS:
        return 0, True
    months, weekdays = _tables()
    return months.get(key, 0), key in weekdays


def _key(word: str) -> str:
    """Return ``word`` without case, final stop and accents, which web forms and old systems drop."""
    folded = unicodedata.normalize("NFKD", word.casefold().strip(".'’"))
    return "".join(letter for letter in folded if not unicodedata.combining(letter))


@cache
def _tables() -> tuple[dict[str, int], frozenset[str]]:
    from babel import Locale  # 13 ms to import, and the names 0.2 s: only for words that are not English

    meanings: dict[str, set[int]] = {name: {number} for name, number in _FURTHER.items()}
    weekdays = {_key(name) for name in _INFLECTED_WEEKDAYS}
    for code in _LANGUAGES:
        locale = Locale.parse(code)
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in locale.months[context][width].items():
                    meanings.setdefault(_key(name.removeprefix("de ")), set()).add(number)
                weekdays.update(_key(name) for name in locale.days[context][width].values())
    months = {name: next(iter(numbers)) for name, numbers in meanings.items() if len(numbers) == 1}
    # A single letter (Hungarian Tuesday: K) may also be a military time zone.
    return months, frozenset(name for name in weekdays if len(name) > 1)
