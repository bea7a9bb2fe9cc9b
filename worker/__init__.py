"""Copydesk: news files in, one canonical story per dispatch out."""

import os

__version__ = "0.1.0"

# Matrices here are a few kilobytes: threads for them cost several times what they save, and every core has a worker.
# Before NumPy is imported, or it would not be heard.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
