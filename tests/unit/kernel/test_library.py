"""Tests of building and loading the library, and of working without it."""

import ctypes
import shutil
from pathlib import Path

import numpy as np
import pytest

from worker.features import features, features_of
from worker.fingerprint import fingerprints
from worker.kernel import build, library, structures
from worker.match import compare_pairs


def test_without_a_library_the_reference_does_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a library nothing is loaded, and features are computed all the same."""
    monkeypatch.setattr(library, "LIBRARY", tmp_path / "kernel.so")
    monkeypatch.setattr(library, "loaded", library._load())
    assert library.loaded is None
    assert features("The barge sank near Velmouth.", None, "en").tokens == 5
    assert not [*features_of([]), *fingerprints([]), *compare_pairs([], [])]
    with pytest.raises(RuntimeError, match="no compiled kernel"):
        library.function("copydesk_find")


def test_a_file_that_is_no_library_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A library of another platform, or half a file, is ignored with a warning."""
    broken = tmp_path / "kernel.so"
    broken.write_bytes(b"\x7fELF half")
    monkeypatch.setattr(library, "LIBRARY", broken)
    assert library._load() is None
    assert "can't be loaded" in caplog.text


@pytest.mark.skipif(library.loaded is None, reason="there is no compiled kernel here")
def test_a_library_of_other_sources_is_not_used(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A library that was built from other C sources is ignored with a warning, since its interface may differ."""
    monkeypatch.setattr(library, "digest", lambda: "0123456789abcdef")
    assert library._load() is None
    assert "other sources" in caplog.text


@pytest.mark.skipif(library.loaded is None, reason="there is no compiled kernel here")
def test_a_library_of_another_system_is_not_used(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A library that was built for glibc is not used with musl, which would load it, nor the other way round."""
    monkeypatch.setattr(library, "_libc", lambda: "other" if library.loaded else "glibc")
    assert library._load() is None
    assert "another system" in caplog.text


@pytest.mark.skipif(library.loaded is None, reason="there is no compiled kernel here")
def test_a_library_with_other_structures_is_not_used(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A library whose structures have other sizes or offsets than those of Python is ignored with a warning."""

    class WordRecord(ctypes.Structure):
        """A word with another order of fields."""

        _fields_ = tuple(reversed(structures.WordRecord._fields_))

    monkeypatch.setattr(structures, "_CHECKED", (WordRecord, *structures._CHECKED[1:]))
    assert library._load() is None
    assert "Word.stem" in caplog.text


def test_no_compiler_is_reported_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a compiler the build returns a sentence and leaves no file behind."""
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert build.build(tmp_path / "kernel.so") == "There is no C compiler."
    assert not list(tmp_path.iterdir())


def test_a_compiler_that_fails_is_reported_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a compiler that can't compile, as without C headers, the build returns a sentence and leaves no file."""
    monkeypatch.setenv("CC", "false --with arguments")
    assert build.build(tmp_path / "kernel.so") == "false failed: it said nothing"
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.skipif(not any(map(shutil.which, ("cc", "gcc", "clang"))), reason="there is no C compiler here")
def test_what_is_built_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library, built with the given compiler and flags, has the digest of the sources and is loaded."""
    monkeypatch.setattr(library, "LIBRARY", tmp_path / "kernel.so")
    monkeypatch.setenv("CC", "cc -Wall -Wextra -Werror")
    monkeypatch.setenv("CFLAGS", "-g '-DTEXT_OF_A_USER=\"a b\"'")
    monkeypatch.setenv("LDFLAGS", "-Wl,-O1")
    assert build.build(tmp_path / "kernel.so") is None
    assert [path.name for path in tmp_path.iterdir()] == ["kernel.so"]
    assert library._load() is not None


def test_only_matching_arrays_are_passed() -> None:
    """An array of another dtype, or with gaps, raises TypeError before C could misread it."""
    numbers = np.arange(10, dtype=np.int64)
    assert library.address(numbers, np.int64) == numbers.ctypes.data
    for wrong in (numbers.astype(np.int32), numbers[::2]):
        with pytest.raises(TypeError):
            library.address(wrong, np.int64)
