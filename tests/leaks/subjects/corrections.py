"""Facts of an entry that should not have been recorded, or not so."""

from datetime import timedelta

from register.correction import Correction, CorrectionReason, propose_correction
from register.entry import LapseReason
from tests.leaks.people import in_public
from tests.leaks.roles import Role
from tests.leaks.rows import OFFICERS, READERS, REGISTRAR, UNDECIDED, work
from tests.make import NOW, make_process

ENTRY = "/staff/entries/{entry_id}"


async def make(world, session):
    """`wrong`: a lapse of which nobody has said so yet; `corrected`: one that it is proposed to take back."""
    await lapsed(world, session, "wrong")
    entry = await lapsed(world, session, "corrected")
    officer = world.accounts[Role.CASEWORKER]
    await propose_correction(
        session,
        Correction(entry, world.corrected, None),
        because=CorrectionReason.CLERICAL_ERROR,
        words=world.subject("corrected", entered=True).office("corrected because"),
        proposer=officer,
        by=make_process(session, actor=officer),
    )


async def lapsed(world, session, name):
    entry = await in_public(session, world.subject(name, entered=True))
    by, because = make_process(session), LapseReason.NON_PAYMENT
    on = NOW - timedelta(days=2)
    await entry.lapse(session, on=on, because=because, by=by)
    setattr(world, name, entry.lapses[0])
    return entry


def at(known, row, _role):
    of = known.world.wrong if row.of == UNDECIDED else known.world.corrected
    return [{"entry_id": of.entry_id, "fact_id": of.id}]


ROWS = [
    work("GET", ENTRY, *READERS),
    work("GET", f"{ENTRY}/facts/{{fact_id}}", *OFFICERS),
    work("POST", f"{ENTRY}/facts/{{fact_id}}", *OFFICERS, of=UNDECIDED),
    work("GET", f"{ENTRY}/correction", *READERS),
    work("POST", f"{ENTRY}/correction/approval", REGISTRAR),
    work("POST", f"{ENTRY}/correction/return", REGISTRAR),
]
SENT = {
    f"{ENTRY}/facts/{{fact_id}}": {
        "true": "never",
        "because": "clerical_error",
        "words": "The fee was paid",
        "do": "propose",
    },
    f"{ENTRY}/correction/return": {"words": "Look again"},
}
