"""What the pages of a world hold of its applications: what their addresses name, and what is stamped on them."""

from dataclasses import dataclass, field

from sqlalchemy import func, select

from register.application import Application
from register.application.evidence import Evidence
from register.application.section import form_of
from register.assessment import SectionCheck
from register.notice import open_notice
from register.process import Event
from register.proposal import Proposal
from register.qualification import Qualification
from tests.leaks.roles import Role
from tests.leaks.rows import ELSEWHERE, UNSENT
from tests.register.referring import asked_of

LISTED = ("addresses", "qualifications", "employment", "registrations", "references")


@dataclass
class Known:
    """What the pages of a world hold."""

    world: object
    filed: dict
    """Every application of the world, by its name there; or by that of the proposal on it."""
    checks: dict
    """The last of each section, of the application that is being assessed."""
    notices: dict
    """Of the applications on which a decision is proposed, by their names."""
    forms: dict = field(default_factory=dict)

    @classmethod
    async def of(cls, world, session):
        proposed = {
            name: await session.get_one(Application, of.application_id)
            for name, of in world.all(Proposal)
        }
        return cls(
            world=world,
            filed={
                name: await Filed.of(
                    session, application, unsent={world.unsent.id, world.mapping.id}
                )
                for name, application in [*world.all(Application), *proposed.items()]
            },
            checks=await checks_of(session, world.assessed),
            notices={
                name: notice.id
                for name, application in proposed.items()
                for notice in [
                    await open_notice(session, application_id=application.id)
                ]
                if notice
            },
        )

    def stamp(self, place):
        """Of the application that the place is about."""
        if "proposal_id" in place.at:
            names = {str(of.id): name for name, of in self.world.all(Proposal)}
            filed = self.filed.get(names.get(place.at["proposal_id"]))
        else:
            same = (
                one
                for one in self.filed.values()
                if one.reference == place.at["reference"]
            )
            filed = next(same, None)
        return dict(filed.stamp) if filed else {"version": "1", "latest": "1"}


async def checks_of(session, application):
    found = await session.execute(
        select(SectionCheck.section, func.max(SectionCheck.id))
        .where(SectionCheck.application_id == application.id)
        .group_by(SectionCheck.section)
    )
    return {str(section): str(last) for section, last in found}


@dataclass
class Filed:
    """What the addresses of an application name."""

    reference: str
    documents: dict
    """Those of restricted sections, and the others."""
    items: dict
    qualification: str
    request: str
    """To a referee, the last."""
    stamp: dict
    """What its pages carry, so that nobody decides on what they have not seen."""

    @classmethod
    async def of(cls, session, application, *, unsent):
        form = await form_of(session, application.id)
        documents = await session.scalars(
            select(Evidence)
            .where(
                Evidence.application_id == application.id, Evidence.id.not_in(unsent)
            )
            .order_by(Evidence.added_at, Evidence.id)
        )
        held = Qualification.person_id == application.person_id
        referees = await asked_of(session, application)
        latest = await session.scalar(
            select(func.max(Event.id)).where(Event.application_id == application.id)
        )
        await session.refresh(application)
        filed = {True: [], False: []}
        for document in documents:
            filed[document.section.restricted].append(str(document.id))
        return cls(
            reference=application.reference,
            documents=filed,
            items={
                name: str(listed[0].id)
                for name in LISTED
                if (listed := getattr(form, name).items)
            },
            qualification=str(
                await session.scalar(select(Qualification.id).where(held))
            ),
            request=str(next((one.id for one in reversed(referees)), None)),
            stamp={"version": str(application.version), "latest": str(latest)},
        )


def case_of(known, row, role, standing="assessed"):
    """The application that a row of casework is about. `standing`: the one that stands so that it may be done."""
    if row.of == UNSENT:
        return known.filed["draft"]
    return known.filed["theirs" if role is Role.INTERESTED else standing]


def case_at(known, row, role, standing="assessed"):
    """What the addresses of that application name; what is only read is read of some others too."""
    filed = case_of(known, row, role, standing)
    other = known.filed["asked"] if row.of == ELSEWHERE else filed
    yield {
        "reference": filed.reference,
        "qualification_id": other.qualification,
        "registration_id": other.items.get("registrations"),
        "request_id": other.request,
    }
    one_parameter = row.path.count("{") == 1
    if (
        row.method == "GET"
        and one_parameter
        and not row.of
        and role is not Role.INTERESTED
    ):
        for name in ("asked", "refusing", "registered"):
            yield {"reference": known.filed[name].reference}


def stamped(**more):
    def made(known, place, _role):
        return known.stamp(place) | more

    return made
