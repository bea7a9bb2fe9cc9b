"""Decide for one broken word: join it, keep its hyphen, or leave it unchanged.

The thresholds are Zipf values (log10 of the frequency in a billion words), set on 1,949 line-end hyphens of real PDFs.
"""

from enum import Enum
from typing import NamedTuple

from worker.clean.hyphens.conjunctions import conjunctions
from worker.clean.wordlist import COMMON


class Action(Enum):
    """What to do with a hyphen and the blank after it."""

    #: drop both: `be- fore`
    JOIN = "join"
    #: drop the blank: `Xi- Putin`
    KEEP_HYPHEN = "keep"
    #: drop nothing: `short- and long-term`
    LEAVE_AS_IS = "leave"


class BreakDecision(NamedTuple):
    """An action, and whether it is certain even without other evidence of a line end."""

    action: Action
    certain: bool


class BreakContext(NamedTuple):
    """One break: the character before it, its halves as printed, their Zipf values, and the document in lower case."""

    before: str
    left: str
    right: str
    joined_zipf: float
    left_zipf: float
    right_zipf: float
    lowered: str
    language: str


#: A joined form of at least ``wordlist.COMMON`` is a word; a half below this value is a syllable.
WORD_ZIPF = 3.0
#: A joined form that exceeds a half by this (twice as common) needs no other evidence.
JOINED_LEAD = 0.3
#: If the joined form is unknown, halves above this value form a hyphenated compound.
UNKNOWN_HALF_ZIPF = 2.4
#: A joined form that is rarer than both halves by this is a compound that few write as a single word (`longterm` 2.5,
#: `realtime` 2.8); the gap is smaller for words that are always written as one (`heartless` 2.0, `offline` 1.8).
COMPOUND_GAP = 2.3
#: A word this common (the, and, this) begins a sentence rather than the second half of a compound.
FUNCTION_WORD_ZIPF = 5.8


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


#: Prefixes that English and related languages write with a hyphen before a rare word.
_HYPHENED = _words("non self well ex all cross quasi half re spatio socio politico anglo franco euro afro vice neo pro")
#: Prefixes that are written without a hyphen, so that two known halves are not a compound.
_SOLID = _words(
    "un in im ir il dis mis over under sub super hyper inter intra trans micro macro mega down up out fore with hydro "
    "photo electro magneto bio geo thermo astro tele auto peri ver be ent ge zer vor nach aus auf ab an ein ber con "
    "com des sur sous onder ont"
)
#: First halves of names whose second half is capitalised: `McDonald`.
_NAME_PREFIXES = _words("Mc Mac De Di La Le Fitz")
#: Characters before the left half that make it a part of a URL or mail address.
_NOT_PROSE = "/@"
#: Pronouns and particles that follow a verb or noun with a hyphen: `est-ce`, `disse-me`.
_ENCLITICS = {
    "fr": _words("il elle on ils elles ce ci là je tu nous vous moi toi lui leur le la les y en même mêmes t"),
    "pt": _words("se me te lhe lhes nos vos lo la los las no na nas o a os as"),
}
#: Endings that Indonesian and Malay write onto the word: `laman- nya`.
_SOLID_ENDINGS = dict.fromkeys(("id", "ms"), _words("nya kan lah kah pun ku mu"))
#: Germanic and Finnic languages and Hungarian write compounds as one word: two words are joined by default.
_COMPOUNDING = _words("de nl da nb nn no sv fi et hu is")
#: Vowels that Dutch separates by a hyphen, because they would be read as one: `zee-egel`, `auto-ongeluk`.
_VOWEL_CLASHES = _words("aa ae ai au ee ei eu ie ii ij oe oi oo ou ui uu")
#: Finnish never breaks a long vowel, and writes a hyphen where a compound has the same vowel twice: `linja-auto`.
_FINNISH_VOWELS = frozenset("aeiouyäö")


def is_plain_syllable(
    left: str, right: str, before: str, zipfs: tuple[float, float, float], suspending: frozenset[str]
) -> bool:
    """Return whether a break is plain, as nine in ten are: a common word, more common than one of its halves.

    ``zipfs`` are the Zipf values of the joined form and of both halves, ``suspending`` the language's conjunctions.
    """
    if not (right.islower() and left.isalpha() and right.isalpha()) or before in _NOT_PROSE or right in suspending:
        return False
    joined, rarer = zipfs[0], min(zipfs[1:])
    return joined >= COMMON and (rarer < WORD_ZIPF or (len(left) > 1 and joined > rarer + JOINED_LEAD))


def decide_break(context: BreakContext) -> BreakDecision:
    """Return the decision, by the shape of the word if that is conclusive, else by document and word frequencies."""
    left, right = context.left, context.right
    if right.lower() in conjunctions(context.language):
        return _decide_suspended(context)
    if left.endswith("."):
        return BreakDecision(Action.KEEP_HYPHEN, "." in left[:-1] and right[0].islower())
    if left[-1].isdigit() or right[0].isdigit() or context.before in _NOT_PROSE:
        return BreakDecision(Action.KEEP_HYPHEN, False)
    if context.language == "ro" and len(left) == 1:  # a syllable of one letter is not broken off: `s-a`, `n-am`
        return BreakDecision(Action.KEEP_HYPHEN, False)
    if right[0].isupper() and not (left.isupper() and right.isupper()):
        return _decide_capital(context)
    if context.joined_zipf >= COMMON and min(context.left_zipf, context.right_zipf) < WORD_ZIPF:
        return BreakDecision(Action.JOIN, True)
    if len(left) > 1 and left.isupper() and right.islower():
        return BreakDecision(Action.KEEP_HYPHEN, False)
    return _decide_by_document(context) or _decide_by_frequency(context)


def _decide_suspended(context: BreakContext) -> BreakDecision:
    joined = (context.left + context.right).lower()
    is_syllable = (context.joined_zipf >= COMMON and context.joined_zipf > context.left_zipf + 1.5) or (
        len(joined) > 4 and joined in context.lowered  # Estonian: `õpeta- ja` where the text has `õpetaja`
    )
    return BreakDecision(Action.JOIN if is_syllable else Action.LEAVE_AS_IS, is_syllable)


def _decide_capital(context: BreakContext) -> BreakDecision:
    if not context.left[0].isupper():
        is_new_sentence = context.right_zipf >= FUNCTION_WORD_ZIPF
        return BreakDecision(Action.LEAVE_AS_IS if is_new_sentence else Action.KEEP_HYPHEN, False)
    joined = context.left in _NAME_PREFIXES and (context.left + context.right).lower() in context.lowered
    return BreakDecision(Action.JOIN if joined else Action.KEEP_HYPHEN, False)


def _decide_by_document(context: BreakContext) -> BreakDecision | None:
    left, right = context.left.lower(), context.right.lower()
    # The stem finds `downflow` for `down- flows`, and `red-shift` for `red- shifted`; if it is missing, so are these.
    stem = right[: max(3, len(right) - 3)]
    if left + stem not in context.lowered and f"{left}-{stem}" not in context.lowered:
        return None
    for ending in (right, stem):
        joined = context.lowered.count(left + ending) if len(left + ending) > 4 else 0
        hyphened = context.lowered.count(f"{left}-{ending}")
        if joined != hyphened:
            return BreakDecision(Action.JOIN if joined > hyphened else Action.KEEP_HYPHEN, False)
    return None


def _decide_by_frequency(context: BreakContext) -> BreakDecision:
    left, rarer = context.left.lower(), min(context.left_zipf, context.right_zipf)
    if context.right.lower() in _ENCLITICS.get(context.language, ()) and context.joined_zipf < context.left_zipf:
        keep = context.left_zipf >= WORD_ZIPF
    elif context.right.lower() in _SOLID_ENDINGS.get(context.language, ()):
        keep = False
    elif context.before == "-" and rarer >= WORD_ZIPF:
        keep = True
    elif context.joined_zipf >= COMMON:
        is_solid = left in _SOLID or context.language in _COMPOUNDING
        keep = rarer >= WORD_ZIPF and context.joined_zipf < rarer - COMPOUND_GAP and not is_solid
    elif context.language == "nl" and left[-1] + context.right[0].lower() in _VOWEL_CLASHES:
        keep = rarer >= WORD_ZIPF
    elif context.language == "fi" and left[-1] == context.right[0].lower() and left[-1] in _FINNISH_VOWELS:
        keep = True
    elif left in _HYPHENED:
        keep = context.right_zipf > 0
    elif left in _SOLID or context.language in _COMPOUNDING:
        keep = False
    else:
        keep = rarer >= (WORD_ZIPF if context.joined_zipf else UNKNOWN_HALF_ZIPF)
    return BreakDecision(Action.KEEP_HYPHEN if keep else Action.JOIN, False)
