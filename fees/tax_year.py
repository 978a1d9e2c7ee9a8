"""The tax year, from 6 April to 5 April (Taxes Management Act 1970, section 118; Income Tax Act 2007, section 4)."""

from datetime import date, datetime

from register.kit.clock import start_of

BEGINS = (4, 6)


def tax_year_of(day: date) -> date:
    """Its first day."""
    begins = date(day.year, *BEGINS)
    return begins if day >= begins else begins.replace(year=day.year - 1)


def moments_of(year: int) -> tuple[datetime, datetime]:
    """The first of the tax year that begins in that year, and the first after it."""
    return start_of(date(year, *BEGINS)), start_of(date(year + 1, *BEGINS))
