from datetime import date

import pytest

from register.part import Part
from register.rule_set import PartNotOpen, RuleSet


async def test_the_manager_part_is_open_from_the_start(session):
    rule_set = await RuleSet.open_on(session, Part.MANAGER, date(2027, 3, 10))

    assert rule_set.rules.qualification_deadline_months == 36


async def test_other_parts_wait_to_be_opened(session):
    with pytest.raises(PartNotOpen):
        await RuleSet.open_on(session, Part.RESIDENTIAL_WORKER, date(2027, 3, 10))


async def test_a_registration_on_the_last_day_of_the_year_ends_that_day(session):
    rules = (await RuleSet.on(session, Part.MANAGER, date(2027, 3, 10))).rules

    assert rules.period_end(date(2027, 11, 30)) == date(2027, 11, 30)
    assert rules.period_end(date(2027, 12, 1)) == date(2028, 11, 30)
