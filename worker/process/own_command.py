"""The command that runs a module of this package in another process, whatever the current folder holds.

``python -m`` puts the current folder first on the path, so a folder named ``worker`` there would run instead of ours.
"""

import os
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

import worker


def own_command(module: str, *arguments: str) -> list[str]:
    """Return the command line that runs ``module`` with this interpreter; it needs the variables of `own_path`."""
    return [sys.executable, "-P", "-m", module, *arguments]


def own_path(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the ``PYTHONPATH`` with which a child finds the same package as this process, installed or not.

    It is empty for an installed package: with its folder first on the path, other packages could hide standard modules.
    """
    root = str(Path(worker.__file__).parents[1])
    if root in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        return {}
    return {"PYTHONPATH": os.pathsep.join(filter(None, (root, environment.get("PYTHONPATH"))))}
