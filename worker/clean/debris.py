"""Remove leftovers of a page by the rules of config/debris.toml, and store the facts in them as metadata.

One search finds which rules of a place match; only these are then searched for the position of the match.
"""

import re
from itertools import chain, islice, pairwise

import re2

from worker.clean.dates import parse_date
from worker.clean.lines import continuation_lines
from worker.clean.metadata import MAX_CHANGES, MAX_LAYERS, Metadata, StepResult, Trigger, has_too_many_lines
from worker.clean.rules import DebrisRule, RuleGroup, load_rules
from worker.clean.sentences import holds_prose
from worker.clean.triggers import triggers_in
from worker.clean.width import display_width

#: Head and tail rules see this many characters: a block of 15 related headlines is shorter.
WINDOW = 1500
#: The shortest caption that is removed with its copy; shorter lines may be equal to its beginning by chance.
SHORTEST_COPY = 40
_BLANK = re.compile(r"\s*")


def remove_debris(text: str, metadata: Metadata) -> StepResult:
    """Remove what the rules match: at the head, at the tail, whole lines, then inside lines."""
    rules = load_rules()
    count = 0
    for group, remove in (
        (rules["head"], _remove_head),
        (rules["tail"], _remove_tail),
        (rules["line"], _remove_lines),
        (rules["inside"], _remove_inside),
    ):
        text, removed = remove(text, metadata, group)
        count += removed
    return StepResult(text, count)


def _remove_head(text: str, metadata: Metadata, group: RuleGroup) -> StepResult:
    start = count = 0
    while count <= MAX_LAYERS:
        window = text[start : start + WINDOW]
        span = _first_match(window, text, metadata, group)
        if not span:
            break
        start += _end_of_blank(window, span[1])
        count += 1
    return StepResult(text[start:], count) if count <= MAX_LAYERS else StepResult(text, 0)


def _end_of_blank(window: str, start: int) -> int:
    blank = _BLANK.match(window, start)
    return blank.end() if blank else start


def _remove_tail(text: str, metadata: Metadata, group: RuleGroup) -> StepResult:
    end, count = len(text), 0
    while count <= MAX_LAYERS:
        window = text[max(0, end - WINDOW) : end]
        span = _first_match(window, text, metadata, group)
        if not span:
            break
        end += len(window[: span[0]].rstrip()) - len(window)
        count += 1
    return StepResult(text[:end], count) if count <= MAX_LAYERS else StepResult(text, 0)


def _first_match(window: str, text: str, metadata: Metadata, group: RuleGroup) -> tuple[int, int] | None:
    """Return the start and end of the first rule's match in ``window``, and store its fact."""
    for rule in group.matching(window):
        match = rule.pattern.search(window)
        if match and match.group().strip() and _applies(rule, match.group(), text, metadata):
            _store_fact(rule, match, metadata)
            return int(match.start()), int(match.end())
    return None


def _remove_lines(text: str, metadata: Metadata, group: RuleGroup) -> StepResult:
    rules = [] if has_too_many_lines(text) else group.matching(text)
    if not rules:
        return StepResult(text, 0)
    longest = max(rule.longest for rule in rules)
    lines = text.split("\n")
    continuations = continuation_lines(lines)  # in a column any word may begin a line
    short = [line for index, line in enumerate(lines) if line and len(line) <= longest and index not in continuations]
    debris = {line for line in dict.fromkeys(short) if _is_debris(line, text, metadata, group)}
    if not debris:
        return StepResult(text, 0)
    debris |= _copies_without_credit(lines, debris)
    kept = [line for index, line in enumerate(lines) if line not in debris or index in continuations]
    return StepResult("\n".join(kept), len(lines) - len(kept))


def _copies_without_credit(lines: list[str], debris: set[str]) -> set[str]:
    """Return lines next to a debris line that begins with them: captions are printed with and without credit."""
    nonblank = [line for line in lines if line]
    pairs = chain(pairwise(nonblank), pairwise(reversed(nonblank)))
    return {
        line
        for line, other in pairs
        if other in debris and display_width(line) >= SHORTEST_COPY and other.startswith(line)
    }


def _is_debris(line: str, text: str, metadata: Metadata, group: RuleGroup) -> bool:
    for rule in group.matching(line):
        match = rule.pattern.search(line) if display_width(line) <= rule.longest else None
        if match and _applies(rule, line, text, metadata):
            _store_fact(rule, match, metadata)
            return True
    return False


def _remove_inside(text: str, metadata: Metadata, group: RuleGroup) -> StepResult:
    if Trigger.INSIDE not in triggers_in(text):
        return StepResult(text, 0)
    pieces, start = [], 0
    for match in islice(group.any_of.finditer(text), MAX_CHANGES + 1):
        if _first_match(match.group(), text, metadata, group):
            pieces.append(text[start : match.start()])
            start = match.end()
    if len(pieces) > MAX_CHANGES:
        return StepResult(text, 0)
    return StepResult("".join(pieces) + text[start:], len(pieces))


def _applies(rule: DebrisRule, debris: str, text: str, metadata: Metadata) -> bool:
    """Return whether ``rule`` is for the text's language and finds no sentence of the author in ``debris``."""
    if rule.spare_prose and any(map(holds_prose, debris.split("\n"))):
        return False
    return rule.language is None or rule.language == metadata.language_of(text)


def _store_fact(rule: DebrisRule, match: "re2._Match[str]", metadata: Metadata) -> None:
    if rule.field is None:
        return
    fact = " ".join((match.groupdict().get("fact") or "").split()).strip(" ,;:|-–—")
    if not fact:
        return
    match rule.field:
        case "published_at":
            metadata.published_at = metadata.published_at or parse_date(fact)
        case "caption":
            if fact not in metadata.captions:
                metadata.captions.append(fact)
        case "title" | "dateline" | "agency" | "byline" as field:
            setattr(metadata, field, getattr(metadata, field) or fact)
