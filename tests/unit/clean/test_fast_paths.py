"""Each fast path of cleaning gives the same result as the complete computation."""

import re
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from tests.unit.clean.test_clean_properties import TEXTS
from worker.article import Article
from worker.clean import MAX_ROUNDS, STEPS, SURFACE_STEPS, clean
from worker.clean.characters import _ODD, _REPLACEMENTS, normalise_characters
from worker.clean.dates import _FEWEST_DIGITS, _first_day, parse_date
from worker.clean.debris import _remove_lines, _store_fact
from worker.clean.headline import _SITE, _is_same_headline
from worker.clean.menus import _WORD, MIN_LEAD, _menu_length
from worker.clean.metadata import Metadata, Trigger
from worker.clean.repeats import SHORTEST_BEGINNING, SHORTEST_BLOCK, drop_repeats
from worker.clean.rules import load_rules
from worker.clean.triggers import _scan, blanks_come_first, triggers_in
from worker.dates.written import parse_written
from worker.language.detect import _FUNCTION_WORDS, _detect_by_function_words
from worker.language.width import _SHORT, _WIDE, has_wide

LINES = load_rules()["line"]
#: Lines of every length at which a rule or a step behaves differently; lines repeat, or begin other lines.
LONG = st.sampled_from(["The harbour of Varnby opens in May. " * count for count in (1, 2, 3, 5, 12, 25)])
EXAMPLES = st.sampled_from([line for rule in LINES.rules for line in rule.example.split("\n")])
CAPTION = st.just("FILE PHOTO: " + "A ferry lies in the harbour of Varnby. " * 6)
PAGES = st.lists(EXAMPLES | LONG | CAPTION | TEXTS | st.just(""), max_size=12).map("\n".join)


@given(TEXTS | PAGES, st.sampled_from(["", "\n", " \n", "\n\n", "-\n", "\f\n"]))
def test_no_trigger_is_missed(text: str, end: str) -> None:
    """A line end after the text is not scanned, but its triggers are reported."""
    triggers, scanned = triggers_in(text + end), _scan(text + end)
    assert scanned - {Trigger.BREAK, Trigger.INSIDE} <= triggers
    assert triggers - scanned <= {Trigger.LINE}


#: Wrapped lines of which one ends in a dash, but none in a broken word.
_DASH = '{0}\n{0}\n"\n(September 12)VARNBY (AP) -- \n{0}'.format("The harbour of Varnby opens in May.")


@example(_DASH)
@given(TEXTS | PAGES)
def test_steps_without_a_trigger_can_be_skipped(text: str) -> None:
    """Running all steps in each round gives the same text and counts as skipping those without a trigger."""
    metadata, left, changes, unchanged = Metadata(language="en"), text, dict[str, int](), 0
    for _ in range(MAX_ROUNDS):
        for step in STEPS[len(SURFACE_STEPS) - 1 :] if blanks_come_first(left) else STEPS:
            left, count = step.apply(left, metadata) if unchanged < len(STEPS) else (left, 0)
            changes[step.name] = changes.get(step.name, 0) + count
            unchanged = 0 if count else unchanged + 1
    cleaned = clean(Article(text, language="en"))
    assert (cleaned.text, cleaned.changes) == (left, {name: count for name, count in changes.items() if count})


@given(PAGES)
def test_lines_are_debris_as_if_each_were_matched_alone(text: str) -> None:
    """The single search of a text misses no line that a rule matches, and every fact is stored."""
    text = _storable(text)
    metadata, expected, debris = Metadata(language="en"), Metadata(language="en"), set()
    for line in dict.fromkeys(filter(None, text.split("\n"))):
        for rule in LINES.rules:
            match = rule.pattern.search(line) if len(line) <= rule.longest else None
            if match and rule.language in (None, "en"):
                _store_fact(rule, match, expected)
                debris.add(line)
                break
    left = _remove_lines(text, metadata, LINES)
    assert debris.isdisjoint(left.text.split("\n"))
    assert metadata == expected
    assert bool(left.changes) == bool(debris)


@given(PAGES)
def test_repeats_are_dropped_as_by_comparing_all_lines(text: str) -> None:
    """Only a text whose lines all begin differently is skipped."""
    lines = text.split("\n")
    blocks = [line for line in lines if len(line) >= SHORTEST_BEGINNING]
    begun = {line for line, following in pairwise(blocks) if following.startswith(line) and following != line}
    seen: set[str] = set()
    kept = []
    for line in lines:
        if line not in begun and line not in seen:
            kept.append(line)
        if len(line) >= SHORTEST_BLOCK and line not in begun:
            seen.add(line)
    assert drop_repeats(text, Metadata()) == ("\n".join(kept), len(lines) - len(kept))


@given(st.text("\r\n\u200b\u2028\u00a0ﬁ\x00ae\u0301\u200d", max_size=20))
def test_odd_characters_are_replaced_one_kind_after_the_other(text: str) -> None:
    """In any order, the result equals counting all of them and then replacing them in sorted order."""
    odd = sorted(set(_ODD.findall(text)))
    plain = text.replace("\r\n", "\n")
    for character in odd:
        plain = plain.replace(character, _REPLACEMENTS.get(character, ""))
    done = normalise_characters(text, Metadata())
    assert done == normalise_characters(plain, Metadata())._replace(changes=done.changes)
    assert done.changes >= sum(map(text.count, odd))


@given(st.lists(st.sampled_from(["Harbour", "Ferries", "opens", "of", "(2),"]), max_size=60), st.booleans())
def test_menu_ends_at_the_largest_excess_of_capitals(words: list[str], backwards: bool) -> None:
    """A menu ends at the word with the largest excess of capitalised words over others."""
    line = "Harbour News " * 25 + "it opens " * 20 + " ".join(words) + " it opens" * 20 + " Harbour News" * 25
    length = _menu_length(line, backwards=backwards)
    best = total = reached = 0
    for word in list(_WORD.finditer(line))[:: -1 if backwards else 1]:
        total += 1 if word[0][0].isupper() else -1
        if total > best:
            best, reached = total, len(line) - word.start() if backwards else word.start()
    assert length in (0, reached)
    assert not length or best >= MIN_LEAD


@given(st.text("aAbßsSŉİif“ -|.\u0301", max_size=5), st.text("aAbßsSŉİif“ -|.\u0301", max_size=6) | st.just(" - x"))
def test_headline_is_recognised_by_its_words(line: str, end: str) -> None:
    """The check of the first letters only skips comparisons of different words."""
    for title in (end, line.swapcase() + end):
        first = re.search(r"\w+", line)
        words, known, site = (re.findall(r"\w+", text.casefold()) for text in (line, title, _SITE.split(title)[0]))
        same = words in (known, site) and first is not None and first[0].casefold() in title.casefold()
        assert _is_same_headline(line, title) == same


@given(st.lists(st.sampled_from(sorted(set(" ".join(_FUNCTION_WORDS.values()).split()))) | st.text(max_size=5)))
def test_function_words_vote_by_index_as_by_name(words: list[str]) -> None:
    """Votes that are counted by index choose the same language as votes that are counted by name."""
    sample = " ".join(words)
    votes: dict[str, float] = {}
    listed = {language: frozenset(words.split()) for language, words in _FUNCTION_WORDS.items()}
    for word in sample.lower().split():
        languages = [language for language, words in listed.items() if word in words]
        for language in languages:
            votes[language] = votes.get(language, 0) + 1 / len(languages)
    ranked = sorted(votes.items(), key=lambda vote: -vote[1]) + [("", 0.0)] * 2
    (language, most), (_, next_most) = ranked[:2]
    assert _detect_by_function_words(sample) == (language if most >= 4 and most >= 2 * next_most else None)


def _storable(text: str) -> str:
    return re.sub("[\ud800-\udfff]", "", text)


PARTS_OF_DATES = st.sampled_from("VARNBY, April Apr. Wed, 9 09 9, 31 1931 31, 12:30 9/4 04- GMT of 9th T".split())


@given(st.lists(PARTS_OF_DATES | st.text("0123456789 .:/-", max_size=4), max_size=6).map(" ".join))
def test_a_text_with_few_digits_names_no_date(text: str) -> None:
    """A text that is not parsed, because it has too few digits for a day and a year, names no date."""
    if sum(map(str.isdigit, text)) < _FEWEST_DIGITS:
        assert parse_date(text) is None
        assert parse_written(text) is None
        assert _first_day(text) is None


@given(st.text(st.characters() | st.sampled_from("沈한ｱ") | st.sampled_from("abc “é\ud800"), max_size=_SHORT + 20))
def test_wide_characters_are_found_in_texts_of_any_length(text: str) -> None:
    """A short text and a long one, which other libraries search, have wide characters by the same rule."""
    for long in (text, f"{text}{'a' * _SHORT}"):
        assert has_wide(long) == (_WIDE.search(text) is not None)
