"""Bringing in what others keep as tables: Ofsted's list of homes, and registrants from before this register."""

from register.imports import entries, homes
from register.imports.entries import import_entries
from register.imports.homes import import_homes
from register.imports.report import Fault, Report
from register.imports.sheet import SheetRefused, template

HOMES_TEMPLATE = template(homes.COLUMNS)
ENTRIES_TEMPLATE = template(entries.COLUMNS)

__all__ = [
    "ENTRIES_TEMPLATE",
    "HOMES_TEMPLATE",
    "Fault",
    "Report",
    "SheetRefused",
    "import_entries",
    "import_homes",
]
