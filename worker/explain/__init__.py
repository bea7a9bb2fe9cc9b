"""Explain decisions to an editor: differences, shared passages, evidence and cleaning; pure, except for `why`."""
