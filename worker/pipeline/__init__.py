"""The way of a batch through a worker: lease, read, clean, fingerprint, assign to stories, commit."""
