"""A notice as whoever it is for reads it, on the page and on paper: from one source, whether it was served or would be."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fitness.blocks import Block, blocks
from fitness.notice_template.kind import Gap
from fitness.notice_template.wording import Wording
from register.kit import paper
from register.kit.post import as_text
from register.notice import ServiceMethod


@dataclass(frozen=True)
class Reading:
    title: str
    case: str
    method: ServiceMethod
    sent_on: date
    deemed_on: date
    words: str

    @property
    def blocks(self) -> list[Block]:
        return blocks(self.words)

    def html(self, *, now: datetime) -> str:
        return paper.html_of(
            "fitness/notices/papers/notice.html", made_at=now, reading=self
        )


EXAMPLES: Mapping[Gap, str] = {
    Gap.PERSON: "Alex Example",
    Gap.NUMBER: "CH-0000000-A",
    Gap.CASE: "F-00000000",
    Gap.TODAY: "1 March 2027",
    Gap.OUR_WORDS: "Here stands what is written for this one notice.",
    Gap.OUTCOME: "Here stands what was decided.",
    Gap.LAST_DAY: "30 March 2027",
    Gap.COURT: "the High Court",
    Gap.DAY: "12 April 2027",
    Gap.TIME: "10:00am",
    Gap.PLACE: "By video: we send you the link the day before.",
    Gap.PANEL: "Sam Example (chair), Kim Example (panel member)",
    Gap.REFERENCE: "C-00000000",
    Gap.WHERE_TO_TURN: "Here stands who can help.",
    Gap.PAGE: "Here stands the address of their page in the live register.",
}


@dataclass(frozen=True)
class Outside:
    """What somebody is told whom the case is not about, whole, by e-mail."""

    wording: Wording
    said: Mapping[Gap, str]

    @property
    def title(self) -> str:
        return self.wording.title

    @property
    def subject(self) -> str:
        return self.wording.subject(self.said)

    @property
    def seal(self) -> str:
        """What the page of a preview carries, so that nothing else is sent than was seen."""
        seen = f"{self.subject} {self.words}"
        return hashlib.sha256(seen.encode()).hexdigest()

    @property
    def words(self) -> str:
        """What somebody wrote makes no heading and no link in it."""
        safe = {gap: as_text(value) for gap, value in self.said.items()}
        return self.wording.filled(safe)

    @property
    def blocks(self) -> list[Block]:
        return blocks(self.words)

    def html(self, *, now: datetime) -> str:
        return paper.html_of(
            "fitness/notices/papers/outside.html", made_at=now, told=self
        )


@dataclass(frozen=True)
class Unserved:
    """What will be served once somebody has signed it, for whoever signs: to whom, and from which day, nobody says yet."""

    title: str
    blocks: list[Block]

    @classmethod
    def of(cls, wording: Wording, said: Mapping[Gap, str]) -> "Unserved":
        return cls(wording.title, blocks(wording.filled({**NOT_YET, **said})))


NOT_YET = {
    Gap.PERSON: "[their name]",
    Gap.NUMBER: "[their number]",
    Gap.CASE: "[the reference]",
    Gap.TODAY: "[the day on which it is sent]",
    Gap.LAST_DAY: "[the last day, by the rules]",
}


def example(wording: Wording) -> Reading:
    """With values that are nobody's."""
    return Reading(
        title=wording.title,
        case=EXAMPLES[Gap.CASE],
        method=ServiceMethod.EMAIL,
        sent_on=date(2027, 3, 1),
        deemed_on=date(2027, 3, 2),
        words=wording.filled(EXAMPLES),
    )


def example_outside(wording: Wording) -> Outside:
    """As `example`, of what somebody else than the registrant is told."""
    return Outside(wording, EXAMPLES)


def page_words(name: str) -> Any:
    """The words that pages use, from a template of theirs, for what stands in a gap."""
    return paper.template(name).module
