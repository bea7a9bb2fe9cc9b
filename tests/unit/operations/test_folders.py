"""Which folders `copydesk check` reports."""

import errno
from pathlib import Path
from typing import NoReturn

import pytest

from worker.operations import health
from worker.settings import load


@pytest.mark.parametrize(("number", "problems"), [(errno.EROFS, 0), (errno.EACCES, 3)])
def test_a_folder_of_another_container(
    number: int, problems: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With servers elsewhere, folders mounted read-only are another part's; folders without permission are reported."""

    def refuse(**_options: object) -> NoReturn:
        raise OSError(number, "refused")

    monkeypatch.setattr(health, "TemporaryFile", refuse)
    monkeypatch.setenv("COPYDESK_DATA_DIR", str(tmp_path))
    settings = load(database_url="postgresql://db/copydesk", redis_url="redis://queue")
    assert len(health._folders(settings)) == problems
