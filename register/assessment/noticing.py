"""Notice to an applicant: one officer proposes it, a second serves it; answered or not, the case comes back to the officer."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import flag_modified

from register.account import Account
from register.application import Application, ApplicationState, Move
from register.assessment.asking import asked_for
from register.assessment.deciding import (
    Wanted,
    about_application,
    conditions_of,
    kept,
    must_be_all_met,
    put_forward,
    rule_set_of,
    wanting,
)
from register.kit.jobs import every
from register.kit.uploads import Received
from register.notice import (
    CannotBeServed,
    Notice,
    NoticeAct,
    overdue_notices,
    represent,
    say_nothing,
    send,
    undelivered,
)
from register.process import Process, ProcessText, TextKind
from register.proposal import Proposal, ProposalKind, carries_out, withdraw_waiting


async def propose_notice_of_refusal(
    session: AsyncSession, application: Application, *, proposer: Account, by: Process
) -> Proposal:
    """For the reasons of the sections that are not met; raises NothingNotMet."""
    reasons = await wanting(session, application, proposer)
    data = {"grounds": [reason.item() for reason in reasons], "text": None}
    kind = ProposalKind.MINDED_TO_REFUSE
    return await put_forward(session, application, kind, data, proposer=proposer, by=by)


async def propose_notice_of_conditions(
    session: AsyncSession,
    application: Application,
    *,
    conditions: Sequence[Wanted],
    words: str,
    proposer: Account,
    by: Process,
) -> Proposal:
    """All but the qualification condition, which the rules themselves set; `words` say why, to the applicant."""
    await must_be_all_met(session, application, proposer)
    data = {
        "grounds": [kept(wanted, by) for wanted in conditions],
        "text": str(by.say(TextKind.PUBLIC, words).id),
    }
    kind = ProposalKind.MINDED_TO_CONDITION
    return await put_forward(session, application, kind, data, proposer=proposer, by=by)


async def explained_in(session: AsyncSession, proposal: Proposal) -> str:
    """Why a condition is needed, as the applicant would read it."""
    text_id = proposal.data.get("text")
    text = await session.get(ProcessText, UUID(text_id)) if text_id else None
    return text.words if text else ""


@carries_out(ProposalKind.MINDED_TO_REFUSE, ProposalKind.MINDED_TO_CONDITION)
async def give_notice(session: AsyncSession, proposal: Proposal, by: Process) -> None:
    """Raises CannotBeServed."""
    application = await session.get_one(Application, proposal.application_id)
    grounds, text = proposal.data["grounds"], proposal.data["text"]
    notice = await Notice.serve(
        session,
        proposal,
        rule_set=await rule_set_of(session, application),
        grounds=grounds,
        text_id=UUID(text) if text else None,
        letter=await _letter(session, application, proposal.kind, grounds),
        by=by,
    )
    application.give_notice(by=by, notice=notice.id)


async def _letter(
    session: AsyncSession, application: Application, kind: StrEnum, grounds: list[Any]
) -> dict[str, Any]:
    """What the notice is worded with."""
    refusing = kind == ProposalKind.MINDED_TO_REFUSE
    return {
        "application": application,
        "reasons": await asked_for(session, grounds) if refusing else [],
        "conditions": [] if refusing else await conditions_of(session, grounds),
    }


async def serve_by_post(session: AsyncSession, notice: Notice, *, by: Process) -> None:
    """What was served otherwise, or did not arrive; raises NoticeEnded, AlreadyEnded or CannotBeServed."""
    application = await application_of_notice(session, notice, lock=True)
    if application:
        letter = await _letter(session, application, notice.kind, notice.grounds)
    else:
        assert notice.entry is not None  # noqa: S101 - the table's CHECK
        letter = {"because": notice.because, "part": notice.entry.part}
    await notice.serve_by_post(session, letter=letter, by=by)


@every(hours=1)
async def serve_what_did_not_arrive(session: AsyncSession, now: datetime) -> None:
    """By post, where an e-mail cannot be delivered. What cannot be sent by post either waits for its officer."""
    for notice in await undelivered(session):
        try:
            async with session.begin_nested():
                by = Process.begin(session, NoticeAct.SERVE_BY_POST, now=now)
                await serve_by_post(session, notice, by=by)
        except CannotBeServed:
            continue


async def application_of_notice(
    session: AsyncSession, notice: Notice, *, lock: bool = False
) -> Application | None:
    """The one it is about; None where it is about an entry. Locked, nobody decides on it meanwhile."""
    if notice.application_id is None:
        return None
    application: Application | None = await session.scalar(
        select(Application)
        .options(joinedload(Application.person), joinedload(Application.assigned_to))
        .where(Application.id == notice.application_id)
    )
    return await application.lock(session) if application and lock else application


async def answer_notice(
    session: AsyncSession,
    notice: Notice,
    words: str,
    *,
    came_on: date | None = None,
    by: Process,
) -> None:
    """Raises NoticeEnded."""
    await represent(session, notice, words, came_on=came_on, by=by)
    await _hear(session, notice, by=by)


async def let_it_rest(session: AsyncSession, notice: Notice, *, by: Process) -> None:
    """The person has nothing to say; raises NoticeEnded or AlreadyEnded."""
    say_nothing(notice, by=by)
    await _hear(session, notice, by=by)


@every(hours=6)
async def expire_notices_to_applicants(session: AsyncSession, now: datetime) -> None:
    """After the last day the case comes back to the officer."""
    late = (
        overdue_notices(now)
        .join(Application, Application.id == Notice.application_id)
        # An answer that comes at this moment changes the state, and then there is nothing left to do.
        .where(Application.state == ApplicationState.MINDED_TO)
        .with_for_update(of=Application, skip_locked=True)
    )
    for notice in (await session.scalars(late)).all():
        by = Process.begin(session, NoticeAct.EXPIRE, now=now)
        notice.request.expire(by=by)
        await _hear(session, notice, by=by)


async def send_with_notice(
    session: AsyncSession,
    notice: Notice,
    received: Received,
    *,
    owner: UUID,
    came_on: date | None = None,
    by: Process,
) -> None:
    """A document; raises NoticeEnded."""
    await send(session, notice, received, owner=owner, came_on=came_on, by=by)
    application = await application_of_notice(session, notice, lock=True)
    if application:
        await _look_again(session, application, by=by)


async def _hear(session: AsyncSession, notice: Notice, *, by: Process) -> None:
    application = await application_of_notice(session, notice, lock=True)
    if application is None:
        return
    if application.allows(Move.HEAR):
        application.hear(by=by, notice=notice.id)
    else:
        await _look_again(session, application, by=by)


async def _look_again(
    session: AsyncSession, application: Application, *, by: Process
) -> None:
    """Nobody decides on what was not before them: a proposal goes back to the officer, and pages that are open are stale."""
    if application.allows(Move.RETURN):
        await withdraw_waiting(session, about_application(application), by=by)
        application.take_back(by=by)
    else:
        flag_modified(application, "state")
