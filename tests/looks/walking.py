"""Comes to every page of the leak matrix's world as everybody who may: as it is, sent empty, sent as it should be, refused."""

from tests.leaks.driving import UNSAFE
from tests.leaks.roles import STAFF_ROLES, Role
from tests.leaks.rows import Meets
from tests.leaks.table import TABLE

NO_PAGES = ("/api/v1/", "/static/", "/health/", "/webhooks/")


async def walk(driver, album):
    for role in Role:
        for row in rows_of(role):
            for place in driver.atlas.places(row, role):
                for sent in (None, {}) if row.method in UNSAFE else (None,):
                    answer = await driver.call(role, row, place, sent)
                    album.add(repr(answer), answer.response)


def rows_of(role):
    """Where the door opens, and once where it does not in each way. One of the staff, or one of others, sends what is sent."""
    refused = set()
    for row in TABLE:
        meets = row.meets(role)
        if row.path.startswith(NO_PAGES) or meets in refused:
            continue
        if meets is not Meets.ALLOW:
            refused.add(meets)
        elif row.method in UNSAFE and role is not sender(row, role):
            continue
        yield row


def sender(row, role):
    """Of those who may send it, whoever of the same kind comes first."""
    staff = role in STAFF_ROLES
    return next(
        one for one in Role if one in row.allowed and (one in STAFF_ROLES) is staff
    )
