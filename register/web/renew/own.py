"""Whose renewal it is, and whether a step of it can be done now."""

from dataclasses import dataclass

from litestar.response import Redirect

from register.kit.errors import NotFound
from register.person import Person
from register.renewal import Renewal, RenewalStep, Standing, standing
from register.web.needs import Acting

HOME = "/renew"


@dataclass(frozen=True)
class Own:
    person: Person
    standing: Standing
    renewal: Renewal


async def own_standing(act: Acting) -> Standing | None:
    person_id = act.account.person_id
    return await standing(act.session, person_id, now=act.now) if person_id else None


async def own_step(
    act: Acting, step: RenewalStep, *, lock: bool = False
) -> Own | Redirect:
    """The renewal of which the step can be done, else the way to what there is instead; raises NotFound for who has none."""
    found = await own_standing(act)
    if found is None or found.renewal is None:
        raise NotFound
    renewal = found.renewal
    if not found.state.may_act or step not in renewal.steps:
        return Redirect(HOME, status_code=303)
    if lock:
        await renewal.lock(act.session)
    person = await act.session.get_one(Person, renewal.person_id)
    return Own(person, found, renewal)


def onward() -> Redirect:
    return Redirect(HOME, status_code=303)
