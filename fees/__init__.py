"""Fees: what is owed, by whom, and what has been paid."""
