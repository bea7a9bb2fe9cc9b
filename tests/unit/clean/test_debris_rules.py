"""Every rule of config/debris.toml does what its example says, and an invalid file is explained."""

import tomllib
from itertools import chain
from pathlib import Path

import pytest

from worker.article import Article
from worker.clean import clean
from worker.clean.rules import DebrisRule, load_rules
from worker.errors import SettingsError

OPENING = "The ministers of both sides will talk for two days, said a spokesman on Monday in the town hall of Ostrel."
RULES = list(chain.from_iterable(group.rules for group in load_rules().values()))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_example_of_a_rule(rule: DebrisRule) -> None:
    """The example becomes the result, and the rule's fact is in its field."""
    cleaned = clean(Article(rule.example, language=rule.language or "en"))
    assert cleaned.text == rule.result.replace("\n", "\n\n")
    if rule.field:
        assert getattr(cleaned, "captions" if rule.field == "caption" else rule.field)


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule in RULES for text in rule.keeps])
def test_sentence_that_a_rule_leaves_alone(rule: DebrisRule, text: str) -> None:
    """No rule changes a sentence of an author that begins or ends like debris."""
    assert clean(Article(f"{OPENING}\n\n{text}")).text == f"{OPENING}\n\n{text}"


def test_names_are_unique() -> None:
    """A rule name identifies one rule."""
    names = [rule.name for rule in RULES]
    assert len(set(names)) == len(names)


@pytest.fixture
def own_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the path of a test's debris.toml, in the folder that COPYDESK_CONFIG_DIR names."""
    monkeypatch.setenv("COPYDESK_CONFIG_DIR", str(tmp_path))
    return tmp_path / "debris.toml"


def test_config_folder_is_used(own_rules: Path) -> None:
    """Rules in COPYDESK_CONFIG_DIR replace the project's; a folder without rules leaves the project's in force."""
    ours = tomllib.loads((Path(__file__).parents[3] / "config" / "debris.toml").read_text("utf-8"))["rule"]
    loaded = chain.from_iterable(group.rules for group in load_rules.__wrapped__().values())
    assert {rule.name for rule in loaded} == {rule["name"] for rule in ours}
    own_rules.write_text('[[rule]]\nname = "box"\nwhere = "line"\npattern = "a"\nexample = ""\nresult = ""', "utf-8")
    assert [rule.name for rule in load_rules.__wrapped__()["line"].rules] == ["box"]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("rule = [", "can't be read"),
        ('[rule]\nname = "x"', r"begins with a line \[\[rule\]\]"),
        ('[[rules]]\nname = "x"', r"begins with a line \[\[rule\]\]"),
        ('[[rule]]\nname = "x"', "add"),
        ('[[rule]]\nname = "x"\nwhere = "foot"\npattern = "a"\nexample = ""\nresult = ""', "where is one of"),
        ('[[rule]]\nname = "x"\nwhere = "line"\npattern = "(a"\nexample = ""\nresult = ""', "not valid RE2"),
    ],
)
def test_invalid_file_is_explained(own_rules: Path, content: str, complaint: str) -> None:
    """An invalid file raises an error that says what to change."""
    own_rules.write_text(content, "utf-8")
    with pytest.raises(SettingsError, match=complaint):
        load_rules.__wrapped__()


@pytest.mark.parametrize(
    "prose",
    [
        "Copyright holders sued the company on Monday.",
        "Copyright Office officials said that nothing was decided.",
        "Copyright law of 1976 was changed in May, and the terms of older books with it.",
        "The chapter on copyright follows the terms of the older agreement, which both sides had signed in 1931.",
        "Judges asked whether copyright or privacy counts more when a machine reads letters of the dead.",
        "They may (a) sell, (b) lend or (c) change the terms of the lease, the court decided.",
    ],
)
def test_prose_on_copyright_stays(prose: str) -> None:
    """The word also begins sentences; only with a sign, a year or nothing but names is it a footer."""
    assert clean(Article(f"{OPENING}\n\n{prose}", language="en")).text == f"{OPENING}\n\n{prose}"


def test_a_wrapped_line_that_begins_with_copyright_stays() -> None:
    """In a column any word may begin a line."""
    column = (
        "Artists and writers have waited for\nyears until parliament passed the new\ncopyright law that gives them a\n"
        "share of what machines make of them,\nand copyright holders may ask for it.\n"
    )
    assert clean(Article(column, language="en")).text == " ".join(column.split())


@pytest.mark.parametrize(
    "footer",
    [
        "Copyright 2031 Varnby Courier",
        "Copyright © 2031 Varnby Courier. Made in Ostrel.",
        "Copyright The Varnby Press",
        "COPYRIGHT VARNBY COURIER 2031",
        "copyright Varnby 2031 - ISSN: 2283-5474",
        "© Varnby Courier",
        "(c) 2031 Varnby Courier",
    ],
)
def test_footers_with_copyright_are_removed(footer: str) -> None:
    """A line with the sign, a year or nothing but names belongs to the page."""
    assert clean(Article(f"{OPENING}\n\n{footer}", language="en")).text == OPENING


def test_no_line_of_a_column_is_debris_by_its_first_word() -> None:
    """Lines that continue a sentence of a wrapped text are kept; lines of the page between them are removed."""
    column = (
        "The ministry asked the owner of the dam\nto tell the people of the valley and to\n"
        "share with the company all that it has\npublished on Wednesday.\nShare this article\n"
        "The owner said that these matters were\nrelated to an old plan, and that it had\n"
        "read more of the letters than others in\nnext to no time at all.\n"
    )
    whole = " ".join(column.replace("Share this article\n", "").split())
    assert " ".join(clean(Article(column, language="en")).text.split()) == whole
