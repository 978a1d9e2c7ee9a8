"""A case as its registrant follows it: what was served on them and disclosed to them, and what they said to it."""

from tests.leaks.rows import REGISTRANT, own
from tests.uploading import pdf

ONE = "/your-case/{reference}"
DISCLOSURE = f"{ONE}/disclosure/{{nth}}"


def at(known, _row, _role):
    return [{"reference": known.world.told_case.reference, "nth": 1, "piece": 1}]


ROWS = [
    own("GET", "/your-case"),
    own("GET", ONE, REGISTRANT),
    own("GET", DISCLOSURE, REGISTRANT),
    own("POST", DISCLOSURE, REGISTRANT),
    own("GET", f"{DISCLOSURE}/evidence/{{piece}}/file", REGISTRANT),
]
SENT = {DISCLOSURE: {"words": "I was not there", "file": pdf()}}
