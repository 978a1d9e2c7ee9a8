"""A case of fitness to practise, as far as several journeys go the same way."""

import asyncio
import re
from datetime import datetime, time, timedelta

from dateutil.relativedelta import relativedelta

from register.kit.clock import LONDON, start_of
from register.kit.db import Role, connect, sessions_of
from register.kit.security import passwords, totp
from tests.journeys.steps import (
    PASSWORD,
    TODAY,
    ago,
    look_up,
    mailed,
    sign_in_as_staff,
    sign_in_with_key,
    to_casework,
)
from tests.make import make_account, make_entry

NAME = "Rowan Ashdown"
EMAIL = "rowan@example.org"
REFERRER = "mother@example.org"
TOLD = "He told my son that nobody would come if he called."
FACTORS = (
    "How serious it is",
    "What evidence there is, or is likely to be",
    "Whether it happened once or again and again",
    "Whether it breaks the professional standards",
    "What the public would think of the profession",
    "How long ago it happened",
)
BY_EMAIL = "By email, or by post to whoever cannot sign in"
TEN = time(10, 0)


class Staff:
    """`await staff("Inez Vance")`: at a browser of their own, and signed in, however much time has passed."""

    def __init__(self, somebody):
        self.somebody = somebody
        self.walkers, self.keys, self.signed_in = {}, {}, {}

    async def __call__(self, name):
        if name not in self.walkers:
            self.walkers[name] = await self.somebody()
            self.keys[name] = await sign_in_as_staff(self.walkers[name], name)
        walker = self.walkers[name]
        ahead = walker.service.ahead
        if self.signed_in.setdefault(name, ahead) != ahead:
            await sign_in_with_key(walker, name, self.keys[name])
            self.signed_in[name] = ahead
        return walker


async def make_registrant(service, *, since):
    """With an account, and with no renewal to think of for as long as a case may take."""
    engine = connect(service.environment["DATABASE_URL"], Role.APP)
    given, _, family = NAME.partition(" ")
    async with sessions_of(engine).begin() as session:
        entry = await make_entry(
            session,
            on=start_of(since),
            until=since + relativedelta(years=9),
            given_names=given,
            family_name=family,
        )
        await make_account(
            session,
            person=entry.person,
            email=EMAIL,
            password_hash=await passwords.hashed(PASSWORD),
        )
    await engine.dispose()


async def answer(walker, title, answers):
    await walker.follow(title)
    await walker.fill(answers)
    await walker.press("Save and continue")


async def begins(mother):
    """Gives what is shown once, by which she can come back."""
    await mother.open("/concerns/start")
    await mother.fill({"Who are you?": "I am a parent, a carer or family"})
    await mother.press("Begin")
    reference, code = await mother.page.locator("dd strong").all_inner_texts()
    await mother.press("Continue")
    await answer(mother, "Whom it is about", {"Their name (optional)": NAME})
    return reference, code


async def tells(mother, reference):
    await mother.open(f"/concerns/{reference}")
    await answer(mother, "What happened", {"What happened?": TOLD})
    await mother.open(f"/concerns/{reference}")
    await answer(mother, "When it happened", {"When did it happen?": "Last week"})
    await mother.open(f"/concerns/{reference}")
    await answer(mother, "Danger to children", {"Is a child in danger now": "No"})
    await mother.open(f"/concerns/{reference}")
    await mother.follow("Who else knows")
    await mother.press("Save and continue")
    await mother.open(f"/concerns/{reference}")
    await mother.follow("Whom else you have told")
    await mother.tick("Nobody")
    await mother.press("Save and continue")
    await mother.open(f"/concerns/{reference}")
    await answer(
        mother,
        "About you",
        {
            "Will you tell us who you are?": True,
            "Your name": "Pat Reed",
            "Your email address": REFERRER,
        },
    )
    await mother.open(f"/concerns/{reference}")
    await answer(
        mother,
        "Whether you may be named",
        {"May we tell the person": "No"},
    )
    await mother.open(f"/concerns/{reference}/check")
    await mother.page.get_by_role("checkbox").check()
    await mother.press("Send")
    assert reference in await mother.text
    await mailed(mother.service, REFERRER, reference)


async def is_taken_in(investigator, reference):
    """Gives the case's own reference."""
    await to_casework(investigator, "Concerns", reference)
    assert TOLD in await investigator.text
    await investigator.follow("Look for immediate risk")
    await investigator.fill(
        {
            "Does it tell of an immediate risk to children?": False,
            "Why do you think so?": "He does not work at the moment.",
        }
    )
    await investigator.press("Record")
    await investigator.follow("Find whom it is about")
    await investigator.fill({"Name or registration number": NAME})
    await investigator.press("Search")
    await investigator.page.get_by_role("radio", name=re.compile(NAME)).check()
    await investigator.press("Save")
    await investigator.follow("Take it into a case")
    await investigator.fill({"Into which case?": "A new one, which you investigate"})
    await investigator.press("Take it in")
    return (await investigator.heading).removeprefix("Case ")


async def is_weighed(investigator, weight, why):
    for factor in FACTORS:
        await investigator.follow("Triage")
        row = investigator.page.locator(".govuk-summary-list__row", has_text=factor)
        await row.get_by_role("link").click()
        if factor == FACTORS[-1]:
            await investigator.fill({"When is something last said": ago(days=9)})
        await investigator.fill(
            {"Does it speak for looking into this?": weight, "Why?": why}
        )
        await investigator.press("Save")


async def to_case(walker, reference, *links):
    await to_casework(walker, "Cases of fitness to practise", reference)
    for link in links:
        await walker.follow(link)


def next_code(walker, key):
    """The one after that with which somebody has just signed in: each works once."""
    return totp.code_at(key, walker.service.now + timedelta(seconds=30))


async def to_own_case(walker, reference):
    await walker.follow("Your registration", within="nav")
    await walker.follow("Cases about you")
    await walker.follow(reference)


def begins_at(day):
    return datetime.combine(day, TEN, LONDON) + timedelta(minutes=5)


async def is_given_to(manager, case, officer):
    await to_case(manager, case, "People")
    await manager.fill({"Who shall bring its hearings about?": officer})
    await manager.press("Give its hearings to them")


async def is_described(officer, name, side, *, chairs=False, free=None):
    """`free`: the last of the days on which they can come, for those who sit on hearings."""
    await to_casework(officer, "Who may decide on cases", name)
    known = {"Are they lay, or a registrant?": side}
    if side == "Lay":
        known["May they chair a panel?"] = chairs
    await officer.fill(known)
    await officer.press("Save")
    if free:
        await officer.fill({"From": TODAY, "Until": free})
        await officer.press("Add the days")


async def examine(manager, case, examiners):
    """`examiners`: name to side, as the roster has it."""
    await to_case(manager, case, "Examination")
    for name, side in examiners.items():
        await manager.fill({"Who shall examine it?": f"{name} ({side})"})
        await manager.press("Appoint")


async def is_listed(officer, case, kind, day, *, private=""):
    """Leads to the hearing."""
    await to_case(officer, case, "Hearings")
    await officer.press("List a hearing")
    await officer.fill(
        {
            "What is to be heard?": kind,
            "On which day does it begin?": day,
            "At what time?": f"{TEN:%H:%M}",
            "How is it held?": "Remotely",
            "Where, or how do people join?": "By the link that we send the day before.",
            "May the public come?": "No: it is held in private" if private else "Yes",
        }
    )
    if private:
        await officer.fill({"Why in private?": private})
    await officer.press("List it")
    assert await officer.heading == kind


async def is_empanelled(officer, seats):
    """From the page of the hearing, and back to it; `seats`: name to seat."""
    hearing = officer.page.url
    await officer.press("Empanel somebody")
    for name, seat in seats.items():
        await officer.fill({"Who sits on it?": name, "As what?": seat})
        await officer.press("Empanel them")
    await officer.open(hearing)


async def decides_and_sends(investigator, told):
    """What whoever raised the concern will read is seen first."""
    await investigator.press("Decide")
    assert "Check it before it is sent" in await investigator.text
    assert told in await investigator.text
    await investigator.press("Decide and send it now")


async def reads_it_and_serves(walker):
    """What the registrant will read, before it goes out."""
    await walker.press("Continue")
    await walker.press("Serve it now")


async def is_told_of_it(officer, words):
    await officer.press("Give notice")
    await officer.fill(
        {
            "What does the registrant have to know?": words,
            "How is it sent?": BY_EMAIL,
        }
    )
    await reads_it_and_serves(officer)
    assert "The notice stands" in await officer.text


async def begin(officer, case, hearing, attendance="Yes, they are there"):
    await to_case(officer, case, "Hearings", hearing)
    await officer.press("Begin the hearing")
    await officer.fill({"Is the registrant there?": attendance})
    await officer.press("Begin")


async def to_sitting(member, case):
    await to_casework(member, "Hearings on which you sit", case)


async def draw_up(chair, case, answers, *reasons):
    await to_sitting(chair, case)
    await chair.press("Draw up the decision")
    await chair.fill(answers)
    await chair.tick(*reasons)
    await chair.press("Draw it up")


async def sign(staff, case, panel):
    """What one of them has drawn up, each in their turn."""
    for name in panel:
        member = await staff(name)
        await to_sitting(member, case)
        await member.press("Read and sign the decision")
        await member.press("Sign it")
    assert "All have signed: it is decided" in await member.text


async def is_closed(investigator, case, because):
    """Once the worker has done what is due."""
    await to_casework(investigator, "Cases of fitness to practise", "Closed")
    for _ in range(240):
        if case in await investigator.text:
            break
        await asyncio.sleep(0.5)
        await investigator.open(investigator.page.url)
    await investigator.follow(case)
    assert because in await investigator.text


async def shows(walker, *words):
    """In public, once the worker has done what is due."""
    for _ in range(240):
        await look_up(walker, NAME)
        if all([one in await walker.text for one in words]):
            return
        await asyncio.sleep(0.5)
    raise AssertionError(f"The register does not say {words}: {await walker.text}")
