"""One application: its summary, its timeline and the messages sent about it."""

from dataclasses import dataclass
from typing import Any

from litestar import Request, get
from litestar.params import FromPath
from litestar.response import Template
from sqlalchemy import select

from register.account import Account, StaffRole
from register.appeal import appeals_of
from register.application import Application, ApplicationState, Move
from register.application.endorsement import endorser_of
from register.application.keeping import open_request
from register.application.references import referees_of
from register.assessment import (
    IN_HAND,
    Outcome,
    Quota,
    Seen,
    application_for,
    asked_for,
    caseworkers,
    checks_of,
    clock_of,
    hits_shown,
    holds_of,
    how_theirs_ended,
    matches_shown,
    may_assess,
    may_read_restricted,
    notice_of,
    rule_set_of,
    seen_now,
    suitability_of,
    to_ask,
    why_returned,
)
from register.kit.clock import day_of
from register.kit.pages import page
from register.kit.post import Message
from register.proposal import Proposal
from register.retention import erasures
from register.web.appeals.staff import APPEAL_READERS
from register.web.applications.assigning import GiveForm
from register.web.casework import APPROVERS, OFFICERS, READERS, WATCHERS
from register.web.needs import Act, Session
from register.web.timelines import history_page, restricted


@dataclass(frozen=True)
class Opened:
    """An application as one member of staff has it before them."""

    application: Application
    reader: Account
    seen: Seen

    @property
    def mine(self) -> bool:
        return self.application.assigned_to_id == self.reader.id

    @property
    def may_read(self) -> bool:
        return may_read_restricted(self.application, self.reader)

    @property
    def in_hand(self) -> bool:
        return self.application.state in IN_HAND

    @property
    def assessing(self) -> bool:
        return self.mine and self.application.state is ApplicationState.UNDER_ASSESSMENT


async def open_application(session: Session, act: Act, reference: str) -> Opened:
    """Raises NotFound."""
    application = await application_for(session, act.account, reference)
    return Opened(application, act.account, await seen_now(session, application))


def application_page(
    name: str, opened: Opened, *, quota: Quota | None = None, **context: Any
) -> Template:
    """`quota`: of restricted sections, where the page shows one."""
    return page(
        f"register/applications/{name}.html",
        opened=opened,
        quota=quota,
        application=opened.application,
        base=f"/staff/applications/{opened.application.reference}",
        **context,
    )


@get("/{reference:str}", access=READERS)
async def summary(session: Session, act: Act, reference: FromPath[str]) -> Template:
    opened = await open_application(session, act, reference)
    application = opened.application
    request = await open_request(session, application)
    checks = await checks_of(session, application)
    return application_page(
        "summary",
        opened,
        clock=await clock_of(session, application, now=act.now)
        if application.state in IN_HAND
        else None,
        rule_set=await rule_set_of(session, application),
        ended=await how_theirs_ended(session, application, at=act.now),
        returned=await why_returned(session, application),
        request_open=request,
        overdue=request.overdue(act.now) if request else False,
        asked=visible(await asked_for(session, request.items), opened)
        if request
        else [],
        to_ask=await to_ask(session, application) if opened.assessing else [],
        met=sum(c.outcome is Outcome.MET for c in checks.values()),
        of=len(checks),
        referees=await referees_of(session, application),
        endorser=await endorser_of(session, application),
        notice=await notice_of(session, application),
        today=day_of(act.now),
        waiting=await session.scalar(
            select(Proposal.id).where(
                Proposal.about == f"application:{application.id}", Proposal.waiting
            )
        ),
        suitability=await suitability_of(session, application)
        if opened.may_read
        else None,
        standing=next(
            (h for h in await holds_of(session, application) if not h.released), None
        ),
        may_hold=bool(act.account.roles & OFFICERS.roles)
        and (opened.mine or bool(act.account.roles & APPROVERS.roles))
        and opened.in_hand,
        appeals=await appeals_of(session, application.id)
        if act.account.roles & APPEAL_READERS.roles
        else [],
        reversible=StaffRole.REGISTRAR in act.account.roles
        and application.allows(Move.REVERSE),
        matches=await matches_shown(session, act.account, application.person),
        hits=await hits_shown(session, act.account, application.person_id, now=act.now),
        may_take=application.assigned_to_id is None
        and application.state in IN_HAND
        and may_assess(application, act.account),
        may_reopen=application.allows(Move.REOPEN) and act.viewer.has(*WATCHERS.roles),
        give=await _give_form(session, act, application),
        erased=await erasures(session, application_id=application.id),
    )


def visible(asked: list[Any], opened: Opened) -> list[Any]:
    """Without what is asked of sections that the reader may not read."""
    return [a for a in asked if opened.may_read or not a.section.restricted]


async def _give_form(
    session: Session, act: Act, application: Application
) -> GiveForm | None:
    """For team managers, while there is something to give."""
    if (
        StaffRole.TEAM_MANAGER not in act.account.roles
        or application.state not in IN_HAND
    ):
        return None
    return GiveForm.offering(
        [c for c in await caseworkers(session) if may_assess(application, c)],
        application,
    )


@get("/{reference:str}/timeline", access=READERS)
async def history(
    request: Request[Any, Any, Any],
    session: Session,
    act: Act,
    reference: FromPath[str],
) -> Template:
    opened = await open_application(session, act, reference)
    told = await history_page(
        session,
        request,
        application_id=opened.application.id,
        shown=lambda event: opened.may_read or not restricted(event),
    )
    return application_page("timeline", opened, told=told)


@get("/{reference:str}/messages", access=READERS)
async def messages(session: Session, act: Act, reference: FromPath[str]) -> Template:
    opened = await open_application(session, act, reference)
    sent = await session.scalars(
        select(Message)
        .where(Message.application_id == opened.application.id)
        .order_by(Message.created_at.desc())
        .limit(100)
    )
    return application_page("messages", opened, messages=list(sent))


pages = [summary, history, messages]
