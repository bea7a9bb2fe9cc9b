"""Load config/sources.toml: which publishers rather become the source of a canonical article, and their homepages."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from worker.clean.config_rows import RowFormat, config_rows
from worker.errors import SettingsError
from worker.settings.urls import is_web_address

_ROWS = RowFormat(
    "sources.toml",
    "source",
    "sources",
    "Source",
    required={"name"},
    optional={"known_as", "agency", "preferred", "homepage"},
)
#: The rank of an agency's own copy: before the first preferred source.
OWN_DISPATCH = -1


@dataclass(frozen=True, slots=True)
class PublisherSettings:
    """What the file says of a publisher; ``keys`` are its names in articles, as ``source_key`` returns them."""

    name: str
    keys: frozenset[str]
    agency: str | None
    preferred: bool
    homepage: str | None


def source_key(name: str) -> str:
    """Return a source as it is compared: without case, and a host without `www.`."""
    return name.casefold().removeprefix("www.")


@cache
def load_sources() -> tuple[PublisherSettings, ...]:
    """Return the publishers, which each process reads once; raise SettingsError if the file is invalid."""
    return tuple(map(_source, config_rows(_ROWS)))


def _source(row: dict[str, Any]) -> PublisherSettings:
    name, known_as, homepage = row["name"], row.get("known_as", []), row.get("homepage")
    if not isinstance(name, str) or not name.strip():
        raise SettingsError("The name of a source is a text in quotation marks.")
    if not isinstance(known_as, list) or not all(isinstance(known, str) and known.strip() for known in known_as):
        raise SettingsError(f"Source {name}: known_as is a list of names and hosts.")
    if not isinstance(row.get("agency", ""), str):
        raise SettingsError(f"Source {name}: agency is a name from agencies.toml.")
    if not isinstance(row.get("preferred", False), bool):
        raise SettingsError(f"Source {name}: preferred is true or false.")
    if homepage is not None and not (isinstance(homepage, str) and is_web_address(homepage)):
        raise SettingsError(f"Source {name}: homepage is an address that begins with http:// or https://.")
    keys = frozenset(source_key(known) for known in (name, *known_as))
    return PublisherSettings(name, keys, row.get("agency"), row.get("preferred", False), homepage)


def source_ranks(preferred_sources: Sequence[str]) -> dict[str, int]:
    """Return key -> rank, 0 for the best, of those of the setting and then the preferred ones of the file."""
    ranked: list[Collection[str]] = [{source_key(name)} for name in preferred_sources]
    ranked += [source.keys for source in load_sources() if source.preferred]
    return {key: rank for rank, keys in reversed(list(enumerate(ranked))) for key in keys}


def agency_keys(agencies: Collection[str]) -> Iterator[str]:
    """Yield the keys of the sources that are one of these agencies."""
    wanted = {agency.casefold() for agency in agencies}
    for source in load_sources():
        if source.agency and source.agency.casefold() in wanted:
            yield from source.keys


def homepage(name: str) -> str | None:
    """Return the homepage of a publisher by a name that articles have."""
    key = source_key(name)
    return next((source.homepage for source in load_sources() if key in source.keys), None)
