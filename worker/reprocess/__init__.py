"""Run stored articles through the current cleaner and fingerprint, and cluster them again."""
