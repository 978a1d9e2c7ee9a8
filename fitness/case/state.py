"""The stages of a case (domain.md 7.2), and which may follow which."""

from enum import StrEnum


class Stage(StrEnum):
    TRIAGE = "triage"
    INVESTIGATION = "investigation"
    EXAMINATION = "examination"
    """With two case examiners."""
    HEARING = "hearing"
    """Referred to a panel, until it has decided."""
    MONITORING = "monitoring"
    """An order was made, and has not ended."""
    CLOSED = "closed"

    @property
    def decided(self) -> bool:
        return self in DECIDED


DECIDED = frozenset({Stage.MONITORING, Stage.CLOSED})


class ClosedBecause(StrEnum):
    TRIAGE_CLOSED = "triage_closed"
    """No reasonable grounds to look into it."""
    TRIAGE_ADVICE = "triage_advice"
    TRIAGE_PASSED_ON = "triage_passed_on"
    """To whoever else is to deal with it."""
    JOINED = "joined"
    """To another case, which goes on for both."""
    NO_ACTION = "no_action"
    ADVICE = "advice"
    WARNING = "warning"
    NOT_PROVED = "not_proved"
    NOT_IMPAIRED = "not_impaired"
    ORDER_ENDED = "order_ended"
    REMOVED = "removed"
    LEFT = "left"
    """The register, by agreement."""
    RESTORED = "restored"
    RESTORATION_REFUSED = "restoration_refused"
    SENT_BACK = "sent_back"
    """Whether somebody is restored is assessed again before a panel hears it."""
    WITHDRAWN = "withdrawn"
    """Nobody asks to be restored any more."""


MOVES: dict[Stage, frozenset[Stage]] = {
    Stage.TRIAGE: frozenset({Stage.INVESTIGATION, Stage.CLOSED}),
    Stage.INVESTIGATION: frozenset({Stage.EXAMINATION, Stage.CLOSED}),
    Stage.EXAMINATION: frozenset(
        {Stage.INVESTIGATION, Stage.HEARING, Stage.MONITORING, Stage.CLOSED}
    ),
    Stage.HEARING: frozenset({Stage.MONITORING, Stage.CLOSED}),
    Stage.MONITORING: frozenset({Stage.HEARING, Stage.CLOSED}),
    Stage.CLOSED: frozenset(),
}
