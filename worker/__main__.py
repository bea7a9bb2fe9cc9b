"""Run ``copydesk`` as ``python -m worker``."""

from worker.cli import main

main()
