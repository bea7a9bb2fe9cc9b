"""JSON whose text is kept as the blocks of an editor, escaped twice, or replaced by a placeholder."""

import json

import pytest

from tests.unit.formats.reads import only

FIRST = "Der Leuchtturm von Askholm bekommt im Herbst ein neues Licht, sagte die Wärterin."
SECOND = "Le vieux phare restera ouvert aux visiteurs, a promis la commune lundi."
THIRD = "灯台の古い明かりは博物館に移される。"


def text_of(body: object, key: str = "body") -> str:
    """Return the text that is read from an article with ``body``."""
    return only(json.dumps({"title": "Light", key: body}).encode(), "a.json").text


def _run(text: str, kind: str = "text", key: str = "text") -> dict[str, object]:
    return {"type": kind, key: text}


EDITORS = {
    "a list of blocks": [_run(FIRST, "paragraph"), _run("A boat", "image"), _run(SECOND, "paragraph")],
    "ProseMirror": {
        "type": "doc",
        "content": [
            {"type": "paragraph", "content": [_run(FIRST[:9]), _run(FIRST[9:])]},
            {"type": "bulletList", "content": [{"type": "listItem", "content": [_run(SECOND)]}]},
        ],
    },
    "Editor.js": {
        "blocks": [
            {"type": "paragraph", "data": {"text": FIRST.replace("Herbst", "<b>Herbst</b>")}},
            {"type": "list", "data": {"style": "ordered", "items": [SECOND]}},
        ]
    },
    "Lexical": {
        "root": {
            "type": "root",
            "children": [
                {"type": "paragraph", "children": [_run(FIRST[:9]), _run(FIRST[9:])]},
                {"type": "list", "children": [{"type": "listitem", "children": [_run(SECOND)]}]},
            ],
        }
    },
    "Quill": {
        "ops": [
            {"insert": FIRST[:9]},
            {"insert": FIRST[9:], "attributes": {"bold": True}},
            {"insert": {"image": "a.png"}},
            {"insert": f"\n\n{SECOND}"},
        ]
    },
    "Sanity": [
        {"_type": "block", "children": [{"_type": "span", "text": FIRST[:9]}, {"_type": "span", "text": FIRST[9:]}]},
        {"_type": "block", "children": [{"_type": "span", "text": SECOND}]},
    ],
    "Contentful": {
        "nodeType": "document",
        "content": [
            {"nodeType": "paragraph", "content": [{"nodeType": "text", "value": FIRST}]},
            {"nodeType": "paragraph", "content": [{"nodeType": "text", "value": SECOND}]},
        ],
    },
    "Slate": [
        {"type": "paragraph", "children": [{"text": FIRST[:9]}, {"text": FIRST[9:], "bold": True}]},
        {"type": "paragraph", "children": [{"text": SECOND}]},
    ],
    "Draft.js": {"blocks": [{"text": FIRST, "type": "unstyled"}, {"text": SECOND, "type": "unstyled"}]},
    "paragraphs without a type": [{"text": FIRST}, {"text": SECOND}],
    "Drupal": [{"value": f"<p>{FIRST}</p><p>{SECOND}</p>", "format": "full_html"}],
}


@pytest.mark.parametrize("body", EDITORS.values(), ids=EDITORS)
def test_the_blocks_of_an_editor_are_the_text(body: object) -> None:
    """Each block is a paragraph, its runs are not separated, and pictures are left out."""
    assert text_of(body) == f"{FIRST}\n\n{SECOND}"
    assert text_of(body, "content") == f"{FIRST}\n\n{SECOND}"


def test_articles_in_an_article_are_no_blocks() -> None:
    """An object with a headline of its own is an article, so its text is not that of the object around it."""
    assert text_of([{"title": "Another", "text": FIRST}], "body") == "Light"


def test_blocks_may_be_nested_without_end() -> None:
    """Hostile nesting ends in no text, not in an error of the program."""
    body: object = FIRST
    for _ in range(200):
        body = {"content": [body]}
    assert text_of(body) == "Light"


@pytest.mark.parametrize("line_end", ["\\n", "\\r\\n"])
def test_line_ends_that_were_escaped_twice_are_line_ends(line_end: str) -> None:
    """An export that escapes a text twice leaves a backslash and a letter for each line end."""
    assert text_of(f"{FIRST}{line_end}{line_end}{SECOND}{line_end}{THIRD}") == f"{FIRST}\n\n{SECOND}\n{THIRD}"


@pytest.mark.parametrize("text", [r"Der Ordner heißt C:\neu\nord und ist leer.", "Zeile\nC:\\n\\n bleibt."])
def test_a_backslash_of_the_author_stays(text: str) -> None:
    """A path of Windows is no line end, nor is a backslash in a text that has line ends."""
    assert text_of(text) == text


@pytest.mark.parametrize("placeholder", ["[Removed]", "null", "N/A", "[deleted]"])
def test_a_placeholder_is_no_text(placeholder: str) -> None:
    """Where an interface wrote that the text was removed, the summary is read."""
    record = {"title": "Light", "content": placeholder, "description": SECOND}
    assert only(json.dumps(record).encode(), "a.json").text == SECOND


def test_a_short_text_is_no_placeholder() -> None:
    """Words of the author stay, however short."""
    assert text_of("Removed: two cranes.") == "Removed: two cranes."
