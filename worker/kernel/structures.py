"""The structures that Python and C share; their sizes and offsets are compared with those of the library."""

import ctypes
from collections.abc import Iterator
from typing import Any, Final

_SIGNED, _REAL = ctypes.c_int64, ctypes.c_double

#: The columns of ``counts`` and ``sums`` of an article, as the enums in kernel.h.
COUNTS: Final = ("words", "grams", "content_tokens", "passages", "facts", "title", "tokens")
SUMS: Final = ("weight", "squares", "plain", "names", "rarity", "figures", "lead")
#: The arrays of an article: the type of the items, and the column of ``counts`` with their number.
ARRAYS: Final[dict[str, tuple[Any, str]]] = {
    "passage_weights": (ctypes.c_double, "passages"),
    "words": (ctypes.c_uint32, "words"),
    "weights": (ctypes.c_float, "words"),
    "zipfs": (ctypes.c_float, "words"),
    "places": (ctypes.c_int32, "words"),
    "classes": (ctypes.c_uint8, "words"),
    "grams": (ctypes.c_uint32, "grams"),
    "gram_places": (ctypes.c_int32, "grams"),
    "content_tokens": (ctypes.c_uint32, "content_tokens"),
    "content_token_weights": (ctypes.c_float, "content_tokens"),
    "word_index": (ctypes.c_int32, "content_tokens"),
    "passages": (ctypes.c_int16, "content_tokens"),
    "salient": (ctypes.c_bool, "content_tokens"),
    "facts": (ctypes.c_uint32, "facts"),
    "title": (ctypes.c_uint32, "title"),
}


class WordRecord(ctypes.Structure):
    """What is known of a word: `worker.reference.words.Word`."""

    _fields_ = (
        ("hash", ctypes.c_uint64),
        ("stem", ctypes.c_uint32),
        ("weight", ctypes.c_float),
        ("zipf", ctypes.c_float),
        ("kind", ctypes.c_uint8),
    )


class Character(ctypes.Structure):
    """The kind of a character, and its case-folded form in UTF-8."""

    _fields_ = (("kind", ctypes.c_uint8), ("size", ctypes.c_uint8), ("plain", ctypes.c_uint8 * 6))


class WordWeight(ctypes.Structure):
    """The weight of the words of one rarity, and whether they are content words."""

    _fields_ = (("weight", ctypes.c_float), ("zipf", ctypes.c_float), ("is_content", ctypes.c_uint8))


class NumberWord(ctypes.Structure):
    """A number written as a word: the hash of the word and the stem of its digits."""

    _fields_ = (("hash", ctypes.c_uint64), ("stem", ctypes.c_uint32))


class WordListRecord(ctypes.Structure):
    """Addresses of ascending hashes and of the rarity of each; both arrays must outlive it."""

    _fields_ = (("hashes", ctypes.c_void_p), ("rarities", ctypes.c_void_p), ("size", _SIGNED))


class Slot(ctypes.Structure):
    """A slot of the cache of words."""

    _fields_ = (("written", ctypes.c_uint64 * 5), ("word", WordRecord))


#: The type of the function that describes a word: its bytes, their number, and where to write what is known of it.
DESCRIBE: Final = ctypes.CFUNCTYPE(None, ctypes.c_void_p, _SIGNED, ctypes.POINTER(WordRecord))


class Language(ctypes.Structure):
    """The tables of a language; `worker.kernel.language` fills and owns it."""

    _fields_ = (
        ("pages", ctypes.c_void_p),
        ("list", WordListRecord),
        ("weights", ctypes.POINTER(WordWeight)),
        ("unlisted", _SIGNED),
        ("number_words", ctypes.POINTER(NumberWord)),
        ("number_word_count", _SIGNED),
        ("stem_length", _SIGNED),
        ("describe", DESCRIBE),
        ("cache", ctypes.POINTER(Slot)),
        ("bits", _SIGNED),
        ("number", _SIGNED),
        ("missing_page", _SIGNED),
    )


class ArticleRecord(ctypes.Structure):
    """An article in the memory of the kernel; `worker.kernel.article` owns it."""

    _fields_ = (
        ("counts", _SIGNED * len(COUNTS)),
        ("sums", _REAL * len(SUMS)),
        ("digest", ctypes.c_uint8 * 16),
        *((name, ctypes.c_void_p) for name in ("passage_weights", "words", "weights", "zipfs", "places", "classes")),
        *((name, ctypes.c_void_p) for name in ("grams", "gram_places", "content_tokens", "content_token_weights")),
        *((name, ctypes.c_void_p) for name in ("word_index", "passages", "salient", "facts", "title")),
    )


class Layout(ctypes.Structure):
    """A row of the layout that the library reports: a structure, or a member of one."""

    _fields_ = (("name", ctypes.c_char_p), ("offset", _SIGNED), ("size", _SIGNED))


_CHECKED: Final = (WordRecord, Character, WordWeight, NumberWord, WordListRecord, Slot, Language, ArticleRecord)


def layout_errors(library: ctypes.CDLL) -> list[str]:
    """Return the structures and members whose size or offset is another one in the library."""
    return sorted(set(_own_layout()) ^ set(_layout_of(library)))


def _own_layout() -> Iterator[str]:
    for structure in _CHECKED:
        yield f"{structure.__name__.removesuffix('Record')} 0 {ctypes.sizeof(structure)}"
        for name, *_ in structure._fields_:
            member = getattr(structure, name)
            yield f"{structure.__name__.removesuffix('Record')}.{name} {member.offset} {member.size}"


def _layout_of(library: ctypes.CDLL) -> Iterator[str]:
    library.copydesk_layout.restype = ctypes.POINTER(Layout)
    for row in library.copydesk_layout():
        if row.name is None:
            return
        yield f"{row.name.decode()} {row.offset} {row.size}"
