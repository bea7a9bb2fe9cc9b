"""The texts of the feed, with names and numbers in braces: one TOML file per module that fills them in."""

import tomllib
from pathlib import Path
from typing import Any


def texts_of(name: str) -> dict[str, Any]:
    """Return the texts of a module."""
    return tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text("utf-8"))
