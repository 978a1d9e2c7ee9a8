"""Who may call what: every address of the service, and what each role meets there.

A row is an address, who may call it, and the line of the roles in domain.md 11 that says so. A new address fails the build
until somebody has written its row. `ALLOW` means only that the door opens: what is sent may still be refused (400, 409, 422).
"""

from dataclasses import dataclass
from enum import StrEnum

from tests.leaks.roles import (
    CASEWORKERS,
    EVERYBODY,
    OFFICERS,
    READERS,
    SIGNED_IN,
    STAFF,
    TREASURY,
    Role,
)


class Meets(StrEnum):
    ALLOW = "allow"
    SIGN_IN = "sign_in"
    """303 to the sign-in page."""
    FORBID = "forbid"
    """403: the role has no business here, whatever there is."""
    HIDE = "hide"
    """404, the same as for what is not there."""


@dataclass(frozen=True)
class Row:
    method: str
    path: str
    allowed: frozenset[Role]
    because: str
    hidden: frozenset[Role] = frozenset()
    """To whom it is as if it were not there; whoever is left is turned away at the door."""
    of: str = ""
    """Which of the things at this address, where not all are alike."""

    def meets(self, role: Role) -> Meets:
        if role in self.allowed:
            return Meets.ALLOW
        if role is Role.ANONYMOUS:
            return Meets.SIGN_IN
        return Meets.HIDE if role in self.hidden else Meets.FORBID


APPLICANT = frozenset({Role.APPLICANT})
REGISTRANT = frozenset({Role.REGISTRANT})
ASSIGNERS = CASEWORKERS | {Role.TEAM_MANAGER}
UNASSIGNED = frozenset({Role.OTHER_CASEWORKER})
DECIDERS = frozenset({Role.TEAM_MANAGER, Role.REGISTRAR, Role.INTERESTED})

PUBLIC = "Public: public fields"
OWN = "Applicant/registrant: own record"
OWN_DATA = "Applicant/registrant: own record, download own data"
OWN_ACCOUNT = "All: one's own way in (MFA for all staff)"
ASSIGNED = "Caseworker (registration): applications assigned"
CASEWORK = "Caseworker: applications; Team manager: approve, reassign; Registrar: status changes; Auditor: read-only all"
OFFICE = "Caseworker: applications; Team manager: approve, reassign; Registrar: status changes"
SECOND = "Team manager: approve; Registrar: status changes (assessor is not approver)"
REASSIGN = "Caseworker: applications assigned; Team manager: reassign"
FINANCE = "Finance officer: invoices, ledger; Auditor: read-only all"
CONFIGURE = "Admin/IT: configuration"
WATCH = "Admin/IT: configuration; Auditor: read-only all"
EACH_THEIR_OWN = "Staff: each what their role sees"
SIGNED = "None: a machine that signs what it says"


def public(method: str, path: str, because: str = PUBLIC) -> Row:
    return Row(method, path, EVERYBODY, because)


def own(method: str, path: str, whose: frozenset[Role], because: str = OWN) -> Row:
    """Somebody's own: everybody else who is signed in is told that there is no such thing."""
    return Row(method, path, whose, because, hidden=EVERYBODY)


def staff(method: str, path: str, who: frozenset[Role], because: str) -> Row:
    """Work: everybody else is turned away at the door."""
    return Row(method, path, who, because)


def case(
    method: str,
    path: str,
    who: frozenset[Role],
    because: str,
    *,
    hidden: frozenset[Role] = frozenset(),
    of: str = "",
) -> Row:
    """Work on what is about somebody: a member of staff whom it is about is told that there is no such thing."""
    hidden |= {Role.INTERESTED}
    return Row(method, path, who - hidden, because, hidden=hidden, of=of)


def sealed(method: str, path: str, who: frozenset[Role], because: str) -> Row:
    """Health and criminal records: for a caseworker who has not got the application they are not there."""
    return case(
        method, path, who, because, hidden=UNASSIGNED, of="a restricted section"
    )


TABLE = [
    # What everybody may read
    public("GET", "/"),
    public("GET", "/accessibility"),
    public("GET", "/privacy"),
    public("GET", "/standards"),
    public("GET", "/fees"),
    public("GET", "/search"),
    public("GET", "/register/{number}"),
    public("GET", "/api"),
    public("GET", "/api/openapi.json"),
    public("GET", "/api/v1/register"),
    public("GET", "/api/v1/register/{number}"),
    public("GET", "/verify"),
    public("GET", "/verify/{serial}"),
    public("GET", "/static/{version}/{file_path}"),
    public("HEAD", "/static/{version}/{file_path}"),
    public("GET", "/health/live"),
    public("GET", "/health/ready"),
    public("POST", "/webhooks/pay", SIGNED),
    # The way in
    public("GET", "/sign-in", OWN_ACCOUNT),
    public("POST", "/sign-in", OWN_ACCOUNT),
    public("GET", "/sign-in/code", OWN_ACCOUNT),
    public("POST", "/sign-in/code", OWN_ACCOUNT),
    public("GET", "/sign-in/recovery", OWN_ACCOUNT),
    public("POST", "/sign-in/recovery", OWN_ACCOUNT),
    public("GET", "/sign-in/reset", OWN_ACCOUNT),
    public("POST", "/sign-in/reset", OWN_ACCOUNT),
    public("GET", "/sign-in/reset/sent", OWN_ACCOUNT),
    public("GET", "/sign-in/reset/{token}", OWN_ACCOUNT),
    public("POST", "/sign-in/reset/{token}", OWN_ACCOUNT),
    public("GET", "/sign-in/out", OWN_ACCOUNT),
    public("POST", "/sign-out", OWN_ACCOUNT),
    public("GET", "/sign-up", OWN_ACCOUNT),
    public("POST", "/sign-up", OWN_ACCOUNT),
    public("POST", "/sign-up/code", OWN_ACCOUNT),
    public("GET", "/sign-up/confirm", OWN_ACCOUNT),
    public("POST", "/sign-up/confirm", OWN_ACCOUNT),
    # One's own account: the address names nobody, so everybody who is signed in has one
    own("GET", "/account", SIGNED_IN, OWN_ACCOUNT),
    own("GET", "/account/email", SIGNED_IN, OWN_ACCOUNT),
    own("POST", "/account/email", SIGNED_IN, OWN_ACCOUNT),
    own("GET", "/account/email/confirm", SIGNED_IN, OWN_ACCOUNT),
    own("POST", "/account/email/confirm", SIGNED_IN, OWN_ACCOUNT),
    own("GET", "/account/password", SIGNED_IN, OWN_ACCOUNT),
    own("POST", "/account/password", SIGNED_IN, OWN_ACCOUNT),
    own("GET", "/account/recovery-codes", SIGNED_IN, OWN_ACCOUNT),
    own("POST", "/account/recovery-codes", SIGNED_IN, OWN_ACCOUNT),
    own("GET", "/account/second-factor", SIGNED_IN, OWN_ACCOUNT),
    own("POST", "/account/second-factor", SIGNED_IN, OWN_ACCOUNT),
    own("GET", "/account/second-factor/remove", SIGNED_IN, OWN_ACCOUNT),
    own("POST", "/account/second-factor/remove", SIGNED_IN, OWN_ACCOUNT),
    own("GET", "/account/second-factor/replace", SIGNED_IN, OWN_ACCOUNT),
    own("GET", "/account/sign-ins", SIGNED_IN, OWN_ACCOUNT),
    own("POST", "/account/sign-out-everywhere", SIGNED_IN, OWN_ACCOUNT),
    own("GET", "/account/payments", SIGNED_IN),
    own("GET", "/account/payments/{reference}", REGISTRANT),
    own("GET", "/pay", SIGNED_IN),
    own("POST", "/pay", SIGNED_IN),
    own("GET", "/pay/return", SIGNED_IN),
    own("GET", "/pay/result", SIGNED_IN),
    own("GET", "/certificates", SIGNED_IN, OWN_DATA),
    own("POST", "/certificates", REGISTRANT, OWN_DATA),
    own("GET", "/certificates/{serial}", REGISTRANT | READERS, CASEWORK),
    own("GET", "/certificates/{serial}/file", REGISTRANT | READERS, CASEWORK),
    # One's own application
    public("GET", "/apply"),
    own("GET", "/apply/begin", SIGNED_IN),
    own("POST", "/apply/begin", SIGNED_IN),
    own("GET", "/apply/{reference}", APPLICANT),
    own("POST", "/apply/{reference}/answer", APPLICANT),
    own("GET", "/apply/{reference}/check", APPLICANT),
    own("GET", "/apply/{reference}/documents/{document}", APPLICANT, OWN_DATA),
    own("GET", "/apply/{reference}/documents/{document}/remove", APPLICANT),
    own("POST", "/apply/{reference}/documents/{document}/remove", APPLICANT),
    own("GET", "/apply/{reference}/employment-gaps", APPLICANT),
    own("POST", "/apply/{reference}/employment-gaps", APPLICANT),
    own("GET", "/apply/{reference}/evidence/{section}", APPLICANT),
    own("POST", "/apply/{reference}/evidence/{section}", APPLICANT),
    own("GET", "/apply/{reference}/register-by", APPLICANT),
    own("GET", "/apply/{reference}/send", APPLICANT),
    own("POST", "/apply/{reference}/send", APPLICANT),
    own("GET", "/apply/{reference}/sent", APPLICANT),
    own("GET", "/apply/{reference}/withdraw", APPLICANT),
    own("POST", "/apply/{reference}/withdraw", APPLICANT),
    own("GET", "/apply/{reference}/{section}", APPLICANT),
    own("POST", "/apply/{reference}/{section}", APPLICANT),
    own("GET", "/apply/{reference}/{section}/items/{item}", APPLICANT),
    own("POST", "/apply/{reference}/{section}/items/{item}", APPLICANT),
    own("GET", "/apply/{reference}/{section}/items/{item}/remove", APPLICANT),
    own("POST", "/apply/{reference}/{section}/items/{item}/remove", APPLICANT),
    # Casework
    staff("GET", "/staff", STAFF, EACH_THEIR_OWN),
    staff("GET", "/staff/applications", READERS, CASEWORK),
    case("GET", "/staff/applications/{reference}", READERS, CASEWORK),
    case("POST", "/staff/applications/{reference}/assignment", ASSIGNERS, REASSIGN),
    case(
        "GET",
        "/staff/applications/{reference}/evidence/{evidence_id}",
        READERS,
        CASEWORK,
    ),
    sealed(
        "GET",
        "/staff/applications/{reference}/evidence/{evidence_id}",
        READERS,
        CASEWORK,
    ),
    case("GET", "/staff/applications/{reference}/messages", READERS, CASEWORK),
    case("GET", "/staff/applications/{reference}/notes", READERS, CASEWORK),
    case("POST", "/staff/applications/{reference}/notes", OFFICERS, OFFICE),
    case("GET", "/staff/applications/{reference}/proposal", CASEWORKERS, ASSIGNED),
    case("POST", "/staff/applications/{reference}/proposal", CASEWORKERS, ASSIGNED),
    case(
        "POST",
        "/staff/applications/{reference}/qualifications/{qualification_id}",
        CASEWORKERS,
        ASSIGNED,
    ),
    case("GET", "/staff/applications/{reference}/request", CASEWORKERS, ASSIGNED),
    case("POST", "/staff/applications/{reference}/request", CASEWORKERS, ASSIGNED),
    case(
        "POST", "/staff/applications/{reference}/request/expiry", CASEWORKERS, ASSIGNED
    ),
    case("GET", "/staff/applications/{reference}/sections", READERS, CASEWORK),
    case(
        "GET",
        "/staff/applications/{reference}/sections/{section}",
        READERS,
        CASEWORK,
    ),
    sealed(
        "GET",
        "/staff/applications/{reference}/sections/{section}",
        READERS,
        CASEWORK,
    ),
    case(
        "POST",
        "/staff/applications/{reference}/sections/{section}",
        CASEWORKERS,
        ASSIGNED,
    ),
    sealed(
        "POST",
        "/staff/applications/{reference}/sections/{section}",
        CASEWORKERS,
        ASSIGNED,
    ),
    case("GET", "/staff/applications/{reference}/timeline", READERS, CASEWORK),
    staff("GET", "/staff/proposals", READERS, CASEWORK),
    case("GET", "/staff/proposals/{proposal_id}", READERS, CASEWORK),
    case("POST", "/staff/proposals/{proposal_id}/approval", DECIDERS, SECOND),
    case("POST", "/staff/proposals/{proposal_id}/return", DECIDERS, SECOND),
    staff("GET", "/staff/persons", READERS, CASEWORK),
    case("GET", "/staff/persons/{person_id}", READERS, CASEWORK),
    staff("GET", "/staff/certificates/{number}", READERS, CASEWORK),
    staff("POST", "/staff/certificates/{number}", OFFICERS, OFFICE),
    staff("GET", "/staff/outgoing", READERS, CASEWORK),
    staff("GET", "/staff/outgoing/{message_id}", READERS, CASEWORK),
    staff("POST", "/staff/outgoing/{message_id}", OFFICERS, OFFICE),
    # Money
    staff("GET", "/staff/payments", TREASURY, FINANCE),
    staff("GET", "/staff/payments/{reference}", TREASURY, FINANCE),
    # The machine
    staff("GET", "/staff/jobs", frozenset({Role.ADMIN, Role.AUDITOR}), WATCH),
    staff("POST", "/staff/jobs/{job_id}", frozenset({Role.ADMIN}), CONFIGURE),
]
