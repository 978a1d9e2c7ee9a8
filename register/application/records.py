"""What the register takes over from a sent application: names, posts with their gaps, and qualifications as dated rows."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from register.application.answers import (
    ApplicationForm,
    HeldQualification,
    Identity,
    Post,
)
from register.application.application import Application
from register.employment import Employment, EmploymentGap, Source
from register.kit.clock import days, start_of
from register.matching import Traits
from register.person import NameKind, Person, PersonName
from register.qualification import Qualification

DESCRIBED = (
    "title",
    "awarding_body",
    "level",
    "country",
    "credits",
    "awarded_on",
    "enrolled_on",
    "expected_on",
    "accepted_id",
)
"""What a qualification is known by: changed, it is to be verified again."""


async def take_over(
    session: AsyncSession,
    application: Application,
    form: ApplicationForm,
    *,
    accepted: Mapping[UUID, UUID],
    before: Collection[UUID] | None,
    now: datetime,
) -> None:
    """Bring the rows up to what has been sent. Sent again, only what differs is written.

    `accepted`: the rows of the rules in force, by those that the applicant chose, perhaps under earlier ones.
    `before`: of a restoration, the posts and qualifications that it has listed so far: others are of the time before it.
    """
    if form.identity:
        await call_the_person(session, application, form.identity)
        await _names(session, application, form.identity)
    if form.employment:
        posts = form.employment.items
        await _posts(session, application, posts, before=before, now=now)
        earlier = delete(EmploymentGap).where(
            EmploymentGap.person_id == application.person_id
        )
        if application.left_on:
            left = start_of(application.left_on)
            earlier = earlier.where(func.lower(EmploymentGap.valid) >= left)
        await session.execute(earlier)
        for gap in form.employment.gaps:
            session.add(
                EmploymentGap(
                    id=uuid4(),
                    person_id=application.person_id,
                    valid=days(gap.since, gap.until),
                    explanation=gap.explanation,
                )
            )
    if form.qualifications:
        held = [
            msgspec.structs.replace(
                said,
                accepted_id=accepted.get(said.accepted_id)
                if said.accepted_id
                else None,
            )
            for said in form.qualifications.items
        ]
        await _qualifications(session, application, held, before=before)


async def call_the_person(
    session: AsyncSession, application: Application, identity: Identity
) -> None:
    """Somebody with a number keeps the name that the register shows, until an officer changes it."""
    person = await session.get_one(Person, application.person_id)
    if not person.number:
        person.call(identity.given_names, identity.family_name)
        person.birth_date = identity.birth_date


def traits_of(form: ApplicationForm, email: str) -> Traits:
    """What else the applicant may be recognised by."""
    homes = [form.contact] if form.contact else []
    addresses = form.addresses.items if form.addresses else []
    held = form.qualifications.items if form.qualifications else []
    return Traits.of(
        ni_number=form.identity.ni_number if form.identity else "",
        homes=[(at.line_1, at.town, at.postcode) for at in [*homes, *addresses]],
        emails=[email],
        learner_numbers=[one.learner_number for one in held],
    )


async def _names(
    session: AsyncSession, application: Application, identity: Identity
) -> None:
    said = {(NameKind.FORMER, name) for name in identity.former_names}
    said |= {(NameKind.ALIAS, name) for name in identity.aliases}
    held = await session.scalars(
        select(PersonName).where(PersonName.person_id == application.person_id)
    )
    known = {(name.kind, name.name) for name in held}
    for kind, name in sorted(said - known):
        session.add(
            PersonName(
                id=uuid4(), person_id=application.person_id, kind=kind, name=name
            )
        )


async def _posts(
    session: AsyncSession,
    application: Application,
    posts: Iterable[Post],
    *,
    before: Collection[UUID] | None,
    now: datetime,
) -> None:
    held = {
        row.id: row
        for row in await session.scalars(
            select(Employment).where(
                Employment.person_id == application.person_id,
                Employment.source == Source.APPLICANT,
            )
        )
    }
    for post in posts:
        row = held.pop(post.id, None) or Employment(
            id=post.id,
            person_id=application.person_id,
            source=Source.APPLICANT,
            recorded_at=now,
        )
        row.employer, row.role, row.part = post.employer, post.role, post.part
        row.home_id, row.home_named = post.home_id, post.home_name
        row.urn_typed = post.urn or None
        row.fte_percent, row.care = post.fte_percent, post.care
        row.supervisory, row.manages = post.supervisory, post.manages
        row.valid = days(post.since, post.until)
        row.reason_for_leaving = post.reason_for_leaving or None
        session.add(row)
    for row in held.values():
        if before is None or row.id in before:
            await session.delete(row)


async def _qualifications(
    session: AsyncSession,
    application: Application,
    held: Iterable[HeldQualification],
    *,
    before: Collection[UUID] | None,
) -> None:
    rows = {
        row.id: row
        for row in await session.scalars(
            select(Qualification).where(
                Qualification.person_id == application.person_id
            )
        )
    }
    for said in held:
        row = rows.pop(said.id, None) or Qualification(
            id=said.id, person_id=application.person_id
        )
        if any(getattr(row, name) != getattr(said, name) for name in DESCRIBED):
            row.verdict = row.verified_at = None
        for name in DESCRIBED:
            setattr(row, name, getattr(said, name))
        row.certificate_number = said.certificate_number or None
        row.learner_number = said.learner_number or None
        session.add(row)
    for row in rows.values():
        if row.verified_at is None and (before is None or row.id in before):
            await session.delete(row)
