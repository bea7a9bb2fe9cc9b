"""Celery: the app, its tasks and messages, the sweeper, and the checks that find a worker that stopped working."""
