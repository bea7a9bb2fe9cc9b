"""What an operator asks for: health, metrics, the audit of everything stored, pruning of kept bytes."""
