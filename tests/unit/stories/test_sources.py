"""The publishers of config/sources.toml: ranks, agencies, homepages, and the errors of an invalid file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from worker.clean.agencies import load_agencies
from worker.errors import SettingsError
from worker.stories.sources import agency_keys, homepage, load_sources, source_ranks


@pytest.fixture
def own_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Yield the path of a test's sources.toml, in the folder that COPYDESK_CONFIG_DIR names."""
    monkeypatch.setenv("COPYDESK_CONFIG_DIR", str(tmp_path))
    load_sources.cache_clear()
    yield tmp_path / "sources.toml"
    load_sources.cache_clear()


def test_every_agency_is_known() -> None:
    """The file names agencies as agencies.toml does, prefers nobody, and no name belongs to two publishers."""
    known = {agency.name for agency in load_agencies()}
    assert {source.agency for source in load_sources() if source.agency} <= known
    assert source_ranks(()) == {}
    keys = [key for source in load_sources() for key in source.keys]
    assert len(keys) == len(set(keys)) > 0


def test_an_agency_has_several_names_and_a_homepage() -> None:
    """AP's own copies are those with one of its names, in any letters, or from its site."""
    assert set(agency_keys({"ap"})) == {"ap", "associated press", "the associated press", "apnews.com"}
    assert list(agency_keys({"Unknown"})) == []
    assert homepage("www.APnews.com") == "https://apnews.com/"
    assert homepage("Herald") is None


def test_preferred_publishers_follow_the_setting(own_sources: Path) -> None:
    """The setting comes first, then the preferred publishers in the order of the file; all names of one are equal."""
    own_sources.write_text(
        '[[source]]\nname = "Herald"\nknown_as = ["herald.example"]\npreferred = true\n'
        '[[source]]\nname = "Post"\n[[source]]\nname = "News"\npreferred = true\n',
        encoding="utf-8",
    )
    assert source_ranks(("www.Desk.example",)) == {"desk.example": 0, "herald": 1, "herald.example": 1, "news": 2}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[[source]\n", "can't be read"),
        ("[[other]]\n", "something else"),
        ("[[source]]\n", "add"),
        ("[[source]]\nname = 1\n", "in quotation marks"),
        ('[[source]]\nname = "X"\nknown_as = "x.example"\n', "known_as is a list"),
        ('[[source]]\nname = "X"\nagency = 1\n', "agency is a name"),
        ('[[source]]\nname = "X"\npreferred = "yes"\n', "preferred is true or false"),
        ('[[source]]\nname = "X"\nhomepage = "javascript:alert(1)"\n', "homepage is an address"),
    ],
)
def test_an_invalid_file_is_explained(own_sources: Path, content: str, says: str) -> None:
    """The error names the file or the publisher, and what to do."""
    own_sources.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=says):
        load_sources()
