"""``python -m worker.embedded FOLDER``: the keeper of that data folder's servers, started by ``servers``."""

import sys

from worker.embedded.keeper import main

main(sys.argv[1:])
