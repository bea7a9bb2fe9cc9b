"""Operation of the service: health, metrics, the audit of all stored data, and pruning of stored files."""
