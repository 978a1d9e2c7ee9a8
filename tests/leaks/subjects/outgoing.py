"""Letters that did not arrive, and work of the machine that stopped."""

from uuid import uuid4

from sqlalchemy import select, text

from register.kit.jobs import enqueue
from register.kit.post import Failure, Message
from tests.leaks.rows import ADMIN, AUDITOR, OFFICERS, READERS, work
from tests.make import NOW

STOP = text(
    "update pgqueuer set status = 'failed' where id = (select max(id) from pgqueuer) returning id"
)


async def make(world, session):
    """`message`: the letter; `job`: the work."""
    await session.flush()
    letter = Message.application_id == world.asked.id
    world.message = await session.scalar(
        select(Message).where(letter, Message.letter == "application_more_information")
    )
    world.message.fail(now=NOW, because=Failure.UNDELIVERABLE)
    await enqueue(session, "send_message", {"message_id": uuid4()})
    world.job = await session.scalar(STOP)


def at(known, _row, _role):
    return [{"message_id": known.world.message.id, "job_id": known.world.job}]


ROWS = [
    work("GET", "/staff/outgoing", *READERS),
    work("GET", "/staff/outgoing/{message_id}", *READERS),
    work("POST", "/staff/outgoing/{message_id}", *OFFICERS),
    work("GET", "/staff/jobs", ADMIN, AUDITOR),
    work("POST", "/staff/jobs/{job_id}", ADMIN),
]
