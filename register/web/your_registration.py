"""The home of applicants and registrants: what to do next, how it stands, what is waited for, and where all else is."""

from litestar import get
from litestar.response import Template

from register.enquiry import own_enquiries
from register.kit.clock import day_of
from register.kit.pages import page
from register.next_step import circumstances_of, first_of
from register.particulars import may_change
from register.person import Person
from register.published import published_of
from register.web.guards import SIGNED_IN
from register.web.needs import Act
from register.web.search import PART_NAMES


@get("/your-registration", access=SIGNED_IN)
async def home(act: Act) -> Template:
    session, account, now = act.session, act.account, act.now
    employer = act.viewer.employer
    known = await circumstances_of(
        session, account, acts_for_provider=employer, now=now
    )
    person = await session.get(Person, account.person_id) if account.person_id else None
    return page(
        "register/your_registration/home.html",
        known=known,
        next=first_of(known.steps()),
        today=day_of(now),
        person=person,
        public=await published_of(session, person, now=now) if person else None,
        renewal=known.renewal,
        may_change=person is not None and await may_change(session, person),
        part_names=PART_NAMES,
        unanswered=[e for e in await own_enquiries(session, account) if e.waiting],
        employer=employer,
    )


pages = [home]
