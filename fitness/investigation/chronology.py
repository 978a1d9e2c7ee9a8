"""The chronology of a case: it builds itself from whatever is dated in it, in the order in which it happened."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from fitness.case import Case, CaseEvent, CaseEventKind, history
from fitness.investigation.allegation import Allegation, allegations_of
from fitness.investigation.disclosure import Disclosure, disclosures_of
from fitness.investigation.evidence import CaseEvidence, evidence_of
from fitness.investigation.hold import InvestigationHold, holds_of
from fitness.investigation.information import InformationRequest, requests_of
from fitness.investigation.proceeding import Proceeding, proceedings_of
from fitness.investigation.served import CaseService, services_of
from register.kit.clock import day_of


class Happened(StrEnum):
    """In the order in which things of one day are told: what happened, what was found, what we did."""

    ALLEGED = "alleged"
    EVIDENCE = "evidence"
    PROCEEDING_OPENED = "proceeding_opened"
    PROCEEDING_OVER = "proceeding_over"
    CASE_OPENED = "case_opened"
    TRIAGED = "triaged"
    MOVED = "moved"
    CLOSED = "closed"
    EVIDENCE_RECEIVED = "evidence_received"
    ASKED = "asked"
    ANSWERED = "answered"
    HELD = "held"
    HOLD_ENDED = "hold_ended"
    HANDED_OVER = "handed_over"
    SERVED = "served"
    COMMENTED = "commented"


ORDER = {kind: place for place, kind in enumerate(Happened)}


@dataclass(frozen=True)
class Line:
    on: date | None
    """None where nobody knows."""
    kind: Happened
    source: str
    """Where in the case it stands, as it is called there: 1.2, E3, R1; empty for the case itself."""
    until: date | None = None
    """The last day of what took longer than one."""
    code: str = ""
    """What of its kind, as a code."""
    words: str = ""


def chronology(lines: Iterable[Line]) -> list[Line]:
    """By day, then as one thing leads to another; what has no day stands at the end."""
    return sorted(
        lines,
        key=lambda line: (
            line.on is None,
            line.on or date.min,
            ORDER[line.kind],
            line.until or line.on or date.min,
            _number(line.source),
        ),
    )


def _number(source: str) -> tuple[str, tuple[int, ...]]:
    """E9 before E10."""
    letter, digits = source[:1], source[1:]
    if letter.isdigit():
        letter, digits = "", source
    return letter, tuple(int(part) for part in digits.split(".") if part)


async def chronology_of(session: AsyncSession, case: Case) -> list[Line]:
    """Of all that the reader may see, as the allegations are now."""
    return chronology(
        [
            *_of_allegations(await allegations_of(session, case.id)),
            *_of_evidence(await evidence_of(session, case.id)),
            *_of_proceedings(await proceedings_of(session, case.id)),
            *_of_events(await _events(session, case)),
            *_of_requests(await requests_of(session, case.id)),
            *_of_holds(await holds_of(session, case.id)),
            *_of_services(await services_of(session, case.id)),
            *_of_comments(await disclosures_of(session, case.id)),
        ]
    )


def _of_allegations(allegations: Iterable[Allegation]) -> Iterator[Line]:
    for allegation in allegations:
        if allegation.withdrawn_at:
            continue
        for particular in allegation.current.particulars:
            yield Line(
                particular.from_on,
                Happened.ALLEGED,
                f"{allegation.number}.{particular.number}",
                until=particular.until_on,
                words=particular.text.words if particular.text else "",
            )


def _of_evidence(items: Iterable[CaseEvidence]) -> Iterator[Line]:
    for item in items:
        words = item.text.words if item.text else ""
        yield Line(
            item.dated_on, Happened.EVIDENCE, item.label, code=item.source, words=words
        )
        yield Line(
            item.received_on, Happened.EVIDENCE_RECEIVED, item.label, code=item.source
        )


def _of_proceedings(proceedings: Iterable[Proceeding]) -> Iterator[Line]:
    for one in proceedings:
        yield Line(one.opened_on, Happened.PROCEEDING_OPENED, one.label, code=one.kind)
        if one.ended_on:
            yield Line(
                one.ended_on,
                Happened.PROCEEDING_OVER,
                one.label,
                code=one.kind,
                words=one.text.words if one.text else "",
            )


EVENTS = {
    CaseEventKind.OPENED: Happened.CASE_OPENED,
    CaseEventKind.TRIAGED: Happened.TRIAGED,
    CaseEventKind.MOVED: Happened.MOVED,
    CaseEventKind.CLOSED: Happened.CLOSED,
}
CODES = {
    CaseEventKind.TRIAGED: "outcome",
    CaseEventKind.MOVED: "now",
    CaseEventKind.CLOSED: "because",
}


async def _events(session: AsyncSession, case: Case) -> Sequence[CaseEvent]:
    found = await history(session, case.id, kinds=tuple(EVENTS))
    return [line.event for line in found]


def _of_events(events: Iterable[CaseEvent]) -> Iterator[Line]:
    for event in events:
        told = event.data.get(CODES.get(event.kind, ""), "")
        yield Line(day_of(event.at), EVENTS[event.kind], "", code=told)


def _of_requests(requests: Iterable[InformationRequest]) -> Iterator[Line]:
    for one in requests:
        words = one.text.words if one.text else ""
        yield Line(
            day_of(one.asked_at),
            Happened.ASKED,
            one.label,
            code=one.asked_of,
            words=words,
        )
        if one.ended_at and one.outcome:
            yield Line(
                day_of(one.ended_at), Happened.ANSWERED, one.label, code=one.outcome
            )


def _of_holds(holds: Iterable[InvestigationHold]) -> Iterator[Line]:
    for hold in holds:
        words = hold.text.words if hold.text else ""
        yield Line(hold.from_on, Happened.HELD, "", code=hold.because, words=words)
        if hold.until_on:
            yield Line(hold.until_on, Happened.HOLD_ENDED, "", code=hold.because)


def _of_services(services: Iterable[CaseService]) -> Iterator[Line]:
    for service in services:
        yield Line(
            day_of(service.handed_over_at), Happened.HANDED_OVER, "", code=service.kind
        )
        if not service.astray:
            yield Line(service.deemed_on, Happened.SERVED, "", code=service.kind)


def _of_comments(disclosures: Iterable[Disclosure]) -> Iterator[Line]:
    for disclosure in disclosures:
        for comment in disclosure.comments:
            yield Line(
                comment.came_on or day_of(comment.sent_at),
                Happened.COMMENTED,
                f"D{disclosure.number}",
                code="late" if comment.late else "",
            )
