"""A case as its registrant follows it: what was served on them and disclosed to them, and what they said to it."""

from tests.leaks.rows import REGISTRANT, own
from tests.uploading import pdf

ONE = "/your-case/{reference}"
DISCLOSURE = f"{ONE}/disclosure/{{nth}}"
NOTICE = f"{ONE}/notices/{{service_id}}"


def at(known, _row, _role):
    world = known.world
    return [
        {
            "reference": world.told_case.reference,
            "nth": 1,
            "piece": 1,
            "service_id": world.notice_served.id,
        }
    ]


ROWS = [
    own("GET", "/your-case"),
    own("GET", ONE, REGISTRANT),
    own("GET", NOTICE, REGISTRANT),
    own("GET", f"{NOTICE}/notice.pdf", REGISTRANT),
    own("GET", DISCLOSURE, REGISTRANT),
    own("POST", DISCLOSURE, REGISTRANT),
    own("GET", f"{DISCLOSURE}/evidence/{{piece}}/file", REGISTRANT),
]
SENT = {DISCLOSURE: {"words": "I was not there", "file": pdf()}}
