"""A copy of this program that is as a later version would be: other fingerprints, another cleaner, other messages."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.acceptance.processes import ROOT


class Change(NamedTuple):
    """Words of a module that the later version has otherwise."""

    module: str
    old: str
    new: str


#: SimHashes with the opposite bits: the distance to those of this version means nothing.
_SIMHASHES = """

_of_this_version = simhashes


def simhashes(features):  # noqa: F811
    return [bytes(255 - byte for byte in simhash) for simhash in _of_this_version(features)]
"""

#: Seven of eight of the sampled keys.
_SKETCHES = """

_of_this_version = sketches


def sketches(features):  # noqa: F811
    return [keys[keys % 8 != 0] for keys in _of_this_version(features)]
"""

#: Another version number; with it come other SimHashes and other sampled keys.
FINGERPRINT = (Change("fingerprint/__init__.py", "VERSION: Final = 2", "VERSION: Final = 3"),)
#: A cleaner that takes a line for debris which this version keeps.
DEBRIS = "Reported by the night desk of the Ostrel Courier"
_RULE = f"""
[[rule]]
name = "night desk"
where = "line"
pattern = '{DEBRIS}'
example = "{DEBRIS}"
result = ""
"""
CLEANER = (Change("clean/__init__.py", "VERSION = 4", "VERSION = 5"),)
#: A task of another name: workers of either version can't read the messages of the other.
MESSAGES = (Change("queue/message_format.py", '"copydesk.process"', '"copydesk.process_files"'),)


def next_version(folder: Path, changes: Sequence[Change]) -> dict[str, str]:
    """Copy the package with ``changes`` into ``folder``; return the environment of its processes.

    Where the cleaner changes, it has one debris rule more.
    """
    package = folder / "worker"
    shutil.copytree(ROOT / "worker", package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "config", folder / "config")
    for change in changes:
        path = package / change.module
        source = path.read_text("utf-8")
        assert source.count(change.old) == 1, f"{change.module} has no {change.old}"
        path.write_text(source.replace(change.old, change.new), "utf-8")
    if CLEANER[0] in changes:
        with (folder / "config" / "debris.toml").open("a", encoding="utf-8") as rules:
            rules.write(_RULE)
    if FINGERPRINT[0] in changes:
        for name, functions in (("simhash.py", _SIMHASHES), ("sketch.py", _SKETCHES)):
            with (package / "fingerprint" / name).open("a", encoding="utf-8") as module:
                module.write(functions)
    return {"PYTHONPATH": str(folder)}
