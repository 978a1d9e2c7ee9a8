"""The demo's office: one of each role, and two of those who may not work alone."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account, StaffRole
from register.demo.accounts import Doors
from register.demo.draw import Draw

IN_OFFICE_SINCE = timedelta(days=900)
STAFF: tuple[tuple[str, StaffRole, str], ...] = (
    ("Grace Oyelaran", StaffRole.CASEWORKER, "Caseworker: assesses applications"),
    ("Tomasz Wójcik", StaffRole.CASEWORKER, "The other caseworker"),
    (
        "Helen Ashworth",
        StaffRole.TEAM_MANAGER,
        "Team manager: gives out applications, and approves grants",
    ),
    (
        "Eleanor Whitcombe",
        StaffRole.REGISTRAR,
        "Registrar: approves grants with conditions and refusals too",
    ),
    ("Margaret Eze", StaffRole.ADJUDICATOR, "Adjudicator: decides appeals"),
    ("David Lindqvist", StaffRole.ADJUDICATOR, "The other adjudicator"),
    ("Amara Nwosu", StaffRole.INVESTIGATOR, "Investigator: takes concerns in"),
    ("Bryn Howells", StaffRole.INVESTIGATOR, "The other investigator"),
    ("Sunita Rao", StaffRole.CASE_EXAMINER, "Case examiner, lay"),
    ("Patrick Doyle", StaffRole.CASE_EXAMINER, "Case examiner, from the profession"),
    (
        "Olu Adeyemi",
        StaffRole.HEARINGS_OFFICER,
        "Hearings officer: brings hearings about",
    ),
    ("Fiona Marchbank", StaffRole.LEGAL_ADVISER, "Legal adviser: advises panels"),
    ("Imran Qureshi", StaffRole.FINANCE_OFFICER, "Finance officer: sees who paid what"),
    ("Nerys Bowen", StaffRole.FINANCE_OFFICER, "The other finance officer"),
    ("Ruth Sinclair", StaffRole.AUDITOR, "Auditor: reads everything, changes nothing"),
    ("Dafydd Parry", StaffRole.ADMIN, "Administrator: mends what did not work"),
)


@dataclass(frozen=True)
class Office:
    caseworkers: tuple[Account, ...]
    team_manager: Account
    registrar: Account
    investigators: tuple[Account, ...]


async def open_office(session: AsyncSession, draw: Draw, doors: Doors) -> Office:
    of_role: dict[StaffRole, list[Account]] = {}
    for number, (name, role, good_for) in enumerate(STAFF):
        account = await doors.open_staff(
            session,
            staff_email(name),
            name=name,
            role=role,
            good_for=good_for,
            at=draw.now - IN_OFFICE_SINCE + timedelta(hours=10, minutes=7 * number),
        )
        of_role.setdefault(role, []).append(account)
    return Office(
        tuple(of_role[StaffRole.CASEWORKER]),
        of_role[StaffRole.TEAM_MANAGER][0],
        of_role[StaffRole.REGISTRAR][0],
        tuple(of_role[StaffRole.INVESTIGATOR]),
    )


def staff_email(name: str) -> str:
    first = name.split(maxsplit=1)[0].lower()
    return f"{first}@register.example.org"


KNOWN_BY = staff_email(STAFF[0][0])
"""Whoever finds an account of this address has a database that the demo filled."""
