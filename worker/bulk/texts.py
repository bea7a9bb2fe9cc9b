"""Prepared articles by id, from the files of the stage that reads: their texts are mapped, their features computed."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import numpy as np
import orjson
import pyarrow as pa

from worker.article import Article, Cleaned, PublicationStatus
from worker.bulk.folder import WorkFolder, read_table
from worker.features import Features, Source, features_of
from worker.fingerprint import Fingerprint
from worker.fingerprint.article import Prepared

READ: Final = "read"
_PLACES: Final = "places"
#: Cached features, as many as a worker of the service caches: 13 KB each.
_MOST_FEATURES: Final = 2_400
#: Files that are open at once.
_MOST_FILES: Final = 128


class StoredText(NamedTuple):
    """The fields of an article that comparing it needs."""

    id: int
    text: str
    title: str | None
    language: str
    url: str | None
    published_at: datetime | None
    simhash: bytes
    sketch: "np.ndarray[Any, np.dtype[np.int32]]"


class ComputedFeatures:
    """Features of stored texts by id, of which the latest are cached."""

    def __init__(self) -> None:
        self._features: OrderedDict[int, Features] = OrderedDict()

    def of(self, texts: Iterable[StoredText]) -> dict[int, Features]:
        """Return the features of these texts."""
        wanted = {text.id: text for text in texts}
        missing = [text for id_, text in wanted.items() if id_ not in self._features]
        computed = features_of([Source(text.text, text.title, text.language) for text in missing])
        self._features.update((text.id, of_text) for text, of_text in zip(missing, computed, strict=True))
        features = {id_: self._features[id_] for id_ in wanted}
        while len(self._features) > _MOST_FEATURES:
            self._features.popitem(last=False)
        return features


class TextStore:
    """The prepared articles of a run; ids begin at 1, in order of publication."""

    def __init__(self, folder: WorkFolder) -> None:
        self._folder = folder
        places = read_table(folder.file(_PLACES, 0))
        self._part, self._line = (places.column(name).to_numpy() for name in ("part", "line"))
        self._files: OrderedDict[int, pa.Table] = OrderedDict()
        self._features = ComputedFeatures()

    def __len__(self) -> int:
        """Return the number of articles."""
        return len(self._part)

    def text_hash(self, id_: int) -> bytes:
        """Return the hash of the words of an article."""
        table, line = self._locate(id_)
        return bytes(table.column("text_hash")[line].as_py())

    def simhashes(self, ids: Iterable[int]) -> dict[int, tuple[bytes, datetime | None]]:
        """Return the SimHash and the publication of these articles, without their texts."""
        found = {}
        for id_ in ids:
            table, line = self._locate(id_)
            found[id_] = table.column("simhash")[line].as_py(), table.column("published_at")[line].as_py()
        return found

    def stored(self, ids: Iterable[int]) -> dict[int, StoredText]:
        """Return the texts of these articles."""
        rows = {}
        for id_ in ids:
            table, line = self._locate(id_)
            values = [table.column(name)[line].as_py() for name in StoredText._fields[1:-1]]
            rows[id_] = StoredText._make((id_, *values, table.column("sketch")[line].values.to_numpy()))
        return rows

    def features(self, texts: Iterable[StoredText]) -> dict[int, Features]:
        """Return the features of these texts, which are cached for the next calls."""
        return self._features.of(texts)

    def prepared(self, ids: Sequence[int]) -> list[Prepared]:
        """Return articles as they were prepared; those with the same words share the features of the first of them."""
        texts = self.stored(ids)
        rows = {id_: self._row(id_) for id_ in ids}
        first: dict[bytes, int] = {}
        for id_, row in rows.items():
            first.setdefault(row["text_hash"], id_)
        features = self.features([texts[id_] for id_ in first.values()])
        return [_prepared(row, texts[id_], features[first[row["text_hash"]]]) for id_, row in rows.items()]

    def _row(self, id_: int) -> dict[str, Any]:
        table, line = self._locate(id_)
        return {
            name: table.column(name)[line].as_py()
            for name in table.schema.names
            if name not in {"sketch", "text", "simhash"}
        }

    def _locate(self, id_: int) -> tuple[pa.Table, int]:
        part = int(self._part[id_ - 1])
        if part not in self._files:
            self._files[part] = read_table(self._folder.file(READ, part))
            if len(self._files) > _MOST_FILES:
                self._files.popitem(last=False)
        return self._files[part], int(self._line[id_ - 1])


def write_places(folder: WorkFolder, places: pa.Table) -> None:
    """Store where each article is, by id."""
    from worker.bulk.folder import write_table

    folder.missing(_PLACES, 1)
    write_table(folder.file(_PLACES, 0), places)


def _prepared(row: dict[str, Any], text: StoredText, features: Features) -> Prepared:
    article = Article(
        text="",
        external_id=row["external_id"],
        url=row["url"],
        source=row["source"],
        position=row["position"],
        provider=row["provider"],
        version=row["version"],
        status=PublicationStatus(row["status"]),
        embargoed_until=row["embargoed_until"],
    )
    cleaned = Cleaned(
        text="",
        title=text.title,
        language=text.language,
        published_at=text.published_at,
        agency=row["agency"],
        changes=orjson.loads(row["changes"]) if row["changes"] else {},
    )
    return Prepared(
        row["file"], article, cleaned, features, Fingerprint(text.simhash, text.sketch, row["text_hash"], row["words"])
    )
