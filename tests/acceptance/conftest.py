"""A service that has ingested the seeds through the real pipeline and serves the pages with the real command."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine

from tests.acceptance.stack import Stack, engine_answers
from tests.tables import empty_tables

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

SEEDS = Path(__file__).parents[2] / "seeds"
#: What a module in a foreign folder does if it is imported: it leaves its name, and ends the process.
_FOREIGN = "import pathlib, os; pathlib.Path({mark!r}).write_text(__name__); os._exit(3)\n"
CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
TOKEN = "a-token-for-tests-0123456789"  # noqa: S105  it protects nothing


@dataclass(frozen=True)
class Running:
    """A running service: the address of its pages, and the environment for commands."""

    address: str
    environment: dict[str, str]

    def copydesk(self, *arguments: str) -> Any:
        """Run a command with ``--json`` and return its output."""
        return json.loads(_run(self.environment, *arguments, "--json"))


def _run(environment: dict[str, str], *arguments: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", "worker", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    return ran.stdout


@pytest.fixture(scope="module")
def pages(
    server_urls: tuple[str, str], migrated_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """Yield the pages of a service that has ingested the seeds and has a token."""
    connected = create_engine(migrated_url)
    with connected.begin() as connection:
        empty_tables(connection)
    connected.dispose()
    folder = tmp_path_factory.mktemp("pages")
    shutil.copytree(SEEDS, folder / "seeds")
    environment = os.environ | {
        "DATABASE_URL": migrated_url,
        "REDIS_URL": server_urls[1],
        "COPYDESK_DATA_DIR": str(folder / "data"),
        "COPYDESK_WEB_TOKEN": TOKEN,
    }
    _run(environment, "ingest", str(folder / "seeds"))
    served = subprocess.Popen(
        [sys.executable, "-m", "worker", "web", "--port", "0"], env=environment, stderr=subprocess.PIPE, text=True
    )
    try:
        assert served.stderr
        [address] = re.findall(r"http://\S+", served.stderr.readline())
        yield Running(address.rstrip("/"), environment)
    finally:
        served.terminate()
        served.communicate(timeout=30)


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """Yield a headless Chromium, or skip the test if none is installed."""
    api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install '.[browser]'")
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed (Debian: apt-get install chromium)")
    with api.sync_playwright() as playwright:
        # Chromium's sandbox does not work in containers or as root; the browser opens nothing but our own pages
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


def watched(context: "BrowserContext") -> "Iterator[Page]":
    """Yield an empty tab of a context, which is closed afterwards; any console message is a failure."""
    tab = context.new_page()
    messages: list[str] = []
    tab.on("console", lambda message: messages.append(message.text))
    tab.on("pageerror", lambda error: messages.append(str(error)))
    yield tab
    context.close()
    assert not [words for words in messages if "404" not in words]


def sign_in(page: "Page", path: str) -> None:
    """Sign in as an editor and come to a page, which is loaded then."""
    page.goto(f"/sign-in?next={path}")
    page.get_by_label("Token").fill(TOKEN)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def check_access(browser: "Browser", pages: Running, path: str, screenshot: Path, scheme: Any, width: int) -> None:
    """Check the page of an editor: axe finds no serious problem, and it is no wider than the screen."""
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe is not installed: pip install '.[browser]'"
    )
    viewport: Any = {"width": width, "height": 900}
    for tab in watched(browser.new_context(base_url=pages.address, color_scheme=scheme, viewport=viewport)):
        sign_in(tab, path)
        tab.locator("main form").first.wait_for()
        tab.screenshot(path=screenshot, full_page=True)
        serious = [v["id"] for v in axe.Axe().run(tab).response["violations"] if v["impact"] != "minor"]
        assert not serious
        assert tab.evaluate("document.documentElement.scrollWidth") <= width


@pytest.fixture
def screenshots(tmp_path: Path) -> Path:
    """Return the folder for screenshots."""
    folder = Path(os.environ.get("COPYDESK_SCREENSHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def foreign_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current folder, with a package ``worker`` and a module ``numpy`` that are not ours.

    If a process imports one of them, there is a file ``imported``.
    """
    folder = tmp_path / "current"
    (folder / "worker" / "embedded").mkdir(parents=True)
    for name in ("worker/__init__.py", "worker/__main__.py", "worker/embedded/__init__.py", "numpy.py"):
        (folder / name).write_text(_FOREIGN.format(mark=str(folder / "imported")))
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Start the stack under a unique name; remove all its containers, volumes and images afterwards."""
    if not engine_answers():
        pytest.skip(
            "no Docker engine with compose answers: install one, or start the stand-in and export its DOCKER_HOST"
        )
    stack = Stack(tmp_path_factory.mktemp("compose") / "inbox")
    stack.inbox.mkdir()
    try:
        stack.up("--build")
        yield stack
    finally:
        with contextlib.suppress(AssertionError):
            stack.compose("down", "--volumes", "--remove-orphans", "--timeout", "10")
        subprocess.run(["docker", "image", "rm", f"copydesk:{stack.name}"], capture_output=True, check=False)
