"""Publications for tests: an order that a panel made, what somebody writes of it, and a second person who approves."""

from datetime import date

from fitness.order import Measure
from fitness.publication import Heard, HearingKind, Publication, approve
from register.account import StaffRole
from tests.fitness.investigating import act
from tests.fitness.ordering import DAY, make_heard, make_order
from tests.make import NOW, make_account

WORDS = "# What was found\nHe left the home at night.\n\nNobody was hurt."
HEARD = Heard(
    HearingKind.FINAL, date(2027, 5, 3), date(2027, 5, 5), "12 Park Row, Leeds"
)


async def make_hearings_officer(session, **more):
    return await make_account(session, StaffRole.HEARINGS_OFFICER, **more)


async def write(session, case, order, words=WORDS, *, author=None, now=NOW, **more):
    """A publication of the order, its first version drafted."""
    author = author or await make_hearings_officer(session)
    by = act(session, author, now=now)
    publication = await Publication.of_order(session, case, order, by=by)
    await publication.write(session, case, words, author=author, by=by, **more)
    return publication


async def list_hearing(
    session, case, heard=HEARD, *, number=1, author=None, now=NOW, words=WORDS
):
    author = author or await make_hearings_officer(session)
    by = act(session, author, now=now)
    publication = await Publication.of_hearing(session, case, number, by=by)
    await publication.write(session, case, words, author=author, heard=heard, by=by)
    return publication


async def propose(session, case, publication, *, proposer=None, now=NOW):
    proposer = proposer or await make_hearings_officer(session)
    by = act(session, proposer, now=now)
    publication.propose(session, case, proposer=proposer, by=by)
    await session.flush()


async def pass_it(session, case, publication, *, approver=None, now=NOW):
    """Proposed and approved; what the public reads."""
    await propose(session, case, publication, now=now)
    approver = approver or await make_account(session, StaffRole.TEAM_MANAGER)
    by = act(session, approver, now=now)
    return await approve(session, case, publication, approver=approver, by=by)


async def make_published(session, measure=Measure.SUSPENSION, *, now=NOW, **more):
    """The case, the order, the publication and what the public reads of it."""
    case = await make_heard(session, now=now - DAY)
    served_on = more.pop("served_on", None)
    order = await make_order(session, case, measure, served_on=served_on, now=now)
    publication = await write(session, case, order, now=now, **more)
    public = await pass_it(session, case, publication, now=now)
    return case, order, publication, public
