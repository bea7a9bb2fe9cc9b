"""The API ``/api/v1``: reading and writing for programs. FastAPI parses requests and describes what it parses."""
