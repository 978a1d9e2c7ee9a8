"""A case as its examiners open it: what is laid before them, and nobody's name."""

from dataclasses import dataclass

from fitness.case import Case, Place, Read, case_for, members, was_read
from fitness.examination.conclusion import locked
from fitness.examination.examination import Examination, examination_of
from fitness.examination.turn import Standpoint
from fitness.web.cases.opened import enter
from register.account import StaffRole
from register.kit.errors import NotFound
from register.web.guards import roles
from register.web.needs import Acting

EXAMINERS = roles(StaffRole.CASE_EXAMINER)
AT = "/staff/examinations"
ONE = f"{AT}/{{reference:str}}"


@dataclass(frozen=True)
class Laid:
    case: Case
    examination: Examination
    standpoint: Standpoint


async def laid_before(act: Acting, reference: str) -> Laid:
    """Raises NotFound for whoever does not examine it. That it was read is written down."""
    await enter(act)
    case = await case_for(act.session, act.account, reference)
    examining = {
        member.account_id
        for member in await members(act.session, case.id)
        if member.place is Place.EXAMINER
    }
    if act.account.id not in examining:
        raise NotFound
    examination = await examination_of(act.session, case.id)
    was_read(act.session, case.id, Read.EXAMINATION, reader=act.account, now=act.now)
    await act.session.flush()
    return Laid(
        case,
        examination,
        await Standpoint.of(act.session, examination, act.account.id),
    )


async def to_decide(act: Acting, laid: Laid) -> Examination:
    """From now on nobody else acts in the case, and the act is the service's: the examination as it is by now."""
    await locked(act.session, laid.case)
    return await examination_of(act.session, laid.case.id)
