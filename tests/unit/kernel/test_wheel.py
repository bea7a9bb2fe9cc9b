"""Tests that a wheel with the kernel is neither installed nor loaded where the C library is another one."""

import platform
import runpy
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.processes import ROOT
from worker.kernel import build, library


@pytest.mark.skipif(not any(map(shutil.which, ("cc", "gcc", "clang"))), reason="there is no C compiler here")
def test_the_name_of_a_wheel_has_the_c_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tag of a wheel with the kernel says manylinux or musllinux; `linux` alone would be installed on both."""
    pytest.importorskip("hatchling", reason="hatchling is not installed")
    hook = runpy.run_path(str(ROOT / "hatch_build.py"))["KernelHook"]
    monkeypatch.setenv("CFLAGS", "-O0")
    shutil.copytree(build.FOLDER, tmp_path / "worker" / "kernel", ignore=shutil.ignore_patterns("*.so"))
    data: dict[str, Any] = {"artifacts": []}
    hook(str(tmp_path), {}, None, None, "", "wheel").initialize("standard", data)
    assert data["artifacts"] == ["worker/kernel/kernel.so"]
    c_library = "manylinux" if platform.libc_ver()[0] == "glibc" else "musllinux"
    assert data["tag"].startswith(f"py3-none-{c_library}_")


@pytest.mark.skipif(not shutil.which("musl-gcc"), reason="no compiler for another C library is here")
def test_a_library_for_musl_is_not_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A library that was built for musl is refused with a warning, by the loader or by us."""
    monkeypatch.setenv("CC", "musl-gcc")
    monkeypatch.setattr(library, "LIBRARY", tmp_path / "kernel.so")
    assert build.build(tmp_path / "kernel.so") is None
    assert library._load() is None
    assert "can't be loaded" in caplog.text or "another system" in caplog.text
