"""Words for numbers: those of 2 to 20, which news writes in words, and the scales that follow digits."""

from functools import cache
from typing import Final

_TWO_TO_TWELVE: Final = {
    "en": "two three four five six seven eight nine ten eleven twelve",
    "es": "dos tres cuatro cinco seis siete ocho nueve diez once doce",
    "de": "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
    "fr": "deux trois quatre cinq six sept huit neuf dix onze douze",
    "pt": "dois/duas três quatro cinco seis sete oito nove dez onze doze",
    "it": "due tre quattro cinque sei sette otto nove dieci undici dodici",
    "nl": "twee drie vier vijf zes zeven acht negen tien elf twaalf",
    "ru": (
        "два/две/двух/двое/двум/двумя/двоих три/трех/трёх/трое/тремя/троих"
        " четыре/четырех/четырёх/четверо/четверых/четырьмя"
        " пять/пяти/пятеро/пятерых/пятью шесть/шести/шестеро/шестью семь/семи/семеро/семью восемь/восьми/восемью"
        " девять/девяти десять/десяти одиннадцать/одиннадцати двенадцать/двенадцати"
    ),
    "uk": (
        "два/дві/двох/двоє/двом/двома три/трьох/троє/трьом/трьома чотири/чотирьох/четверо/чотирма"
        " п'ять/п’ять/п'яти/п’яти/п'ятеро/п’ятеро/п'ятьох/п’ятьох шість/шести/шестеро/шістьох сім/семи/семеро/сімох"
        " вісім/восьми/восьмеро/вісьмох дев'ять/дев’ять/дев'яти/дев’яти десять/десяти/десятьох"
        " одинадцять/одинадцяти дванадцять/дванадцяти"
    ),
    "pl": (
        "dwa/dwie/dwóch/dwoje/dwaj/dwu/dwiema/dwoma trzy/trzech/troje/trzej/trzema"
        " cztery/czterech/czworo/czterej/czterema"
        " pięć/pięciu/pięcioro sześć/sześciu siedem/siedmiu osiem/ośmiu dziewięć/dziewięciu dziesięć/dziesięciu"
        " jedenaście/jedenastu dwanaście/dwunastu"
    ),
    "id": "dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas",
    "ar": (
        "اثنان/اثنين/اثنتين/اثنتان ثلاثة/ثلاث أربعة/أربع خمسة/خمس ستة/ست سبعة/سبع ثمانية/ثماني/ثمان تسعة/تسع عشرة/عشر"
    ),
    "hi": "दो तीन चार पांच/पाँच छह/छः/छ सात आठ नौ दस ग्यारह बारह",
    "bn": (
        "দুই/দুটি/দু'জন/দুজন/দুইজন তিন/তিনটি/তিনজন চার/চারটি/চারজন"
        " পাঁচ/পাঁচটি/পাঁচজন ছয়/ছয়টি/ছয়জন সাত/সাতটি/সাতজন আট/আটটি/আটজন নয়টি/নয়জন দশ/দশটি/দশজন এগারো বারো"
    ),
}
WORDS: Final = {
    language: {form: str(n) for n, forms in enumerate(words.split(), start=2) for form in forms.split("/")}
    for language, words in _TWO_TO_TWELVE.items()
}

#: Beginnings of the words for a scale, by factor; a longer beginning wins. Most are the same in all languages.
_BEGINNINGS: Final = {
    1e3: "thousand tausend duizend mille mila тыс тис tysi ribu ألف آلاف हज़ार हजार হাজার",
    1e5: "लाख लाखों লাখ লক্ষ lakh",
    1e6: "million millón millones milhão milhões milhao milhoes milione milioni miljoen mio mln milion млн милли"
    " мільй миллион juta مليون ملايين मिलियन মিলিয়ন",
    1e7: "crore करोड़ करोड কোটি",
    1e9: "milliard miliard miljard mrd mld млрд миллиард мільярд miliar مليار مليارات अरब বিলিয়ন bn bilhão bilhões",
    1e12: "trillion triliun трлн триллион трильйон trilhão trilhões",
}
_TABLE: Final = sorted(
    ((word, factor) for factor, words in _BEGINNINGS.items() for word in words.split()), reverse=True
)
#: A word that is a scale in these languages only: elsewhere it is another one, or none.
_LOCAL: Final = {
    ("en", "billion"): 1e9,
    ("de", "billion"): 1e12,
    ("de", "billionen"): 1e12,
    ("fr", "billion"): 1e12,
    ("fr", "billions"): 1e12,
    ("es", "billón"): 1e12,
    ("es", "billones"): 1e12,
    ("nl", "biljoen"): 1e12,
    ("es", "mil"): 1e3,
    ("pt", "mil"): 1e3,
    ("id", "miliar"): 1e9,
    ("id", "triliun"): 1e12,
}
#: Words that begin like a scale and are none.
_NONE: Final = frozenset({"millimetres", "millimeters"})


@cache
def scale(word: str, language: str) -> float | None:
    """Return the factor that a word after a number multiplies it by, or None."""
    folded = word.casefold()
    if (language, folded) in _LOCAL:
        return _LOCAL[language, folded]
    if folded in _NONE:
        return None
    return next((factor for beginning, factor in _TABLE if folded.startswith(beginning)), None)
