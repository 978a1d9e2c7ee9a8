"""Recording what another register says of the applicant's current status there."""

from datetime import date, timedelta
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account
from register.application import Application
from register.assessment.acts import AssessmentEvent
from register.assessment.check import must_be_assessing
from register.assessment.status_certificate import (
    Certified,
    SeenAs,
    StatusCertificate,
    registrations_of,
)
from register.kit.clock import day_of
from register.kit.errors import NotFound, Refused
from register.process import Process
from register.rule_set import RuleSet


class NotCurrent(Refused):
    def __init__(self, oldest: date) -> None:
        self.oldest = oldest
        super().__init__(
            "This says nothing of the current status: it is older than the rules allow."
        )


async def record_status(
    session: AsyncSession,
    application: Application,
    registration_id: UUID,
    *,
    certified: Certified,
    seen_as: SeenAs,
    status_on: date,
    officer: Account,
    by: Process,
) -> StatusCertificate:
    """Raises NotCurrent for one of a day too long ago, NotFound for a registration that the applicant did not list."""
    must_be_assessing(application, officer)
    listed = {one.id: one for one in await registrations_of(session, application)}
    if registration_id not in listed:
        raise NotFound
    rule_set = await session.get_one(RuleSet, application.rule_set_id)
    oldest = day_of(by.at) - timedelta(days=rule_set.rules.status_certificate_days)
    if status_on < oldest:
        raise NotCurrent(oldest)
    certificate = StatusCertificate(
        id=uuid4(),
        application_id=application.id,
        registration_id=registration_id,
        body=listed[registration_id].body,
        certified=certified,
        seen_as=seen_as,
        status_on=status_on,
        recorded_at=by.at,
        account_id=officer.id,
        process_id=by.id,
    )
    session.add(certificate)
    application.tell(
        AssessmentEvent.STATUS_CERTIFIED,
        by=by,
        registration=registration_id,
        body=certificate.body,
        certified=certified,
        on=status_on,
    )
    return certificate
