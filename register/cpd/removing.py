"""Taking a record away, with all that hangs on it."""

from sqlalchemy.ext.asyncio import AsyncSession

from register.cpd.peers import ask_no_more, forget_peers
from register.cpd.record import LearningRecord
from register.process import Process


async def remove(session: AsyncSession, record: LearningRecord, *, by: Process) -> None:
    """Whoever was asked to reflect on it is asked no more. Raises RecordFrozen."""
    record.must_be_open()
    await ask_no_more(session, [record.id], by=by)
    await session.flush()
    await forget_peers(session, record.id)
    await record.remove(session, by=by)
