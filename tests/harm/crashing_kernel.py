"""A kernel that really crashes, in a copy of the package, for processes of any command."""

import shutil
from pathlib import Path

import pytest

from worker.kernel import build, library

needs_kernel = pytest.mark.skipif(library.loaded is None, reason="there is no compiled kernel here")
MARK = "Zvezdograd"
#: Takes the place of two functions of the kernel, which `build` renames.
CRASHING = """
#include <signal.h>
#include <string.h>
#include "kernel.h"
#undef copydesk_article
#undef copydesk_evidence
static uint8_t marked[DIGEST];
int64_t real_article(void *l, const uint8_t *text, int64_t title, int64_t size, Article **out);
int64_t real_evidence(const Article *const *articles, int64_t pairs, int64_t whole, double *evidence);
EXPORT int64_t copydesk_article(void *l, const uint8_t *text, int64_t title, int64_t size, Article **out) {
    int64_t status = real_article(l, text, title, size, out);
    if (!strstr((const char *)text, MARK))
        return status;
    if (IN_ARTICLE)
        raise(RAISED);
    if (!status)
        memcpy(marked, (*out)->digest, DIGEST);
    return status;
}
EXPORT int64_t copydesk_evidence(const Article *const *articles, int64_t pairs, int64_t whole, double *evidence) {
    for (int64_t i = 0; i < 2 * pairs; i++)
        if (!memcmp(articles[i]->digest, marked, DIGEST))
            raise(RAISED);
    return real_evidence(articles, pairs, whole, evidence);
}
"""


def crashing_kernel(folder: Path, number: str, *, in_article: bool) -> Path:
    """Build a kernel that raises the signal ``number`` for a text with the mark, or where it compares that text."""
    source, target = folder / "crashing.c", folder / "kernel.so"
    source.write_text(CRASHING, "utf-8")
    renamed = [f"-D{name}={name.replace('copydesk', 'real')}" for name in ("copydesk_article", "copydesk_evidence")]
    chosen = [f'-DMARK="{MARK}"', f"-DRAISED={number}", f"-DIN_ARTICLE={int(in_article)}", f"-I{build.FOLDER}"]
    assert build.build(target, [*renamed, *chosen, str(source)]) is None
    return target


def package_with(kernel: Path, folder: Path) -> Path:
    """Copy the package, with another kernel, into ``folder``; return what must be the ``PYTHONPATH`` of its users."""
    root = build.FOLDER.parents[1]
    shutil.copytree(root / "worker", folder / "worker", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(root / "config", folder / "config")
    shutil.copy(kernel, folder / "worker" / "kernel" / build.LIBRARY.name)
    return folder
