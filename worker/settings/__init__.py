"""All settings, frozen. The environment and files of secrets override ``config/worker.toml``.

The error for a wrong value says in one sentence which setting it is, what is wrong and what to write instead.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, IPvAnyNetwork, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as UnreadableError

from worker.errors import SettingsError
from worker.settings.explain import explain, explain_json
from worker.settings.places import BucketUrl, place
from worker.settings.streams import StreamUrl, stream_url
from worker.settings.urls import is_address_of_proxy, is_web_address, postgres_url, redis_url

#: Secrets and server addresses keep the names that every platform gives them.
_PLAIN_NAMES = ("database_url", "redis_url", "database_password", "redis_password")
#: The keys of ``json_fields``.
_ARTICLE_FIELDS = ("text", "title", "id", "url", "source", "published", "language", "author", "provider", "version")
#: The token lets its holder change what is stored; 16 characters can't be guessed over a network.
MIN_TOKEN_LENGTH = 16


def config_file(name: str) -> Path:
    """Return the path of a file of ``config/``: the one in ``$COPYDESK_CONFIG_DIR`` if it exists, else our own.

    Raises:
        SettingsError: the variable does not name a folder.
    """
    if configured := os.environ.get("COPYDESK_CONFIG_DIR"):
        folder = Path(configured)
        if not folder.is_dir():
            raise SettingsError(f"COPYDESK_CONFIG_DIR names {folder}, which is not a folder.")
        if (folder / name).exists():
            return folder / name
    return _own_file(name)


def _own_file(name: str) -> Path:
    """Return the path of a file of ``config/`` in the package, else in the checkout."""
    package = Path(__file__).parents[1]
    packaged = package / "config" / name
    return packaged if packaged.exists() else package.parent / "config" / name


#: A pause or limit of more than a day is a slip, and an endless one would keep files from ever being accepted.
_MOST_SECONDS = 86_400
#: What Postgres can count and compare in the types of the ledger: `bigint` for bytes, `integer` for rows.
_MOST_BYTES, _MOST_ROWS = 2**63 - 1, 2**31 - 1


class Settings(BaseSettings):
    """The service's settings; ``config/worker.toml`` holds each default and explains it."""

    model_config = SettingsConfigDict(env_prefix="COPYDESK_", frozen=True, extra="forbid", env_ignore_empty=True)

    database_url: str = Field("", repr=False)
    redis_url: str = Field("", repr=False)
    database_password: str = Field("", repr=False)
    redis_password: str = Field("", repr=False)
    data_dir: Path
    inbox: Path | BucketUrl
    archive: Path | BucketUrl
    quarantine: Path
    finished_files: Literal["archive", "keep"]
    ignore: tuple[str, ...]
    settle_seconds: float = Field(ge=0, le=_MOST_SECONDS)
    scan_seconds: float = Field(gt=0, le=_MOST_SECONDS)
    max_waiting_files: int = Field(ge=1, le=_MOST_ROWS)
    stream: StreamUrl | None
    stream_password: str = Field("", repr=False)
    batch_files: int = Field(ge=1, le=1000)
    batch_bytes: int = Field(ge=1, le=_MOST_BYTES)
    max_file_bytes: int = Field(ge=1, le=_MOST_BYTES)
    max_article_bytes: int = Field(ge=1, le=32_000_000)  # 16 million words: word positions have 24 bits
    max_unpacked_bytes: int = Field(ge=1, le=_MOST_BYTES)
    records_per_part: int = Field(ge=1, le=_MOST_ROWS)
    max_attempts: int = Field(ge=1, le=1000)  # each may end a worker
    concurrency: int = Field(ge=0, le=1000)  # each process takes over 100 MB and a connection
    task_seconds: int = Field(ge=5, le=_MOST_SECONDS)
    judgement: Literal["strict", "balanced", "broad"]
    window_days: int = Field(ge=0, le=1_000_000)  # Postgres can still add this to any date
    preferred_sources: tuple[str, ...]
    sweep_seconds: float = Field(gt=0, le=_MOST_SECONDS)
    web_host: str = Field(min_length=1)
    web_port: int = Field(ge=0, le=65535)
    web_names: tuple[str, ...]
    web_url: str
    web_token: str = Field("", repr=False)
    web_readers: Literal["anyone", "token"]
    web_origins: tuple[str, ...]
    web_requests_per_minute: int = Field(ge=0, le=_MOST_ROWS)
    trusted_proxies: tuple[str, ...]
    user_header: str = Field(pattern="^[A-Za-z0-9-]*$")
    user_editors: tuple[str, ...]
    webhook_networks: tuple[IPvAnyNetwork, ...]
    log_format: Literal["auto", "people", "json"]
    log_level: Literal["debug", "info", "warning", "error"]
    json_fields: Mapping[str, str]

    @field_validator("web_token")
    @classmethod
    def _require_long_token(cls, value: str) -> str:
        if value and len(value) < MIN_TOKEN_LENGTH:
            raise ValueError(f"a token of under {MIN_TOKEN_LENGTH} characters can be guessed")
        return value

    @field_validator("web_url")
    @classmethod
    def _require_web_address(cls, value: str) -> str:
        if value and not is_web_address(value):
            raise ValueError("an address begins with http:// or https:// and names a host")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _require_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for address in value:
            if not is_address_of_proxy(address):
                raise ValueError(f"{address} is no address of a machine, such as 10.0.0.5, and no network of some")
        return value

    @field_validator("user_header")
    @classmethod
    def _require_proxies(cls, value: str, info: ValidationInfo) -> str:
        if value and info.data.get("trusted_proxies") == ():
            raise ValueError("anyone could send this header: list the proxies in trusted_proxies")
        return value

    @field_validator("json_fields")
    @classmethod
    def _require_article_fields(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        if unknown := value.keys() - set(_ARTICLE_FIELDS):
            raise ValueError(f"articles have no {', '.join(sorted(unknown))}, but {', '.join(_ARTICLE_FIELDS)}")
        return value

    @field_validator("data_dir")
    @classmethod
    def _make_absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("inbox", "archive", mode="before")
    @classmethod
    def _require_place(cls, value: Path | str | BucketUrl) -> Path | BucketUrl:
        return place(value)

    @field_validator("stream", mode="before")
    @classmethod
    def _require_stream(cls, value: str | StreamUrl | None) -> StreamUrl | None:
        return stream_url(value)

    @field_validator("archive")
    @classmethod
    def _keep_from_inbox(cls, value: Path | BucketUrl, info: ValidationInfo) -> Path | BucketUrl:
        inbox = info.data.get("inbox")
        if isinstance(inbox, BucketUrl) and isinstance(value, BucketUrl) and (inbox.holds(value) or value.holds(inbox)):
            raise ValueError("it shares objects with the inbox: give each a prefix of its own")
        return value

    @field_validator("quarantine", mode="before")
    @classmethod
    def _require_folder(cls, value: Path | str) -> Path | BucketUrl:
        if isinstance(folder := place(value), BucketUrl):
            raise ValueError("it is a folder; with an archive in a bucket, it is quarantine/ below the archive")  # noqa: TRY004
        return folder

    @property
    def inbox_folder(self) -> Path:
        """The inbox, where it must be a folder."""
        return _folder(self.inbox)

    @property
    def archive_folder(self) -> Path:
        """The archive, where it must be a folder."""
        return _folder(self.archive)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  pydantic passes all of these by name
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment override the values that ``load`` passes."""
        return env_settings, init_settings

    @property
    def processes(self) -> int:
        """The number of worker processes: the setting, or the number of cores."""
        return self.concurrency or os.cpu_count() or 1

    @property
    def silent_seconds(self) -> float:
        """How long the watcher and the scheduler may make no progress: longer than any task of a worker."""
        return 2.0 * self.task_seconds + 60

    @property
    def embedded(self) -> tuple[str, ...]:
        """The servers to run embedded because no URL is set: ``postgres``, ``valkey`` or both."""
        servers = (("postgres", self.database_url), ("valkey", self.redis_url))
        return tuple(name for name, url in servers if not url)

    def without_secrets(self) -> "Settings":
        """Return these settings for a process that needs no server: without addresses, passwords and the token."""
        return self.model_copy(update={name: "" for name, field in type(self).model_fields.items() if not field.repr})

    def on_servers(self, database_url: str, redis_url: str) -> "Settings":
        """Return the same settings with the addresses of running servers."""
        return self.model_copy(update={"database_url": database_url, "redis_url": redis_url})


def _folder(where: Path | BucketUrl) -> Path:
    if isinstance(where, BucketUrl):
        raise TypeError(f"{where} is no folder")
    return where


def _from_files(names: Mapping[str, str]) -> dict[str, str]:
    """Return the settings whose value is in a file named by ``<VARIABLE>_FILE``."""
    values = {}
    for variable, name in names.items():
        if path := os.environ.get(f"{variable}_FILE"):
            try:
                values[name] = Path(path).read_text("utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise SettingsError(f"{variable}_FILE names {path}, which can't be read: {error}.") from error
    return values


def _from_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:  # a syntax error, or bytes that are not text
        raise SettingsError(f"{path} can't be read: {error}.") from error


def names_set() -> list[str]:
    """Return the names of the settings that the environment, files of secrets or a configured file set."""
    variables = {f"COPYDESK_{name.upper()}": name for name in Settings.model_fields if name not in _PLAIN_NAMES}
    variables |= {name.upper(): name for name in _PLAIN_NAMES}
    names = {name for variable, name in variables.items() if os.environ.get(variable)}
    names |= {name for variable, name in variables.items() if os.environ.get(f"{variable}_FILE")}
    own, configured = _own_file("worker.toml"), config_file("worker.toml")
    if configured != own:
        defaults = _from_toml(own)
        names |= {name for name, value in _from_toml(configured).items() if value != defaults.get(name)}
    return sorted(names)


def load(**overrides: Any) -> Settings:
    """Read all settings: ``config/worker.toml``, then the environment, then the caller's ``overrides``.

    A file in ``$COPYDESK_CONFIG_DIR`` may leave settings out, for example because it was copied before they existed.

    Raises:
        SettingsError: a value can't be used; the message holds a sentence for each.
    """
    own, configured = _own_file("worker.toml"), config_file("worker.toml")
    defaults = _from_toml(own)
    values = _from_toml(configured) if configured != own else {}
    if isinstance(fields := values.get("json_fields"), dict):  # the fields that are not named keep their defaults
        values["json_fields"] = defaults["json_fields"] | fields
    values = defaults | values
    variables = {f"COPYDESK_{name.upper()}": name for name in Settings.model_fields}
    variables |= {name.upper(): name for name in _PLAIN_NAMES}
    values |= {name: os.environ[name.upper()] for name in _PLAIN_NAMES if os.environ.get(name.upper())}
    values |= _from_files(variables)
    for name in ("data_dir", "inbox", "archive", "quarantine"):
        values[name] = overrides.get(name) or os.environ.get(f"COPYDESK_{name.upper()}") or values[name]
        if not values[name]:
            values[name] = Path(values["data_dir"]) / name
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise SettingsError(explain(error)) from error
    except UnreadableError as error:
        raise SettingsError(explain_json(str(error))) from error
    urls = {
        "database_url": postgres_url(settings.database_url, settings.database_password),
        "redis_url": redis_url(settings.redis_url, settings.redis_password),
    }
    places = {name: place(overrides[name]) for name in ("inbox", "archive") if name in overrides}
    return settings.model_copy(update=urls | overrides | places)
