"""Templates of notices, and how two people change them."""

import msgspec

from fitness.notice_template import NoticeKind, current, write
from tests.leaks.roles import Role
from tests.leaks.rows import (
    AUDITOR,
    HEARINGS_OFFICER,
    INVESTIGATOR,
    REGISTRAR,
    TEAM_MANAGER,
    work,
)
from tests.make import make_process

AT = "/staff/notice-templates"
ONE = f"{AT}/{{kind}}"
VERSION, DRAFT = f"{ONE}/versions/{{number}}", f"{ONE}/draft"
READERS = (INVESTIGATOR, HEARINGS_OFFICER, TEAM_MANAGER, REGISTRAR, AUDITOR)
WRITERS = (TEAM_MANAGER, REGISTRAR)
DECIDED = (f"{DRAFT}/approval", f"{DRAFT}/return")


async def make(world, session):
    """`notice_drafts`: of the proposal one that somebody writes, of the final hearing one that waits for a second person.

    Somebody wrote them who has no part in it since, so that each who may decide does.
    """
    writer = world.accounts[Role.ADMIN]
    world.notice_drafts = {}
    for kind in (NoticeKind.PROPOSAL, NoticeKind.FINAL_HEARING):
        wording = (await current(session, kind)).wording
        draft = await write(
            session,
            kind,
            msgspec.structs.replace(wording, title="Another title"),
            seen=0,
            account=writer,
            by=make_process(session, actor=writer),
        )
        world.notice_drafts[kind] = draft
    by = make_process(session, actor=writer)
    await draft.propose(session, seen=draft.version, proposer=writer, by=by)
    await session.flush()


def at(_known, row, _role):
    kind = NoticeKind.FINAL_HEARING if row.path in DECIDED else NoticeKind.PROPOSAL
    return [{"kind": kind, "number": 1}]


def seen(known, place, _role):
    """What the pages of a draft carry."""
    return {"version": str(known.world.notice_drafts[place.at["kind"]].version)}


def returned(known, place, role):
    return seen(known, place, role) | {"words": "Look again"}


def written(known, place, role):
    wording = known.world.notice_drafts[place.at["kind"]].wording
    return seen(known, place, role) | msgspec.structs.asdict(wording)


ROWS = [
    work("GET", AT, *READERS),
    work("GET", ONE, *READERS),
    work("GET", VERSION, *READERS),
    work("GET", f"{VERSION}/example.pdf", *READERS),
    work("GET", DRAFT, *READERS),
    work("GET", f"{DRAFT}/example.pdf", *READERS),
    work("GET", f"{DRAFT}/words", *WRITERS),
    work("POST", f"{DRAFT}/words", *WRITERS),
    work("POST", f"{DRAFT}/removal", *WRITERS),
    work("POST", f"{DRAFT}/proposal", *WRITERS),
    work("POST", f"{DRAFT}/approval", *WRITERS),
    work("POST", f"{DRAFT}/return", *WRITERS),
]
SENT = {
    f"{DRAFT}/words": written,
    f"{DRAFT}/proposal": seen,
    f"{DRAFT}/approval": seen,
    f"{DRAFT}/return": returned,
}
