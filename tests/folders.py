"""Folders that are hard to read, as the system has them."""

import os
from pathlib import Path


def write_out_of_reach(folder: Path) -> None:
    """Write a file so far below ``folder`` that its path is too long for the system, which refuses it to root too."""
    path, current = str(folder), os.open(folder, os.O_RDONLY)
    while len(path) < 4_000:  # step by step: no system call accepts a path of over 4,095 bytes
        path += "/" + "d" * 60
        os.mkdir("d" * 60, dir_fd=current)
        below = os.open("d" * 60, os.O_RDONLY, dir_fd=current)
        os.close(current)
        current = below
    os.close(os.open("x" * 200, os.O_CREAT | os.O_WRONLY, dir_fd=current))
    os.close(current)
