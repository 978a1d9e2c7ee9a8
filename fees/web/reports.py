"""Aged debt and income, each as a page and as a CSV file."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from io import StringIO

from litestar import Response, get
from litestar.response import Template

from fees.arrears import Age, Debt, aged_debt
from fees.income import income
from fees.money import pounds
from fees.period import plain
from fees.web.chart import COLOURS, chart
from fees.web.csv_files import csv_file
from fees.web.staff import READERS
from register.kit.clock import day_of, months_after
from register.kit.pages import page
from register.part import Part
from register.web.needs import Moment, Session

DEBT = "/staff/finance/debt"
INCOME = "/staff/finance/income"
SHOWN = 12


@get(DEBT, access=READERS)
async def debt(session: Session, now: Moment) -> Template:
    found = await aged_debt(session, today=day_of(now))
    return page(
        "fees/finance/debt.html",
        today=day_of(now),
        ages=list(Age),
        parts={part: _by_age(found, part) for part in Part if _by_age(found, part)},
        total=_by_age(found, None),
    )


def _by_age(found: Sequence[Debt], part: Part | None) -> dict[str, str]:
    """What is owed of each age, and of all under an empty name; nothing where nothing is."""
    sums: dict[str, int] = defaultdict(int)
    for one in found:
        if part in {None, one.part}:
            sums[one.age] += one.pence
            sums[""] += one.pence
    return {age: pounds(pence) for age, pence in sums.items()}


@get(f"{DEBT}/aged-debt.csv", access=READERS)
async def debt_file(session: Session, now: Moment) -> Response[str]:
    today = day_of(now)
    rows = [
        (today, one.part, one.age, one.invoices, plain(one.pence))
        for one in await aged_debt(session, today=today)
    ]
    head = ("as_at", "part", "days_late", "invoices", "owed")
    return csv_file(_table(head, rows), f"aged-debt-{today}.csv")


@get(INCOME, access=READERS)
async def earned(session: Session, now: Moment) -> Template:
    this = day_of(now).replace(day=1)
    months = [months_after(this, -back) for back in reversed(range(SHOWN))]
    sums: dict[tuple[date, Part], int] = defaultdict(int)
    for one in await income(session, since=months[0], until=this):
        sums[one.month, one.part] += one.pence
    parts = [part for part in Part if any(of == part for _, of in sums)]
    return page(
        "fees/finance/income.html",
        months=months,
        parts=parts,
        colours=COLOURS,
        chart=chart(months, sums) if parts else None,
        rows=[
            (
                month,
                [pounds(sums.get((month, part), 0)) for part in parts],
                pounds(sum(sums.get((month, part), 0) for part in parts)),
            )
            for month in reversed(months)
        ],
        total=pounds(sum(sums.values())),
    )


@get(f"{INCOME}/income.csv", access=READERS)
async def income_file(session: Session, now: Moment) -> Response[str]:
    """From the first month to this one."""
    rows = [
        (f"{one.month:%Y-%m}", one.part, one.kind, plain(one.pence))
        for one in await income(session, until=day_of(now))
    ]
    head = ("month", "part", "fee", "income")
    return csv_file(_table(head, rows), "income.csv")


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    written = StringIO()
    table = csv.writer(written)
    table.writerow(head)
    table.writerows(rows)
    return written.getvalue()


pages = [debt, debt_file, earned, income_file]
