"""Certificates: the registrant, or staff for them, asks for one, waits for it and downloads it."""

from dataclasses import dataclass
from datetime import datetime

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.certificate import Certificate, CertificateAct, grouped
from register.entry import Entry, EntryProjection
from register.kit import store
from register.kit.errors import NotFound
from register.kit.pages import page
from register.kit.security.limits import PDF
from register.person import Person, read_number
from register.published import fresh
from register.web.casework import OFFICERS, READERS
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Form, Moment, Onlooker, Session, Viewer


@dataclass(frozen=True)
class Owned:
    """A certificate and whose it is."""

    certificate: Certificate
    person: Person
    own: bool

    @property
    def overview(self) -> str:
        return (
            "/certificates" if self.own else f"/staff/certificates/{self.person.number}"
        )


@get("/certificates", access=SIGNED_IN)
async def own(session: Session, viewer: Viewer, now: Moment) -> Template:
    person_id = viewer.account.person_id if viewer.account else None
    person = await session.get(Person, person_id) if person_id else None
    return await _overview(session, person, now, ask_at="/certificates")


@post("/certificates", access=SIGNED_IN, limit=PDF)
async def ask(session: Session, act: Act, form: Form) -> Redirect:
    if act.account.person_id is None:
        raise NotFound
    person = await session.get_one(Person, act.account.person_id)
    return await _issue(session, act, person, form)


@get("/staff/certificates/{number:str}", access=READERS)
async def of_person(session: Session, number: FromPath[str], now: Moment) -> Template:
    person = await _numbered(session, number)
    ask_at = f"/staff/certificates/{person.number}"
    return await _overview(session, person, now, ask_at=ask_at)


@post("/staff/certificates/{number:str}", access=OFFICERS, limit=PDF)
async def ask_for(
    session: Session, act: Act, number: FromPath[str], form: Form
) -> Redirect:
    return await _issue(session, act, await _numbered(session, number), form)


@get("/certificates/{serial:str}", access=SIGNED_IN)
async def one(
    session: Session, viewer: Viewer, serial: FromPath[str], now: Moment
) -> Template:
    owned = await _owned(session, viewer, serial)
    return page("register/certificates/one.html", owned=owned, now=now, grouped=grouped)


@get("/certificates/{serial:str}/file", access=SIGNED_IN, limit=PDF)
async def file(
    session: Session, viewer: Viewer, serial: FromPath[str]
) -> Response[bytes] | Redirect:
    owned = await _owned(session, viewer, serial)
    certificate, shown = owned.certificate, grouped(owned.certificate.serial)
    if certificate.kept_as is None or certificate.superseded_at:
        return Redirect(f"/certificates/{shown}", status_code=303)
    printed = b"".join([piece async for piece in store.content(certificate.kept_as)])
    return Response(
        printed,
        media_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="certificate-{shown}.pdf"'
        },
    )


async def _overview(
    session: AsyncSession, person: Person | None, now: datetime, *, ask_at: str
) -> Template:
    """The entries that a certificate can be had of, and those that were issued."""
    person_id = person.id if person else None
    rows = await session.scalars(
        select(EntryProjection).where(EntryProjection.person_id == person_id)
    )
    entries = await fresh(session, rows.all(), now=now)
    issued = await session.execute(
        select(Certificate, Entry.part)
        .join(Entry, Certificate.entry_id == Entry.id)
        .where(Entry.person_id == person_id)
        .order_by(Certificate.issued_at.desc(), Certificate.serial)
    )
    return page(
        "register/certificates/overview.html",
        person=person,
        entries=sorted(entries, key=lambda row: row.part.position),
        issued=issued.all(),
        ask_at=ask_at,
        now=now,
        grouped=grouped,
    )


async def _issue(
    session: AsyncSession, act: Act, person: Person, form: Form
) -> Redirect:
    """A second click, or another tab, is led to the one that is being made."""
    entries = await session.execute(
        select(Entry.part, Entry.id).where(Entry.person_id == person.id)
    )
    entry_id = {str(part): key for part, key in entries}.get(form.get("part"))
    if entry_id is None:
        raise NotFound
    entry = await Entry.load(session, entry_id, lock=True)
    certificate = await Certificate.current(session, entry)
    if certificate is None or not certificate.being_made(act.now):
        by = act.process(CertificateAct.ISSUE)
        certificate = await Certificate.issue(session, entry, by=by)
    return Redirect(f"/certificates/{grouped(certificate.serial)}", status_code=303)


async def _owned(session: AsyncSession, viewer: Onlooker, serial: str) -> Owned:
    """For the registrant and for staff; for everybody else there is none."""
    certificate = await Certificate.find(session, serial)
    person = (
        await session.execute(
            select(Person)
            .join(Entry, Entry.person_id == Person.id)
            .where(Entry.id == certificate.entry_id)
        )
    ).scalar_one()
    own = viewer.account is not None and viewer.account.person_id == person.id
    if not own and not (viewer.has(*READERS.roles) and viewer.proved_at):
        raise NotFound
    return Owned(certificate, person, own)


async def _numbered(session: AsyncSession, number: str) -> Person:
    found: Person | None = await session.scalar(
        select(Person).where(Person.number == read_number(number))
    )
    if found is None:
        raise NotFound
    return found


pages = [own, ask, of_person, ask_for, one, file]
