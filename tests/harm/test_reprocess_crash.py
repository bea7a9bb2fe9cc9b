"""The compiled kernel crashes while articles are reprocessed: those concerned stay as they were, the rest goes on."""

from pathlib import Path

import psycopg
import pytest

from tests.acceptance.processes import Installation
from tests.dispatches import copy_of
from tests.harm.crashing_kernel import MARK, crashing_kernel, needs_kernel, package_with
from worker import clean, embedded

pytestmark = [pytest.mark.harm, needs_kernel]


@pytest.mark.parametrize("in_article", [True, False], ids=["fingerprint", "compare"])
def test_a_crash_costs_no_other_story(tmp_path: Path, in_article: bool) -> None:
    """The articles of the story in which it crashes are named and done by the next run with another kernel."""
    root = package_with(crashing_kernel(tmp_path, "SIGSEGV", in_article=in_article), tmp_path / "root")
    desk = Installation(tmp_path / "desk")
    broken = Installation(desk.data, {"PYTHONPATH": str(root)})
    news = tmp_path / "news"
    news.mkdir()
    for number in range(4):
        (news / f"{number}.txt").write_text(copy_of(number, 0, 60))
    (news / "marked.txt").write_text(f"{copy_of(3, 99, 60)} {MARK} sinks.\n")
    with embedded.servers(desk.data) as servers:
        desk.json("migrate")
        desk.run("ingest", news)
        with psycopg.connect(servers.database_url.replace("+psycopg", "")) as connection:
            connection.execute("UPDATE articles SET cleaner_version = 0, title = 'Old'")
            connection.commit()
            [[marked, story]] = connection.execute(
                "SELECT id, story_id FROM articles WHERE text LIKE %s", [f"%{MARK}%"]
            )
            [[ids]] = connection.execute("SELECT array_agg(id) FROM articles WHERE story_id = %s", [story])
            connection.commit()
            result = broken.json("reprocess", code=1)
            crashed = {int(article): name for article, name in result["crashed"].items()}
            assert marked in crashed
            assert {*crashed} <= {*ids}
            assert {*crashed.values()} == {"SIGSEGV"}
            assert (result["looked_at"], result["kept_as_it_was"]) == (5, len(crashed))
            old = connection.execute("SELECT id, title FROM articles WHERE cleaner_version < %s", [clean.VERSION])
            assert dict(old.fetchall()) == dict.fromkeys(crashed, "Old")
            connection.commit()
            said = broken.refused("reprocess")
            assert f"Compiled code crashed on article {marked} (SIGSEGV), which stays as it was." in said
            assert desk.json("reprocess")["text_changed"] == len(crashed)
        desk.json("check", "--deep")
