"""When a section is complete: what each still lacks, as sentences for the page."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from register.application.answers import (
    Addresses,
    ApplicationForm,
    Declared,
    EmploymentHistory,
    English,
    Identity,
    Knows,
    OtherRegistrations,
    PortfolioMap,
    Proof,
    Qualifications,
    References,
    Skills,
    StandardsDeclared,
)
from register.application.contradictions import contradictions
from register.application.evidence import EvidenceKind
from register.application.faults import Facts, Fault, faults
from register.application.history import Span, gaps
from register.application.returning import away_long
from register.application.state import ApplicationKind, SectionName
from register.kit.clock import months_after
from register.kit.forms import written
from register.part import Part
from register.rule_set import OutcomeTerms, Rules


class Proven(Protocol):
    """A piece of evidence that can be read, or is still being checked."""

    @property
    def id(self) -> UUID: ...
    @property
    def section(self) -> SectionName: ...
    @property
    def kind(self) -> EvidenceKind: ...
    @property
    def item_id(self) -> UUID | None: ...


class Progress(StrEnum):
    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"


class Filled(NamedTuple):
    """An application as it stands: what the rules of completeness look at."""

    form: ApplicationForm
    evidence: Collection[Proven]
    on: date
    part: Part
    rules: Rules
    email: str
    lost: Collection[UUID] = ()
    """Accepted qualifications that were chosen and that the rules no longer have."""
    kind: ApplicationKind = ApplicationKind.FIRST
    left_on: date | None = None
    """Of a restoration: what they did before it is known."""
    outcomes: Sequence[OutcomeTerms] = ()
    """What a portfolio must show, where a qualification is claimed by one."""

    @property
    def sections(self) -> tuple[SectionName, ...]:
        """What is asked, in the order of the task list."""
        asked = {*self.kind.sections}
        if self.outcomes:
            asked.add(SectionName.PORTFOLIO)
        return tuple(name for name in SectionName if name in asked)

    def facts(self, item: Any = None) -> Facts:
        referees = self.form.references.items if self.form.references else []
        return Facts(
            on=self.on,
            part=self.part,
            rules=self.rules,
            birth_date=self.form.identity.birth_date if self.form.identity else None,
            email=self.email,
            referees=tuple(r for r in referees if r.id != getattr(item, "id", None)),
        )

    def problems(self, section: SectionName) -> list[Fault]:
        """What keeps the section from being complete; nothing where it is."""
        answers = self.form.of(section)
        if answers is None and section is SectionName.PORTFOLIO:
            answers = PortfolioMap()
        if answers is None:
            return [Fault("", "Answer the questions of this section")]
        found = list(faults(answers, self.facts()))
        for item in getattr(answers, "items", ()):
            found += [
                Fault(str(item.id), fault.sentence)
                for fault in faults(item, self.facts(item))
            ]
        if section in LACKS:
            found += LACKS[section](answers, self)
        return found + self.contradictions(section)

    def contradictions(self, section: SectionName) -> list[Fault]:
        """What the section says that another excludes."""
        return list(contradictions(self.form, section, on=self.on))

    def progress(self, section: SectionName) -> Progress:
        if self.form.of(section) is None:
            return Progress.NOT_STARTED
        return Progress.IN_PROGRESS if self.problems(section) else Progress.COMPLETED

    def unfinished(self) -> list[SectionName]:
        return [
            name
            for name in self.sections
            if self.progress(name) is not Progress.COMPLETED
        ]

    def proofs(self, section: SectionName, item_id: UUID | None = None) -> list[Proven]:
        return [
            proof
            for proof in self.evidence
            if (proof.section, proof.item_id) == (section, item_id)
        ]


def address_gaps(answers: Addresses, filled: Filled) -> list[Span]:
    since = months_after(filled.on, -12 * filled.rules.address_history_years)
    return gaps(answers.items, since=since, until=filled.on)


def employment_gaps(answers: EmploymentHistory, filled: Filled) -> list[Span]:
    """The times since education, or since they left, without a post that are long enough to need an explanation."""
    since = filled.left_on or answers.left_education_on
    if since is None:
        return []
    return gaps(
        answers.items,
        since=since,
        until=filled.on,
        longer_than=filled.rules.employment_gap_days,
    )


def unexplained(answers: EmploymentHistory, filled: Filled) -> list[Span]:
    """An explanation holds for all that it covers: the gap may have grown smaller since."""
    return [
        gap
        for gap in employment_gaps(answers, filled)
        if not any(
            said.since <= gap.since and (said.until is None or gap.until <= said.until)
            for said in answers.gaps
        )
    ]


def in_words(gap: Span) -> str:
    if gap.days == 1:
        return written(gap.since)
    return f"{written(gap.since)} to {written(gap.until)}"


def _identity(answers: Identity, filled: Filled) -> Iterator[Fault]:  # noqa: ARG001 - one shape for all
    proofs = filled.proofs(SectionName.IDENTITY)
    documents = {proof.kind for proof in proofs if proof.kind.shows_who}
    if len(documents) < DOCUMENTS_NEEDED:
        yield Fault("evidence", "Upload 2 different documents that show who you are")
    if not any(kind.has_photograph for kind in documents):
        yield Fault(
            "evidence",
            "Upload a document with your photograph, such as a passport or driving licence",
        )
    if not any(proof.kind is EvidenceKind.PHOTOGRAPH for proof in proofs):
        yield Fault("evidence", "Upload a recent photograph of yourself")


DOCUMENTS_NEEDED = 2


def _addresses(answers: Addresses, filled: Filled) -> Iterator[Fault]:
    if not answers.items:
        yield Fault("", "Add the address where you live")
        return
    for gap in address_gaps(answers, filled):
        yield Fault("", f"Add where you lived from {in_words(gap)}: there is a gap")


def _qualifications(answers: Qualifications, filled: Filled) -> Iterator[Fault]:
    if not answers.items and not answers.none:
        yield Fault("", "Add a qualification, or say that there is none to add")
    if answers.items and answers.none:
        yield Fault("none", "Remove the qualifications, or say that you have some")
    for held in answers.items:
        if held.accepted_id in filled.lost:
            yield Fault(
                str(held.id),
                f"Choose again: “{held.title}” is no longer in our list",
            )
        wanted = held.proof is Proof.CERTIFICATE and held.awarded
        if wanted and not filled.proofs(SectionName.QUALIFICATIONS, held.id):
            yield Fault(str(held.id), f"Upload the certificate for {held.title}")


def _portfolio(answers: PortfolioMap, filled: Filled) -> Iterator[Fault]:
    usable = {proof.id for proof in filled.proofs(SectionName.PORTFOLIO)}
    for outcome in filled.outcomes:
        shown = answers.of(outcome.code)
        if shown is None or not shown.words:
            yield Fault(
                outcome.code, f"Say how you meet {outcome.code}: {outcome.title}"
            )
        elif usable.isdisjoint(shown.evidence):
            yield Fault(
                outcome.code,
                f"Choose or upload a document that shows {outcome.code}: {outcome.title}",
            )


def _employment(answers: EmploymentHistory, filled: Filled) -> Iterator[Fault]:
    if filled.left_on is None and answers.left_education_on is None:
        yield Fault("left_education_on", "Enter when you left full-time education")
    if filled.left_on is None and not answers.items:
        yield Fault("", "Add your current or latest job")
        return
    for gap in unexplained(answers, filled):
        yield Fault("gaps", f"Explain what you did from {in_words(gap)}")


def _registrations(answers: OtherRegistrations, filled: Filled) -> Iterator[Fault]:  # noqa: ARG001 - one shape for all
    if answers.registered is None:
        yield Fault("registered", "Select yes if you are or were on another register")
    elif answers.registered and not answers.items:
        yield Fault("", "Add the register you are or were on")
    elif answers.items and not answers.registered:
        yield Fault(
            "registered", "You have listed a register: select yes, or remove it"
        )
    if answers.acted_against is None:
        yield Fault(
            "acted_against",
            "Select yes if a register or regulator has ever acted against you",
        )


def _english(answers: English, filled: Filled) -> Iterator[Fault]:
    if answers.shown_by.needs_evidence and not filled.proofs(SectionName.ENGLISH):
        yield Fault("evidence", "Upload what shows your English")


def _references(answers: References, filled: Filled) -> Iterator[Fault]:  # noqa: ARG001 - one shape for all
    known = [referee.knows_from for referee in answers.items]
    if Knows.LATEST_EMPLOYER not in known:
        yield Fault("", "Add a referee from your latest employer")
    if Knows.CHILD_CARE not in known:
        yield Fault("", "Add a referee who knows your work with children")
    if len(known) > REFEREES:
        yield Fault("", "Name 2 referees only: remove the others")


REFEREES = 2


def _declared(answers: Declared, filled: Filled) -> Iterator[Fault]:
    if answers.version != filled.rules.declaration_version:
        yield Fault("", "The declaration has changed since: answer its questions again")


def _standards(answers: StandardsDeclared, filled: Filled) -> Iterator[Fault]:
    if answers.version != filled.rules.standards_version:
        yield Fault("", "The standards have changed since: read them and declare again")


def _skills(answers: Skills, filled: Filled) -> Iterator[Fault]:
    """Whoever was away long shows practice, or who vouches for them."""
    wanted = filled.rules.restoration_practice_hours
    if not filled.left_on or not away_long(filled.left_on, filled.rules, filled.on):
        return
    if answers.practice_hours < wanted and not answers.vouched_by:
        yield Fault(
            "vouched_by",
            f"Enter who can confirm that you are ready to practise again, as you have less than {wanted} hours of practice",
        )


LACKS: dict[SectionName, Callable[[Any, Filled], Iterator[Fault]]] = {
    SectionName.IDENTITY: _identity,
    SectionName.ADDRESSES: _addresses,
    SectionName.QUALIFICATIONS: _qualifications,
    SectionName.PORTFOLIO: _portfolio,
    SectionName.EMPLOYMENT: _employment,
    SectionName.SKILLS: _skills,
    SectionName.REGISTRATIONS: _registrations,
    SectionName.CRIMINAL: _declared,
    SectionName.CONDUCT: _declared,
    SectionName.HEALTH: _declared,
    SectionName.ENGLISH: _english,
    SectionName.REFERENCES: _references,
    SectionName.STANDARDS: _standards,
}
"""What a section needs beyond answers that are right."""
