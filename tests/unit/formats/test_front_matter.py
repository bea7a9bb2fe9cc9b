"""Front matter in YAML and TOML gives the fields of an article; everything else stays in its text."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cost import costs_at_most
from tests.unit.formats.reads import only
from worker.formats.front_matter import front_matter

BODY = "The lock at Tarnow opens again in June, the water board said."
MORNING = datetime(2033, 5, 17, 6, 40, tzinfo=UTC)


TITLE = "Lock opens: in June"
TOML = f'+++\ntitle = "{TITLE}"\ndate = 2033-05-17T06:40:00Z\nauthors = ["Ada Holm", "Ivo Brandt"]\n+++\n'
TOML_TABLE = f"""+++
title = '''
{TITLE}'''
date = 2033-05-17T08:40:00+02:00
[params]
author = "Ada Holm, Ivo Brandt"
+++
"""
FOLDED = """---
title: >-
  Lock opens:
  in June
date: 2033-05-17 08:40:00 +0200
author:
  - Ada Holm
  - Ivo Brandt
---
"""
LITERAL = f"""---
title: |
  {TITLE}
authors:
  - name: Ada Holm
    url: /ada
  - name: Ivo Brandt
date: 2033-05-17T06:40:00Z
...
"""
BARE_COLON = f"---\ntitle: {TITLE}\ndate: 2033-05-17T06:40Z\nauthor: [Ada Holm, Ivo Brandt]\ntags:\n- a\n---\n"
QUOTED = f"---\nTitle: '{TITLE}'\nDate: 2033-05-17T06:40:00.000Z\nbyline: Ada Holm, Ivo Brandt\nlayout: post\n---\n"


@pytest.mark.parametrize("block", [TOML, TOML_TABLE, FOLDED, LITERAL, BARE_COLON, QUOTED])
def test_fields_above_the_text(block: str) -> None:
    """Folded and block scalars, lists, objects, TOML's dates and unquoted colons are read, and leave the text."""
    article = only(f"{block}\n{BODY}\n".encode(), "a.md")
    assert (article.title, article.author, article.text) == (TITLE, "Ada Holm, Ivo Brandt", BODY)
    assert article.published_at == MORNING


def test_a_day_in_toml() -> None:
    """A local date of TOML is a day."""
    article = only(f"+++\ndate = 2033-05-17\n+++\n{BODY}".encode(), "a.md")
    assert article.published_at == datetime(2033, 5, 17, tzinfo=UTC)


def test_words_stay_words() -> None:
    """YAML's guesses are not applied: a title may be "No", a number or a time."""
    for title in ("No", "12:30", "1984", "2033-05-17", "~"):
        assert only(f"---\ntitle: {title}\n---\n{BODY}".encode(), "a.md").title == title


@pytest.mark.parametrize(
    "opening",
    [
        "---\nThe vote was close.\n---\n",
        "---\nLe vote fut serré, dit-elle.\n\nOn recommence : demain.\n---\n",
        "+++\nDie Abstimmung war knapp.\n+++\n",
        "---\ntitle: never closed\n",
    ],
)
def test_prose_between_rules_stays(opening: str) -> None:
    """A text that begins with a rule is no front matter, and loses no word."""
    words = [word for word in f"{opening}\n{BODY}".split() if word.strip("-+")]
    text = only(f"{opening}\n{BODY}".encode(), "a.md").text
    assert [word for word in text.split() if word.strip("-+")] == words


def test_hostile_front_matter_is_cheap() -> None:
    """An alias bomb, deep nesting and a long block are read in seconds: brackets take the longest, 0.8 s."""
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(9)
    )
    for block in (f"{bomb}title: *j\n", "title: " + "[" * 15_000, "- " * 9_000, "a:\n " * 4_000, "? " * 9_000):
        with costs_at_most(5):
            article = only(f"---\n{block}\n---\n{BODY}".encode(), "a.md")
        assert article.text.endswith(BODY)


@given(st.text(alphabet="ab:-+#[]{}&*!|>'\"=\n \t.?%@", max_size=60), st.sampled_from(["---", "+++"]))
def test_any_block_is_read(block: str, fence: str) -> None:
    """No front matter raises an error, and the text below it is kept."""
    fields, text = front_matter(f"{fence}\n{block}\n{fence}\n{BODY}")
    assert text.endswith(BODY)
    assert isinstance(fields, dict)


def test_front_matter_in_json_is_read() -> None:
    """Hugo takes a JSON object above the text; a template's braces above prose are text."""
    article = only(f'{{\n "title": "{TITLE}",\n "date": "2033-05-17T06:40:00Z"\n}}\n\n{BODY}\n'.encode(), "lock.md")
    assert (article.title, article.published_at, article.text) == (TITLE, MORNING, BODY)
    assert BODY in only(f"{{\nnote to the desk\n}}\n\n{BODY}\n".encode(), "lock.md").text


def test_a_colon_in_a_value_costs_no_other_field() -> None:
    """A title without quotation marks is no YAML; lists and objects next to it are read all the same."""
    fields, text = front_matter(f"---\ntitle: {TITLE}\nauthors:\n  - name: Ada Holm\n    url: a\n---\n{BODY}")
    assert (fields["title"], fields["author"], text) == (TITLE, [{"name": "Ada Holm", "url": "a"}], BODY)


def test_front_matter_of_a_plain_text_is_read() -> None:
    """A suffix says little; a rule above prose, or fields without a title and a date, are text."""
    article = only(f"---\ntitle: {TITLE}\ndate: 2033-05-17T06:40:00Z\n---\n\n{BODY}\n".encode(), "lock.txt")
    assert (article.title, article.published_at, article.text) == (TITLE, MORNING, BODY)
    for text in (f"---\n{BODY}\n---\n{BODY}\n", f"---\nWater: high\n---\n{BODY}\n"):
        assert only(text.encode(), "lock.txt").text == text
