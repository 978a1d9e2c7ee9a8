"""Bringing in what others keep as tables: Ofsted's list of homes, and registrants from before this register."""

from register.imports import entries, homes
from register.imports.entries import import_entries
from register.imports.homes import import_homes
from register.imports.report import Fault, Report
from register.imports.sheet import SheetRefused, described, template

HOMES_TEMPLATE = template(homes.COLUMNS)
HOMES_DESCRIBED = described(homes.COLUMNS)
ENTRIES_TEMPLATE = template(entries.COLUMNS)
ENTRIES_DESCRIBED = described(entries.COLUMNS)

__all__ = [
    "ENTRIES_DESCRIBED",
    "ENTRIES_TEMPLATE",
    "HOMES_DESCRIBED",
    "HOMES_TEMPLATE",
    "Fault",
    "Report",
    "SheetRefused",
    "import_entries",
    "import_homes",
]
