"""Plumbing that knows nothing of registers."""
