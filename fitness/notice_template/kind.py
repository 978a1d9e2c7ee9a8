"""The notices of a case (domain.md 8): which there are, what each leaves open, and who has approved it before it is served."""

from enum import StrEnum


class Gap(StrEnum):
    """What a template leaves open, as it stands between braces; each notice says its own."""

    PERSON = "person"
    NUMBER = "number"
    CASE = "case"
    TODAY = "today"
    """The day on which it is handed over."""
    OUR_WORDS = "our words"
    """What somebody writes for this notice alone: staff, or those who decided."""
    OUTCOME = "outcome"
    """What was decided, or is proposed, in a sentence."""
    LAST_DAY = "last day"
    """By the days of the rules, from the day on which it counts as served; or that a direction names, or something is shown."""
    COURT = "court"
    """To which an appeal goes."""
    DAY = "day"
    """Of a hearing, or from which something is shown."""
    TIME = "time"
    PLACE = "place"
    PANEL = "panel"
    REFERENCE = "reference"
    """Of what somebody told us."""
    WHERE_TO_TURN = "where to turn"
    """Who can help where we cannot."""
    PAGE = "page of the register"
    """The address of the entry, in the live register."""


class Reader(StrEnum):
    REGISTRANT = "registrant"
    REFERRER = "referrer"
    """Whoever raised a concern."""
    EMPLOYER = "employer"

    @property
    def outside(self) -> bool:
        """Not the one whom the case is about: the email itself says all that there is to say, and is all that is sent."""
        return self is not Reader.REGISTRANT


class ApprovedBy(StrEnum):
    """Who has put their name to what a notice says before it is served. Its template always has had two people."""

    WHOEVER_SERVES = "whoever_serves"
    """One member of staff, who has seen the preview."""
    EXAMINERS = "examiners"
    """Both have signed what it tells."""
    PANEL = "panel"
    """All of it has signed."""
    DECIDERS = "deciders"
    """Whoever made the order: it says no more than what they signed, and goes out by itself when the order begins or ends."""
    PUBLISHERS = "publishers"
    """Whoever wrote what is published, and another who approved it, by which it goes out."""
    NOBODY = "nobody"
    """It goes out by itself, and says nothing that is not always the same."""
    WHOEVER_DECIDED = "whoever_decided"
    """It goes out with the decision, and says no more than which it was, and what a member of staff wrote and saw."""


class NoticeKind(StrEnum):
    INVESTIGATION = "investigation"
    DISCLOSURE = "disclosure"
    EXAMINATION = "examination"
    """What the case examiners decided."""
    PROPOSAL = "proposal"
    """Of theirs."""
    INTERIM_HEARING = "interim_hearing"
    """Whether an interim order is made."""
    INTERIM_REVIEW = "interim_review"
    FINAL_HEARING = "final_hearing"
    ORDER_REVIEW = "order_review"
    RESTORATION_HEARING = "restoration_hearing"
    """Whether somebody is restored to the register."""
    PANEL = "panel"
    """Who sits on it since notice was given."""
    DIRECTIONS = "directions"
    """What they are to do before a hearing."""
    INTERIM_DECISION = "interim_decision"
    DECISION = "decision"
    """Of a final hearing."""
    REVIEW_DECISION = "review_decision"
    RESTORATION_DECISION = "restoration_decision"
    ORDER_IN_FORCE = "order_in_force"
    ORDER_ENDED = "order_ended"
    EARLY_REVIEW = "early_review"
    """What we answer to whoever asked for one."""
    PUBLICATION = "publication"
    """What the public will read, and for how long."""
    LEAVING = "leaving"
    """Whether they leave the register while the case goes on."""
    CONCERN_ACKNOWLEDGED = "concern_acknowledged"
    CONCERN_SIGNPOSTED = "concern_signposted"
    """It is not ours."""
    CONCERN_DECIDED = "concern_decided"
    """Each time that something is."""
    REGISTER_CHANGED = "register_changed"
    """What it says of somebody who works in their home."""

    @property
    def reader(self) -> Reader:
        return READERS.get(self, Reader.REGISTRANT)

    @property
    def needs(self) -> frozenset[Gap]:
        """Without these it does not say what it is for."""
        return NEEDS[self]

    @property
    def gaps(self) -> frozenset[Gap]:
        """All that may stand in it."""
        always = frozenset({Gap.TODAY}) if self.reader.outside else ALWAYS
        return always | NEEDS[self] | MAY.get(self, frozenset())

    @property
    def letter_gaps(self) -> frozenset[Gap]:
        """A letter that somebody else may open says of the case no more than that there is one, and when to come."""
        return self.gaps & {Gap.CASE, Gap.DAY, Gap.TIME, Gap.PLACE}

    @property
    def subject_gaps(self) -> frozenset[Gap]:
        """A subject says nothing of anybody; whoever raised a concern is told of which."""
        return self.needs & {Gap.REFERENCE}

    @property
    def approved_by(self) -> ApprovedBy:
        return APPROVED.get(self, ApprovedBy.WHOEVER_SERVES)


ALWAYS = frozenset({Gap.PERSON, Gap.NUMBER, Gap.CASE, Gap.TODAY})
HEARING = frozenset({Gap.DAY, Gap.TIME, Gap.PLACE, Gap.OUR_WORDS})
DECIDED = frozenset({Gap.OUTCOME, Gap.OUR_WORDS})
NEEDS: dict[NoticeKind, frozenset[Gap]] = {
    NoticeKind.INVESTIGATION: frozenset({Gap.OUR_WORDS}),
    NoticeKind.DISCLOSURE: frozenset({Gap.LAST_DAY}),
    NoticeKind.EXAMINATION: DECIDED,
    NoticeKind.PROPOSAL: DECIDED | {Gap.LAST_DAY},
    NoticeKind.INTERIM_HEARING: HEARING,
    NoticeKind.INTERIM_REVIEW: HEARING,
    NoticeKind.FINAL_HEARING: HEARING,
    NoticeKind.ORDER_REVIEW: HEARING,
    NoticeKind.RESTORATION_HEARING: HEARING,
    NoticeKind.PANEL: frozenset({Gap.DAY, Gap.PANEL}),
    NoticeKind.DIRECTIONS: frozenset({Gap.DAY, Gap.LAST_DAY, Gap.OUR_WORDS}),
    NoticeKind.INTERIM_DECISION: DECIDED,
    NoticeKind.DECISION: DECIDED | {Gap.LAST_DAY, Gap.COURT},
    NoticeKind.REVIEW_DECISION: DECIDED | {Gap.LAST_DAY, Gap.COURT},
    NoticeKind.RESTORATION_DECISION: DECIDED,
    NoticeKind.ORDER_IN_FORCE: DECIDED,
    NoticeKind.ORDER_ENDED: frozenset({Gap.OUTCOME}),
    NoticeKind.EARLY_REVIEW: DECIDED,
    NoticeKind.PUBLICATION: DECIDED | {Gap.DAY, Gap.LAST_DAY},
    NoticeKind.LEAVING: DECIDED,
    NoticeKind.CONCERN_ACKNOWLEDGED: frozenset({Gap.REFERENCE}),
    NoticeKind.CONCERN_SIGNPOSTED: frozenset(
        {Gap.REFERENCE, Gap.OUTCOME, Gap.WHERE_TO_TURN}
    ),
    NoticeKind.CONCERN_DECIDED: frozenset({Gap.REFERENCE, Gap.OUTCOME}),
    NoticeKind.REGISTER_CHANGED: frozenset({Gap.PERSON, Gap.NUMBER, Gap.PAGE}),
}
MAY: dict[NoticeKind, frozenset[Gap]] = {
    **{
        kind: frozenset({Gap.PANEL})
        for kind, needs in NEEDS.items()
        if Gap.TIME in needs
    },
    NoticeKind.PANEL: frozenset({Gap.TIME, Gap.PLACE}),
    NoticeKind.DIRECTIONS: frozenset({Gap.TIME, Gap.PLACE}),
    NoticeKind.INTERIM_DECISION: frozenset({Gap.COURT}),
    NoticeKind.CONCERN_DECIDED: frozenset({Gap.OUR_WORDS}),
}
APPROVED = {
    NoticeKind.EXAMINATION: ApprovedBy.EXAMINERS,
    NoticeKind.PROPOSAL: ApprovedBy.EXAMINERS,
    NoticeKind.INTERIM_DECISION: ApprovedBy.PANEL,
    NoticeKind.DECISION: ApprovedBy.PANEL,
    NoticeKind.REVIEW_DECISION: ApprovedBy.PANEL,
    NoticeKind.RESTORATION_DECISION: ApprovedBy.PANEL,
    NoticeKind.ORDER_IN_FORCE: ApprovedBy.DECIDERS,
    NoticeKind.ORDER_ENDED: ApprovedBy.DECIDERS,
    NoticeKind.PUBLICATION: ApprovedBy.PUBLISHERS,
    NoticeKind.CONCERN_ACKNOWLEDGED: ApprovedBy.NOBODY,
    NoticeKind.CONCERN_DECIDED: ApprovedBy.WHOEVER_DECIDED,
    NoticeKind.REGISTER_CHANGED: ApprovedBy.DECIDERS,
}
READERS = {
    NoticeKind.CONCERN_ACKNOWLEDGED: Reader.REFERRER,
    NoticeKind.CONCERN_SIGNPOSTED: Reader.REFERRER,
    NoticeKind.CONCERN_DECIDED: Reader.REFERRER,
    NoticeKind.REGISTER_CHANGED: Reader.EMPLOYER,
}
