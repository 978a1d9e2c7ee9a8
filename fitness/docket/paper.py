"""Our own documents of a case as they were when they came into its docket: the allegations, a disclosure, the chronology.

What somebody wrote in them stands in `texts`, and everything else points there: what is withheld is so many letters of one text.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from fitness.case import Case
from fitness.docket.level import KEPT, Level
from fitness.investigation.allegation import (
    AllegationVersion,
    Particular,
    allegations_of,
    standards_for,
)
from fitness.investigation.chronology import Happened, chronology_of
from fitness.investigation.chronology import Line as Happening
from fitness.investigation.disclosure import Disclosure
from fitness.investigation.evidence import evidence_of
from register.kit.clock import day_of

Withheld = tuple[int, int, int, str]
"""Of which text, from which letter until before which, and why."""


class Alleged(msgspec.Struct, frozen=True):
    label: str
    text: int
    from_on: date | None
    until_on: date | None
    place: int | None


class Charge(msgspec.Struct, frozen=True):
    """An allegation."""

    number: int
    grounds: Sequence[str]
    standards: Sequence[tuple[str, str]]
    particulars: Sequence[Alleged]


class Item(msgspec.Struct, frozen=True):
    label: str
    text: int


class Said(msgspec.Struct, frozen=True):
    on: date
    late: bool
    text: int


class Line(msgspec.Struct, frozen=True):
    kind: str
    code: str
    source: str
    on: date | None
    until: date | None
    text: int | None


class Paper(msgspec.Struct):
    texts: list[str] = []
    charges: list[Charge] = []
    evidence: list[Item] = []
    comments: list[Said] = []
    lines: list[Line] = []

    def write(self, words: str) -> int:
        self.texts.append(words)
        return len(self.texts) - 1

    def packed(self) -> bytes:
        return msgspec.json.encode(self)

    @staticmethod
    def unpacked(packed: bytes) -> "Paper":
        return msgspec.json.decode(packed, type=Paper)

    def places_of(self, words: str) -> list[tuple[int, int, int]]:
        """Wherever they stand, in capitals or not: of which text, from which letter until before which."""
        wanted = re.compile(r"\s+".join(map(re.escape, words.split())), re.IGNORECASE)
        return [
            (nth, *found.span())
            for nth, text in enumerate(self.texts)
            for found in wanted.finditer(text)
            if found.group()
        ]


def pieces(
    text: str, withheld: Iterable[tuple[int, int, str]]
) -> list[tuple[str, str]]:
    """What of it is left, and between that why something is not: each with the other empty."""
    said, at = list[tuple[str, str]](), 0
    for start, end, why in sorted(withheld):
        if end <= at:
            continue
        if start > at:
            said.append((text[at:start], ""))
        said.append(("", why))
        at = end
    return [*said, (text[at:], "")] if text[at:] else said


async def allegations_now(session: AsyncSession, case: Case) -> Paper:
    """Those that stand."""
    paper = Paper()
    known = await _titles(session, case)
    for one in await allegations_of(session, case.id):
        if one.withdrawn_at is None:
            paper.charges.append(_charge(paper, one.number, one.current, known))
    return paper


async def disclosed(session: AsyncSession, case: Case, disclosure: Disclosure) -> Paper:
    """With what the registrant has said to it."""
    paper = Paper()
    known = await _titles(session, case)
    for version in disclosure.alleged:
        number = version.allegation.number
        paper.charges.append(_charge(paper, number, version, known))
    for item in disclosure.evidence:
        words = item.text.words if item.text else ""
        paper.evidence.append(Item(item.label, paper.write(words)))
    for comment in disclosure.comments:
        on = comment.came_on or day_of(comment.sent_at)
        paper.comments.append(Said(on, comment.late, paper.write(comment.words)))
    return paper


async def _titles(session: AsyncSession, case: Case) -> Mapping[str, str]:
    return {one.code: one.title for one in await standards_for(session, case)}


def _charge(
    paper: Paper, number: int, version: AllegationVersion, titles: Mapping[str, str]
) -> Charge:
    return Charge(
        number,
        list(version.grounds),
        [(code, titles[code]) for code in version.standards],
        [_alleged(paper, number, one) for one in version.particulars],
    )


def _alleged(paper: Paper, number: int, one: Particular) -> Alleged:
    where = one.place.words if one.place else ""
    if one.home:
        where = f"{one.home.name or 'Home'} ({one.home.urn})"
    return Alleged(
        f"{number}.{one.number}",
        paper.write(one.text.words if one.text else ""),
        one.from_on,
        one.until_on,
        paper.write(where) if where else None,
    )


TOLD_TO_ALL = frozenset(
    {Happened.ALLEGED, Happened.HANDED_OVER, Happened.SERVED, Happened.COMMENTED}
)
"""What the registrant knows already, as they have read or said it; of evidence its own restriction decides."""
OF_EVIDENCE = frozenset({Happened.EVIDENCE, Happened.EVIDENCE_RECEIVED})
OF_THE_REFERRER = frozenset({Happened.ASKED, Happened.ANSWERED})
"""Whoever raised the concern may have been asked."""


async def chronology_at(session: AsyncSession, case: Case, level: Level) -> Paper:
    """As far as everybody may have it to whom that level is open."""
    kept = {
        item.label: KEPT[item.kept] if item.kept else Level.OPEN
        for item in await evidence_of(session, case.id)
    }
    paper = Paper()
    for line in await chronology_of(session, case):
        if level.audiences <= _level_of(line, kept).audiences:
            paper.lines.append(
                Line(
                    line.kind,
                    line.code,
                    line.source,
                    line.on,
                    line.until,
                    paper.write(line.words) if line.words else None,
                )
            )
    return paper


def _level_of(line: Happening, kept: Mapping[str, Level]) -> Level:
    if line.kind in OF_EVIDENCE:
        return kept[line.source]
    if line.kind in OF_THE_REFERRER:
        return Level.REFERRER
    return Level.OPEN if line.kind in TOLD_TO_ALL else Level.DECIDERS
