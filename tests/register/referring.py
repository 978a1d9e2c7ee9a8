"""Referees as a test needs them: asked, answering by their links, and what they say."""

from datetime import date

from sqlalchemy import select

from register.application.references import (
    CannotBecause,
    Certainty,
    Declined,
    Given,
    invitation,
    referees_asked,
)
from register.application.state import ReferenceAct
from register.by_link import token_of
from register.kit.post import Message
from register.process import Process
from tests.make import NOW

SAYING = {
    "known_as": "I was her line manager",
    "role": "Deputy manager",
    "known_since-day": "1",
    "known_since-month": "9",
    "known_since-year": "2021",
    "still": "yes",
    "certainty": "records",
    "unsuitable": "no",
    "concerns": "no",
    "again": "yes",
    "name": "Sam Okafor",
    "job": "Responsible individual",
    "true": "yes",
}
"""What a referee sends who has nothing to say against the applicant."""


def make_given(**said):
    plausible = {
        "known_as": "I was her line manager",
        "known_since": date(2021, 9, 1),
        "role": "Deputy manager",
        "certainty": Certainty.RECORDS,
        "unsuitable": False,
        "concerns": False,
        "again": True,
        "name": "Sam Okafor",
        "job": "Responsible individual",
    }
    return Given(**plausible | said)


async def asked_of(session, application):
    """The requests to referees, as they were asked."""
    return [request for request, _ in await referees_asked(session, application)]


async def give(session, request, given=None, *, now=NOW):
    invited = await invitation(session, token_of(request), now=now, lock=True)
    by = Process.begin(session, ReferenceAct.GIVE, now=now)
    await invited.give(session, given or make_given(), by=by)
    await session.flush()


async def decline(
    session, request, because=CannotBecause.DATES_ONLY, details="", *, now=NOW
):
    invited = await invitation(session, token_of(request), now=now, lock=True)
    by = Process.begin(session, ReferenceAct.DECLINE, now=now)
    declined = Declined(because=because, details=details)
    await invited.decline(session, declined, by=by)
    await session.flush()


async def mails(session, letter):
    """Those of a kind, by whom they are to."""
    found = await session.scalars(select(Message).where(Message.letter == letter))
    return {message.to_address: message for message in found}
