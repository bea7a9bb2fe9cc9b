"""The stylesheet has no rule that nothing uses, and none twice."""

import re
from collections import Counter
from datetime import timedelta
from pathlib import Path

from worker import web
from worker.article import FileState, PublicationStatus, Relation
from worker.store.read.trends import Trends
from worker.web.dashboard import _plots

_FOLDER = Path(web.__file__).parent
_TEMPLATES = "".join(path.read_text() for path in (_FOLDER / "templates").iterdir())
_STYLES = re.sub(r"/\*.*?\*/", "", (_FOLDER / "static" / "copydesk.css").read_text(), flags=re.DOTALL)
_SELECTORS = re.sub(r"@media[^{]*|\{[^{}]*\}", "{}", _STYLES)
#: The value of an attribute, in which an expression of a template may have quotation marks.
_CLASSES = re.compile(r'class="((?:\{\{.*?\}\}|\{%.*?%\}|[^"{])*)"')


def test_each_class_of_the_stylesheet_is_used() -> None:
    """Each is in a template or a script, or is a value that a page shows: a relation, a state, a kind of difference."""
    styled = set(re.findall(r"\.([a-zA-Z][\w-]*)", _SELECTORS))
    written = {word for value in _CLASSES.findall(_TEMPLATES) for word in re.findall(r"[\w-]+", value)}
    scripts = "".join(path.read_text() for path in (_FOLDER / "static").glob("*.js"))
    written |= set(re.findall(r'className = "(\w+)"', scripts))
    shown = {*Relation, *FileState, *PublicationStatus, "same", "changed", "removed", "added", "replaced"}
    plots = _plots(Trends([], timedelta(hours=1), 1))
    others = max(len([name for name in plot.series if name not in set(Relation)]) for plot in plots)
    assert styled - written - shown == {f"s{number + 1}" for number in range(others)}


def test_each_element_of_the_stylesheet_is_used() -> None:
    """Each element that a rule names is in a template or is made by a filter."""
    named = set(re.findall(r"(?:^|[\s,>+}])([a-z][a-z0-9]*)(?=[\s,.:\[{>])", _SELECTORS))
    assert {name for name in named if f"<{name}" not in _TEMPLATES} == {"time"}


def test_no_rule_is_there_twice() -> None:
    """No two rules outside of media queries have the same selectors."""
    plain = re.sub(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", _STYLES)
    counted = Counter(" ".join(selectors.split()) for selectors in re.findall(r"([^{}]+)\{", plain))
    assert [selectors for selectors, times in counted.items() if times > 1] == []
