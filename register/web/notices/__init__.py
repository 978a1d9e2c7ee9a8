"""Notices on the pages of those on whom they are served, and of staff; and the removals that follow."""

from register.web.notices import answering, deciding, removing

pages = [*answering.pages, *deciding.pages, *removing.pages]
