"""Whether the service kept its promises on the last day: of words, of money, and of who is renewed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from fees.bench.deadline.registrants import Registrant
from fees.bench.deadline.walking import Seen
from fees.bench.registrants import Year
from register.application import SectionName
from register.application.answers import Declared, Health
from register.bench.running import Figure
from register.kit.db import Sessions
from register.renewal import Renewal, answers_of, declared_of

COUNTS = {
    "paid": "select count(*) from payment where state = 'paid'",
    "renewed": "select count(*) from renewal where finished_at is not null",
    "overpaid": "select count(*) from overpayment",
    "unsettled": "select count(*) from payment where state in ('asking', 'open')",
    "refused_tries": "select count(*) from payment where state not in ('asking', 'open', 'paid')",
}
BROKEN = {
    "invoices paid more than once": """
        select count(*) from (select invoice_id from ledger_entry where kind = 'allocated'
                              group by invoice_id having count(*) > 1) as twice""",
    "people whose money came more than once": """
        select count(*) from (select invoice.person_id from payment join invoice on invoice.id = payment.invoice_id
                              where payment.state = 'paid' group by invoice.person_id having count(*) > 1) as twice""",
    "invoices that are neither owed in full nor paid in full": """
        select count(*) from (select posting.invoice_id from posting join invoice on invoice.id = posting.invoice_id
                              where account = 'receivable' group by posting.invoice_id, invoice.amount_pence
                              having sum(pence) not in (0, invoice.amount_pence)) as half""",
    "pence that the ledger does not balance by": "select abs(coalesce(sum(pence), 0)) from posting",
    "people who did everything and are not finished": """
        select count(*) from renewal where finished_at is null and details_at is not null and employment_at is not null
          and declared_at is not null and learning_at is not null and paid_at is not null""",
    "people who paid and of whom the renewal does not know it": """
        select count(*) from payment join invoice on invoice.id = payment.invoice_id
        join renewal on renewal.id = invoice.renewal_id
        where payment.state = 'paid' and renewal.paid_at is null""",
    "people who finished and whose entry is not renewed": """
        select count(*) from renewal join entry on entry.person_id = renewal.person_id
        join registration on registration.entry_id = entry.id
        where renewal.finished_at is not null and registration.until_on <> renewal.until_on""",
    "people who are renewed and have not finished": """
        select count(*) from renewal join entry on entry.person_id = renewal.person_id
        join registration on registration.entry_id = entry.id
        where renewal.finished_at is null and registration.until_on > renewal.ends_on""",
}


@dataclass(frozen=True)
class Verdict:
    figures: Mapping[str, Figure]
    broken: Sequence[str]


async def judge(
    sessions: Sessions, year: Year, who: Sequence[Registrant], seen: Seen
) -> Verdict:
    async with sessions() as session:
        figures = {name: await _count(session, query) for name, query in COUNTS.items()}
        wrong = {name: await _count(session, query) for name, query in BROKEN.items()}
        wrong["people whose words were lost"] = await _lost(session, who, seen)
        wrong["people who read that they are renewed and are not"] = await _misled(
            session, year, who, seen
        )
        wrong[
            "people who gave their card and whose money is not known"
        ] = await _unheard(session, who, seen)
    figures |= {
        "typed": len(seen.typed),
        "words_lost": wrong["people whose words were lost"],
        "paid_twice": wrong["people whose money came more than once"],
        "not_renewed": wrong["people who did everything and are not finished"],
    }
    return Verdict(
        figures, [f"{count} {name}" for name, count in wrong.items() if count]
    )


async def _count(session: AsyncSession, query: str) -> int:
    return int(await session.scalar(text(query)) or 0)


async def _lost(session: AsyncSession, who: Sequence[Registrant], seen: Seen) -> int:
    lost = 0
    for one in who:
        if one.number not in seen.typed:
            continue
        kept = await _kept(session, one)
        typed = _lines(seen.typed[one.number])
        lost += not isinstance(kept, Health) or _lines(kept.details) != typed
    return lost


async def _kept(session: AsyncSession, one: Registrant) -> Declared | None:
    """As declared, else as saved: at night what was saved goes once the renewal is finished."""
    for declared in await declared_of(session, one.renewal_id):
        if declared.section == SectionName.HEALTH:
            return declared.answers
    renewal = await session.get_one(Renewal, one.renewal_id)
    return (await answers_of(session, renewal)).get(SectionName.HEALTH)


def _lines(words: str) -> list[str]:
    """However the line ends are written."""
    return words.splitlines()


async def _misled(
    session: AsyncSession, year: Year, who: Sequence[Registrant], seen: Seen
) -> int:
    told = [one.person_id for one in who if one.number in seen.renewed]
    query = text(
        """select count(*) from entry join registration on registration.entry_id = entry.id
           where entry.person_id = any(:told) and registration.until_on = :until_on"""
    )
    renewed = await session.scalar(query, {"told": told, "until_on": year.until_on})
    return len(told) - int(renewed or 0)


async def _unheard(session: AsyncSession, who: Sequence[Registrant], seen: Seen) -> int:
    gave = [one.person_id for one in who if one.number in seen.paid]
    query = text(
        """select count(distinct invoice.person_id) from invoice join payment on payment.invoice_id = invoice.id
           where invoice.person_id = any(:gave) and payment.state = 'paid'"""
    )
    return len(gave) - int(await session.scalar(query, {"gave": gave}) or 0)
