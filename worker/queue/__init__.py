"""Celery: the app, its tasks, how messages are cut, and what notices a worker that stopped working."""
