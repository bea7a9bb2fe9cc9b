"""Note the keys that an object has twice: parsers keep the last value, and the words of the others would go unseen."""

import json
from collections.abc import Iterable

from worker.formats import json_keys, notes


def note_repeated_keys(data: bytes, value: object) -> None:
    """Note the keys in ``data`` that have another value before the one in ``value``, which was parsed from it."""
    try:
        if data.count(b'":') + data.count(b'" :') > _keys(value):
            repeated = _repeated(data)
        else:
            return
    except (ValueError, RecursionError):
        return  # only the strict parser reads it
    if repeated:
        notes.add(f"These keys are there twice, and their last value is read: {json_keys.shown(repeated)}.")


def _keys(value: object) -> int:
    """Return the number of keys in all objects of ``value``."""
    parts: Iterable[object]
    if isinstance(value, dict):
        parts, number = value.values(), len(value)
    elif isinstance(value, list):
        parts, number = value, 0
    else:
        return 0
    return number + sum(_keys(part) for part in parts if isinstance(part, dict | list))


def _repeated(data: bytes) -> list[str]:
    """Return the keys of which an object in ``data`` has a value that differs from its last one."""
    repeated: dict[str, None] = {}  # in their order

    def note(pairs: list[tuple[str, object]]) -> dict[str, object]:
        value = dict(pairs)
        if len(value) < len(pairs):
            repeated.update((key, None) for key, earlier in pairs if earlier and earlier != value[key])
        return value

    json.loads(data, object_pairs_hook=note, parse_int=str)
    return list(repeated)
