"""Who is told that an order took effect, or that it ended: the registrant, by a notice, and whoever employs them in a home."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from fitness.case import Case
from fitness.investigation.owed import serve_or_owe
from fitness.investigation.served import ServiceKind
from fitness.notice_template import Gap, NoticeKind, page_words, tell_outside
from fitness.order.order import CaseOrder
from register.account import Account
from register.employment import Employment, Home
from register.kit.pages import day
from register.kit.post import link
from register.organisation import Organisation, OrganisationUser, Told, said_of
from register.person import Person, survivor
from register.process import Process

NOTHING_ELSE = "Nothing but that it stands, and until when."


async def tell_of_force(
    session: AsyncSession, case: Case, order: CaseOrder, words: str, *, by: Process
) -> None:
    """`words`: what the register says of it."""
    said = {Gap.OUTCOME: _in_words(order), Gap.OUR_WORDS: words}
    await serve_or_owe(
        session,
        case,
        ServiceKind.ORDER,
        NoticeKind.ORDER_IN_FORCE,
        said,
        about_id=order.id,
        by=by,
    )
    await _tell_employers(session, case, order, "in_force", by=by)


async def tell_of_end(
    session: AsyncSession, case: Case, order: CaseOrder, *, by: Process
) -> None:
    said = {Gap.OUTCOME: _ended_in_words(order)}
    await serve_or_owe(
        session,
        case,
        ServiceKind.ORDER,
        NoticeKind.ORDER_ENDED,
        said,
        about_id=order.id,
        by=by,
    )
    await _tell_employers(session, case, order, "ended", by=by)


def _in_words(order: CaseOrder) -> str:
    began = f"{_measure(order)}, in force since {day(order.starts_at)}"
    last = order.last_day
    return f"{began}, until the end of {day(last)}." if last else f"{began}."


def _ended_in_words(order: CaseOrder) -> str:
    assert order.ended_on  # noqa: S101 - whoever calls has ended it
    why = page_words("fitness/orders/words.html").order_ended_words[order.because]
    ended = f"ended on {day(order.ended_on)}"
    return f"{_measure(order)}, in force since {day(order.starts_at)}, {ended}. {why}."


def _measure(order: CaseOrder) -> str:
    words: str = page_words("fitness/orders/words.html").measure_words[order.measure]
    return words


async def _tell_employers(
    session: AsyncSession, case: Case, order: CaseOrder, what: str, *, by: Process
) -> None:
    """Once each. Nobody is told of what the public may not read: employers are sent to the live register."""
    person_id = await survivor(session, case.person_id)
    person = await session.get_one(Person, person_id)
    said = {
        Gap.PERSON: person.name,
        Gap.NUMBER: person.number or "not given",
        Gap.PAGE: link(f"/register/{person.number}"),
        Gap.TODAY: day(by.at),
    }
    for account_id, email in await _leads(session, person_id, by.at):
        await tell_outside(
            session,
            NoticeKind.REGISTER_CHANGED,
            said,
            to=email,
            key=f"case_order:{order.id}:{what}:{account_id}",
            case_id=case.id,
            by=by,
        )


async def _leads(
    session: AsyncSession, person_id: UUID, now: datetime
) -> list[tuple[UUID, str]]:
    """Of each provider at whose homes the person works, as far as the provider has not said that they do not."""
    rows = await session.execute(
        select(Account.id, Account.email)
        .join(OrganisationUser, OrganisationUser.account_id == Account.id)
        .join(Organisation, Organisation.id == OrganisationUser.organisation_id)
        .join(Home, Home.provider_id == Organisation.provider_id)
        .join(Employment, Employment.home_id == Home.id)
        .where(
            Employment.person_id == person_id,
            Employment.valid.contains(now),
            ~said_of(Told.DOES_NOT),
            Organisation.open,
            OrganisationUser.current,
            OrganisationUser.lead,
        )
        .distinct()
    )
    return [(row.id, row.email) for row in rows]
