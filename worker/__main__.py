"""``python -m worker`` is ``copydesk``."""

from worker.cli import main

main()
