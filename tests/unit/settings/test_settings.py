"""Settings: all are documented and used, every wrong value gets a sentence, secrets come from files."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from worker.errors import SettingsError
from worker.settings import Settings, config_file, load

#: Settings that come from the environment or files of secrets, never from worker.toml.
SECRETS = {"web_token", "database_url", "redis_url", "database_password", "redis_password", "stream_password"}
DEFAULTS: dict[str, Any] = tomllib.loads(config_file("worker.toml").read_text("utf-8"))

WRONG = [
    ("settle_seconds", "-1"),
    ("settle_seconds", "soon"),
    ("settle_seconds", "inf"),
    ("scan_seconds", "0"),
    ("scan_seconds", "1e308"),
    ("max_waiting_files", "0"),
    ("max_waiting_files", "99999999999999999999"),
    ("batch_files", "0"),
    ("batch_files", "5000"),
    ("batch_bytes", "0"),
    ("batch_bytes", "99999999999999999999"),
    ("max_file_bytes", "2 GB"),
    ("max_article_bytes", "0"),
    ("max_unpacked_bytes", "-5"),
    ("records_per_part", "0"),
    ("records_per_part", "99999999999"),
    ("max_attempts", "0"),
    ("max_attempts", "99999999999"),
    ("concurrency", "-1"),
    ("concurrency", "100000"),
    ("task_seconds", "1"),
    ("task_seconds", "99999999999"),
    ("window_days", "-1"),
    ("window_days", "10000000"),
    ("sweep_seconds", "0"),
    ("sweep_seconds", "inf"),
    ("finished_files", "delete"),
    ("log_format", "xml"),
    ("log_level", "loud"),
    ("ignore", "*.tmp"),
    ("json_fields", "text"),
    ("json_fields", '{"txt": "body"}'),
    ("web_names", "desk.example.org"),
    ("web_url", "desk.example.org"),
    ("trusted_proxies", '["proxy.example.org"]'),
    ("trusted_proxies", '["0.0.0.0/0"]'),
    ("trusted_proxies", '["::/0"]'),
    ("user_header", "X-Forwarded-Email"),
    ("user_header", "X Forwarded"),
    ("web_url", "http://desk.example.org:eighty/"),
    ("stream", "articles"),
    ("stream", "http://desk.example.org/?stream=articles"),
    ("stream", "redis://desk.example.org:many/0?stream=articles"),
    ("stream", "redis://desk.example.org/0"),
    ("stream", "redis://desk.example.org/0?stream=articles&ssl_cert_reqs=none"),
]


@pytest.fixture(autouse=True)
def _clear_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove all settings from the environment."""
    for name in SECRETS:
        monkeypatch.delenv(name.upper(), raising=False)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"COPYDESK_{name.upper()}", raising=False)


def test_every_setting_has_a_default_and_every_default_a_setting() -> None:
    """worker.toml and the code have the same settings."""
    assert set(Settings.model_fields) - SECRETS == set(DEFAULTS)


def test_every_setting_is_explained_next_to_its_default() -> None:
    """Each setting in the file has a comment."""
    for line in config_file("worker.toml").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, rest = line.partition(" = ")
            assert len(rest.rpartition(" # ")[2]) > 10, name


def test_every_setting_is_used() -> None:
    """The code reads every setting."""
    modules = Path(config_file("../worker")).rglob("*.py")
    code = "".join(path.read_text("utf-8") for path in modules if path.parent.name != "settings")
    unused = {name for name in DEFAULTS if f".{name}" not in code}
    # the number of processes is read through the property `processes`
    assert unused <= {"concurrency"}


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_gets_a_sentence(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """The message names the setting, the variable that sets it and the value, and says what is wrong."""
    monkeypatch.setenv(f"COPYDESK_{name.upper()}", value)
    with pytest.raises(SettingsError) as caught:
        load()
    message = str(caught.value)
    assert name in message
    assert f"COPYDESK_{name.upper()}" in message
    assert "Traceback" not in message


@pytest.mark.parametrize(
    ("name", "written"), [("ignore", '["'), ("web_names", '["desk.example.org"]'), ("json_fields", '{"text"')]
)
def test_the_error_for_a_list_or_table_has_an_example(monkeypatch: pytest.MonkeyPatch, name: str, written: str) -> None:
    """The error for a value that must be JSON shows an example for this setting."""
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
def test_a_wrong_address_is_an_error_that_hides_it(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """The error for a wrong address shows a valid example, but not the address, which may contain a password."""
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=rf"^{name} is not an address of .*, such as ") as caught:
        load()
    assert "secret" not in str(caught.value)


def test_a_password_may_contain_separators(monkeypatch: pytest.MonkeyPatch) -> None:
    """An address that SQLAlchemy accepts is accepted, even if other libraries would parse it differently."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://desk:a/b#c@db/news")
    assert load().database_url == "postgresql+psycopg://desk:a/b#c@db/news"


def test_a_file_of_settings_may_leave_some_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file from an older version, or one with a single line, gets the defaults for the rest."""
    (tmp_path / "worker.toml").write_text("batch_files = 3", "utf-8")
    monkeypatch.setenv("COPYDESK_CONFIG_DIR", str(tmp_path))
    assert load() == load(batch_files=3)
    assert load().window_days == DEFAULTS["window_days"]


def test_names_of_json_fields_are_given_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Naming only the text's field, in the file or in the environment, keeps the names of all other fields."""
    expected = DEFAULTS["json_fields"] | {"text": "body"}
    monkeypatch.setenv("COPYDESK_JSON_FIELDS", '{"text": "body"}')
    assert load().json_fields == expected
    monkeypatch.delenv("COPYDESK_JSON_FIELDS")
    (tmp_path / "worker.toml").write_text('json_fields = { text = "body" }', "utf-8")
    monkeypatch.setenv("COPYDESK_CONFIG_DIR", str(tmp_path))
    assert load().json_fields == expected


def test_a_missing_folder_of_settings_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A typing error in the folder's name does not silently restore the defaults."""
    monkeypatch.setenv("COPYDESK_CONFIG_DIR", str(tmp_path / "none"))
    with pytest.raises(SettingsError, match=r"COPYDESK_CONFIG_DIR names .*none, which is not a folder"):
        load()


def test_an_unknown_setting_in_the_file_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the unknown setting and says where all are listed."""
    written = config_file("worker.toml").read_text("utf-8")
    (tmp_path / "worker.toml").write_text(f"sttle_seconds = 2\n{written}", "utf-8")
    monkeypatch.setenv("COPYDESK_CONFIG_DIR", str(tmp_path))
    with pytest.raises(SettingsError, match=r"no setting named sttle_seconds; config/worker\.toml lists them"):
        load()


def test_invalid_toml_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error for a syntax error in worker.toml shows the file's name and the line."""
    (tmp_path / "worker.toml").write_text("data_dir = \n", "utf-8")
    monkeypatch.setenv("COPYDESK_CONFIG_DIR", str(tmp_path))
    with pytest.raises(SettingsError, match=r"worker\.toml can't be read: .*line 1"):
        load()


def test_the_environment_wins_over_the_file_and_the_caller_over_both(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment overrides the defaults in the file, and a caller's arguments override both."""
    assert load().batch_files == 100
    monkeypatch.setenv("COPYDESK_BATCH_FILES", "7")
    assert load().batch_files == 7
    assert load(batch_files=9).batch_files == 9


def test_an_empty_variable_is_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose sets variables that a person left out to the empty string: the default applies."""
    monkeypatch.setenv("COPYDESK_BATCH_FILES", "")
    assert load().batch_files == 100


def test_folders_are_in_the_data_folder_unless_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Inbox, archive and quarantine are in the data folder, and each can be set separately."""
    monkeypatch.setenv("COPYDESK_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COPYDESK_INBOX", str(tmp_path / "elsewhere"))
    settings = load()
    assert settings.inbox_folder == tmp_path / "elsewhere"
    assert (settings.archive_folder, settings.quarantine) == (tmp_path / "archive", tmp_path / "quarantine")


@pytest.mark.parametrize("name", ["DATABASE_PASSWORD", "DATABASE_URL", "REDIS_URL", "COPYDESK_LOG_LEVEL"])
def test_a_value_can_come_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """`<VARIABLE>_FILE` names a file that contains the value, without its line end."""
    value = {"COPYDESK_LOG_LEVEL": "debug", "DATABASE_URL": "postgresql+psycopg://somewhere/news"}.get(
        name, "redis://somewhere/0"
    )
    (tmp_path / "value").write_text(f"{value}\n", "utf-8")
    monkeypatch.setenv(f"{name}_FILE", str(tmp_path / "value"))
    assert getattr(load(), name.removeprefix("COPYDESK_").lower()) == value


def test_a_missing_file_of_a_secret_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error for a secret that can't be read names the variable and the file."""
    monkeypatch.setenv("DATABASE_PASSWORD_FILE", "/nowhere/password")
    with pytest.raises(
        SettingsError, match=r"DATABASE_PASSWORD_FILE names /nowhere/password, which can't be read: .*No such file"
    ):
        load()


def test_a_password_is_put_into_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """A separate password is put into the address and escaped; a password in the address is kept."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://desk@db/news")
    monkeypatch.setenv("DATABASE_PASSWORD", "a/b@c:d")
    monkeypatch.setenv("REDIS_URL", "redis://:own@queue:6379/0")
    monkeypatch.setenv("REDIS_PASSWORD", "other")
    settings = load()
    assert settings.database_url == "postgresql+psycopg://desk:a%2Fb%40c%3Ad@db/news"
    assert settings.redis_url == "redis://:own@queue:6379/0"


def test_secrets_are_not_shown() -> None:
    """Printed settings, for example in a log, contain no address and no password."""
    shown = repr(load(database_url="postgresql://a:secret@b/c", redis_password="hidden"))  # noqa: S106
    assert "secret" not in shown
    assert "hidden" not in shown


def test_secrets_can_be_left_out() -> None:
    """No field that is a secret has a value in the settings that another process gets; all other fields stay."""
    settings = load(**dict.fromkeys(SECRETS, "postgresql://u:secret-of-tests@db/news"))
    without = settings.without_secrets()
    assert "secret-of-tests" not in without.model_dump_json()
    assert without.model_dump(exclude=SECRETS) == settings.model_dump(exclude=SECRETS)
