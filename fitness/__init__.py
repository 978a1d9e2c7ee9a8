"""Fitness to practise: concerns about registrants, from receipt to outcome and review."""
