"""A publication as staff open it, and who writes, decides on and takes down what."""

from dataclasses import dataclass

from litestar.response import Redirect

from fitness.case import Case, Place, Read
from fitness.publication import (
    Publication,
    Shown,
    as_public,
    publication_in,
)
from fitness.web.cases.listing import AT
from fitness.web.cases.one import ONE
from fitness.web.cases.opened import Opened, opened
from register.account import StaffRole
from register.kit.errors import Refused
from register.person import Person, survivor
from register.web.guards import roles
from register.web.needs import Acting

PUBLICATIONS = f"{ONE}/publications"
PUBLICATION = f"{PUBLICATIONS}/{{nth:int}}"
WRITERS = roles(StaffRole.INVESTIGATOR, StaffRole.HEARINGS_OFFICER)
DECIDERS = roles(
    StaffRole.HEARINGS_OFFICER, StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR
)
ALL = roles(*WRITERS.roles, *DECIDERS.roles)
"""Any of them takes something down."""
WRITING = frozenset({Place.INVESTIGATOR, Place.HEARINGS_OFFICER})


class NotTheirWords(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Only who investigates this case, or brings its hearings about, writes what is published of it."
        )


@dataclass(frozen=True)
class OpenedPublication:
    case: Case
    found: Opened
    publication: Publication


def writes(found: Opened) -> bool:
    return found.place in WRITING


async def to_write(act: Acting, reference: str, *, lock: bool = False) -> Opened:
    """Raises NotTheirWords too."""
    found = await opened(act, reference, what=Read.PUBLICATIONS, lock=lock)
    if not writes(found):
        raise NotTheirWords
    return found


async def one_opened(
    act: Acting, reference: str, nth: int, *, lock: bool = False
) -> OpenedPublication:
    found = await opened(act, reference, what=Read.PUBLICATIONS, lock=lock)
    publication = await publication_in(act.session, found.case.id, nth)
    return OpenedPublication(found.case, found, publication)


async def previewed(act: Acting, one: OpenedPublication) -> Shown:
    """The latest version as the public would read it."""
    case, publication = one.case, one.publication
    public = await as_public(
        act.session, case, publication, publication.latest, now=act.now
    )
    person = await act.session.get_one(
        Person, await survivor(act.session, case.person_id)
    )
    return Shown.of(public, person)


def back(case: Case, page: str = "") -> Redirect:
    return Redirect(f"{AT}/{case.reference}/publications{page}", status_code=303)
