"""The textbook methods name the extra that they need, and cluster copies."""

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


def test_a_missing_library_is_reported_before_measuring(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names an extra of this package that contains the library."""
    monkeypatch.setitem(sys.modules, "datasketch", None)  # as where it is not installed
    with pytest.raises(CopydeskError, match=r"needs datasketch\. Install it with") as caught:
        evaluate(load(), Corpus("none", [], {}), baseline=True)
    [extra] = re.findall(r"\.\[(\w+)\]", str(caught.value))
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert any(requirement.startswith("datasketch") for requirement in extras[extra])


def test_textbook_methods_find_a_copy() -> None:
    """Each method puts two texts with the same words in one cluster, and the third text in another."""
    pytest.importorskip("datasketch")
    words = "The harbour of Ostrel was closed on Monday after a crane fell across the eastern pier of the port."
    texts = {"a": words, "b": words.lower(), "c": "Bakers in Varn open an hour later, says the guild of the town."}
    for cluster in BASELINES.values():
        clusters = cluster(texts)
        assert clusters["a"] == clusters["b"] != clusters["c"]
