"""Caseload: how many cases there are at each stage, and how old they are."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, Date, case, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from fitness.case import Case, Stage, visible_to
from register.account import Account
from register.assessment.target import day_in_london
from register.kit.clock import months_after


class Age(StrEnum):
    """From the months that its name says, until those of the next."""

    FROM_0 = "from_0_months"
    FROM_3 = "from_3_months"
    FROM_6 = "from_6_months"
    FROM_12 = "from_12_months"
    FROM_18 = "from_18_months"

    @property
    def months(self) -> int:
        return int(self.split("_")[1])


OLDEST_FIRST = list(reversed(Age))
Caseload = Mapping[tuple[Stage, Age], int]


def age_of(opened_on: date, today: date) -> Age:
    return next(
        age for age in OLDEST_FIRST if months_after(opened_on, age.months) <= today
    )


async def caseload(session: AsyncSession, reader: Account, *, today: date) -> Caseload:
    """Open cases."""
    age = _age(today).label("age")
    rows = await session.execute(
        select(Case.stage, age, func.count())
        .where(visible_to(reader), Case.stage != Stage.CLOSED)
        .group_by(Case.stage, age)
    )
    return {(stage, Age(band)): count for stage, band, count in rows}


def _age(today: date) -> ColumnElement[str]:
    """As `age_of` says."""
    opened_on = day_in_london(Case.opened_at)
    return case(
        *(
            (
                opened_on + func.make_interval(0, age.months) <= literal(today, Date),
                age.value,
            )
            for age in OLDEST_FIRST[:-1]
        ),
        else_=Age.FROM_0.value,
    )
