"""``python -m worker.embedded FOLDER ID...``: the keeper of the servers of that folder, started by ``servers``."""

import sys

from worker.embedded.keeper import main

main(sys.argv[1:])
