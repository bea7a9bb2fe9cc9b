"""Tests of evidence, verdict, relations and the canonical choice."""
