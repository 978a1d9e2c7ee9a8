"""Who may call what: every address of the service, and what each role meets there.

A row is an address, the lines of the roles in domain.md 11 that let somebody in, and who is turned away in which way. A new
address fails the build until somebody has written its row. `ALLOW` means that the door opens: a form may still be wrong (422)
and a thing in the wrong state (409).
"""

from dataclasses import dataclass
from enum import StrEnum

from tests.leaks.roles import (
    CASEWORKERS,
    EMPLOYERS,
    EVERYBODY,
    LEADS,
    OWN_EMPLOYERS,
    SIGNED_IN,
    STAFF_ROLES,
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
FINANCE = Line("Finance officer: invoices, ledger", frozenset({Role.FINANCE_OFFICER}))
AUDITOR = Line("Auditor / DPO: read-only all", frozenset({Role.AUDITOR}))
ADJUDICATOR = Line("Adjudicator: hearing bundle only", frozenset({Role.ADJUDICATOR}))
ADMIN = Line("Admin/IT: configuration", frozenset({Role.ADMIN}))
WAY_IN = Line("All: MFA for all staff, so that each signs in", EVERYBODY)
ACCOUNT = Line("All: MFA for all staff, so that each has an account", SIGNED_IN)
EMPLOYER = Line(
    "Provider/employer user (lead/additional): own staff roster, endorsement queue, alerts",
    EMPLOYERS,
)
INVITED = Line(
    "Provider/employer user (lead/additional), so that whoever is invited becomes one",
    SIGNED_IN,
)
LINK = Line(
    "Public: public fields; and what a link was sent for, by whoever holds it",
    EVERYBODY,
)
MACHINE = Line("None: a machine that signs what it says", EVERYBODY)

OFFICERS = (CASEWORKER, TEAM_MANAGER, REGISTRAR)
READERS = (*OFFICERS, AUDITOR)
"""A caseworker reads of all applications, so as to take one or stand in; of health and crime only in those assigned."""
WATCH_READERS = (TEAM_MANAGER, REGISTRAR, AUDITOR)
"""Who approves must know of it; who assesses need not."""
APPEAL_READERS = (TEAM_MANAGER, REGISTRAR, AUDITOR, ADJUDICATOR)
STAFF = (*READERS, FINANCE, ADMIN, ADJUDICATOR)
WRITERS = (TEAM_MANAGER, REGISTRAR, ADMIN)
"""Of rules: they are configuration, and what the register's status changes go by."""


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
FREE, TAKEN = "an application that nobody has", "an application that somebody has"
ANSWERED, TAMPERED = "a link that was used", "a link that was changed"
GRANT, CONDITIONAL, REFUSAL = "a grant", "a grant with a condition", "a refusal"

APPLICANT = frozenset({Role.APPLICANT})
REGISTRANT = frozenset({Role.REGISTRANT})
APPELLANT = REGISTRANT
UNASSIGNED = frozenset({Role.OTHER_CASEWORKER})
ASSESSORS = frozenset({Role.CASEWORKER, Role.OTHER_CASEWORKER})
MANAGERS = frozenset({Role.TEAM_MANAGER})
SHOWN_TO = REGISTRANT.union(*(line.roles for line in READERS))
"""A certificate: whose it is, and who reads them all."""

FACTORLESS = APPLICANT | {Role.OTHER_APPLICANT}
"""Who have not set up a second factor."""
BOUND = frozenset(STAFF_ROLES)
"""Who may never be without one."""

EMPLOYER_LEAD = frozenset({Role.EMPLOYER_LEAD})
IN_APPLICATION = APPLICANT | {Role.OTHER_APPLICANT, Role.INTERESTED}
"""Whose application is not over: its form is where they change what we know of them."""

REFERENCE = "/references/{token}"
ENDORSEMENT = "/endorsements/{token}"
QUEUED = "/employer/endorsements/{request_id}"
JOIN = "/employer/join/{token}"
ORGANISATION = "/staff/organisations/{organisation_id}"
PROPOSED_ONE = "an organisation that waits for a second person"
UNJOINED = "an organisation that nobody has joined"
DOCUMENT = "/apply/{reference}/documents/{document}"
ITEM = "/apply/{reference}/{section}/items/{item}"
REFEREE = "/apply/{reference}/referees/{referee}"
CASE = "/staff/applications/{reference}"
VERDICT = f"{CASE}/qualifications/{{qualification_id}}/verdict"
PORTFOLIO = f"{CASE}/qualifications/{{qualification_id}}/portfolio"
SCRUTINY = f"{CASE}/qualifications/{{qualification_id}}/scrutiny"
PROPOSAL = "/staff/proposals/{proposal_id}"
READING = "/staff/reading/{lock_id}"
FILTER = "/staff/filters/{filter_id}"
OF_APPLICANT = "a notice to an applicant"
UNDECIDED = "a request on which nobody has proposed anything"
PAUSED = "a condition whose clock stands still"
CONDITION = "/staff/conditions/{condition_id}"
APPEAL, OWN_APPEAL = "/staff/appeals/{appeal_id}", "/appeals/{appeal_id}"
LATE, RECONSIDERED, PROPOSED_OUTCOME = (
    "an appeal that came late",
    "a decision to be reconsidered",
    "an appeal on which an outcome is proposed",
)
REVERSING = "a decision that it is proposed to reverse"
LEAVING = "/staff/leaving/{leaving_id}"
ENQUIRY, OWN_ENQUIRY = "/staff/messages/{enquiry_id}", "/messages/{enquiry_id}"
CHANGE = "/staff/particulars/{change_id}"
ENTRY = "/staff/entries/{entry_id}"
NOTICE = "/staff/notices/{notice_id}"
REMOVAL = "/staff/removals/{entry_id}"
PERSON = "/staff/persons/{person_id}"
HIDDEN, HIDDEN_STILL = (
    "somebody said to be dead",
    "somebody whom it is proposed to show again",
)
HIDING = {
    "death": OFFICERS,
    "withholding": (TEAM_MANAGER, REGISTRAR),
    "showing": OFFICERS,
}
RULES = "/staff/rules/{part}"
LISTS = tuple(
    f"{RULES}/draft/{name}/{{code}}"
    for name in ("qualifications", "standards", "statements", "outcomes")
)
RETAINED = "/staff/retention/{reference}"
WATCH_LIST = "/staff/watch-list"
MATCH = "/staff/matches/{match_id}"


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


TABLE = [
    # What everybody may read
    public("GET", "/"),
    public("GET", "/accessibility"),
    public("GET", "/privacy"),
    public("GET", "/standards"),
    public("GET", "/fees"),
    public("GET", "/search"),
    public("GET", "/register/{number}"),
    public("GET", "/register/{number}", find=Meets.HIDE, of=WITHHELD),
    public("GET", "/register/{number}", find=Meets.HIDE, of=MERGED),
    public("GET", "/register/{number}", find=Meets.GONE, of=DEAD),
    public("GET", "/api"),
    public("GET", "/api/openapi.json"),
    public("GET", "/api/v1/register"),
    public("GET", "/api/v1/register/{number}"),
    public("GET", "/api/v1/register/{number}", find=Meets.HIDE, of=WITHHELD),
    public("GET", "/api/v1/register/{number}", find=Meets.HIDE, of=MERGED),
    public("GET", "/api/v1/register/{number}", find=Meets.GONE, of=DEAD),
    public("GET", "/verify"),
    public("GET", "/verify/{serial}"),
    public("GET", "/verify/{serial}", find=Meets.HIDE, of=WITHHELD),
    public("GET", "/verify/{serial}", find=Meets.GONE, of=DEAD),
    public("GET", "/static/{version}/{file_path}"),
    public("HEAD", "/static/{version}/{file_path}"),
    public("GET", "/health/live"),
    public("GET", "/health/ready"),
    public("POST", "/webhooks/pay", MACHINE),
    # What a referee is asked, by a link of their own
    *(
        public(method, f"{REFERENCE}{page}", LINK, find=find, of=of)
        for page in ("", "/decline")
        for method in ("GET", "POST")
        for find, of in (
            (Meets.ALLOW, ""),
            (Meets.GONE, ANSWERED),
            (Meets.HIDE, TAMPERED),
        )
    ),
    *(
        public(method, f"{ENDORSEMENT}{page}", LINK, find=find, of=of)
        for page in ("", "/decline")
        for method in ("GET", "POST")
        for find, of in (
            (Meets.ALLOW, ""),
            (Meets.GONE, ANSWERED),
            (Meets.HIDE, TAMPERED),
        )
    ),
    public("GET", f"{ENDORSEMENT}/sent", LINK),
    public("GET", f"{ENDORSEMENT}/sent", LINK, of=ANSWERED),
    public("GET", f"{ENDORSEMENT}/sent", LINK, find=Meets.HIDE, of=TAMPERED),
    public("GET", f"{REFERENCE}/sent", LINK),
    public("GET", f"{REFERENCE}/sent", LINK, of=ANSWERED),
    public("GET", f"{REFERENCE}/sent", LINK, find=Meets.HIDE, of=TAMPERED),
    # The way in
    public("GET", "/sign-in", WAY_IN),
    public("POST", "/sign-in", WAY_IN),
    public("GET", "/sign-in/code", WAY_IN),
    public("POST", "/sign-in/code", WAY_IN),
    public("GET", "/sign-in/recovery", WAY_IN),
    public("POST", "/sign-in/recovery", WAY_IN),
    public("GET", "/sign-in/reset", WAY_IN),
    public("POST", "/sign-in/reset", WAY_IN),
    public("GET", "/sign-in/reset/sent", WAY_IN),
    public("GET", "/sign-in/reset/{token}", WAY_IN),
    public("POST", "/sign-in/reset/{token}", WAY_IN),
    public("GET", "/sign-in/out", WAY_IN),
    public("POST", "/sign-out", WAY_IN),
    public("GET", "/sign-up", WAY_IN),
    public("POST", "/sign-up", WAY_IN),
    public("POST", "/sign-up/code", WAY_IN),
    public("GET", "/sign-up/confirm", WAY_IN),
    public("POST", "/sign-up/confirm", WAY_IN),
    # One's own account: the address names nobody, so everybody who is signed in has one
    own("GET", "/account", line=ACCOUNT),
    own("GET", "/account/email", line=ACCOUNT),
    own("POST", "/account/email", line=ACCOUNT),
    own("GET", "/account/email/confirm", line=ACCOUNT),
    own("POST", "/account/email/confirm", line=ACCOUNT),
    own("GET", "/account/password", line=ACCOUNT),
    own("POST", "/account/password", line=ACCOUNT),
    own("GET", "/account/recovery-codes", line=ACCOUNT),
    own("POST", "/account/recovery-codes", refused=FACTORLESS, line=ACCOUNT),
    own("GET", "/account/second-factor", line=ACCOUNT),
    own("POST", "/account/second-factor", line=ACCOUNT),
    own("GET", "/account/second-factor/remove", line=ACCOUNT),
    own("POST", "/account/second-factor/remove", refused=BOUND, line=ACCOUNT),
    own("GET", "/account/second-factor/replace", line=ACCOUNT),
    own("GET", "/account/sign-ins", line=ACCOUNT),
    own("POST", "/account/sign-out-everywhere", line=ACCOUNT),
    own("GET", "/account/data", line=ACCOUNT),
    own("POST", "/account/data", line=ACCOUNT),
    own("GET", "/account/data/{copy_id}/json", REGISTRANT),
    own("GET", "/account/data/{copy_id}/pdf", REGISTRANT),
    own("GET", "/account/payments"),
    own("GET", "/account/payments/{reference}", REGISTRANT),
    own("GET", "/pay"),
    own("POST", "/pay"),
    own("GET", "/pay/return"),
    own("GET", "/pay/result"),
    own("GET", "/certificates"),
    own("POST", "/certificates", REGISTRANT),
    own("GET", "/certificates/{serial}", SHOWN_TO, *READERS),
    own("GET", "/certificates/{serial}/file", SHOWN_TO, *READERS),
    own("GET", "/leaving"),
    own("POST", "/leaving", REGISTRANT),
    own("POST", "/leaving/withdrawal", REGISTRANT),
    own("GET", "/particulars"),
    own("GET", "/particulars/{kind}", REGISTRANT, refused=IN_APPLICATION),
    own("POST", "/particulars/{kind}", REGISTRANT, refused=IN_APPLICATION),
    own("POST", "/particulars/withdrawal", REGISTRANT),
    *(
        own(method, f"/particulars/{what}", REGISTRANT, refused=IN_APPLICATION)
        for what in ("contact", "employment", "employment/{post_id}")
        for method in ("GET", "POST")
    ),
    own("GET", "/your-registration"),
    own("GET", "/messages"),
    own("GET", "/messages/new"),
    own("POST", "/messages/new"),
    own("GET", "/messages/letters"),
    own("GET", OWN_ENQUIRY, REGISTRANT),
    own("POST", OWN_ENQUIRY, REGISTRANT),
    own("GET", "/conditions"),
    own("GET", "/conditions/{condition_id}", REGISTRANT),
    own("POST", "/conditions/{condition_id}", REGISTRANT),
    # Acting for a provider
    own("GET", "/employer", line=EMPLOYER),
    own("GET", "/employer/staff", line=EMPLOYER),
    own("GET", "/employer/posts", LEADS, line=EMPLOYER),
    own("POST", "/employer/posts/{employment_id}", EMPLOYER_LEAD, line=EMPLOYER),
    own("GET", "/employer/endorsements", line=EMPLOYER),
    own("GET", QUEUED, OWN_EMPLOYERS, line=EMPLOYER),
    own("POST", QUEUED, OWN_EMPLOYERS, line=EMPLOYER),
    own("GET", f"{QUEUED}/decline", OWN_EMPLOYERS, line=EMPLOYER),
    own("POST", f"{QUEUED}/decline", OWN_EMPLOYERS, line=EMPLOYER),
    own("POST", f"{QUEUED}/assignment", EMPLOYER_LEAD, line=EMPLOYER),
    own("GET", "/employer/users", LEADS, line=EMPLOYER),
    own("POST", "/employer/users", LEADS, line=EMPLOYER),
    own("POST", "/employer/users/{user_id}/end", EMPLOYER_LEAD, line=EMPLOYER),
    own("POST", "/employer/users/{user_id}/lead", EMPLOYER_LEAD, line=EMPLOYER),
    own(
        "POST",
        "/employer/invitations/{invitation_id}/withdrawal",
        EMPLOYER_LEAD,
        line=EMPLOYER,
    ),
    own("GET", JOIN, line=INVITED),
    own("POST", JOIN, refused=BOUND | EMPLOYERS, line=INVITED),
    *(
        own(method, JOIN, line=INVITED, find=find, of=of)
        for method in ("GET", "POST")
        for find, of in ((Meets.REFUSE, ANSWERED), (Meets.HIDE, TAMPERED))
    ),
    own("GET", "/appeals"),
    own("GET", "/appeals/against/{about_id}", APPELLANT),
    own("POST", "/appeals/against/{about_id}", APPELLANT),
    own("GET", OWN_APPEAL, APPELLANT),
    own("POST", f"{OWN_APPEAL}/documents", APPELLANT),
    own("POST", f"{OWN_APPEAL}/withdrawal", APPELLANT),
    own("GET", "/notices"),
    own("GET", "/notices/{notice_id}", REGISTRANT),
    own("POST", "/notices/{notice_id}", REGISTRANT),
    own("POST", "/notices/{notice_id}/nothing", REGISTRANT),
    own("GET", "/notices/{notice_id}/documents", REGISTRANT),
    own("POST", "/notices/{notice_id}/documents", REGISTRANT),
    # One's own application
    public("GET", "/apply"),
    own("GET", "/apply/begin"),
    own("POST", "/apply/begin", refused=REGISTRANT),
    own("GET", "/apply/{reference}", APPLICANT),
    own("POST", "/apply/{reference}/answer", APPLICANT),
    own("GET", "/apply/{reference}/check", APPLICANT),
    own("GET", DOCUMENT, APPLICANT),
    own("GET", DOCUMENT, APPLICANT, find=Meets.HIDE, of=ELSEWHERE),
    own("GET", f"{DOCUMENT}/remove", APPLICANT),
    own("GET", f"{DOCUMENT}/remove", APPLICANT, find=Meets.HIDE, of=ELSEWHERE),
    own("POST", f"{DOCUMENT}/remove", APPLICANT),
    own("POST", f"{DOCUMENT}/remove", APPLICANT, find=Meets.HIDE, of=ELSEWHERE),
    own("GET", "/apply/{reference}/employment-gaps", APPLICANT),
    own("POST", "/apply/{reference}/employment-gaps", APPLICANT),
    own("GET", "/apply/{reference}/evidence/{section}", APPLICANT),
    own("POST", "/apply/{reference}/evidence/{section}", APPLICANT),
    own("GET", REFEREE, APPLICANT),
    own("GET", REFEREE, APPLICANT, find=Meets.HIDE, of=ELSEWHERE),
    own("POST", REFEREE, APPLICANT),
    own("POST", REFEREE, APPLICANT, find=Meets.HIDE, of=ELSEWHERE),
    own("GET", "/apply/{reference}/endorser", APPLICANT),
    own("POST", "/apply/{reference}/endorser", APPLICANT),
    own("GET", "/apply/{reference}/register-by", APPLICANT),
    own("GET", "/apply/{reference}/send", APPLICANT),
    own("POST", "/apply/{reference}/send", APPLICANT),
    own("GET", "/apply/{reference}/sent", APPLICANT),
    own("GET", "/apply/{reference}/withdraw", APPLICANT),
    own("POST", "/apply/{reference}/withdraw", APPLICANT),
    own("GET", "/apply/{reference}/{section}", APPLICANT),
    own("POST", "/apply/{reference}/{section}", APPLICANT),
    own("GET", ITEM, APPLICANT),
    own("GET", ITEM, APPLICANT, find=Meets.HIDE, of=ELSEWHERE),
    own("POST", ITEM, APPLICANT),
    own("POST", ITEM, APPLICANT, find=Meets.IGNORE, of=ELSEWHERE),
    own("GET", f"{ITEM}/remove", APPLICANT),
    own("GET", f"{ITEM}/remove", APPLICANT, find=Meets.HIDE, of=ELSEWHERE),
    own("POST", f"{ITEM}/remove", APPLICANT),
    own("POST", f"{ITEM}/remove", APPLICANT, find=Meets.IGNORE, of=ELSEWHERE),
    # Casework
    work("GET", "/staff", *STAFF),
    work("GET", "/staff/applications", *READERS),
    work("POST", "/staff/applications/assignment", TEAM_MANAGER),
    work("GET", "/staff/filters", *READERS),
    work("POST", "/staff/filters", *READERS),
    work("GET", FILTER, *READERS),
    nobody("GET", FILTER, *READERS, of=ELSEWHERE),
    work("POST", FILTER, *READERS),
    nobody("POST", FILTER, *READERS, of=ELSEWHERE),
    work("POST", f"{FILTER}/removal", *READERS),
    nobody("POST", f"{FILTER}/removal", *READERS, of=ELSEWHERE),
    work("GET", "/staff/conditions", *READERS),
    work("GET", "/staff/statistics", *WATCH_READERS),
    work("GET", "/staff/statistics/figures.csv", *WATCH_READERS),
    work("GET", "/staff/reading", *WATCH_READERS),
    work("GET", READING, *WATCH_READERS),
    work(
        "POST",
        f"{READING}/release",
        TEAM_MANAGER,
        REGISTRAR,
    ),
    case("GET", CASE, *READERS),
    nobody("GET", CASE, *READERS, of=UNSENT),
    case("POST", f"{CASE}/assignment", CASEWORKER, TEAM_MANAGER, of=FREE),
    case("POST", f"{CASE}/assignment", TEAM_MANAGER, refused=ASSESSORS, of=TAKEN),
    nobody("POST", f"{CASE}/assignment", CASEWORKER, TEAM_MANAGER, of=UNSENT),
    case("GET", f"{CASE}/evidence/{{evidence_id}}", *READERS),
    sealed("GET", f"{CASE}/evidence/{{evidence_id}}", *READERS),
    nobody("GET", f"{CASE}/evidence/{{evidence_id}}", *READERS, of=UNSENT),
    nobody("GET", f"{CASE}/evidence/{{evidence_id}}", *READERS, of=ELSEWHERE),
    case("GET", f"{CASE}/messages", *READERS),
    nobody("GET", f"{CASE}/messages", *READERS, of=UNSENT),
    case("GET", f"{CASE}/notes", *READERS),
    nobody("GET", f"{CASE}/notes", *READERS, of=UNSENT),
    case("POST", f"{CASE}/notes", *OFFICERS),
    nobody("POST", f"{CASE}/notes", *OFFICERS, of=UNSENT),
    case("GET", f"{CASE}/approval", TEAM_MANAGER, REGISTRAR),
    case("POST", f"{CASE}/approval", TEAM_MANAGER, REGISTRAR),
    held("GET", f"{CASE}/proposal"),
    held("POST", f"{CASE}/proposal"),
    held("POST", f"{CASE}/registrations/{{registration_id}}"),
    nobody(
        "POST",
        f"{CASE}/registrations/{{registration_id}}",
        CASEWORKER,
        refused=UNASSIGNED,
        of=ELSEWHERE,
    ),
    held("POST", f"{CASE}/qualifications/{{qualification_id}}"),
    nobody(
        "POST",
        f"{CASE}/qualifications/{{qualification_id}}",
        CASEWORKER,
        refused=UNASSIGNED,
        of=ELSEWHERE,
    ),
    case("GET", SCRUTINY, *READERS),
    nobody("GET", SCRUTINY, *READERS, of=ELSEWHERE),
    held("POST", SCRUTINY),
    nobody("POST", SCRUTINY, CASEWORKER, of=ELSEWHERE),
    case("POST", f"{VERDICT}/approval", TEAM_MANAGER, REGISTRAR),
    case("POST", f"{VERDICT}/return", TEAM_MANAGER, REGISTRAR),
    case("GET", PORTFOLIO, *READERS),
    nobody("GET", PORTFOLIO, *READERS, of=ELSEWHERE),
    case("POST", PORTFOLIO, CASEWORKER),
    nobody("POST", PORTFOLIO, CASEWORKER, of=ELSEWHERE),
    held("POST", f"{PORTFOLIO}/recommendation"),
    *(
        row
        for what in ("repeat", "waiver")
        for path in (f"{CASE}/references/{{request_id}}/{what}",)
        for row in (
            held("POST", path),
            nobody("POST", path, CASEWORKER, of=ELSEWHERE),
        )
    ),
    held("POST", f"{CASE}/endorsement/repeat"),
    held("POST", f"{CASE}/endorsement/waiver"),
    case("GET", f"{CASE}/hold", *OFFICERS, refused=UNASSIGNED),
    case("POST", f"{CASE}/hold", *OFFICERS, refused=UNASSIGNED),
    case("POST", f"{CASE}/hold/release", *OFFICERS, refused=UNASSIGNED),
    sealed("GET", f"{CASE}/suitability", *READERS),
    case("POST", f"{CASE}/suitability", TEAM_MANAGER, REGISTRAR),
    held("POST", f"{CASE}/suitability/referral"),
    held("GET", f"{CASE}/request"),
    held("POST", f"{CASE}/request"),
    held("POST", f"{CASE}/request/expiry"),
    case("GET", f"{CASE}/reversal", *READERS),
    case("POST", f"{CASE}/reversal", REGISTRAR),
    case("POST", f"{CASE}/reversal/approval", REGISTRAR, of=REVERSING),
    case("POST", f"{CASE}/reversal/return", REGISTRAR, of=REVERSING),
    case("GET", f"{CASE}/sections", *READERS),
    nobody("GET", f"{CASE}/sections", *READERS, of=UNSENT),
    case("GET", f"{CASE}/sections/{{section}}", *READERS),
    sealed("GET", f"{CASE}/sections/{{section}}", *READERS),
    nobody("GET", f"{CASE}/sections/{{section}}", *READERS, of=UNSENT),
    held("POST", f"{CASE}/sections/{{section}}"),
    sealed("POST", f"{CASE}/sections/{{section}}", CASEWORKER),
    case("GET", f"{CASE}/timeline", *READERS),
    nobody("GET", f"{CASE}/timeline", *READERS, of=UNSENT),
    work("GET", "/staff/proposals", *READERS),
    case("GET", PROPOSAL, *READERS),
    case("POST", f"{PROPOSAL}/approval", TEAM_MANAGER, REGISTRAR, of=GRANT),
    case("POST", f"{PROPOSAL}/approval", REGISTRAR, refused=MANAGERS, of=CONDITIONAL),
    case("POST", f"{PROPOSAL}/approval", REGISTRAR, refused=MANAGERS, of=REFUSAL),
    case("POST", f"{PROPOSAL}/return", TEAM_MANAGER, REGISTRAR, of=GRANT),
    case("POST", f"{PROPOSAL}/return", REGISTRAR, refused=MANAGERS, of=CONDITIONAL),
    case("POST", f"{PROPOSAL}/return", REGISTRAR, refused=MANAGERS, of=REFUSAL),
    work("GET", "/staff/appeals", *APPEAL_READERS),
    work("GET", APPEAL, *APPEAL_READERS),
    work("GET", f"{APPEAL}/documents/{{document_id}}", *APPEAL_READERS),
    work("POST", f"{APPEAL}/acceptance", REGISTRAR, of=LATE),
    work("POST", f"{APPEAL}/refusal", REGISTRAR, of=LATE),
    work("POST", f"{APPEAL}/acknowledgement", TEAM_MANAGER, REGISTRAR),
    work("POST", f"{APPEAL}/hearing", TEAM_MANAGER, REGISTRAR),
    work(
        "POST",
        f"{APPEAL}/reconsideration",
        TEAM_MANAGER,
        REGISTRAR,
        refused=frozenset({Role.REGISTRAR}),
        of=RECONSIDERED,
    ),
    work("POST", f"{APPEAL}/proposal", ADJUDICATOR),
    work("POST", f"{APPEAL}/approval", ADJUDICATOR, of=PROPOSED_OUTCOME),
    work("POST", f"{APPEAL}/return", ADJUDICATOR, of=PROPOSED_OUTCOME),
    work("GET", "/staff/persons", *READERS),
    case("GET", "/staff/persons/{person_id}", *READERS),
    case("GET", f"{PERSON}/messages", *READERS),
    nobody("GET", f"{PERSON}/messages", *READERS, of=UNSENT),
    case("GET", "/staff/persons/{person_id}", *READERS, find=Meets.MOVE, of=MERGED),
    nobody("GET", "/staff/persons/{person_id}", *READERS, of=UNSENT),
    work("GET", CONDITION, *READERS),
    work("GET", f"{CONDITION}/evidence/{{evidence_id}}", *READERS),
    work("POST", f"{CONDITION}/pause", *OFFICERS, of=UNDECIDED),
    work("POST", f"{CONDITION}/extension", *OFFICERS, of=UNDECIDED),
    work("POST", f"{CONDITION}/discharge", *OFFICERS, of=UNDECIDED),
    work("POST", f"{CONDITION}/resumption", *OFFICERS, of=PAUSED),
    work("POST", f"{CONDITION}/approval", REGISTRAR),
    work("POST", f"{CONDITION}/return", REGISTRAR),
    work("GET", "/staff/leaving", *READERS),
    work("GET", LEAVING, *READERS),
    work("POST", f"{LEAVING}/proposal", *OFFICERS, of=UNDECIDED),
    work("POST", f"{LEAVING}/refusal", TEAM_MANAGER, REGISTRAR),
    work("POST", f"{LEAVING}/approval", REGISTRAR),
    work("POST", f"{LEAVING}/return", REGISTRAR),
    work("GET", ENTRY, *READERS),
    work("GET", f"{ENTRY}/facts/{{fact_id}}", *OFFICERS),
    work("POST", f"{ENTRY}/facts/{{fact_id}}", *OFFICERS, of=UNDECIDED),
    work("GET", f"{ENTRY}/correction", *READERS),
    work("POST", f"{ENTRY}/correction/approval", REGISTRAR),
    work("POST", f"{ENTRY}/correction/return", REGISTRAR),
    work("GET", "/staff/particulars", *READERS),
    work("GET", CHANGE, *READERS),
    work("GET", f"{CHANGE}/evidence", *READERS),
    work("POST", f"{CHANGE}/proposal", *OFFICERS, of=UNDECIDED),
    work("POST", f"{CHANGE}/refusal", TEAM_MANAGER, REGISTRAR),
    work("POST", f"{CHANGE}/approval", TEAM_MANAGER, REGISTRAR),
    work("POST", f"{CHANGE}/return", TEAM_MANAGER, REGISTRAR),
    work("GET", "/staff/messages", *READERS),
    case("GET", ENQUIRY, *READERS),
    case("POST", ENQUIRY, *OFFICERS),
    case("POST", f"{ENQUIRY}/settlement", *OFFICERS),
    case("GET", f"{ENQUIRY}/documents/{{document_id}}", *READERS),
    case("GET", f"{PERSON}/contact", *OFFICERS),
    nobody("GET", f"{PERSON}/contact", *OFFICERS, of=UNSENT),
    work("GET", "/staff/notices", *READERS),
    work("GET", NOTICE, *READERS),
    case("GET", NOTICE, *READERS, of=OF_APPLICANT),
    work("GET", f"{NOTICE}/documents/{{document_id}}", *READERS),
    work("POST", f"{NOTICE}/removal", *OFFICERS),
    work("POST", f"{NOTICE}/end", TEAM_MANAGER, REGISTRAR),
    work("GET", REMOVAL, *READERS),
    work("POST", f"{REMOVAL}/notice", *OFFICERS, of=UNDECIDED),
    work("POST", f"{REMOVAL}/conviction", *OFFICERS, of=UNDECIDED),
    work("POST", f"{REMOVAL}/approval", REGISTRAR),
    work("POST", f"{REMOVAL}/return", REGISTRAR),
    case("GET", f"{PERSON}/death", *OFFICERS),
    case("POST", f"{PERSON}/death", *OFFICERS),
    case("GET", f"{PERSON}/withholding", TEAM_MANAGER, REGISTRAR),
    case("POST", f"{PERSON}/withholding", TEAM_MANAGER, REGISTRAR),
    case("GET", f"{PERSON}/showing", *OFFICERS),
    case("POST", f"{PERSON}/showing", *OFFICERS, of=HIDDEN),
    case("GET", f"{PERSON}/proposal", *READERS, of=HIDDEN_STILL),
    case("POST", f"{PERSON}/proposal/approval", REGISTRAR, of=HIDDEN_STILL),
    case("POST", f"{PERSON}/proposal/return", REGISTRAR, of=HIDDEN_STILL),
    *(
        nobody(method, f"{PERSON}/{what}", *because, of=UNSENT)
        for what, because in HIDING.items()
        for method in ("GET", "POST")
    ),
    work("GET", "/staff/organisations", *READERS),
    work("GET", "/staff/organisations/add", *OFFICERS),
    work("POST", "/staff/organisations/add", *OFFICERS),
    work("GET", ORGANISATION, *READERS),
    work("POST", f"{ORGANISATION}/approval", TEAM_MANAGER, REGISTRAR, of=PROPOSED_ONE),
    work("POST", f"{ORGANISATION}/return", TEAM_MANAGER, REGISTRAR, of=PROPOSED_ONE),
    work("POST", f"{ORGANISATION}/invitation", *OFFICERS, of=UNJOINED),
    work("POST", f"{ORGANISATION}/end", TEAM_MANAGER, REGISTRAR),
    work("GET", "/staff/matches", *READERS),
    case("GET", MATCH, *READERS),
    case("POST", f"{MATCH}/difference", *OFFICERS),
    case("POST", f"{MATCH}/merge", *OFFICERS),
    case("POST", f"{MATCH}/merge/approval", REGISTRAR),
    case("POST", f"{MATCH}/merge/return", REGISTRAR),
    work("GET", WATCH_LIST, *WATCH_READERS),
    work("GET", f"{WATCH_LIST}/add", TEAM_MANAGER, REGISTRAR),
    work("POST", f"{WATCH_LIST}/add", TEAM_MANAGER, REGISTRAR),
    work("GET", f"{WATCH_LIST}/items/{{item_id}}", *WATCH_READERS),
    work("POST", f"{WATCH_LIST}/items/{{item_id}}/end", TEAM_MANAGER, REGISTRAR),
    case("GET", f"{WATCH_LIST}/hits/{{hit_id}}", *WATCH_READERS),
    case("POST", f"{WATCH_LIST}/hits/{{hit_id}}/dismissal", TEAM_MANAGER, REGISTRAR),
    work("GET", "/staff/certificates/{number}", *READERS),
    work("POST", "/staff/certificates/{number}", *OFFICERS),
    work("GET", "/staff/outgoing", *READERS),
    work("GET", "/staff/outgoing/{message_id}", *READERS),
    work("POST", "/staff/outgoing/{message_id}", *OFFICERS),
    # The rules of each part
    work("GET", "/staff/rules", *READERS, ADMIN),
    work("GET", RULES, *READERS, ADMIN),
    work("GET", f"{RULES}/versions/{{version}}", *READERS, ADMIN),
    work("GET", f"{RULES}/draft", *READERS, ADMIN),
    work("POST", f"{RULES}/draft", *WRITERS),
    work("GET", f"{RULES}/draft/figures", *WRITERS),
    work("POST", f"{RULES}/draft/figures", *WRITERS),
    work("GET", f"{RULES}/draft/start", *WRITERS),
    work("POST", f"{RULES}/draft/start", *WRITERS),
    *(work(method, path, *WRITERS) for path in LISTS for method in ("GET", "POST")),
    *(work("POST", f"{path}/removal", *WRITERS) for path in LISTS),
    work("POST", f"{RULES}/draft/removal", *WRITERS),
    work("POST", f"{RULES}/draft/proposal", *WRITERS),
    work("GET", f"{RULES}/proposal", *READERS, ADMIN),
    work("POST", f"{RULES}/proposal/approval", REGISTRAR),
    work("POST", f"{RULES}/proposal/return", REGISTRAR),
    work("GET", "/staff/retention", TEAM_MANAGER, REGISTRAR, AUDITOR),
    work("GET", RETAINED, REGISTRAR),
    work("POST", RETAINED, REGISTRAR),
    work("POST", f"{RETAINED}/release", REGISTRAR),
    # Money
    work("GET", "/staff/payments", FINANCE, AUDITOR),
    work("GET", "/staff/payments/{reference}", FINANCE, AUDITOR),
    # The machine
    work("GET", "/staff/self-check", REGISTRAR, ADMIN, AUDITOR),
    work("GET", "/staff/jobs", ADMIN, AUDITOR),
    work("POST", "/staff/jobs/{job_id}", ADMIN),
]
