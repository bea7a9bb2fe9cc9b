"""Tests against a real Postgres and Valkey."""
