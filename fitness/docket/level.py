"""Who may have a document: what its level says, and never more than the reason allows for which its evidence is kept."""

from enum import StrEnum

from fitness.investigation.evidence import Kept


class Audience(StrEnum):
    """For whom bundles are made."""

    PANEL = "panel"
    """That decides at a hearing."""
    REGISTRANT = "registrant"
    EXAMINERS = "examiners"


class Level(StrEnum):
    OPEN = "open"
    DECIDERS = "deciders"
    """Whoever decides, and not the registrant."""
    INTERIM_NOTES = "interim_notes"
    """What an interim panel noted: neither examiners nor the panel that decides in the end may be led by it."""
    REFERRER = "referrer"
    """It tells who raised the concern."""
    LEGAL_ADVICE = "legal_advice"
    STAFF = "staff"
    """For no bundle, for another reason."""

    @property
    def audiences(self) -> frozenset[Audience]:
        return LEVELS[self]


EVERYBODY = frozenset(Audience)
WHO_DECIDES = frozenset({Audience.PANEL, Audience.EXAMINERS})
NOBODY = frozenset[Audience]()
LEVELS = {
    Level.OPEN: EVERYBODY,
    Level.DECIDERS: WHO_DECIDES,
    Level.INTERIM_NOTES: NOBODY,
    Level.REFERRER: NOBODY,
    Level.LEGAL_ADVICE: NOBODY,
    Level.STAFF: NOBODY,
}
KEPT = {
    Kept.HEALTH: Level.DECIDERS,
    Kept.THIRD_PARTY: Level.DECIDERS,
    Kept.CHILD: Level.DECIDERS,
    Kept.POLICE: Level.DECIDERS,
    Kept.REFERRER: Level.REFERRER,
    Kept.LEGAL_ADVICE: Level.LEGAL_ADVICE,
    Kept.NOT_RELEVANT: Level.STAFF,
}


def least(kept: Kept | None) -> Level:
    """The most open level that evidence may have which is kept for that reason, or for none."""
    return KEPT[kept] if kept else Level.OPEN


def may_have(audience: Audience, level: Level, kept: Kept | None = None) -> bool:
    """`kept`: why the registrant must not see what the document is made from, as it stands now."""
    return audience in level.audiences & least(kept).audiences


def may_stand_at(level: Level, kept: Kept | None) -> bool:
    return level.audiences <= least(kept).audiences
