"""The form for the current status on another register, one for each that the applicant listed."""

from dataclasses import dataclass
from datetime import date
from typing import Self
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from register.application import Application
from register.application.answers import OtherRegistration
from register.application.formats import unlike
from register.assessment import (
    Certified,
    SeenAs,
    StatusCertificate,
    certificates_of,
    registrations_of,
)
from register.kit import forms
from register.kit.security.input import FormData


class StatusForm(forms.Form):
    certified = forms.Radios(
        "What is their status there?",
        what="what their status there is",
        choices=[(certified, certified) for certified in Certified],
    )
    seen_as = forms.Radios(
        "How do you know?",
        what="how you know",
        choices=[(seen, seen) for seen in SeenAs],
    )
    status_on = forms.Date(
        "Of which day is this?", what="the day of which this is", past=True
    )

    @classmethod
    def of(
        cls, registration_id: UUID, *, today: date, sent: FormData | None = None
    ) -> Self:
        return cls(sent, prefix=f"r{registration_id.hex}", today=today)


@dataclass(frozen=True)
class Elsewhere:
    """A registration on another register, with what we know of it."""

    listed: OtherRegistration
    certificate: StatusCertificate | None
    form: StatusForm

    @property
    def usual(self) -> str | None:
        """How numbers there usually look, if this one does not look so."""
        return unlike(self.listed.body, self.listed.number)


async def elsewhere(
    session: AsyncSession,
    application: Application,
    *,
    today: date,
    refused: tuple[UUID, StatusForm] | None = None,
) -> list[Elsewhere]:
    certificates = await certificates_of(session, application)
    sent = dict([refused]) if refused else {}
    return [
        Elsewhere(
            one,
            certificates.get(one.id),
            sent.get(one.id) or StatusForm.of(one.id, today=today),
        )
        for one in await registrations_of(session, application)
    ]
