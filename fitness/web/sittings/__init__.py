"""Hearings as those see them who sit on them."""

from fitness.web.sittings import deciding, every, finding

pages = [*every.pages, *finding.pages, *deciding.pages]
