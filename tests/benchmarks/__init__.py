"""Measurements, run by hand or by CI, and what they share."""
