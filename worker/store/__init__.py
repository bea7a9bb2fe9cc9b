"""Postgres: the ledger, articles, sketches, stories and the change feed. All SQL is here, and decides nothing."""
