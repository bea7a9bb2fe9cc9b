"""Compile the kernel during the installation; without a C compiler the wheel is pure Python, and works."""

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from packaging.tags import platform_tags


class KernelHook(BuildHookInterface[Any]):
    """The build hook that hatchling runs for wheels, also for those of editable installations."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  hatchling's signature
        """Build the library; a wheel that contains it is for this platform only."""
        build = runpy.run_path(str(Path(self.root) / "worker" / "kernel" / "build.py"))
        error = build["build"]()
        if error:
            self.app.display_warning(f"{error} Copydesk works without its compiled kernel, at a lower speed.")
            return
        # the tag names the C library too, musl or the oldest glibc that will do: a wheel for the other one is not
        # installed. The first of all tags may be `linux_x86_64`, which fits both
        tags = [*platform_tags()]
        platform = next((tag for tag in tags if not tag.startswith("linux_")), tags[0])
        build_data["pure_python"] = False
        build_data["infer_tag"] = False
        build_data["tag"] = f"py3-none-{platform}"
        build_data["artifacts"].append("worker/kernel/kernel.so")
