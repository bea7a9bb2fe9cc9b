"""Text with leftovers of a page in; the article out, by the rules of config/debris.toml.

One pattern a place asks whether any rule applies; only then is it asked which. A rule's fact goes to its field.
"""

from worker.clean.dates import parse_date
from worker.clean.facts import Done, Facts
from worker.clean.rules import Rule, RuleGroup, load_rules

#: Head and tail rules see this many characters: no credit, prefix or tail on 579 real pages was longer.
WINDOW = 1500


def remove_debris(text: str, facts: Facts) -> Done:
    """Remove what the rules name, from outside to inside."""
    rules = load_rules()
    count = 0
    for group, remove in (
        (rules["head"], _remove_head),
        (rules["tail"], _remove_tail),
        (rules["line"], _remove_lines),
        (rules["inside"], _remove_inside),
    ):
        text, removed = remove(text, facts, group)
        count += removed
    return Done(text, count)


def _remove_head(text: str, facts: Facts, group: RuleGroup) -> Done:
    start = count = 0
    while group.guard.search(window := text[start : start + WINDOW]):
        end = _first_end(window, text, facts, group)
        if not end:
            break
        start += end
        count += 1
    return Done(text[start:].lstrip() if count else text, count)


def _first_end(window: str, text: str, facts: Facts, group: RuleGroup) -> int:
    for rule in group.rules:
        match = rule.pattern.search(window)
        if match and match.end() and _applies(rule, text, facts):
            _keep_fact(rule, match.groupdict().get("fact"), facts)
            tail = window[match.end() :]
            return match.end() + len(tail) - len(tail.lstrip())
    return 0


def _remove_tail(text: str, facts: Facts, group: RuleGroup) -> Done:
    end, count = len(text), 0
    while group.guard.search(window := text[max(0, end - WINDOW) : end]):
        cut = _last_start(window, text, facts, group)
        if cut is None:
            break
        end = max(0, end - WINDOW) + len(window[:cut].rstrip())
        count += 1
    return Done(text[:end], count)


def _last_start(window: str, text: str, facts: Facts, group: RuleGroup) -> int | None:
    for rule in group.rules:
        match = rule.pattern.search(window)
        if match and match.group().strip() and _applies(rule, text, facts):
            _keep_fact(rule, match.groupdict().get("fact"), facts)
            return match.start()
    return None


def _remove_lines(text: str, facts: Facts, group: RuleGroup) -> Done:
    lines = text.split("\n")
    if not group.guard.search("\n".join(line for line in lines if len(line) <= group.longest)):
        return Done(text, 0)
    kept = [line for line in lines if not _is_debris(line, text, facts, group)]
    return Done("\n".join(kept), len(lines) - len(kept))


def _is_debris(line: str, text: str, facts: Facts, group: RuleGroup) -> bool:
    if not line or len(line) > group.longest or not group.guard.search(line):
        return False
    for rule in group.rules:
        match = rule.pattern.search(line) if len(line) <= rule.longest else None
        if match and _applies(rule, text, facts):
            _keep_fact(rule, match.groupdict().get("fact"), facts)
            return True
    return False


def _remove_inside(text: str, facts: Facts, group: RuleGroup) -> Done:
    if not group.guard.search(text):
        return Done(text, 0)
    count = 0
    for rule in group.rules:
        if _applies(rule, text, facts):
            text, removed = rule.pattern.subn("", text)
            count += removed
    return Done(text, count)


def _applies(rule: Rule, text: str, facts: Facts) -> bool:
    return rule.language is None or rule.language == facts.language_of(text)


def _keep_fact(rule: Rule, fact: str | None, facts: Facts) -> None:
    fact = " ".join((fact or "").split()).strip(" ,;:|-–—")
    if not fact:
        return
    match rule.field:
        case "published_at":
            facts.published_at = facts.published_at or parse_date(fact)
        case "caption":
            if fact not in facts.captions:
                facts.captions.append(fact)
        case "title" | "dateline" | "agency" | "byline" as field:
            setattr(facts, field, getattr(facts, field) or fact)
        case None:
            pass
