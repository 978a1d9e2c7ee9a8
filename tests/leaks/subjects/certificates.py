"""Certificates, as their owner and staff have them; whoever is shown one verifies it in the public register."""

from register.certificate import grouped
from tests.leaks.rows import OFFICERS, READERS, REGISTRANT, own, work

SHOWN_TO = REGISTRANT.union(*(line.roles for line in READERS))
"""Whose it is, and who reads them all."""


def at(known, _row, _role):
    of = known.world.listed
    return [
        {"number": of.entry.person.number, "serial": grouped(of.certificate.serial)}
    ]


ROWS = [
    own("GET", "/certificates"),
    own("POST", "/certificates", REGISTRANT),
    own("GET", "/certificates/{serial}", SHOWN_TO, *READERS),
    own("GET", "/certificates/{serial}/file", SHOWN_TO, *READERS),
    work("GET", "/staff/certificates/{number}", *READERS),
    work("POST", "/staff/certificates/{number}", *OFFICERS),
]
SENT = {
    "/certificates": {"part": "manager"},
    "/staff/certificates/{number}": {"part": "manager"},
}
