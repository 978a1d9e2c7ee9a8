"""The states of a concern, the acts that move it, and who raises one."""

from enum import StrEnum


class ConcernState(StrEnum):
    DRAFT = "draft"
    RECEIVED = "received"
    SCREENED = "screened"
    SIGNPOSTED = "signposted"
    """Not ours: whoever raised it is told where to turn."""
    PASSED_ON = "passed_on"
    """Somebody else's to look into, and we have handed it to them."""
    TAKEN = "taken"
    """Into a case."""

    @property
    def open(self) -> bool:
        """Somebody of the staff has something to decide on it."""
        return self in {ConcernState.RECEIVED, ConcernState.SCREENED}


class Referrer(StrEnum):
    """As whom somebody raises a concern, which decides what they are asked and in which words."""

    CHILD = "child"
    FAMILY = "family"
    COLLEAGUE = "colleague"
    OTHER = "other"
    EMPLOYER = "employer"


class Body(StrEnum):
    """Who else keeps children safe, and may have to be told."""

    POLICE = "police"
    LADO = "lado"
    """The local authority designated officer, to whom allegations against those who work with children go."""
    OFSTED = "ofsted"
    DBS = "dbs"
    TRA = "tra"
    EMPLOYER = "employer"
    OTHER = "other"


class Unfit(StrEnum):
    """Why a concern is not ours to look into."""

    NOT_REGISTERED = "not_registered"
    NOT_ABOUT_FITNESS = "not_about_fitness"
    FOR_THE_EMPLOYER = "for_the_employer"
    NOTHING_NEW = "nothing_new"


class StepKind(StrEnum):
    """What staff did with a concern; its history, behind the same fence."""

    MATCHED = "matched"
    MATCHED_NOBODY = "matched_nobody"
    SCREENED = "screened"
    ACKNOWLEDGED = "acknowledged"
    SIGNPOSTED = "signposted"
    PASSED_ON = "passed_on"
    TAKEN = "taken"


class ConcernAct(StrEnum):
    SEND = "concern:send"
    MATCH = "concern:match"
    SCREEN = "concern:screen"
    ACKNOWLEDGE = "concern:acknowledge"
    SIGNPOST = "concern:signpost"
    PASS_ON = "concern:pass_on"  # noqa: S105 - an act
