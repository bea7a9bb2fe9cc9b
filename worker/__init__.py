"""Copydesk: news files in, one canonical story per dispatch out."""

import os

__version__ = "0.1.0"

# Our matrices have a few kilobytes: threads for them cost several times what they save, and every core has a worker.
# Set before NumPy is imported, or it has no effect.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
