"""``python -m worker.embedded FOLDER`` runs the keeper of that folder's servers; ``servers`` starts it."""

import sys

from worker.embedded.keeper import main

main(sys.argv[1:])
