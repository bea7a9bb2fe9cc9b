"""Find the article, or the lists of articles, in an object that only encloses them, as answers of APIs do."""

from collections.abc import Iterator, Mapping

from worker.formats.json_keys import has_title, has_whole_text, plain

#: Keys of objects that enclose the article itself: Elasticsearch, JSON:API, CouchDB, GraphQL.
ENVELOPES = ("_source", "attributes", "doc", "node")
#: Keys of an object that is the article, also next to a title of what encloses it.
_ARTICLES = frozenset("article story post item entry document page record content news body".split())
#: Keys of an object that has the other fields of the article.
_METADATA = ("meta", "metadata", "frontmatter", "header")
#: Keys of lists of articles.
LIST_KEYS = frozenset(
    "articles items results hits docs documents data stories entries news posts records value rows edges".split()
)
#: Keys of lists that may also be of something else: each of their articles has a title and a text.
SHARED_LIST_KEYS = frozenset("nodes item entry list result objects content children".split())
#: Keys of an object whose lists are of readers, or of other articles.
BOXES = frozenset("comments replies related recommended recommendations".split())
#: A list of articles is within at most this many objects of the outermost one: ``response.results`` is within one,
#: ``props.pageProps.data.articles`` within three.
MAX_LIST_DEPTH = 4


def opened(record: Mapping[str, object]) -> Mapping[str, object]:
    """Return ``record`` with the fields of the object that it encloses, if it encloses an article."""
    for _ in range(MAX_LIST_DEPTH + 1):
        if not any(isinstance(value, dict | list) for value in record.values()):
            break
        if has_whole_text(record):
            return _with_metadata(record)
        key, inner = _enclosed(record)
        if inner is None:
            break
        record = {name: value for name, value in record.items() if name != key} | dict(inner)
    return record


def article_lists(record: Mapping[str, object], depth: int = 0) -> Iterator[str]:
    """Yield the dotted keys of the lists of articles in a ``record`` without a text."""
    for key, value in record.items():
        if plain(key) in BOXES:
            continue
        if depth < MAX_LIST_DEPTH and isinstance(value, dict):
            yield from (f"{key}.{name}" for name in article_lists(value, depth + 1))
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            if is_article_list(key, value[0]):
                yield key
            elif depth < MAX_LIST_DEPTH:  # sections, each with a list
                yield from (f"{key}.{name}" for name in article_lists(value[0], depth + 1))


def is_article_list(key: str, first: Mapping[str, object]) -> bool:
    """Return whether a list under ``key`` whose first object is ``first`` holds articles."""
    key, first = plain(key), _out_of_envelope(first)
    if key not in LIST_KEYS | SHARED_LIST_KEYS:
        return False
    if any(_encloses_article(inner) for inner in first.values() if isinstance(inner, dict)):
        return True
    titled, has_text = has_title(first), has_whole_text(first)
    return (titled and has_text) or (key in LIST_KEYS and (titled or has_text))


def _out_of_envelope(record: Mapping[str, object]) -> Mapping[str, object]:
    # not `opened`, which asks this module about the lists in the object: nested lists would cost exponential time
    inner = next((record[key] for key in ENVELOPES if isinstance(record.get(key), dict)), None)
    return record | inner if isinstance(record, dict) and isinstance(inner, dict) else record


def _enclosed(record: Mapping[str, object]) -> tuple[str, Mapping[str, object] | None]:
    """Return the key and the object that is or encloses the article; "" and None if there is none, or several."""
    for key in ENVELOPES:
        if isinstance(inner := record.get(key), dict):
            return key, inner
    if any(isinstance(value, list) and value and _begins_list(key, value[0]) for key, value in record.items()):
        return "", None
    found = [entry for entry in _objects(record) if plain(entry[0]) in _ARTICLES and _encloses_article(entry[1])]
    if not found and not has_title(record):
        found = [entry for entry in _objects(record) if _encloses_article(entry[1])]
        others = {key: value for key, value in record.items() if not found or key != found[0][0]}
        if next(article_lists(others), None):  # the only article in an object, next to a list, is the featured one
            return "", None
    return found[0] if len(found) == 1 else ("", None)


def _begins_list(key: str, first: object) -> bool:
    return isinstance(first, dict) and is_article_list(key, first)


def _objects(record: Mapping[str, object]) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Yield the objects in ``record``, also those about the article in a graph of JSON-LD."""
    for key, value in record.items():
        if isinstance(value, dict):
            yield key, value
        elif key == "@graph" and isinstance(value, list):
            yield from ((key, item) for item in value if isinstance(item, dict))


def _encloses_article(value: Mapping[str, object], depth: int = 1) -> bool:
    if has_whole_text(value):
        return has_title(value)
    if has_title(value) or depth > MAX_LIST_DEPTH:
        return False
    return any(_encloses_article(inner, depth + 1) for inner in value.values() if isinstance(inner, dict))


def _with_metadata(record: Mapping[str, object]) -> Mapping[str, object]:
    """Return a text with the fields of an object next to it, if that has its title."""
    for key, value in () if has_title(record) else record.items():
        if plain(key) in _METADATA and isinstance(value, dict) and has_title(value) and not has_whole_text(value):
            return {**value, **{name: part for name, part in record.items() if name != key}}
    return record
