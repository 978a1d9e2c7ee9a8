"""Changes of particulars as somebody asks for them."""

from datetime import date
from uuid import uuid4

from register.kit.cleaning import MediaType
from register.kit.uploads import Received
from register.particulars import ChangeReason, NewName, ParticularsChange
from tests.make import make_process

WEDDING = date(2027, 2, 20)


def scan():
    stored_as = f"2027-03-10/{uuid4().hex}"
    return Received("scan.pdf", MediaType.PDF, 1, bytes(32), stored_as)


async def ask_name(
    session, person, family_name="Lovelace", *, given_names="Ada", since=WEDDING
):
    return await ParticularsChange.ask_name(
        session,
        person,
        NewName(given_names, family_name, since),
        because=ChangeReason.MARRIAGE,
        evidence=scan(),
        owner=uuid4(),
        by=make_process(session),
    )


async def ask_birth_date(session, person, born=date(1985, 5, 7)):
    by = make_process(session)
    return await ParticularsChange.ask_birth_date(
        session, person, born, evidence=scan(), owner=uuid4(), by=by
    )
