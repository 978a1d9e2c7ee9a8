"""Asking for more: one request composed of the sections that a caseworker marked "ask", and read back by the applicant's page."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account
from register.application import Application, SectionName
from register.application.keeping import open_request
from register.assessment.acts import AssessmentAct
from register.assessment.check import (
    Checked,
    NotYourApplication,
    Outcome,
    SectionCheck,
    checks_of,
    must_be_assessing,
    words_of,
)
from register.assessment.reasons import Reason
from register.kit.clock import day_of
from register.kit.errors import Refused
from register.kit.jobs import every
from register.kit.post import Letter, letter_of
from register.process import Process
from register.request import Request, RequestKind
from register.rule_set import RuleSet

LETTER = "application_more_information"
REMINDER = "application_more_information_reminder"
AT_ONCE = 200


class NothingToAsk(Refused):
    def __init__(self, application: Application) -> None:
        super().__init__(
            f"No section of application {application.reference} is marked “ask for more”, so there is nothing to send."
        )


class NotYetDue(Refused):
    def __init__(self, request: Request) -> None:
        self.request = request
        super().__init__(
            "The applicant still has time to answer, so we cannot go on without them."
        )


@dataclass(frozen=True)
class Asked:
    """What is asked, or said to be wanting, of one section."""

    section: SectionName
    reasons: tuple[Reason, ...]
    words: str
    check_id: int

    def item(self) -> dict[str, Any]:
        return {
            "section": self.section,
            "reasons": [*self.reasons],
            "check": self.check_id,
        }


async def to_ask(session: AsyncSession, application: Application) -> list[Asked]:
    """What the next request would ask: the sections marked so, less what was asked before."""
    before = await session.scalars(
        select(Request.items).where(
            Request.application_id == application.id,
            Request.kind == RequestKind.FURTHER_INFORMATION,
        )
    )
    sent = {item["check"] for items in before for item in items}
    found = found_wanting(await checks_of(session, application), Outcome.ASK)
    return [asked for asked in found if asked.check_id not in sent]


def found_wanting(checks: dict[SectionName, Checked], outcome: Outcome) -> list[Asked]:
    return [
        Asked(c.section, c.reasons, c.words, c.check.id)
        for c in checks.values()
        if c.check and c.outcome is outcome
    ]


async def asked_for(session: AsyncSession, items: list[Any]) -> list[Asked]:
    """The items of a request or of a refusal, with the words that the caseworker wrote."""
    checks = await session.scalars(
        select(SectionCheck).where(
            SectionCheck.id.in_([item["check"] for item in items])
        )
    )
    words = await words_of(session, checks)
    return [
        Asked(
            SectionName(item["section"]),
            tuple(Reason(reason) for reason in item["reasons"]),
            words.get(item["check"], ""),
            item["check"],
        )
        for item in items
    ]


async def ask_for_more(
    session: AsyncSession, application: Application, *, officer: Account, by: Process
) -> Request:
    """Send the applicant one request for all that is marked; raises NothingToAsk."""
    must_be_assessing(application, officer)
    asked = await to_ask(session, application)
    if not asked:
        raise NothingToAsk(application)
    request = await Request.ask(
        session,
        RequestKind.FURTHER_INFORMATION,
        application_id=application.id,
        person_id=application.person_id,
        items=[a.item() for a in asked],
        due_on=await _due_on(session, application, now=by.at),
        by=by,
    )
    application.ask(by=by, request=request.id)
    await application.write_to_applicant(
        session, LETTER, now=by.at, of=request.id, asked=asked, due_on=request.due_on
    )
    return request


async def _due_on(
    session: AsyncSession, application: Application, *, now: datetime
) -> date:
    rules = (await session.get_one(RuleSet, application.rule_set_id)).rules
    return day_of(now) + timedelta(days=rules.information_due_days)


async def previewed(
    session: AsyncSession,
    application: Application,
    asked: list[Asked],
    *,
    now: datetime,
) -> Letter:
    """The letter as it would be sent now."""
    due_on = await _due_on(session, application, now=now)
    context = {"application": application, "asked": asked, "due_on": due_on}
    return letter_of(LETTER, context)


@every(hours=6)
async def remind_of_requests(session: AsyncSession, now: datetime) -> None:
    """Remind applicants once, some days before the last day, of what they have not answered."""
    today = day_of(now)
    days = RuleSet.data["information_reminder_days"].as_integer()
    waiting = (
        select(Request, Application)
        .join(Application, Request.application_id == Application.id)
        .join(RuleSet, Application.rule_set_id == RuleSet.id)
        .where(
            Request.kind == RequestKind.FURTHER_INFORMATION,
            Request.open,
            Request.reminded_at.is_(None),
            Request.due_on >= today,
            Request.due_on - today <= days,
        )
        .limit(AT_ONCE)
        .with_for_update(of=Request, skip_locked=True)
    )
    for request, application in (await session.execute(waiting)).all():
        request.remind(by=Process.begin(session, AssessmentAct.REMIND, now=now))
        await application.write_to_applicant(
            session, REMINDER, now=now, of=request.id, due_on=request.due_on
        )


async def go_on_without(
    session: AsyncSession, application: Application, *, officer: Account, by: Process
) -> None:
    """Assess what there is, once the last day to answer has passed; raises NotYetDue."""
    if application.assigned_to_id != officer.id:
        raise NotYourApplication(application)
    request = await open_request(session, application)
    if request:
        if not request.overdue(by.at):
            raise NotYetDue(request)
        request.expire(by=by)
    application.go_on_without(by=by)
