"""The states of an application, the questions one may ask of them, and the one table of what may follow what."""

from enum import StrEnum


class ApplicationState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    UNDER_ASSESSMENT = "under_assessment"
    INFORMATION_REQUESTED = "information_requested"
    SUITABILITY_REVIEW = "suitability_review"
    """With somebody senior, who weighs what was declared."""
    PROPOSED = "proposed"
    MINDED_TO = "minded_to"
    """Notice was given of what we are minded to decide, and the applicant may answer it."""
    APPROVED = "approved"
    """Decided, and waiting for the fee."""
    PAID = "paid"
    """The fee has come, or none is asked for, and somebody must look at something before the entry is made."""
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    CLOSED_UNPAID = "closed_unpaid"

    @property
    def over(self) -> bool:
        return self in OVER

    @property
    def with_the_applicant(self) -> bool:
        """Whether the next step is the applicant's."""
        return self in {
            ApplicationState.DRAFT,
            ApplicationState.INFORMATION_REQUESTED,
            ApplicationState.MINDED_TO,
            ApplicationState.APPROVED,
        }

    @property
    def with_the_regulator(self) -> bool:
        return not self.over and not self.with_the_applicant

    @property
    def sent(self) -> bool:
        """Whether staff may see it: a draft is nobody's business but the applicant's."""
        return self not in {ApplicationState.DRAFT, ApplicationState.EXPIRED}

    @property
    def undecided(self) -> bool:
        """Sent, and neither decided nor ended otherwise."""
        return self in UNDECIDED

    @property
    def may_be_withdrawn(self) -> bool:
        return Move.WITHDRAW in MOVES[self]


UNDECIDED = frozenset(
    {
        ApplicationState.SUBMITTED,
        ApplicationState.UNDER_ASSESSMENT,
        ApplicationState.INFORMATION_REQUESTED,
        ApplicationState.SUITABILITY_REVIEW,
        ApplicationState.PROPOSED,
        ApplicationState.MINDED_TO,
    }
)


class Move(StrEnum):
    SUBMIT = "submit"
    TAKE_UP = "take_up"
    ASK = "ask"
    ANSWER = "answer"
    GO_ON_WITHOUT = "go_on_without"
    SEND_TO_REVIEW = "send_to_review"
    REVIEW = "review"
    PROPOSE = "propose"
    GIVE_NOTICE = "give_notice"
    HEAR = "hear"
    RETURN = "return"
    APPROVE = "approve"
    REFUSE = "refuse"
    PAY = "pay"
    GRANT = "grant"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    CLOSE_UNPAID = "close_unpaid"
    REVERSE = "reverse"
    ALLOW = "allow"
    REMIT = "remit"


MOVES: dict[ApplicationState, dict[Move, ApplicationState]] = {
    ApplicationState.DRAFT: {
        Move.SUBMIT: ApplicationState.SUBMITTED,
        Move.WITHDRAW: ApplicationState.WITHDRAWN,
        Move.EXPIRE: ApplicationState.EXPIRED,
    },
    ApplicationState.SUBMITTED: {
        Move.TAKE_UP: ApplicationState.UNDER_ASSESSMENT,
        Move.WITHDRAW: ApplicationState.WITHDRAWN,
    },
    ApplicationState.UNDER_ASSESSMENT: {
        Move.ASK: ApplicationState.INFORMATION_REQUESTED,
        Move.SEND_TO_REVIEW: ApplicationState.SUITABILITY_REVIEW,
        Move.PROPOSE: ApplicationState.PROPOSED,
        Move.WITHDRAW: ApplicationState.WITHDRAWN,
    },
    ApplicationState.INFORMATION_REQUESTED: {
        Move.ANSWER: ApplicationState.UNDER_ASSESSMENT,
        Move.GO_ON_WITHOUT: ApplicationState.UNDER_ASSESSMENT,
        Move.WITHDRAW: ApplicationState.WITHDRAWN,
    },
    ApplicationState.SUITABILITY_REVIEW: {
        Move.REVIEW: ApplicationState.UNDER_ASSESSMENT,
        Move.WITHDRAW: ApplicationState.WITHDRAWN,
    },
    ApplicationState.PROPOSED: {
        Move.RETURN: ApplicationState.UNDER_ASSESSMENT,
        Move.GIVE_NOTICE: ApplicationState.MINDED_TO,
        Move.APPROVE: ApplicationState.APPROVED,
        Move.REFUSE: ApplicationState.REFUSED,
        Move.WITHDRAW: ApplicationState.WITHDRAWN,
    },
    ApplicationState.MINDED_TO: {
        Move.HEAR: ApplicationState.UNDER_ASSESSMENT,
        Move.WITHDRAW: ApplicationState.WITHDRAWN,
    },
    ApplicationState.APPROVED: {
        Move.GRANT: ApplicationState.GRANTED,
        Move.PAY: ApplicationState.PAID,
        Move.CLOSE_UNPAID: ApplicationState.CLOSED_UNPAID,
        Move.REVERSE: ApplicationState.UNDER_ASSESSMENT,
    },
    ApplicationState.PAID: {
        Move.GRANT: ApplicationState.GRANTED,
        Move.REOPEN: ApplicationState.UNDER_ASSESSMENT,
    },
    ApplicationState.GRANTED: {},
    ApplicationState.REFUSED: {
        Move.REVERSE: ApplicationState.UNDER_ASSESSMENT,
        Move.ALLOW: ApplicationState.APPROVED,
        Move.REMIT: ApplicationState.UNDER_ASSESSMENT,
    },
    ApplicationState.WITHDRAWN: {},
    ApplicationState.EXPIRED: {},
    ApplicationState.CLOSED_UNPAID: {Move.REVERSE: ApplicationState.UNDER_ASSESSMENT},
}

REOPENING = frozenset({Move.REVERSE, Move.ALLOW, Move.REMIT})
"""Undoes a decision: nothing that anybody waits for."""

OVER = frozenset(state for state, moves in MOVES.items() if moves.keys() <= REOPENING)


class SectionName(StrEnum):
    """The sections in the order of the task list."""

    ELIGIBILITY = "eligibility"
    IDENTITY = "identity"
    CONTACT = "contact"
    ADDRESSES = "addresses"
    QUALIFICATIONS = "qualifications"
    PORTFOLIO = "portfolio"
    EMPLOYMENT = "employment"
    SKILLS = "skills"
    REGISTRATIONS = "registrations"
    DBS = "dbs"
    CRIMINAL = "criminal"
    CONDUCT = "conduct"
    HEALTH = "health"
    ENGLISH = "english"
    REFERENCES = "references"
    ENDORSEMENT = "endorsement"
    STANDARDS = "standards"
    EQUALITY = "equality"

    @property
    def optional(self) -> bool:
        """Optional questions are done when they are answered or skipped."""
        return self is SectionName.EQUALITY

    @property
    def assessed(self) -> bool:
        """Whether a caseworker checks it; equality answers are in a store that nobody can trace back."""
        return self is not SectionName.EQUALITY

    @property
    def restricted(self) -> bool:
        """Whether each reading by staff is written down (domain.md 11)."""
        return self in {SectionName.CRIMINAL, SectionName.HEALTH}


class ApplicationKind(StrEnum):
    FIRST = "first"
    RESTORATION = "restoration"
    """Of an entry that has ended."""

    @property
    def sections(self) -> tuple[SectionName, ...]:
        """What is asked of everybody, in the order of the task list."""
        return ASKED[self]


ASKED = {
    ApplicationKind.FIRST: tuple(
        name
        for name in SectionName
        if name not in (SectionName.PORTFOLIO, SectionName.SKILLS)
    ),
    ApplicationKind.RESTORATION: (
        SectionName.IDENTITY,
        SectionName.CONTACT,
        SectionName.QUALIFICATIONS,
        SectionName.EMPLOYMENT,
        SectionName.SKILLS,
        SectionName.DBS,
        SectionName.CRIMINAL,
        SectionName.CONDUCT,
        SectionName.HEALTH,
        SectionName.REFERENCES,
        SectionName.STANDARDS,
    ),
}
"""Whoever comes back is known: their history is asked for from the day on which they left.

A portfolio is asked only of those who claim a qualification by one."""


class ApplicationAct(StrEnum):
    """What the applicant, the clock and the fee do to an application; what officers do is in assessment/acts.py."""

    START = "start_application"
    SUBMIT = "submit_application"
    ANSWER = "answer_request"
    NAME_REFEREE = "name_another_referee"
    NAME_ENDORSER = "name_another_endorser"
    WITHDRAW = "withdraw_application"
    EXPIRE = "expire_draft"
    GRANT = "grant_application"
    CLOSE_UNPAID = "close_unpaid_application"


class ReferenceAct(StrEnum):
    """What a referee and the clock do to a request for a reference."""

    GIVE = "give_reference"
    DECLINE = "decline_reference"
    REMIND = "remind_referee"
    EXPIRE = "expire_reference"


class EndorsementAct(StrEnum):
    """What an employer and the clock do to a request for an endorsement."""

    ASSIGN = "assign_endorsement"
    ENDORSE = "endorse_application"
    OPT_OUT = "opt_out_of_endorsement"
    REMIND = "remind_endorser"
    EXPIRE = "expire_endorsement"


class EndorsementEvent(StrEnum):
    ASSIGNED = "endorsement:assigned"


class ApplicationEvent(StrEnum):
    """The lines of an application's history; one a move, the start, another referee or endorser, and the fee of a scrutiny."""

    STARTED = "application_started"
    SUBMITTED = "application_submitted"
    TAKEN_UP = "application_taken_up"
    INFORMATION_ASKED = "application_information_asked"
    INFORMATION_SENT = "application_information_sent"
    REFEREE_NAMED = "application_referee_named"
    ENDORSER_NAMED = "application_endorser_named"
    SCRUTINY_ASKED = "application_scrutiny_asked"
    SCRUTINY_CLEARED = "application_scrutiny_cleared"
    WENT_ON_WITHOUT = "application_went_on_without"
    SENT_TO_REVIEW = "application_sent_to_review"
    REVIEWED = "application_reviewed"
    PROPOSED = "application_proposed"
    RETURNED = "application_returned"
    NOTICE_GIVEN = "application_notice_given"
    HEARD = "application_heard"
    APPROVED = "application_approved"
    REFUSED = "application_refused"
    PAID = "application_paid"
    REOPENED = "application_reopened"
    GRANTED = "application_granted"
    WITHDRAWN = "application_withdrawn"
    EXPIRED = "application_expired"
    CLOSED_UNPAID = "application_closed_unpaid"
    REVERSED = "application_reversed"
    ALLOWED = "application_allowed"
    REMITTED = "application_remitted"


EVENT_OF = {
    Move.SUBMIT: ApplicationEvent.SUBMITTED,
    Move.TAKE_UP: ApplicationEvent.TAKEN_UP,
    Move.ASK: ApplicationEvent.INFORMATION_ASKED,
    Move.ANSWER: ApplicationEvent.INFORMATION_SENT,
    Move.GO_ON_WITHOUT: ApplicationEvent.WENT_ON_WITHOUT,
    Move.SEND_TO_REVIEW: ApplicationEvent.SENT_TO_REVIEW,
    Move.REVIEW: ApplicationEvent.REVIEWED,
    Move.PROPOSE: ApplicationEvent.PROPOSED,
    Move.RETURN: ApplicationEvent.RETURNED,
    Move.GIVE_NOTICE: ApplicationEvent.NOTICE_GIVEN,
    Move.HEAR: ApplicationEvent.HEARD,
    Move.APPROVE: ApplicationEvent.APPROVED,
    Move.REFUSE: ApplicationEvent.REFUSED,
    Move.PAY: ApplicationEvent.PAID,
    Move.GRANT: ApplicationEvent.GRANTED,
    Move.REOPEN: ApplicationEvent.REOPENED,
    Move.WITHDRAW: ApplicationEvent.WITHDRAWN,
    Move.EXPIRE: ApplicationEvent.EXPIRED,
    Move.CLOSE_UNPAID: ApplicationEvent.CLOSED_UNPAID,
    Move.REVERSE: ApplicationEvent.REVERSED,
    Move.ALLOW: ApplicationEvent.ALLOWED,
    Move.REMIT: ApplicationEvent.REMITTED,
}
