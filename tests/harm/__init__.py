"""Tests that do harm to real processes, and look afterwards whether anything was lost, doubled or left unsaid."""
