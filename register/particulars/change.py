"""A change of name or of date of birth: asked for with evidence, and made when two people agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship
from sqlalchemy.sql.elements import ColumnElement

from register.account import Account
from register.kit import files
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.kit.files import StoredFile
from register.kit.uploads import Received
from register.matching import look_for_matches
from register.particulars.acts import ParticularsEvent
from register.particulars.writing import project, write
from register.person import NameKind, Person, PersonName, fold
from register.process import Process, TextKind
from register.proposal import Proposal, ProposalKind, carries_out, withdraw_waiting


class ChangeKind(StrEnum):
    NAME = "name"
    BIRTH_DATE = "birth_date"


class ChangeReason(StrEnum):
    MARRIAGE = "marriage"
    SEPARATION = "separation"
    DEED_POLL = "deed_poll"
    RECORDED_WRONGLY = "recorded_wrongly"
    OTHER = "other"


class ChangeState(StrEnum):
    ASKED = "asked"
    WITHDRAWN = "withdrawn"
    MADE = "made"
    TURNED_DOWN = "turned_down"


class AskedAlready(Refused):
    def __init__(self) -> None:
        super().__init__("You have asked for this already. We will write to you.")


class NothingNew(Refused):
    def __init__(self) -> None:
        super().__init__("That is what the register says of you already.")


class ChangeEnded(Refused):
    def __init__(self) -> None:
        super().__init__("This request has ended already.")


@dataclass(frozen=True)
class NewName:
    given_names: str
    family_name: str
    since: date
    """The first day on which it is their name."""


class ParticularsChange(Base):
    """What somebody asks the register to say of them."""

    __tablename__ = "particulars_change"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[ChangeKind] = mapped_column(code(ChangeKind))
    because: Mapped[ChangeReason] = mapped_column(code(ChangeReason, "because"))
    given_names: Mapped[str | None]
    family_name: Mapped[str | None]
    since: Mapped[date | None]
    birth_date: Mapped[date | None]
    file_id: Mapped[UUID] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    """The evidence."""
    asked_at: Mapped[datetime]
    state: Mapped[ChangeState] = mapped_column(
        code(ChangeState, "state"), default=ChangeState.ASKED
    )
    ended_at: Mapped[datetime | None]
    ended_in: Mapped[UUID | None] = mapped_column(ForeignKey("process.id"))
    version: Mapped[int] = mapped_column(default=1)

    person: Mapped[Person] = relationship(lazy="raise")
    file: Mapped[StoredFile] = relationship(lazy="raise")
    ending: Mapped[Process | None] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint(
            """
            case kind
              when 'name' then num_nulls(given_names, family_name, since) = 0 and birth_date is null
              else num_nonnulls(given_names, family_name, since) = 0 and birth_date is not null
            end""",
            name="asked_for",
        ),
        CheckConstraint(
            "(state = 'asked') = (ended_at is null) and (ended_at is null) = (ended_in is null)",
            name="ended",
        ),
        Index(
            "particulars_change_one_open",
            "person_id",
            "kind",
            unique=True,
            postgresql_where="state = 'asked'",
        ),
        Index(
            "particulars_change_open",
            "asked_at",
            "id",
            postgresql_where="state = 'asked'",
        ),
    )

    @classmethod
    async def ask_name(
        cls,
        session: AsyncSession,
        person: Person,
        name: NewName,
        *,
        because: ChangeReason,
        evidence: Received,
        owner: UUID,
        by: Process,
    ) -> Self:
        """Raises NothingNew or AskedAlready."""
        if (name.given_names, name.family_name) == (
            person.given_names,
            person.family_name,
        ):
            raise NothingNew
        asked = cls(
            kind=ChangeKind.NAME,
            because=because,
            given_names=name.given_names,
            family_name=name.family_name,
            since=name.since,
        )
        return await asked._begin(
            session, person, evidence=evidence, owner=owner, by=by
        )

    @classmethod
    async def ask_birth_date(
        cls,
        session: AsyncSession,
        person: Person,
        birth_date: date,
        *,
        evidence: Received,
        owner: UUID,
        by: Process,
    ) -> Self:
        """Raises NothingNew or AskedAlready. Nobody is born on another day: what we hold was recorded wrongly."""
        if birth_date == person.birth_date:
            raise NothingNew
        asked = cls(
            kind=ChangeKind.BIRTH_DATE,
            because=ChangeReason.RECORDED_WRONGLY,
            birth_date=birth_date,
        )
        return await asked._begin(
            session, person, evidence=evidence, owner=owner, by=by
        )

    async def _begin(
        self,
        session: AsyncSession,
        person: Person,
        *,
        evidence: Received,
        owner: UUID,
        by: Process,
    ) -> Self:
        cls = type(self)
        if await session.scalar(
            select(cls.id).where(
                cls.person_id == person.id, cls.kind == self.kind, cls.open
            )
        ):
            raise AskedAlready
        self.id, self.person, self.person_id = uuid4(), person, person.id
        self.asked_at, self.state = by.at, ChangeState.ASKED
        self.file = await files.keep(session, evidence, owner=owner, now=by.at)
        session.add(self)
        self._tell(ParticularsEvent.ASKED, by)
        await session.flush()
        await self._write(session, "particulars_asked", by=by)
        return self

    @hybrid_property
    def open(self) -> bool:
        return self.state is ChangeState.ASKED

    @open.inplace.expression
    @classmethod
    def _open_in_sql(cls) -> ColumnElement[bool]:
        return cls.state == ChangeState.ASKED

    @property
    def about(self) -> str:
        """As a proposal names it."""
        return f"particulars:{self.id}"

    @property
    def name(self) -> str:
        return f"{self.given_names or ''} {self.family_name or ''}".strip()

    async def withdraw(self, session: AsyncSession, *, by: Process) -> None:
        """What waits for a second person waits no longer. Raises ChangeEnded."""
        self._end(ChangeState.WITHDRAWN, ParticularsEvent.WITHDRAWN, by)
        await withdraw_waiting(session, self.about, by=by)

    async def propose(
        self, session: AsyncSession, *, proposer: Account, by: Process
    ) -> Proposal:
        """To make it: the evidence shows it. Raises ChangeEnded, StillChecked or what else the file is not."""
        self._must_be_open()
        self.file.must_be_readable()
        return await Proposal.make(
            session,
            ProposalKind.CHANGE_PARTICULARS,
            about=self.about,
            person_id=self.person_id,
            data={},
            touched=[],
            proposer=proposer,
            by=by,
        )

    async def turn_down(
        self, session: AsyncSession, *, words: str, by: Process
    ) -> None:
        """With the words that the person will read; raises ChangeEnded."""
        self._end(ChangeState.TURNED_DOWN, ParticularsEvent.TURNED_DOWN, by)
        by.say(TextKind.PUBLIC, words)
        await withdraw_waiting(session, self.about, by=by)
        await self._write(session, "particulars_turned_down", by=by, words=words)

    async def make(self, session: AsyncSession, *, by: Process) -> None:
        """Say it on every surface from now on, and see whether they are alike to somebody else now."""
        person = await session.get_one(
            Person, self.person_id, with_for_update=True, populate_existing=True
        )
        if self.kind is ChangeKind.NAME:
            await self._rename(session, person)
        else:
            person.birth_date = self.birth_date
        self._end(ChangeState.MADE, ParticularsEvent.MADE, by)
        await project(session, person.id, by=by)
        await look_for_matches(session, person, by=by)
        await self._write(session, "particulars_made", by=by, number=person.number)

    async def _rename(self, session: AsyncSession, person: Person) -> None:
        """The name until now stays as a former one, so that who knows them by it still finds them."""
        assert self.since is not None and self.family_name is not None  # noqa: S101, PT018 - the table's CHECK
        former = person.name
        person.call(self.given_names or "", self.family_name)
        if fold(former) != fold(person.name):
            session.add(
                PersonName(
                    id=uuid4(),
                    person_id=person.id,
                    kind=NameKind.FORMER,
                    name=former,
                    until_on=self.since - timedelta(days=1),
                )
            )

    def _must_be_open(self) -> None:
        if not self.open:
            raise ChangeEnded

    def _end(self, state: ChangeState, event: ParticularsEvent, by: Process) -> None:
        self._must_be_open()
        self.state, self.ended_at, self.ending = state, by.at, by
        self._tell(event, by)

    def _tell(self, event: ParticularsEvent, by: Process) -> None:
        by.tell(
            event,
            person_id=self.person_id,
            change=self.id,
            what=self.kind,
            because=self.because,
        )

    async def _write(
        self, session: AsyncSession, letter: str, *, by: Process, **context: object
    ) -> None:
        await write(
            session,
            self.person_id,
            letter,
            key=str(self.id),
            by=by,
            change=self,
            **context,
        )


@carries_out(ProposalKind.CHANGE_PARTICULARS)
async def make(session: AsyncSession, proposal: Proposal, by: Process) -> None:
    change = await session.get_one(ParticularsChange, UUID(proposal.key))
    await change.make(session, by=by)


PAGE = 50


@dataclass(frozen=True)
class ChangesPage:
    rows: Sequence[ParticularsChange]
    next: UUID | None


async def changes_asked(
    session: AsyncSession, reader: Account, *, after: UUID | None = None
) -> ChangesPage:
    """What waits for a decision, the oldest first; nobody reads of their own here."""
    asked_at, id_ = ParticularsChange.asked_at, ParticularsChange.id
    found = _shown_to(reader).where(ParticularsChange.open)
    if after:
        last = select(asked_at, id_).where(id_ == after)
        found = found.where(tuple_(asked_at, id_) > last.scalar_subquery())
    rows = list(await session.scalars(found.order_by(asked_at, id_).limit(PAGE + 1)))
    return ChangesPage(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None)


async def change_for(
    session: AsyncSession, reader: Account, change_id: UUID, *, lock: bool = False
) -> ParticularsChange:
    """Raises NotFound."""
    found = _shown_to(reader).where(ParticularsChange.id == change_id)
    if lock:
        found = found.with_for_update(of=ParticularsChange)
    change = await session.scalar(found)
    if change is None:
        raise NotFound
    return change


def _shown_to(reader: Account) -> Select[ParticularsChange]:
    found = select(ParticularsChange).options(
        joinedload(ParticularsChange.person), joinedload(ParticularsChange.file)
    )
    if reader.person_id:
        found = found.where(ParticularsChange.person_id != reader.person_id)
    return found


async def changes_of(
    session: AsyncSession, person_id: UUID
) -> Sequence[ParticularsChange]:
    """All that somebody has asked, the newest first."""
    found = await session.scalars(
        select(ParticularsChange)
        .where(ParticularsChange.person_id == person_id)
        .options(joinedload(ParticularsChange.file))
        .order_by(ParticularsChange.asked_at.desc(), ParticularsChange.id)
    )
    return found.all()
