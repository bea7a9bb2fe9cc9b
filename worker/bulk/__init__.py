"""Bulk: an existing corpus on one machine without the service, with the service's own functions and judgement.

Articles are read and fingerprinted in worker processes, DuckDB joins their sketch keys, and the pairs that the verdict
confirms form components, each of which is clustered as the service would. See ``docs/how-to/bulk.md``.
"""
