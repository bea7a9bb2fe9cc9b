"""Tests that harm real processes, and check that nothing is lost, processed twice or left unreported."""
