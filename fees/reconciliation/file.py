"""A settlement file as we read it: the columns of the provider's reports, found by what they are called."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from register.imports import Fault
from register.imports.entries import read_day
from register.imports.sheet import Column, Row, Sheet, SheetRefused, sheet_of, template

COLUMNS = (
    Column(
        "provider_id",
        ("Provider payment ID", "Provider ID", "Payment ID", "GOV.UK Pay payment ID"),
        "GOV.UK Pay’s own number of the payment",
        required=True,
    ),
    Column(
        "reference",
        ("Reference", "Our reference", "Payment reference"),
        "ours of the payment, as INV-0000123-1",
        required=True,
    ),
    Column(
        "gross",
        (
            "Gross",
            "Gross amount",
            "Amount",
            "Gross (£)",
            "Gross pence",
            "Gross (pence)",
            "Amount (pence)",
        ),
        "what the payer paid; below nothing, what went back to the payer",
        required=True,
    ),
    Column(
        "fee",
        ("Fee", "Fees", "Fee amount", "Fee (£)", "Fee pence", "Fee (pence)"),
        "what the provider keeps",
        required=True,
    ),
    Column(
        "net",
        ("Net", "Net amount", "Net (£)", "Net pence", "Net (pence)"),
        "what it pays out: the gross less the fee",
        required=True,
    ),
    Column(
        "settled_on",
        ("Settled on", "Settlement date", "Settled date", "Date settled"),
        "2027-03-12 or 12/03/2027",
        required=True,
    ),
)
TEMPLATE = template(COLUMNS)
TITLES = {column.name: column.title for column in COLUMNS}
MOST_ROWS = 20_000
MONEY = ("gross", "fee", "net")
POUNDS = re.compile(r"(-?)£?(\d{1,9})(?:\.(\d{2}))?")
PENCE = re.compile(r"(-?)()(\d{1,11})")
PROVIDER_ID = re.compile(r"[A-Za-z0-9_]{1,64}")
REFERENCE = re.compile(r"[A-Za-z0-9_-]{1,40}")


@dataclass(frozen=True)
class Told:
    """What one line says. `nth`: of the lines before it, how many say the same, and this one."""

    line: int
    provider_id: str
    reference: str
    gross_pence: int
    fee_pence: int
    net_pence: int
    settled_on: date
    nth: int

    @property
    def key(self) -> tuple[str, date, int, int]:
        return self.provider_id, self.settled_on, self.gross_pence, self.nth


def read_settlement(raw: bytes, *, today: date) -> tuple[list[Told], list[Fault]]:
    """Every line, or every fault; raises SheetRefused."""
    sheet = sheet_of(raw, COLUMNS, name="The file")
    if len(sheet.rows) > MOST_ROWS:
        raise SheetRefused(
            f"The file has more than {MOST_ROWS:,} rows. Upload it in parts."
        )
    told: list[Told] = []
    faults: list[Fault] = []
    seen: Counter[tuple[str, date, int]] = Counter()
    for row in sheet.rows:
        money = {name: _pence(row[name], sheet, name) for name in MONEY}
        day = read_day(row["settled_on"])
        found = list(_faults(row, money, day, today))
        faults += found
        if not found and day:
            told.append(_told(row, money, day, seen))
    return told, faults


def _pence(written: str, sheet: Sheet, name: str) -> int | None:
    in_pence = "pence" in sheet.columns[name].casefold()
    plain = written.replace(",", "").replace(" ", "")
    if in_pence:
        found = PENCE.fullmatch(plain)
        pence = int(found[3]) if found else 0
    else:
        found = POUNDS.fullmatch(plain)
        pence = int(found[2]) * 100 + int(found[3] or 0) if found else 0
    if found is None:
        return None
    return -pence if found[1] else pence


def _faults(
    row: Row, money: dict[str, int | None], day: date | None, today: date
) -> Iterator[Fault]:
    for name, form in (("provider_id", PROVIDER_ID), ("reference", REFERENCE)):
        if not row[name]:
            yield Fault(row.line, TITLES[name], "is empty")
        elif not form.fullmatch(row[name]):
            yield Fault(
                row.line, TITLES[name], "is not made of letters and digits alone"
            )
    for name, pence in money.items():
        if pence is None:
            yield Fault(
                row.line,
                TITLES[name],
                "is not an amount of money: write it as 120.00, or in pence below a heading that says so",
            )
    gross, fee, net = (money[name] for name in MONEY)
    if gross == 0:
        yield Fault(row.line, TITLES["gross"], "is nothing")
    if None not in (gross, fee, net) and (gross or 0) - (fee or 0) != net:
        yield Fault(row.line, TITLES["net"], "is not the gross less the fee")
    if day is None:
        yield Fault(
            row.line,
            TITLES["settled_on"],
            "is not a date: write it as 2027-03-12 or 12/03/2027",
        )
    elif day > today:
        yield Fault(row.line, TITLES["settled_on"], "is in the future")


def _told(
    row: Row,
    money: dict[str, int | None],
    day: date,
    seen: Counter[tuple[str, date, int]],
) -> Told:
    gross = money["gross"] or 0
    same = row["provider_id"], day, gross
    seen[same] += 1
    return Told(
        row.line,
        row["provider_id"],
        row["reference"],
        gross,
        money["fee"] or 0,
        money["net"] or 0,
        day,
        seen[same],
    )
