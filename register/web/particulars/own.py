"""One's own particulars on one page, each with the way to change it."""

from litestar import get
from litestar.response import Template
from sqlalchemy import select

from register.kit.errors import NotFound
from register.kit.pages import page
from register.particulars import (
    ParticularsChange,
    changes_of,
    contact_of,
    may_change,
    own_person,
    posts_of,
)
from register.person import Person
from register.process import ProcessText, TextKind
from register.renewal import standing
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Acting


@get("/particulars", access=SIGNED_IN)
async def own(act: Act) -> Template:
    person_id = act.account.person_id
    person = await act.session.get(Person, person_id) if person_id else None
    here = person is not None and await may_change(act.session, person)
    changes = await changes_of(act.session, person.id) if person else []
    return page(
        "register/particulars/own.html",
        person=person if here else None,
        contact=await contact_of(act.session, person.id) if person and here else None,
        posts=await posts_of(act.session, person.id) if person and here else [],
        changes=[(change, await why_of(act, change)) for change in changes],
        renewing=await _renewing(act),
        asked={change.kind for change in changes if change.open},
    )


async def _renewing(act: Acting) -> bool:
    """Whether they have come from a renewal, or should go there."""
    person_id = act.account.person_id
    found = await standing(act.session, person_id, now=act.now) if person_id else None
    return found is not None and found.state.may_act


async def why_of(act: Acting, change: ParticularsChange) -> str | None:
    """What the person reads of why it was turned down."""
    words: str | None = await act.session.scalar(
        select(ProcessText.words).where(
            ProcessText.process_id == change.ended_in,
            ProcessText.kind == TextKind.PUBLIC,
        )
    )
    return words


async def own_here(act: Acting, *, lock: bool = False) -> Person:
    """Raises NotFound for who has no record yet, and InApplication."""
    if act.account.person_id is None:
        raise NotFound
    return await own_person(act.session, act.account.person_id, lock=lock)


pages = [own]
