"""Settings: every one documented and used, every wrong value told in a sentence, secrets from files."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from worker.errors import SettingsError
from worker.settings import Settings, config_file, load

#: What stands in the environment or in files of secrets, never in the file of settings.
SECRETS = {"web_token", "database_url", "redis_url", "database_password", "redis_password"}
DEFAULTS: dict[str, Any] = tomllib.loads(config_file("worker.toml").read_text("utf-8"))

WRONG = [
    ("settle_seconds", "-1"),
    ("settle_seconds", "soon"),
    ("scan_seconds", "0"),
    ("max_waiting_files", "0"),
    ("batch_files", "0"),
    ("batch_files", "5000"),
    ("batch_bytes", "0"),
    ("max_file_bytes", "2 GB"),
    ("max_article_bytes", "0"),
    ("max_unpacked_bytes", "-5"),
    ("records_per_part", "0"),
    ("max_attempts", "0"),
    ("concurrency", "-1"),
    ("task_seconds", "1"),
    ("window_days", "-1"),
    ("window_days", "10000000"),
    ("sweep_seconds", "0"),
    ("finished_files", "delete"),
    ("log_format", "xml"),
    ("log_level", "loud"),
    ("ignore", "*.tmp"),
    ("json_fields", "text"),
    ("json_fields", '{"txt": "body"}'),
    ("web_names", "desk.example.org"),
]


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take what this machine sets out of the environment."""
    for name in SECRETS:
        monkeypatch.delenv(name.upper(), raising=False)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"COPYDESK_{name.upper()}", raising=False)


def test_every_setting_has_a_default_and_every_default_a_setting() -> None:
    """The file of settings and the code name the same settings."""
    assert set(Settings.model_fields) - SECRETS == set(DEFAULTS)


def test_every_setting_is_explained_beside_its_default() -> None:
    """Each line of the file says in a comment what the setting does."""
    for line in config_file("worker.toml").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, rest = line.partition(" = ")
            assert len(rest.rpartition(" # ")[2]) > 10, name


def test_every_setting_is_used() -> None:
    """No setting is read by nobody."""
    modules = Path(config_file("../worker")).rglob("*.py")
    code = "".join(path.read_text("utf-8") for path in modules if path.parent.name != "settings")
    unused = {name for name in DEFAULTS if f".{name}" not in code}
    # the number of processes is asked by another name, folders also by a loop over their names
    assert unused <= {"concurrency"}


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """The message names the setting, the variable that sets it and the value, and says what is wrong."""
    monkeypatch.setenv(f"COPYDESK_{name.upper()}", value)
    with pytest.raises(SettingsError) as caught:
        load()
    told = str(caught.value)
    assert name in told
    assert f"COPYDESK_{name.upper()}" in told
    assert "Traceback" not in told


@pytest.mark.parametrize(
    ("name", "written"), [("ignore", '["'), ("web_names", '["desk.example.org"]'), ("json_fields", '{"text"')]
)
def test_a_list_or_table_is_shown_as_it_is_written(monkeypatch: pytest.MonkeyPatch, name: str, written: str) -> None:
    """What must be JSON is told with an example of its own kind."""
    monkeypatch.setenv(f"COPYDESK_{name.upper()}", "plain words")
    with pytest.raises(SettingsError) as caught:
        load()
    assert f"such as {written}" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "secret"),
        ("DATABASE_URL", "mysql://desk:secret@db/news"),
        ("DATABASE_URL", "postgresql://[secret/news"),
        ("DATABASE_URL", "postgresql://desk:secret@db:port/news"),
        ("REDIS_URL", "secret"),
        ("REDIS_URL", "http://:secret@queue"),
        ("REDIS_URL", "redis://:secret@queue:port/0"),
        ("REDIS_URL", "redis://[secret"),
    ],
)
def test_an_address_of_no_server_is_told(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """A slip in an address is told with one that would do; what was written, perhaps a password, is not shown."""
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=rf"^{name} is not an address of .*, such as ") as caught:
        load()
    assert "secret" not in str(caught.value)


def test_a_password_may_hold_what_parts_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """An address that SQLAlchemy takes is taken, though others would read it otherwise."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://desk:a/b#c@db/news")
    assert load().database_url == "postgresql+psycopg://desk:a/b#c@db/news"


def test_a_file_of_settings_may_leave_some_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that was copied from an older version, or that holds one line alone, has the defaults for the rest."""
    (tmp_path / "worker.toml").write_text("batch_files = 3", "utf-8")
    monkeypatch.setenv("COPYDESK_CONFIG_DIR", str(tmp_path))
    assert load() == load(batch_files=3)
    assert load().window_days == DEFAULTS["window_days"]


def test_names_of_json_fields_are_given_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who names the text's field, in the file or in the environment, keeps the names of all others."""
    expected = DEFAULTS["json_fields"] | {"text": "body"}
    monkeypatch.setenv("COPYDESK_JSON_FIELDS", '{"text": "body"}')
    assert load().json_fields == expected
    monkeypatch.delenv("COPYDESK_JSON_FIELDS")
    (tmp_path / "worker.toml").write_text('json_fields = { text = "body" }', "utf-8")
    monkeypatch.setenv("COPYDESK_CONFIG_DIR", str(tmp_path))
    assert load().json_fields == expected


def test_a_folder_of_settings_that_is_missing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slip in the folder's name does not quietly bring the defaults back."""
    monkeypatch.setenv("COPYDESK_CONFIG_DIR", str(tmp_path / "none"))
    with pytest.raises(SettingsError, match=r"COPYDESK_CONFIG_DIR names .*none, which is not a folder"):
        load()


def test_an_unknown_setting_in_the_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that no setting has is told, with where to look."""
    written = config_file("worker.toml").read_text("utf-8")
    (tmp_path / "worker.toml").write_text(f"sttle_seconds = 2\n{written}", "utf-8")
    monkeypatch.setenv("COPYDESK_CONFIG_DIR", str(tmp_path))
    with pytest.raises(SettingsError, match=r"no setting named sttle_seconds; config/worker\.toml lists them"):
        load()


def test_a_file_of_settings_that_is_no_toml_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slip in the file of settings is told with the file's name and the line."""
    (tmp_path / "worker.toml").write_text("data_dir = \n", "utf-8")
    monkeypatch.setenv("COPYDESK_CONFIG_DIR", str(tmp_path))
    with pytest.raises(SettingsError, match=r"worker\.toml can't be read: .*line 1"):
        load()


def test_the_environment_wins_over_the_file_and_the_caller_over_both(monkeypatch: pytest.MonkeyPatch) -> None:
    """Defaults stand in the file, the environment wins, what a test or a command chose wins over all."""
    assert load().batch_files == 100
    monkeypatch.setenv("COPYDESK_BATCH_FILES", "7")
    assert load().batch_files == 7
    assert load(batch_files=9).batch_files == 9


def test_an_empty_variable_is_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose sets variables to nothing where a person left them out: the default holds."""
    monkeypatch.setenv("COPYDESK_BATCH_FILES", "")
    assert load().batch_files == 100


def test_folders_stand_in_the_data_folder_unless_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Inbox, archive and quarantine follow the data folder, each can be put elsewhere."""
    monkeypatch.setenv("COPYDESK_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COPYDESK_INBOX", str(tmp_path / "elsewhere"))
    found = load()
    assert found.inbox == tmp_path / "elsewhere"
    assert (found.archive, found.quarantine) == (tmp_path / "archive", tmp_path / "quarantine")


@pytest.mark.parametrize("name", ["DATABASE_PASSWORD", "DATABASE_URL", "REDIS_URL", "COPYDESK_LOG_LEVEL"])
def test_a_value_can_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """`<VARIABLE>_FILE` names a file that holds the value; the line's end is not part of it."""
    value = {"COPYDESK_LOG_LEVEL": "debug", "DATABASE_URL": "postgresql+psycopg://somewhere/news"}.get(
        name, "redis://somewhere/0"
    )
    (tmp_path / "value").write_text(f"{value}\n", "utf-8")
    monkeypatch.setenv(f"{name}_FILE", str(tmp_path / "value"))
    assert getattr(load(), name.removeprefix("COPYDESK_").lower()) == value


def test_a_file_of_a_value_that_is_missing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret that can't be read is told with the variable and the file, never ignored."""
    monkeypatch.setenv("DATABASE_PASSWORD_FILE", "/nowhere/password")
    with pytest.raises(
        SettingsError, match=r"DATABASE_PASSWORD_FILE names /nowhere/password, which can't be read: .*No such file"
    ):
        load()


def test_a_password_is_put_into_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """A password that came by file goes into the address, with what would break it escaped; one that is there stays."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://desk@db/news")
    monkeypatch.setenv("DATABASE_PASSWORD", "a/b@c:d")
    monkeypatch.setenv("REDIS_URL", "redis://:own@queue:6379/0")
    monkeypatch.setenv("REDIS_PASSWORD", "other")
    found = load()
    assert found.database_url == "postgresql+psycopg://desk:a%2Fb%40c%3Ad@db/news"
    assert found.redis_url == "redis://:own@queue:6379/0"


def test_secrets_are_not_shown() -> None:
    """Printing the settings, as a log may, shows no address and no password."""
    shown = repr(load(database_url="postgresql://a:secret@b/c", redis_password="hidden"))  # noqa: S106
    assert "secret" not in shown
    assert "hidden" not in shown
