"""The demo on a day in the window: renewals in every state, and accounts to try them with."""

from collections import Counter
from datetime import date

import pytest
from sqlalchemy import select

from register.account import Account
from register.kit.clock import start_of
from register.kit.db import Role, connect, sessions_of
from register.renewal import Renewal, RenewalExtension, RenewalState, standing
from register.renewal.twin import state_at
from register.rule_set import RuleSet
from tests.register.demo.conftest import made_here

IN_THE_WINDOW = date(2027, 10, 20)
MORNING = start_of(IN_THE_WINDOW)
ENDS = date(2027, 11, 30)


@pytest.mark.long
async def test_on_a_day_in_the_window_renewals_are_underway_in_every_state(clone):
    url = await clone()

    printed = await made_here(url, on=IN_THE_WINDOW)

    engine = connect(url, Role.APP)
    async with sessions_of(engine)() as session:
        states = await states_of(session)
        asked = await session.scalars(select(RenewalExtension.state))
        first = await session.scalar(
            select(Account.person_id).where(Account.email == "paid-first@example.org")
        )
        found = await standing(session, first, now=MORNING)
    await engine.dispose()
    assert {
        RenewalState.OPEN,
        RenewalState.EXTENDED,
        RenewalState.PAID_NOT_RENEWED,
        RenewalState.RENEWED,
    } <= set(states)
    assert sorted(asked) == ["agreed", "asked"]
    assert "renewing@example.org" in printed
    assert found.state is RenewalState.PAID_NOT_RENEWED


async def states_of(session):
    rows = await session.execute(
        select(state_at(MORNING, IN_THE_WINDOW))
        .join_from(Renewal, RuleSet, Renewal.rule_set_id == RuleSet.id)
        .where(Renewal.ends_on == ENDS)
    )
    return Counter(rows.scalars())
