"""Variables that look like settings but are none get a sentence with the nearest name."""

import re
from pathlib import Path

import pytest

from worker.settings import Settings
from worker.settings.unknown_variables import OTHER_VARIABLES, unknown_variables

ROOT = Path(__file__).parents[3]


def test_the_nearest_name_is_suggested(monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt setting is reported with the right spelling, a strange one with the list of settings."""
    monkeypatch.setenv("COPYDESK_SETTLE_SECOND", "3")
    monkeypatch.setenv("COPYDESK_XYZZY", "1")
    sentences = unknown_variables()
    assert sentences["COPYDESK_SETTLE_SECOND"].endswith("Did you mean COPYDESK_SETTLE_SECONDS?")
    assert sentences["COPYDESK_XYZZY"].endswith("config/worker.toml lists all settings.")


def test_settings_and_their_files_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a setting nor the name of a file with its value is reported."""
    for name in Settings.model_fields:
        monkeypatch.setenv(f"COPYDESK_{name.upper()}", "1")
        monkeypatch.setenv(f"COPYDESK_{name.upper()}_FILE", "1")
    assert not [name for name in unknown_variables() if name.removesuffix("_FILE")[9:].lower() in Settings.model_fields]


def test_variables_of_the_compose_file_are_known() -> None:
    """Each variable that docker-compose.yml reads is a setting or listed as another variable."""
    read = set(re.findall(r"\$\{(COPYDESK_[A-Z_]+)", (ROOT / "docker-compose.yml").read_text("utf-8")))
    settings = {f"COPYDESK_{name.upper()}{suffix}" for name in Settings.model_fields for suffix in ("", "_FILE")}
    assert read - settings <= OTHER_VARIABLES
