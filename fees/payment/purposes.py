"""What the money of an invoice buys, by what it was raised for, and what stands in the way."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from fees.invoice import Invoice, Purpose, bill, bill_renewal, bill_scrutiny
from fees.payment.renewable import can_be_renewed, is_renewed
from register.account import Account
from register.application import Application, ApplicationAct, ApplicationState
from register.kit.clock import end_of
from register.process import Process
from register.renewal import Renewal


class OverpaidBecause(StrEnum):
    """Why money that came pays for nothing."""

    PAID_ALREADY = "paid_already"
    LATE = "late"
    """The payer confirmed it after the last day to pay."""
    CLOSED = "closed"
    """The application had ended otherwise."""
    YEAR_OVER = "year_over"
    """The registration year that the invoice was for had ended."""
    MORE_THAN_OWED = "more_than_owed"
    NOT_GRANTED = "not_granted"
    """The register refused the entry."""
    NOT_RENEWED = "not_renewed"
    """The register refused it for the renewal, or there is nothing left to renew."""


class Buying(Protocol):
    """How one kind of invoice is raised for whoever comes to pay, and what its payment does."""

    description: str
    """What GOV.UK Pay shows above the card."""
    receipt: str
    """The letter."""
    refused: OverpaidBecause

    def about(self, invoice: Invoice) -> UUID | None:
        """What the invoice was raised for, as `bill` knows it."""
        ...

    async def bill(
        self, session: AsyncSession, about: UUID, *, now: datetime, by: Account
    ) -> Invoice:
        """`about`: the application or the renewal, or the invoice itself where only a job raises it; may raise NothingToPay."""
        ...

    async def objection(
        self,
        session: AsyncSession,
        invoice: Invoice,
        succeeded_at: datetime,
        *,
        now: datetime,
    ) -> OverpaidBecause | None:
        """Why money that came at that moment, of which we hear now, cannot pay it. What it would buy is locked."""
        ...

    async def buy(
        self, session: AsyncSession, invoice: Invoice, *, at: datetime, by: Process
    ) -> dict[str, Any]:
        """Tell the register, and give what the letter needs; raises what the register refuses with."""
        ...


class OfApplication:
    """The entry, from the day on which the payer paid, or after a last check."""

    description = "Registration fee, Children's Homes Workforce Register"
    receipt = "receipt"
    refused = OverpaidBecause.NOT_GRANTED

    def about(self, invoice: Invoice) -> UUID | None:
        return invoice.application_id

    async def bill(
        self, session: AsyncSession, about: UUID, *, now: datetime, by: Account
    ) -> Invoice:
        application = await session.get_one(Application, about)
        return await bill(session, application, now=now, by=by)

    async def objection(
        self,
        session: AsyncSession,
        invoice: Invoice,
        succeeded_at: datetime,
        *,
        now: datetime,  # noqa: ARG002 - one shape for all
    ) -> OverpaidBecause | None:
        application = await session.get_one(Application, invoice.application_id)
        await application.lock(session)
        if application.paid_at is not None:
            return OverpaidBecause.PAID_ALREADY
        approved = application.state is ApplicationState.APPROVED
        if not approved or application.pay_by != invoice.pay_by:
            return OverpaidBecause.CLOSED
        if too_late := _too_late(invoice.pay_by, succeeded_at):
            return too_late
        assert invoice.covers_until  # noqa: S101 - of an application
        if succeeded_at >= end_of(invoice.covers_until):
            return OverpaidBecause.YEAR_OVER
        return None

    async def buy(
        self, session: AsyncSession, invoice: Invoice, *, at: datetime, by: Process
    ) -> dict[str, Any]:
        application = await session.get_one(Application, invoice.application_id)
        grant = Process.begin(session, ApplicationAct.GRANT, now=by.at)
        await application.paid(session, at=at, by=grant)
        return {}


class OfScrutiny:
    """That what comes from abroad is looked into, for as long as nothing is decided."""

    description = (
        "Fee for checking a qualification, Children's Homes Workforce Register"
    )
    receipt = "scrutiny_receipt"
    refused = OverpaidBecause.CLOSED

    def about(self, invoice: Invoice) -> UUID | None:
        return invoice.application_id

    async def bill(
        self, session: AsyncSession, about: UUID, *, now: datetime, by: Account
    ) -> Invoice:
        application = await session.get_one(Application, about)
        return await bill_scrutiny(session, application, now=now, by=by)

    async def objection(
        self,
        session: AsyncSession,
        invoice: Invoice,
        succeeded_at: datetime,  # noqa: ARG002 - one shape for all
        *,
        now: datetime,  # noqa: ARG002
    ) -> OverpaidBecause | None:
        application = await session.get_one(Application, invoice.application_id)
        await application.lock(session)
        if application.scrutiny_cleared_at is not None:
            return OverpaidBecause.MORE_THAN_OWED
        return None if application.scrutiny_waits else OverpaidBecause.CLOSED

    async def buy(
        self,
        session: AsyncSession,
        invoice: Invoice,
        *,
        at: datetime,  # noqa: ARG002 - one shape for all
        by: Process,
    ) -> dict[str, Any]:
        application = await session.get_one(Application, invoice.application_id)
        await application.clear_scrutiny(session, by=by)
        return {"application": application}


class OfRenewal:
    """The last step of the renewal, which alone renews nobody."""

    description = "Renewal fee, Children's Homes Workforce Register"
    receipt = "renewal_receipt"
    refused = OverpaidBecause.NOT_RENEWED

    def about(self, invoice: Invoice) -> UUID | None:
        return invoice.renewal_id

    async def bill(
        self, session: AsyncSession, about: UUID, *, now: datetime, by: Account
    ) -> Invoice:
        renewal = await session.get_one(Renewal, about)
        return await bill_renewal(session, renewal, now=now, by=by)

    async def objection(
        self,
        session: AsyncSession,
        invoice: Invoice,
        succeeded_at: datetime,
        *,
        now: datetime,
    ) -> OverpaidBecause | None:
        renewal = await session.get_one(Renewal, invoice.renewal_id)
        await renewal.lock(session)
        if renewal.paid_at is not None:
            return OverpaidBecause.PAID_ALREADY
        if not await can_be_renewed(session, renewal, at=succeeded_at, now=now):
            return OverpaidBecause.NOT_RENEWED
        return _too_late(invoice.pay_by + renewal.more_time, succeeded_at)

    async def buy(
        self, session: AsyncSession, invoice: Invoice, *, at: datetime, by: Process
    ) -> dict[str, Any]:
        renewal = await session.get_one(Renewal, invoice.renewal_id)
        await renewal.paid(session, at=at, by=by)
        renewed = await is_renewed(session, renewal, now=by.at)
        return {"renewal": renewal, "renewed": renewed}


class OfReinstatement:
    """Nothing in the register hangs on it any more."""

    description = "Late renewal fee, Children's Homes Workforce Register"
    receipt = "reinstatement_receipt"
    refused = OverpaidBecause.NOT_RENEWED

    def about(self, invoice: Invoice) -> UUID | None:
        return invoice.id

    async def bill(
        self,
        session: AsyncSession,
        about: UUID,
        *,
        now: datetime,  # noqa: ARG002 - one shape for all
        by: Account,  # noqa: ARG002
    ) -> Invoice:
        return await session.get_one(Invoice, about)

    async def objection(
        self,
        session: AsyncSession,
        invoice: Invoice,
        succeeded_at: datetime,
        *,
        now: datetime,  # noqa: ARG002 - one shape for all
    ) -> OverpaidBecause | None:
        # Nothing else is there to be locked.
        await session.execute(
            select(Renewal.id).where(Renewal.id == invoice.renewal_id).with_for_update()
        )
        return _too_late(invoice.pay_by, succeeded_at)

    async def buy(
        self,
        session: AsyncSession,  # noqa: ARG002 - one shape for all
        invoice: Invoice,  # noqa: ARG002
        *,
        at: datetime,  # noqa: ARG002
        by: Process,  # noqa: ARG002
    ) -> dict[str, Any]:
        return {}


BUYING: dict[Purpose, Buying] = {
    Purpose.APPLICATION: OfApplication(),
    Purpose.SCRUTINY: OfScrutiny(),
    Purpose.RENEWAL: OfRenewal(),
    Purpose.REINSTATEMENT: OfReinstatement(),
}


def _too_late(pay_by: date, succeeded_at: datetime) -> OverpaidBecause | None:
    return OverpaidBecause.LATE if succeeded_at >= end_of(pay_by) else None
