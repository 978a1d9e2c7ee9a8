"""People who may be the same person: a list, likeliest first, and each two side by side, where somebody says what they are."""

from register.web.matches.pages import pages

__all__ = ["pages"]
