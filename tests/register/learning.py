"""Makers of learning: what is not said is plausible and finished."""

from datetime import date

from sqlalchemy import select

from register.cpd import (
    LearningKind,
    LearningRecord,
    Named,
    Told,
    With,
    Words,
    ask_peer,
    rules_of,
)
from register.kit.post import Message
from tests.make import NOW, NUMBERS, make_process

YEAR_END = date(2027, 11, 30)
LEARNT = "How matter {n} shows in home {n}, and why a calm adult {n} times over matters more than a rule."


def told(title="What safeguarding partners do", **more):
    n = next(NUMBERS)
    words = {
        "learnt": LEARNT.format(n=n),
        "impact": f"Child number {n} now has a word for it.",
        "reflection": f"I had taken {n} signs for defiance.",
    }
    words |= {
        name: more.pop(name) for name in list(more) if name in Words.__struct_fields__
    }
    day = more.pop("on", date(2027, 3, 1))
    return Told(
        words=Words(title=title, **words),
        **{
            "kinds": (LearningKind.COURSE,),
            "first_on": day,
            "last_on": day,
            "standards": ("R1",),
            **more,
        },
    )


async def make_record(
    session, person, *, year_end=YEAR_END, now=NOW, **more
) -> LearningRecord:
    record = await LearningRecord.begin(
        session,
        person.id,
        told(**more),
        year_end=year_end,
        by=make_process(session, now=now),
    )
    record.person = person
    return record


TALKED_OVER = {
    "discussed_with": With.SUPERVISOR,
    "discussed_on": date(2027, 3, 5),
    "discussed": "We agreed on what to try.",
}


async def make_enough(session, person, **more):
    """What a manager's year asks for, by two records."""
    return [
        await make_record(session, person, safeguarding=True, **TALKED_OVER, **more),
        await make_record(session, person, leadership=True, **more),
    ]


async def make_asked(session, record, *, email="peer@example.org", now=NOW):
    return await ask_peer(
        session,
        record,
        With.PEER,
        Named(name="Priya Peer", email=email),
        rules=await rules_of(session, record.person_id, now=now),
        by=make_process(session, now=now),
    )


async def letters_to(session, email):
    found = select(Message.letter).where(Message.to_address == email)
    return list(await session.scalars(found.order_by(Message.created_at, Message.id)))
