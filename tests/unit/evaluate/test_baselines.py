"""The textbook methods say what they need, and that can be installed."""

import re
import sys
import tomllib
from pathlib import Path

import pytest

from worker.errors import CopydeskError
from worker.evaluate import evaluate
from worker.evaluate.baselines import BASELINES
from worker.evaluate.corpus import Corpus
from worker.settings import load

ROOT = Path(__file__).parents[3]


def test_what_is_missing_is_told_before_anything_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra that the sentence names is one of the package's, and holds the library."""
    monkeypatch.setitem(sys.modules, "datasketch", None)  # as where it is not installed
    with pytest.raises(CopydeskError, match=r"needs datasketch\. Install it with") as caught:
        evaluate(load(), Corpus("none", [], {}), baseline=True)
    [extra] = re.findall(r"copydesk\[(\w+)\]", str(caught.value))
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert any(requirement.startswith("datasketch") for requirement in extras[extra])


def test_textbook_methods_find_a_copy() -> None:
    """Each of them puts two texts of the same words together, and leaves the third alone."""
    pytest.importorskip("datasketch")
    words = "The harbour of Ostrel was closed on Monday after a crane fell across the eastern pier of the port."
    texts = {"a": words, "b": words.lower(), "c": "Bakers in Varn open an hour later, says the guild of the town."}
    for cluster in BASELINES.values():
        found = cluster(texts)
        assert found["a"] == found["b"] != found["c"]
