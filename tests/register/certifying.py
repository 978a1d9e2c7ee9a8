"""Certificates printed without a database: what is not said is plausible."""

from datetime import UTC, date, datetime, timedelta

from register.certificate import Record, Restriction
from register.certificate.printing import print_certificate
from register.entry import Status
from register.part import Part

AT = datetime(2027, 3, 10, 10, 0, tzinfo=UTC)
SERIAL = "4F7K2M9QX3ZB8RTW"
LONG_NAME = ("Alexandrina Bartholomea Christophersen-Featherstonehaugh " * 4)[:200]
CONDITION = Restriction(
    "conditions_order",
    "You must not work as the only manager on shift.",
    date(2027, 1, 5),
    date(2028, 1, 4),
)


def record(**known):
    return Record(
        **{
            "name": "Ngozi Adébáyò",
            "number": "CH-0000123-J",
            "part": Part.MANAGER,
            "status": Status.REGISTERED,
            "registered_from": date(2027, 2, 1),
            "registered_until": date(2027, 11, 30),
            "qualifications": ("Level 5 Diploma in Leadership and Management",),
        }
        | known
    )


def printed(said=None, **known):
    return print_certificate(
        said or record(**known),
        serial=SERIAL,
        as_at=AT,
        issued_at=AT + timedelta(minutes=2),
        public_url="https://register.example.org",
        registrar="Eleanor Whitcombe",
    )


VARIANTS = (
    {},
    {"name": "Jo Li"},
    {"name": LONG_NAME},
    {"name": "W" * 200},
    {"name": "Ọláyínká Đặng Søren Łukasz Παπαδόπουλος Петрова"},
    {"name": "فاطمة بنت محمد الزهراء"},
    {"name": "מרים בת־אל כהן"},
    {"status": Status.SUSPENDED, "restrictions": (CONDITION,)},
    {"restrictions": (CONDITION,) * 12},
    {"restrictions": (CONDITION,) * 20, "qualifications": ("One", "Another")},
    {"qualifications": ()},
)
"""What a certificate may have to take: scripts, lengths, states, and restrictions on the first page or the next."""


def name_of(known):
    return "-".join(known) or "plain"
