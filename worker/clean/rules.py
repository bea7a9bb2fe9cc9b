"""Load config/debris.toml and compile its rules, grouped by where in the text they apply.

Patterns run on RE2, so that a rule that an editor writes can be wrong but not slow.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, cast, get_args

import re2

from worker.clean.config_rows import RowFormat, config_rows
from worker.errors import SettingsError

Where = Literal["head", "tail", "line", "inside"]
Field = Literal["published_at", "dateline", "agency", "byline", "caption", "title"]

_ROWS = RowFormat(
    "debris.toml",
    "rule",
    "debris rules",
    "Debris rule",
    required={"name", "where", "pattern", "example", "result"},
    optional={"language", "field", "longest", "ignore_case", "spare_prose", "keeps"},
)
#: A longer line, in columns, is prose that begins like debris; a rule may set another limit.
LONGEST_LINE = 160
#: Bytes for RE2's cached states of one pattern; twice its default, because ``any_of`` contains all rules of a place.
_MEMORY = 16 << 20
_FACT_GROUP = "(?P<fact>"

#: How a pattern of each kind is anchored: head and tail rules see a window, line rules must match whole lines.
_ANCHORS = {"head": r"\A(?:{})", "tail": r"(?:{})\s*\z", "line": r"(?m)^[ *•»>|#-]*(?:{})[ *]*$", "inside": "(?:{})"}


@dataclass(frozen=True, slots=True)
class DebrisRule:
    """One kind of debris: its pattern, where it may occur, and the field of its fact."""

    name: str
    where: Where
    pattern: re2._Regexp
    language: str | None
    field: Field | None
    longest: int
    #: whether a full sentence is kept
    spare_prose: bool
    example: str
    result: str
    #: texts that the rule leaves unchanged
    keeps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """The rules of one place, with two ways to match all of them in one search."""

    rules: tuple[DebrisRule, ...]
    #: finds the numbers of the rules that match; finding the positions takes RE2 fifty times as long
    rule_set: re2.Set
    #: one pattern that matches wherever any rule does
    any_of: re2._Regexp

    def matching(self, text: str) -> list[DebrisRule]:
        """Return the rules whose pattern matches in ``text``, in the file's order."""
        numbers = self.rule_set.Match(text)
        return [self.rules[number] for number in sorted(numbers)] if numbers else []


@cache
def load_rules() -> dict[Where, RuleGroup]:
    """Return the rules, which each process reads once; raise SettingsError if the file is invalid."""
    rules = [_rule(row) for row in config_rows(_ROWS)]
    return {where: _group(where, (rule for rule in rules if rule.where == where)) for where in get_args(Where)}


def _rule(row: dict[str, Any]) -> DebrisRule:
    name, where, field = row["name"], row["where"], row.get("field")
    if where not in get_args(Where) or field not in (None, *get_args(Field)):
        raise SettingsError(f"Debris rule {name}: where is one of {get_args(Where)}, field one of {get_args(Field)}.")
    keeps = row.get("keeps", [])
    return DebrisRule(
        name=name,
        where=cast("Where", where),
        pattern=_compile(name, where, _ANCHORS[where].format(_body(row))),
        language=row.get("language"),
        field=cast("Field | None", field),
        longest=row.get("longest", LONGEST_LINE),
        spare_prose=row.get("spare_prose", False),
        example=row["example"],
        result=row["result"],
        keeps=(keeps,) if isinstance(keeps, str) else tuple(keeps),
    )


def _body(row: dict[str, Any]) -> str:
    pattern = row["pattern"]
    body = pattern if isinstance(pattern, str) else "|".join(f"(?:{alternative})" for alternative in pattern)
    return f"(?i:{body})" if row.get("ignore_case") else body


def _group(where: Where, members: Iterable[DebrisRule]) -> RuleGroup:
    rules = tuple(members)
    # RE2 allows a group name only once in a pattern; it has no (?!), but [^\s\S] never matches.
    bodies = [rule.pattern.pattern.replace(_FACT_GROUP, "(?:") for rule in rules] or [r"[^\s\S]"]
    any_of = _compile(where, where, "|".join(f"(?:{body})" for body in bodies))
    # Head rules match only at the start: no search is needed.
    rule_set = (re2.Set.MatchSet if where == "head" else re2.Set.SearchSet)(_options(where))
    for rule in rules:
        rule_set.Add(rule.pattern.pattern)
    rule_set.Compile()
    return RuleGroup(rules, rule_set, any_of)


def _compile(name: str, where: Where, pattern: str) -> re2._Regexp:
    try:
        return re2.compile(pattern, _options(where))
    except re2.error as error:
        raise SettingsError(f"Debris rule {name}: the pattern is not valid RE2 ({error}).") from error


def _options(where: str) -> re2.Options:
    options = re2.Options()
    options.log_errors = False
    options.never_nl = where == "line"
    options.max_mem = _MEMORY
    return options
