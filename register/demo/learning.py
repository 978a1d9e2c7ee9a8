"""What registrants of the demo have recorded of their learning, and who of them asks for less of it."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account
from register.cpd import (
    LearningAct,
    LearningKind,
    LearningLess,
    LearningRecord,
    LessReason,
    Told,
    With,
    Words,
    rules_of,
    standards_for,
)
from register.demo.draw import Draw
from register.process import Process

FINISHED = Words(
    title="Missing from care: a day with the police and two other homes",
    learnt=(
        "What the police need from us in the first hour, and why a photograph from last summer is worth little. "
        "Other homes write down with each young person whom they would call first if they could not call us."
    ),
    impact=(
        "We have made such a list with each of our four young people, in their words. "
        "Last month one of them rang the youth worker on it, and was home by ten."
    ),
    reflection=(
        "I had thought of going missing as something that we must prevent. I now think as much about how somebody comes back, "
        "and about who asks them the next day, and how."
    ),
    discussed="My supervisor and I agreed that return interviews are offered by somebody whom the young person chooses.",
)
BEGUN = Words(
    title="Leading a team through an inspection",
    learnt="How the manager of another home prepares her team without rehearsing answers.",
)
AWAY = "My daughter was born in the spring. I am back at work for three days a week from the autumn."
DAYS_AGO, TALKED_AGO, WROTE_AGO = 24, 18, 5


async def record_learning(
    session: AsyncSession, account: Account, person_id: UUID, draw: Draw
) -> None:
    """One record that is finished, and one that is not."""
    at = draw.moment(draw.on - timedelta(days=WROTE_AGO))
    rules = await rules_of(session, person_id, now=draw.now)
    codes = list(await standards_for(session, person_id, now=draw.now))
    day = draw.on - timedelta(days=DAYS_AGO)
    finished = Told(
        words=FINISHED,
        kinds=(LearningKind.CONFERENCE,),
        first_on=day,
        last_on=day,
        standards=tuple(codes[:2]),
        safeguarding=True,
        discussed_with=With.SUPERVISOR,
        discussed_on=draw.on - timedelta(days=TALKED_AGO),
    )
    begun = Told(words=BEGUN, kinds=(LearningKind.SHADOWING,), leadership=True)
    for told in (finished, begun):
        await LearningRecord.begin(
            session,
            person_id,
            told,
            year_end=rules.period_end(told.last_on or draw.on),
            by=Process.begin(session, LearningAct.WRITE, now=at, actor=account),
        )


async def ask_for_less(
    session: AsyncSession, account: Account, person_id: UUID, draw: Draw
) -> None:
    """Nobody has decided on it yet."""
    at = draw.moment(draw.on - timedelta(days=WROTE_AGO))
    rules = await rules_of(session, person_id, now=draw.now)
    await LearningLess.ask(
        session,
        person_id,
        year_end=rules.period_end(draw.on),
        because=LessReason.PARENTAL_LEAVE,
        from_on=draw.on - timedelta(days=150),
        until_on=draw.on + timedelta(days=30),
        words=AWAY,
        by=Process.begin(session, LearningAct.ASK_FOR_LESS, now=at, actor=account),
    )
