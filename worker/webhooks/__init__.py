"""Webhooks: send the change feed to other programs, signed and in order."""
