"""Process a batch in a worker: lease, read, clean, fingerprint, assign to stories, commit."""
