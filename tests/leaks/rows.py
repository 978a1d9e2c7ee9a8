"""A row of the matrix: an address, the lines of the roles in domain.md 11 that let somebody in, and who is turned away how."""

from dataclasses import dataclass
from enum import StrEnum

from tests.leaks.roles import (
    CASEWORKERS,
    EMPLOYERS,
    EVERYBODY,
    SIGNED_IN,
    STAFF_ROLES,
    Role,
)


class Meets(StrEnum):
    """`ALLOW` means that the door opens: a form may still be wrong (422) and a thing in the wrong state (409)."""

    ALLOW = "allow"
    SIGN_IN = "sign_in"
    """303 to the sign-in page."""
    FORBID = "forbid"
    """403: the role has no business here, whatever there is."""
    HIDE = "hide"
    """404, the same as for what is not there."""
    REFUSE = "refuse"
    """409: they may know of it, and may not do this to it."""
    MOVE = "move"
    """308 to whom it has become."""
    GONE = "gone"
    """410, without a name."""
    IGNORE = "ignore"
    """As if it had been taken away in another tab: nothing is done, and what was typed is shown again."""


@dataclass(frozen=True)
class Line:
    """One of the roles in domain.md 11, and who of ours that is."""

    words: str
    roles: frozenset[Role]


PUBLIC = Line("Public: public fields", EVERYBODY)
OWN = Line("Applicant/registrant: own record, download own data", SIGNED_IN)
CASEWORKER = Line("Caseworker (registration): applications assigned", CASEWORKERS)
TEAM_MANAGER = Line(
    "Team manager: approve, reassign", frozenset({Role.TEAM_MANAGER, Role.INTERESTED})
)
REGISTRAR = Line(
    "Registrar: status changes", frozenset({Role.REGISTRAR, Role.INTERESTED})
)
INVESTIGATOR = Line(
    "Investigator / triage: own FtP cases",
    frozenset({Role.INVESTIGATOR, Role.OTHER_INVESTIGATOR, Role.INTERESTED}),
)
FINANCE = Line("Finance officer: invoices, ledger", frozenset({Role.FINANCE_OFFICER}))
AUDITOR = Line("Auditor / DPO: read-only all", frozenset({Role.AUDITOR}))
ADJUDICATOR = Line("Adjudicator: hearing bundle only", frozenset({Role.ADJUDICATOR}))
CASE_EXAMINER = Line(
    "Case examiner: anonymised-as-possible CE bundle", frozenset({Role.CASE_EXAMINER})
)
HEARINGS_OFFICER = Line(
    "Case management: Hearings officer: directions, listing",
    frozenset({Role.HEARINGS_OFFICER}),
)
LEGAL_ADVISER = Line("Legal adviser: same bundle", frozenset({Role.LEGAL_ADVISER}))
ADMIN = Line("Admin/IT: configuration", frozenset({Role.ADMIN}))
EMPLOYER = Line(
    "Provider/employer user (lead/additional): own staff roster, endorsement queue, alerts",
    EMPLOYERS,
)
LINK = Line(
    "Public: public fields; and what a link was sent for, by whoever holds it",
    EVERYBODY,
)

OFFICERS = (CASEWORKER, TEAM_MANAGER, REGISTRAR)
READERS = (*OFFICERS, AUDITOR)
"""A caseworker reads of all applications, so as to take one or stand in; of health and crime only in those assigned."""
WATCH_READERS = (TEAM_MANAGER, REGISTRAR, AUDITOR)
"""Who approves must know of it; who assesses need not."""


@dataclass(frozen=True)
class Row:
    method: str
    path: str
    because: tuple[Line, ...]
    only: frozenset[Role] = EVERYBODY
    """Who of those that the lines speak of."""
    refused: frozenset[Role] = frozenset()
    hidden: frozenset[Role] = frozenset()
    """Of the others: to whom it is as if it were not there; whoever is left is turned away at the door."""
    find: Meets = Meets.ALLOW
    """What those find who are let in, where it is nobody's to have."""
    of: str = ""
    """Which of the things at this address, where not all are alike."""

    @property
    def allowed(self) -> frozenset[Role]:
        lines = frozenset[Role]().union(*(line.roles for line in self.because))
        return (lines & self.only) - self.refused

    def __str__(self) -> str:
        return f"{self.method} {self.path} ({self.of})"

    def meets(self, role: Role) -> Meets:
        if role in self.allowed:
            return self.find
        if role in self.refused:
            return Meets.REFUSE
        if role is Role.ANONYMOUS:
            return Meets.SIGN_IN
        return Meets.HIDE if role in self.hidden else Meets.FORBID


RESTRICTED = "a restricted section"
UNSENT = "an application not sent yet"
ELSEWHERE = "something of another application"
WITHHELD, MERGED, DEAD = (
    "somebody withheld",
    "merged into somebody withheld",
    "somebody who died",
)
ANSWERED, TAMPERED = "a link that was used", "a link that was changed"
UNDECIDED = "a request on which nobody has proposed anything"

APPLICANT = frozenset({Role.APPLICANT})
REGISTRANT = frozenset({Role.REGISTRANT})
UNASSIGNED = frozenset({Role.OTHER_CASEWORKER})
BOUND = frozenset(STAFF_ROLES)
"""Who may never be without a second factor."""

CASE = "/staff/applications/{reference}"
PERSON = "/staff/persons/{person_id}"


def public(method: str, path: str, line: Line = PUBLIC, **more) -> Row:
    return Row(method, path, (line,), **more)


def own(
    method: str, path: str, only=EVERYBODY, *staff: Line, line: Line = OWN, **more
) -> Row:
    """Somebody's own: everybody else who is signed in is told that there is no such thing."""
    return Row(method, path, (line, *staff), only, hidden=EVERYBODY, **more)


def work(method: str, path: str, *because: Line, **more) -> Row:
    """Everybody else is turned away at the door."""
    return Row(method, path, because, **more)


def case(method: str, path: str, *because: Line, hidden=frozenset(), **more) -> Row:
    """Work on what is about somebody: a member of staff whom it is about is told that there is no such thing."""
    hidden |= {Role.INTERESTED}
    return work(method, path, *because, only=EVERYBODY - hidden, hidden=hidden, **more)


def sealed(method: str, path: str, *because: Line) -> Row:
    """Health and criminal records: for a caseworker who has not got the application they are not there."""
    return case(method, path, *because, hidden=UNASSIGNED, of=RESTRICTED)


def held(method: str, path: str) -> Row:
    """Assessing: by the caseworker who has the application."""
    return case(method, path, CASEWORKER, refused=UNASSIGNED)


def nobody(method: str, path: str, *because: Line, of: str, **more) -> Row:
    """What is not there for those either who would be let in."""
    return work(method, path, *because, find=Meets.HIDE, of=of, **more)
