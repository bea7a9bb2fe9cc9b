"""Compute the evidence of pairs of articles with the compiled kernel."""

import ctypes
from collections.abc import Sequence
from typing import Final

from worker.kernel.article import ArticleHandle
from worker.kernel.library import check, function

#: Numbers of evidence for a pair: `EVIDENCE_FIELDS` in pairs.h.
_FIELDS: Final = 33


def compare(articles: Sequence[ArticleHandle], *, whole: bool) -> list[list[float]]:
    """Return the evidence of each two of the articles: the fields of `Evidence` between ``exact`` and ``keys_in_a``.

    Unless ``whole``, a hopeless pair gets only the fields that show that it is one, and NaN in the others.
    """
    pairs = len(articles) // 2
    pointers = (ctypes.c_void_p * len(articles))(*(article.pointer for article in articles))
    out = (ctypes.c_double * (pairs * _FIELDS))()
    call = function(
        *("copydesk_evidence", ctypes.POINTER(ctypes.c_void_p), ctypes.c_int64, ctypes.c_int64),
        ctypes.POINTER(ctypes.c_double),
    )
    check(call(pointers, pairs, whole, out))
    return [out[at : at + _FIELDS] for at in range(0, pairs * _FIELDS, _FIELDS)]
