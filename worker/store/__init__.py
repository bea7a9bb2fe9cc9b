"""Postgres: the ledger of files, the articles, their sketches, the stories and the change feed. Decides nothing."""
