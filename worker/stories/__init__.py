"""Which story an article belongs to: candidates, clustering, the canonical article, a person's corrections."""
