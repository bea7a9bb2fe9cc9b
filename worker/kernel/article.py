"""Make articles with the compiled kernel: an `ArticleHandle` owns the memory of one."""

import ctypes
from array import array
from typing import Final

from worker.errors import KernelError
from worker.kernel.language import LanguageTables
from worker.kernel.library import NO_PAGE, check, function
from worker.kernel.structures import ARRAYS, COUNTS, ArticleRecord, Language

#: At most three kinds of key in a sketch, 40 of each: sketch.c.
_KEYS_MAX: Final = 3 * 40


class ArticleHandle:
    """An article in the memory of the kernel, which is freed with this object."""

    __slots__ = ("_free", "_structure", "pointer")

    def __init__(self, pointer: int) -> None:
        self.pointer = pointer
        self._free = function("copydesk_free", ctypes.c_void_p)
        self._structure = ArticleRecord.from_address(pointer)

    def __del__(self) -> None:
        self._free(self.pointer)

    def count(self, name: str) -> int:
        """Return one of `COUNTS`."""
        return int(self._structure.counts[COUNTS.index(name)])

    def is_possible(self) -> bool:
        """Return whether the counts fit each other, so that a fault of the kernel is not taken for one of a file."""
        words, grams, content, passages, facts, title, tokens = self._structure.counts
        within = 0 <= max(words, title, passages) <= content <= tokens and 0 <= facts <= 4 * content
        return bool(within and 0 <= grams <= tokens and (words > 0) == (content > 0) == (passages > 0))

    @property
    def digest(self) -> bytes:
        """A 16-byte hash of all words in order."""
        return bytes(self._structure.digest)

    def column(self, name: str) -> bytes:
        """Return a copy of one of `ARRAYS`."""
        kind, count = ARRAYS[name]
        return ctypes.string_at(getattr(self._structure, name) or 0, ctypes.sizeof(kind) * self.count(count))


def make_article(tables: LanguageTables, title: str, text: str) -> ArticleHandle:
    """Return the article of a text and its title, in which spaces separate chunks.

    Raises:
        KernelError: the kernel is at fault, not the text.
    """
    head, body = f"{title} ".encode("utf-8", "surrogatepass"), text.encode("utf-8", "surrogatepass")
    make = function(
        *("copydesk_article", ctypes.POINTER(Language), ctypes.c_char_p),
        *(ctypes.c_int64, ctypes.c_int64, ctypes.POINTER(ctypes.c_void_p)),
    )
    pointer = ctypes.c_void_p()
    arguments = (tables.structure, head + body, len(head), len(head) + len(body), ctypes.byref(pointer))
    while (status := make(*arguments)) == NO_PAGE:
        tables.characters.fill(tables.structure.missing_page)
    check(status)
    handle = ArticleHandle(pointer.value or 0)
    if not handle.is_possible():
        raise KernelError("The kernel made an impossible article: please report it with the text.")
    return handle


def simhash(handle: ArticleHandle) -> bytes:
    """Return 32 bytes."""
    out = ctypes.create_string_buffer(32)
    check(function("copydesk_simhash", ctypes.c_void_p, ctypes.c_char_p)(handle.pointer, out))
    return out.raw


def sketch(handle: ArticleHandle) -> "array[int]":
    """Return the sampled keys, ascending."""
    out = array("i", bytes(4 * _KEYS_MAX))
    place, _ = out.buffer_info()
    count = function("copydesk_sketch", ctypes.c_void_p, ctypes.c_void_p)(handle.pointer, place)
    return out[:count]
