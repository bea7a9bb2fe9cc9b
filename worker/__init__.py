"""Copydesk: news files in, one canonical story per dispatch out."""

__version__ = "0.1.0"
