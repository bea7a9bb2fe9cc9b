"""All settings, frozen: environment and files of secrets over ``config/worker.toml``.

A wrong value is told in one sentence that says which setting, what is wrong and what to write instead.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as UnreadableError

from worker.errors import SettingsError
from worker.settings.urls import of_postgres, of_redis

#: Secrets and server addresses keep the names that every platform gives them.
_PLAIN_NAMES = ("database_url", "redis_url", "database_password", "redis_password")
#: Never shown, not even where they are wrong.
_SECRETS = (*_PLAIN_NAMES, "web_token")
#: What ``json_fields`` may name.
_ARTICLE_FIELDS = ("text", "title", "id", "url", "source", "published", "language", "author")
#: Whoever knows the token may change what is stored; 16 characters are out of reach of guessing over a network.
LEAST_TOKEN = 16


def config_file(name: str) -> Path:
    """Return the path of a file of ``config/``: that in ``$COPYDESK_CONFIG_DIR``, else our own.

    Raises:
        SettingsError: the variable names no folder.
    """
    if chosen := os.environ.get("COPYDESK_CONFIG_DIR"):
        folder = Path(chosen)
        if not folder.is_dir():
            raise SettingsError(f"COPYDESK_CONFIG_DIR names {folder}, which is no folder.")
        if (folder / name).exists():
            return folder / name
    return _own_file(name)


def _own_file(name: str) -> Path:
    """Return the path of a file of ``config/`` in the package, else in the checkout."""
    package = Path(__file__).parents[1]
    packaged = package / "config" / name
    return packaged if packaged.exists() else package.parent / "config" / name


class Settings(BaseSettings):
    """The service's settings; the comment beside each default stands in ``config/worker.toml``."""

    model_config = SettingsConfigDict(env_prefix="COPYDESK_", frozen=True, extra="forbid", env_ignore_empty=True)

    database_url: str = Field("", repr=False)
    redis_url: str = Field("", repr=False)
    database_password: str = Field("", repr=False)
    redis_password: str = Field("", repr=False)
    data_dir: Path
    inbox: Path
    archive: Path
    quarantine: Path
    finished_files: Literal["archive", "keep"]
    ignore: tuple[str, ...]
    settle_seconds: float = Field(ge=0)
    scan_seconds: float = Field(gt=0)
    max_waiting_files: int = Field(ge=1)
    batch_files: int = Field(ge=1, le=1000)
    batch_bytes: int = Field(ge=1)
    max_file_bytes: int = Field(ge=1)
    max_article_bytes: int = Field(ge=1, le=32_000_000)  # 16 million words, as many as places have numbers (24 bits)
    max_unpacked_bytes: int = Field(ge=1)
    records_per_part: int = Field(ge=1)
    max_attempts: int = Field(ge=1)
    concurrency: int = Field(ge=0)
    task_seconds: int = Field(ge=5)
    window_days: int = Field(ge=0, le=1_000_000)  # a moment of any year, so many days off, is still one to Postgres
    sweep_seconds: float = Field(gt=0)
    web_host: str = Field(min_length=1)
    web_port: int = Field(ge=0, le=65535)
    web_names: tuple[str, ...]
    web_token: str = Field("", repr=False)
    log_format: Literal["auto", "people", "json"]
    log_level: Literal["debug", "info", "warning", "error"]
    json_fields: Mapping[str, str]

    @field_validator("web_token")
    @classmethod
    def _hard_to_guess(cls, value: str) -> str:
        if value and len(value) < LEAST_TOKEN:
            raise ValueError(f"a token of under {LEAST_TOKEN} characters can be guessed")
        return value

    @field_validator("json_fields")
    @classmethod
    def _of_articles(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        if strange := value.keys() - set(_ARTICLE_FIELDS):
            raise ValueError(f"articles have no {', '.join(sorted(strange))}, but {', '.join(_ARTICLE_FIELDS)}")
        return value

    @field_validator("data_dir", "inbox", "archive", "quarantine")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  pydantic passes all of these by name
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let what the caller passes win over the environment; ``load`` passes the rest."""
        return env_settings, init_settings

    @property
    def processes(self) -> int:
        """The number of worker processes: the setting, or one a core."""
        return self.concurrency or os.cpu_count() or 1

    @property
    def silent_seconds(self) -> float:
        """How long the watcher and the scheduler may show no progress: longer than any task of a worker."""
        return 2.0 * self.task_seconds + 60

    @property
    def embedded(self) -> tuple[str, ...]:
        """The servers that run embedded because no URL names one: of ``postgres`` and ``valkey``."""
        wanted = (("postgres", self.database_url), ("valkey", self.redis_url))
        return tuple(name for name, url in wanted if not url)

    def on_servers(self, database_url: str, redis_url: str) -> "Settings":
        """Return the same settings with the addresses of running servers."""
        return self.model_copy(update={"database_url": database_url, "redis_url": redis_url})


def _from_files(names: Mapping[str, str]) -> dict[str, str]:
    """Return the settings whose value stands in a file named by ``<VARIABLE>_FILE``."""
    values = {}
    for variable, name in names.items():
        if path := os.environ.get(f"{variable}_FILE"):
            try:
                values[name] = Path(path).read_text("utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise SettingsError(f"{variable}_FILE names {path}, which can't be read: {error}.") from error
    return values


def _explain(error: ValidationError) -> str:
    """Say in a sentence a setting which values can't work."""
    lines = []
    for problem in error.errors():
        name = str(problem["loc"][0]) if problem["loc"] else "settings"
        if problem["type"] == "extra_forbidden":
            lines.append(f"There is no setting named {name}; config/worker.toml lists them all.")
        else:
            why = problem["msg"].lower()
            value = "(a secret)" if name in _SECRETS else repr(problem["input"])
            lines.append(f"{name} = {value} can't be used: {why} (COPYDESK_{name.upper()}).")
    return "\n".join(lines)


def _explain_json(told: str) -> str:
    """Say which list or table was not written as JSON; the library's message names the field in quotes."""
    name = told.split('"')[1]
    return f"COPYDESK_{name.upper()} sets {name} and must be JSON, such as {_AS_JSON[name]}."


#: Settings that are no plain value -> how one is written in the environment.
_AS_JSON = {
    "ignore": '["*.tmp", "*.part"]',
    "web_names": '["desk.example.org"]',
    "json_fields": '{"text": "body"}',
}


def _from_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:  # a slip in the file, or bytes that are no text
        raise SettingsError(f"{path} can't be read: {error}.") from error


def load(**chosen: Any) -> Settings:
    """Read all settings: ``config/worker.toml``, then the environment, then what the caller has ``chosen``.

    A file in ``$COPYDESK_CONFIG_DIR`` may leave settings out, as one that was copied before they were there.

    Raises:
        SettingsError: a value can't work; the message holds a sentence for each.
    """
    own, chosen_file = _own_file("worker.toml"), config_file("worker.toml")
    defaults = _from_toml(own)
    values = _from_toml(chosen_file) if chosen_file != own else {}
    if isinstance(fields := values.get("json_fields"), dict):  # as in the environment, what is not named stays
        values["json_fields"] = defaults["json_fields"] | fields
    values = defaults | values
    variables = {f"COPYDESK_{name.upper()}": name for name in Settings.model_fields}
    variables |= {name.upper(): name for name in _PLAIN_NAMES}
    values |= {name: os.environ[name.upper()] for name in _PLAIN_NAMES if os.environ.get(name.upper())}
    values |= _from_files(variables)
    for name in ("data_dir", "inbox", "archive", "quarantine"):
        values[name] = chosen.get(name) or os.environ.get(f"COPYDESK_{name.upper()}") or values[name]
        if not values[name]:
            values[name] = Path(values["data_dir"]) / name
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise SettingsError(_explain(error)) from error
    except UnreadableError as error:
        raise SettingsError(_explain_json(str(error))) from error
    urls = {
        "database_url": of_postgres(settings.database_url, settings.database_password),
        "redis_url": of_redis(settings.redis_url, settings.redis_password),
    }
    return settings.model_copy(update=urls | chosen)
