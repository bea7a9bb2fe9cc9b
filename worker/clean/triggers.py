"""Find which cleaning steps a text needs.

One scan replaces nine: most texts are clean, and RE2 searches for all triggers in the time of one.
"""

from functools import cache

import re2

from worker.clean.encoding import WRONG_PAIR
from worker.clean.glued import SENTENCE_TRIGGER
from worker.clean.head_fields import HEAD_TRIGGER
from worker.clean.hyphens.find import BREAK_TRIGGER
from worker.clean.lines import LINE_TRIGGER
from worker.clean.markup import MARKUP_TRIGGER
from worker.clean.metadata import Trigger
from worker.clean.rules import load_rules

_RUN, _EDGE, _GAP = "\\t|  ", "\\t| \\n|\\n ", "\\n\\n\\n"
_RAGGED = f"{_RUN}|{_EDGE}|{_GAP}|\\A[ \\n]|[ \\n]\\z"
#: Controls, and all characters except Latin letters, common punctuation, € and ™, which are always in normal form.
_ODD = "[\\x00-\\x08\\x0b-\\x1f\\x7f]|[^\\x00-\\x7f\u00a1-\u02ff\u2010-\u2027\u2030-\u205e\u20ac\u2122]"
_PATTERNS = {
    #: no pattern matches surrogates: a text that contains them can't be encoded for RE2
    Trigger.SURROGATE: r"[^\s\S]",
    Trigger.MOJIBAKE: WRONG_PAIR,
    Trigger.ENTITY: "&",
    Trigger.CHARACTER: _ODD,
    Trigger.BLANK: _RAGGED + r"|\A\f|\f\z",
    Trigger.RUN: _RUN,
    Trigger.EDGE: _EDGE,
    Trigger.GAP: _GAP,
    Trigger.MARKUP: MARKUP_TRIGGER,
    Trigger.HEAD: HEAD_TRIGGER,
    Trigger.BREAK: BREAK_TRIGGER,
    Trigger.LINE: LINE_TRIGGER,
    Trigger.SENTENCE: SENTENCE_TRIGGER,
}
_AFTER_BLANKS = {Trigger.MOJIBAKE, Trigger.ENTITY, Trigger.CHARACTER}
_FAULT = re2.compile(f"{_RAGGED}|&|{_ODD}|{WRONG_PAIR}")
_BLANK = "\t \n"
#: The triggers that a line end after the last word adds.
_LINE_END = frozenset({Trigger.BLANK, Trigger.LINE})
#: The text that was scanned last, and its triggers; replaced as one object, because threads share it.
_last: list[tuple[str, frozenset[int]]] = [("", frozenset())]


def triggers_in(text: str) -> frozenset[int]:
    """Return the triggers in ``text``; the last result is cached, because steps request it again."""
    # Most files end with a line end, which is removed first: the triggers of the text before it remain valid.
    ended = text.endswith("\n") and not text[-2:-1].isspace()
    body = text[:-1] if ended else text
    last_body, triggers = _last[0]
    if body != last_body:
        triggers = _scan(body)
        _last[0] = body, triggers
    return triggers | _LINE_END if ended else triggers


def _scan(text: str) -> frozenset[int]:
    try:
        return frozenset(_trigger_set().Match(text) or ())
    except UnicodeEncodeError:
        return frozenset(Trigger)


@cache
def _trigger_set() -> re2.Set:
    patterns = _PATTERNS | {Trigger.INSIDE: load_rules()["inside"].any_of.pattern}
    trigger_set = re2.Set.SearchSet()
    for trigger in Trigger:
        trigger_set.Add(patterns[trigger])
    trigger_set.Compile()
    return trigger_set


def blanks_come_first(text: str) -> bool:
    """Return whether the first of several faults is a ragged blank; the others then wait for the next round."""
    triggers = triggers_in(text)
    if Trigger.BLANK not in triggers or Trigger.SURROGATE in triggers or triggers.isdisjoint(_AFTER_BLANKS):
        return False
    fault = _FAULT.search(text)
    return fault is not None and not fault.group().strip(_BLANK)
