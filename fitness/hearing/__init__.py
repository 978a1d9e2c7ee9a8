"""Hearings: what panels hear and decide, who sits on them, and how those whom it is about are told."""
