"""What somebody declares when they renew: the subjects of the application, asked since they last told us, and sealed."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import CheckConstraint, ForeignKey, Index, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from register.application import SectionName
from register.application.answers import (
    ApplicationForm,
    Conduct,
    Criminal,
    Declared,
    Health,
    OtherRegistrations,
)
from register.application.contradictions import contradictions
from register.application.faults import Facts, Fault, faults, questions
from register.kit.clock import day_of
from register.kit.db import Base, code
from register.kit.errors import Refused
from register.kit.security.sealing import seal, unseal
from register.person import Person
from register.process import Process
from register.renewal.renewal import Renewal, RenewalStep
from register.rule_set import Rules, RuleSet


class Regulators(Declared, kw_only=True):
    """Of the registers and regulators elsewhere only what they did matters here."""

    acted_against: bool
    acted_against_details: str = ""


HOLDS: Mapping[SectionName, type[Declared]] = {
    SectionName.CRIMINAL: Criminal,
    SectionName.CONDUCT: Conduct,
    SectionName.HEALTH: Health,
    SectionName.REGISTRATIONS: Regulators,
}
"""The subjects, in the order in which they are asked."""


@faults.register
def _(answers: Regulators, facts: Facts) -> Iterator[Fault]:  # noqa: ARG001 - one shape for all
    if answers.acted_against and not answers.acted_against_details:
        yield Fault(
            "acted_against_details", "Enter what happened, when and with which body"
        )


class DeclarationChanged(Refused):
    def __init__(self) -> None:
        super().__init__(
            "The declaration has changed since you opened the page, so it must be read again."
        )


class NotAllDeclared(Refused):
    def __init__(self) -> None:
        super().__init__("Answer every declaration first.")


class RenewalAnswers(Base):
    """A subject as the registrant last saved it, before they declare it."""

    __tablename__ = "renewal_answers"

    renewal_id: Mapped[UUID] = mapped_column(ForeignKey("renewal.id"), primary_key=True)
    section: Mapped[SectionName] = mapped_column(code(SectionName), primary_key=True)
    sealed: Mapped[bytes]
    saved_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    @property
    def answers(self) -> Declared:
        plain = unseal(self.sealed, **self._place())
        return msgspec.json.decode(plain, type=HOLDS[self.section])

    def write(self, answers: Declared, *, now: datetime) -> None:
        self.sealed = seal(msgspec.json.encode(answers), **self._place())
        self.saved_at = now

    def _place(self) -> dict[str, str]:
        row = f"{self.renewal_id}/{self.section}"
        return {"table": "renewal_answers", "column": "sealed", "row": row}


class RenewalDeclaration(Base):
    """A subject as it was declared. Rows are only added: what somebody declared stays what they declared."""

    __tablename__ = "renewal_declaration"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    renewal_id: Mapped[UUID] = mapped_column(ForeignKey("renewal.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    section: Mapped[SectionName] = mapped_column(code(SectionName))
    sealed: Mapped[bytes]
    says_yes: Mapped[bool]
    """To some question, so that an officer looks at it."""
    declared_at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("octet_length(sealed) > 0", name="sealed"),
        Index(
            "renewal_declaration_yes", "declared_at", "id", postgresql_where="says_yes"
        ),
    )

    @classmethod
    def of(
        cls, renewal: Renewal, section: SectionName, answers: Declared, *, now: datetime
    ) -> "RenewalDeclaration":
        declared = cls(
            id=uuid4(),
            renewal_id=renewal.id,
            person_id=renewal.person_id,
            section=section,
            says_yes=says_yes(answers),
            declared_at=now,
        )
        declared.sealed = seal(msgspec.json.encode(answers), **declared._place())
        return declared

    @property
    def answers(self) -> Declared:
        plain = unseal(self.sealed, **self._place())
        return msgspec.json.decode(plain, type=HOLDS[self.section])

    def _place(self) -> dict[str, str]:
        return {
            "table": "renewal_declaration",
            "column": "sealed",
            "row": str(self.id),
        }


def says_yes(answers: Declared) -> bool:
    """Whether there is something that somebody has to look at."""
    if isinstance(answers, Health):
        return answers.affects_practice
    if isinstance(answers, Criminal | Conduct):
        return any(getattr(answers, one) for one in questions(type(answers)))
    return isinstance(answers, Regulators) and answers.acted_against


async def rules_declared(
    session: AsyncSession, renewal: Renewal, *, now: datetime
) -> RuleSet:
    """Today's rules of the leading part, with the standards and the statements."""
    opened_under = await session.get_one(RuleSet, renewal.rule_set_id)
    rule_set = await RuleSet.on(session, opened_under.part, day_of(now))
    await session.refresh(rule_set, ["standards", "statements"])
    return rule_set


async def answers_of(
    session: AsyncSession, renewal: Renewal
) -> dict[SectionName, Declared]:
    """What is saved so far, whatever the version of the questions was."""
    rows = await session.scalars(
        select(RenewalAnswers)
        .where(RenewalAnswers.renewal_id == renewal.id)
        .execution_options(populate_existing=True)
    )
    found = {row.section: row.answers for row in rows}
    return {section: found[section] for section in HOLDS if section in found}


async def keep_answers(
    session: AsyncSession,
    renewal: Renewal,
    section: SectionName,
    answers: Declared,
    *,
    by: Process,
) -> None:
    """Other answers than those that were declared are declared anew. Raises RenewedAlready or CureOver."""
    await renewal.must_be_open(session, at=by.at)
    row = await session.get(RenewalAnswers, (renewal.id, section))
    if row and row.answers == answers:
        return
    if row is None:
        row = RenewalAnswers(renewal_id=renewal.id, section=section)
        session.add(row)
    row.write(answers, now=by.at)
    renewal.reopen(RenewalStep.DECLARATIONS, by=by)
    await session.flush()


def problems(
    answers: Mapping[SectionName, Declared],
    section: SectionName,
    rules: Rules,
    rule_set: RuleSet,
    *,
    now: datetime,
) -> list[Fault]:
    """What keeps a subject from being declared; nothing where it is ready."""
    said = answers.get(section)
    if said is None or said.version != rules.declaration_version:
        return [Fault("", "Answer the questions of this section")]
    facts = Facts(on=day_of(now), part=rule_set.part, rules=rules)
    return [*faults(said, facts), *excluded(answers, section, now=now)]


def excluded(
    answers: Mapping[SectionName, Declared], section: SectionName, *, now: datetime
) -> list[Fault]:
    """What the subject says that another excludes."""
    form = ApplicationForm()
    conduct = answers.get(SectionName.CONDUCT)
    elsewhere = answers.get(SectionName.REGISTRATIONS)
    if isinstance(conduct, Conduct):
        form.conduct = conduct
    if isinstance(elsewhere, Regulators):
        form.registrations = OtherRegistrations(acted_against=elsewhere.acted_against)
    return list(contradictions(form, section, on=day_of(now)))


async def unready(
    session: AsyncSession, renewal: Renewal, rule_set: RuleSet, *, now: datetime
) -> dict[SectionName, list[Fault]]:
    """The subjects that cannot be declared yet, and why."""
    answers = await answers_of(session, renewal)
    found = {
        section: problems(answers, section, rule_set.rules, rule_set, now=now)
        for section in HOLDS
    }
    return {section: faulty for section, faulty in found.items() if faulty}


async def declare(
    session: AsyncSession, renewal: Renewal, *, version: str, by: Process
) -> None:
    """Declare all that was answered, and accept the statements of that version.

    Raises RenewedAlready, CureOver, DeclarationChanged or NotAllDeclared.
    """
    await renewal.must_be_open(session, at=by.at)
    rule_set = await rules_declared(session, renewal, now=by.at)
    if version != rule_set.rules.declaration_version:
        raise DeclarationChanged
    if await unready(session, renewal, rule_set, now=by.at):
        raise NotAllDeclared
    before = {
        one.section: one.answers for one in await declared_of(session, renewal.id)
    }
    for section, answers in (await answers_of(session, renewal)).items():
        if before.get(section) != answers:
            session.add(RenewalDeclaration.of(renewal, section, answers, now=by.at))
    await session.flush()
    await renewal.confirm(
        session, RenewalStep.DECLARATIONS, declaration_version=version, by=by
    )


async def declared_of(
    session: AsyncSession, renewal_id: UUID
) -> list[RenewalDeclaration]:
    """Each subject as last declared."""
    rows = await session.scalars(
        select(RenewalDeclaration)
        .where(RenewalDeclaration.renewal_id == renewal_id)
        .ext(distinct_on(RenewalDeclaration.section))
        .order_by(RenewalDeclaration.section, RenewalDeclaration.declared_at.desc())
    )
    return list(rows)


def as_told(answers: Declared) -> dict[str, Any]:
    """For the copy of somebody's data."""
    plain: dict[str, Any] = msgspec.to_builtins(answers)
    return plain
