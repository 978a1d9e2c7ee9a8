"""Cases: one of our looks into whether somebody is fit to practise, from its opening to its end.

Who may know of one is asked here by `visible_to`, and once more by the database (fitness/fence.py).
"""

from datetime import date, datetime, timedelta
from typing import Any, Self
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    or_,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fitness.case.acts import CaseEventKind
from fitness.case.history import say, tell
from fitness.case.member import (
    AboutThem,
    AnotherPlace,
    CaseMember,
    NotTheirPlace,
    Place,
    members,
)
from fitness.case.state import MOVES, ClosedBecause, Stage
from fitness.figures import rule_set_for
from register.account import Account, StaffRole
from register.entry import A_MOMENT, Entry
from register.kit.clock import day_of, months_after
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.kit.security import codes
from register.person import Person, survivor, with_merged
from register.process import Process
from register.rule_set import RuleSet

ANSWER_FOR_ALL = frozenset({StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR})
"""Know of all cases that are not restricted; an auditor of those too (domain.md 11)."""


def draw_reference() -> str:
    """A reference nobody can guess: F-7K2M9QXD."""
    return f"F-{codes.draw(8)}"


class NotNow(Refused):
    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        super().__init__("The stage of this case does not allow this now.")


class OnlyRestoration(Refused):
    def __init__(self) -> None:
        super().__init__(
            "In this case a panel decides whether somebody is restored, and nothing else."
        )


class NotBothWays(Refused):
    def __init__(self) -> None:
        super().__init__("The case is restricted already, or is not restricted.")


class MustStay(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Nobody else answers for this restricted case. Lift the restriction first."
        )


class Case(Base):
    __tablename__ = "fitness_case"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    reference: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    """Whom it is about, as we knew them when it was opened: `survivor` says who that is now."""
    rule_set_id: Mapped[UUID] = mapped_column(ForeignKey("rule_set.id"))
    """Under which its time limits run."""
    stage: Mapped[Stage] = mapped_column(code(Stage, "stage"))
    stage_since: Mapped[datetime]
    restricted: Mapped[bool] = mapped_column(default=False)
    """Known to its members alone."""
    opened_at: Mapped[datetime]
    tell_by: Mapped[date | None]
    """The last day on which the registrant is to be told of the investigation."""
    told_at: Mapped[datetime | None]
    """From when on the registrant sees it."""
    closed_at: Mapped[datetime | None]
    because: Mapped[ClosedBecause | None] = mapped_column(
        code(ClosedBecause, "because")
    )
    joined_to: Mapped[UUID | None] = mapped_column(ForeignKey("fitness_case.id"))
    proposal_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("proposal.id"), unique=True
    )
    """What was proposed of somebody who asks to be restored after a removal by order, and a panel decides on."""
    version: Mapped[int] = mapped_column(default=1)

    person: Mapped[Person] = relationship(lazy="raise")
    rule_set: Mapped[RuleSet] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint(
            "(stage = 'closed') = (closed_at is not null) and (closed_at is null) = (because is null)",
            name="closed",
        ),
        CheckConstraint(
            "(because = 'joined') is true = (joined_to is not null) and joined_to <> id",
            name="joined",
        ),
        CheckConstraint(
            "(stage <> 'triage' or tell_by is null) and (tell_by is not null or told_at is null)",
            name="told",
        ),
        CheckConstraint("closed_at >= opened_at", name="order"),
        Index(
            "fitness_case_open",
            "stage_since",
            "id",
            postgresql_where="stage <> 'closed'",
        ),
    )

    @classmethod
    async def open(
        cls, session: AsyncSession, person: Person, *, taker: Account, by: Process
    ) -> Self:
        """At triage, with whoever takes it as its investigator; raises AboutThem or NotTheirPlace."""
        rule_set = await rule_set_for(session, person.id, now=by.at)
        await must_fit(session, person.id, taker, Place.INVESTIGATOR)
        case = cls(
            id=uuid4(),
            reference=draw_reference(),
            person=person,
            person_id=person.id,
            rule_set=rule_set,
            rule_set_id=rule_set.id,
            stage=Stage.TRIAGE,
            stage_since=by.at,
            opened_at=by.at,
        )
        session.add(case)
        await session.flush()
        await case._add_member(session, taker, Place.INVESTIGATOR, by=by)
        case.tell(session, CaseEventKind.OPENED, by=by)
        case._tell_of_member(session, CaseEventKind.MEMBER_JOINED, taker.id, by=by)
        await session.flush()
        return case

    @classmethod
    async def to_restore(
        cls, session: AsyncSession, person: Person, proposal_id: UUID, *, by: Process
    ) -> Self:
        """Before a panel at once, and known to whoever asks to be restored; nobody works on it yet."""
        rule_set = await rule_set_for(session, person.id, now=by.at)
        case = cls(
            id=uuid4(),
            reference=draw_reference(),
            person=person,
            person_id=person.id,
            rule_set=rule_set,
            rule_set_id=rule_set.id,
            stage=Stage.HEARING,
            stage_since=by.at,
            opened_at=by.at,
            tell_by=day_of(by.at),
            told_at=by.at,
            proposal_id=proposal_id,
        )
        session.add(case)
        await session.flush()
        case.tell(session, CaseEventKind.OPENED, by=by)
        await session.flush()
        return case

    @property
    def restores(self) -> bool:
        """Whether it was opened for somebody who asks to be restored."""
        return self.proposal_id is not None

    @property
    def hears_restoration(self) -> bool:
        """Until the panel has decided that, it is about nothing else."""
        return self.restores and self.stage is Stage.HEARING

    @property
    def open_now(self) -> bool:
        return self.stage is not Stage.CLOSED

    @property
    def triage_due(self) -> date:
        """The day of the target."""
        days = self.rule_set.rules.triage_target_days
        return day_of(self.opened_at) + timedelta(days=days)

    def rungs(self, today: date) -> list[int]:
        """The months of the rules that its age has reached, the fewest first; none once it is decided."""
        opened = day_of(self.opened_at)
        return sorted(
            months
            for months in self.rule_set.rules.case_escalation_months
            if not self.stage.decided and months_after(opened, months) <= today
        )

    def must_be(self, *stages: Stage) -> None:
        if self.stage not in stages:
            raise NotNow(self.stage)

    def must_not_restore(self) -> None:
        """Raises OnlyRestoration."""
        if self.hears_restoration:
            raise OnlyRestoration

    def move(
        self, session: AsyncSession, stage: Stage, *, by: Process, **facts: Any
    ) -> None:
        """Raises NotNow where that stage does not follow."""
        if stage not in MOVES[self.stage]:
            raise NotNow(self.stage)
        self.tell(
            session,
            CaseEventKind.MOVED,
            by=by,
            was=self.stage,
            now=stage,
            **facts,
        )
        self.stage, self.stage_since = stage, by.at

    async def investigate(self, session: AsyncSession, *, by: Process) -> None:
        """From now on no part that the registrant holds lapses, and the days run in which they are to be told."""
        self.move(session, Stage.INVESTIGATION, by=by)
        days = self.rule_set.rules.investigation_notice_days
        self.tell_by = day_of(by.at) + timedelta(days=days)
        self.tell(session, CaseEventKind.TO_BE_TOLD, by=by, until=self.tell_by)
        await hold_entries(session, self, by=by)

    async def close(
        self,
        session: AsyncSession,
        because: ClosedBecause,
        *,
        by: Process,
        joined_to: UUID | None = None,
    ) -> None:
        self.move(session, Stage.CLOSED, by=by, because=because)
        self.closed_at, self.because, self.joined_to = by.at, because, joined_to
        self.tell(session, CaseEventKind.CLOSED, by=by, because=because)
        await session.flush()
        await release_entries(session, self, by=by)

    async def take_on(
        self, session: AsyncSession, account: Account, place: Place, *, by: Process
    ) -> CaseMember:
        """Raises AboutThem, NotTheirPlace or AnotherPlace; whoever has the place already keeps it."""
        await must_fit(session, self.person_id, account, place)
        earlier = await session.scalars(
            select(CaseMember).where(
                CaseMember.case_id == self.id, CaseMember.account_id == account.id
            )
        )
        for member in earlier:
            if member.place is not place:
                raise AnotherPlace
            if member.left_at is None:
                return member
        member = await self._add_member(session, account, place, by=by)
        self._tell_of_member(session, CaseEventKind.MEMBER_JOINED, account.id, by=by)
        return member

    async def _add_member(
        self, session: AsyncSession, account: Account, place: Place, *, by: Process
    ) -> CaseMember:
        """Written at once: what else is told of the case is told by its members.

        By its id: the account may belong to another session, which outlives what becomes of this one.
        """
        member = CaseMember(
            id=uuid4(),
            case_id=self.id,
            account_id=account.id,
            place=place,
            joined_at=by.at,
            process=by,
        )
        session.add(member)
        await session.flush()
        return member

    def _tell_of_member(
        self,
        session: AsyncSession,
        kind: CaseEventKind,
        account_id: UUID,
        *,
        by: Process,
    ) -> None:
        self.tell(session, kind, by=by, account=account_id)

    async def release(
        self, session: AsyncSession, member: CaseMember, *, by: Process
    ) -> None:
        """They work on it no longer; raises MustStay for the last who answers for a restricted case."""
        if self.restricted and member.place is Place.MANAGER:
            others = [
                one
                for one in await members(session, self.id)
                if one.place is Place.MANAGER and one.id != member.id
            ]
            if not others:
                raise MustStay
        member.left_at = by.at
        self._tell_of_member(
            session, CaseEventKind.MEMBER_LEFT, member.account_id, by=by
        )

    async def restrict(
        self, session: AsyncSession, by_whom: Account, *, words: str, by: Process
    ) -> None:
        """Whoever restricts it answers for it; raises NotBothWays."""
        if self.restricted:
            raise NotBothWays
        await self.take_on(session, by_whom, Place.MANAGER, by=by)
        self.restricted = True
        text = say(session, self.id, words, by=by)
        self.tell(session, CaseEventKind.RESTRICTED, by=by, text=text.id)

    def lift_restriction(
        self, session: AsyncSession, *, words: str, by: Process
    ) -> None:
        if not self.restricted:
            raise NotBothWays
        self.restricted = False
        text = say(session, self.id, words, by=by)
        self.tell(session, CaseEventKind.RESTRICTION_LIFTED, by=by, text=text.id)

    def note(self, session: AsyncSession, words: str, *, by: Process) -> None:
        text = say(session, self.id, words, by=by)
        self.tell(session, CaseEventKind.NOTED, by=by, text=text.id)

    def tell(
        self, session: AsyncSession, kind: CaseEventKind, *, by: Process, **facts: Any
    ) -> None:
        tell(session, self.id, kind, by=by, **facts)


async def must_fit(
    session: AsyncSession, person_id: UUID, account: Account, place: Place
) -> None:
    """Whether they may have that place in a case about the person; raises AboutThem or NotTheirPlace."""
    if account.person_id and await survivor(
        session, account.person_id
    ) == await survivor(session, person_id):
        raise AboutThem
    if not place.fits(account.roles):
        raise NotTheirPlace


def visible_to(account: Account) -> ColumnElement[bool]:
    """Cases of which a member of staff may know: theirs, and to some roles all that are not restricted; never one about them."""
    theirs = select(CaseMember.case_id).where(
        CaseMember.account_id == account.id, CaseMember.left_at.is_(None)
    )
    seen: ColumnElement[bool] = Case.id.in_(theirs)
    if account.roles & ANSWER_FOR_ALL:
        seen = or_(seen, Case.restricted.is_(False))
    if StaffRole.AUDITOR in account.roles:
        seen = true()
    if account.person_id is None:
        return seen
    return seen & Case.person_id.not_in(_same_as(account.person_id))


async def case_for(
    session: AsyncSession, account: Account, reference: str, *, lock: bool = False
) -> Case:
    """Raises NotFound where there is none, or none that they may know of."""
    found = select(Case).where(Case.reference == reference, visible_to(account))
    if lock:
        found = found.with_for_update(of=Case)
    case = await session.scalar(found)
    if case is None:
        raise NotFound
    await session.refresh(case, ["person", "rule_set"])
    return case


class CaseHold(Base):
    """That a case keeps an entry from lapsing; the register knows the hold, and not whose it is."""

    __tablename__ = "case_hold"

    hold_id: Mapped[UUID] = mapped_column(ForeignKey("hold.id"), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"), index=True)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"))


async def hold_entries(session: AsyncSession, case: Case, *, by: Process) -> None:
    """Each place in the register that the person has now, in whatever part."""
    persons = await with_merged(session, await survivor(session, case.person_id))
    ids = await session.scalars(
        select(Entry.id).where(Entry.person_id.in_(persons)).order_by(Entry.id)
    )
    for entry_id in ids.all():
        entry = await Entry.load(session, entry_id, lock=True)
        status = entry.status_at(by.at)
        if status and status.current:
            hold = await entry.hold(session, on=by.at, by=by)
            await session.flush()
            session.add(CaseHold(hold_id=hold.id, case_id=case.id, entry_id=entry.id))
    await session.flush()


async def release_entries(session: AsyncSession, case: Case, *, by: Process) -> None:
    """What this case held; another case about the same person goes on holding."""
    held = await session.scalars(select(CaseHold).where(CaseHold.case_id == case.id))
    for one in held.all():
        entry = await Entry.load(session, one.entry_id, lock=True)
        for hold in entry.holds:
            if hold.id == one.hold_id and hold.holds(by.at):
                # A case may be closed in the moment in which it was opened, and a hold lasts some time at least.
                on = max(by.at, hold.starts + A_MOMENT)
                await entry.end(session, hold, on=on, by=by)


def _same_as(person_id: UUID) -> Select[UUID]:
    """The person, whoever they became and whoever became them."""
    up = (select(Person.id, Person.merged_into).where(Person.id == person_id)).cte(
        "up", recursive=True
    )
    up = up.union_all(
        select(Person.id, Person.merged_into).join(up, Person.id == up.c.merged_into)
    )
    down = select(up.c.id).where(up.c.merged_into.is_(None)).cte("down", recursive=True)
    down = down.union_all(select(Person.id).join(down, Person.merged_into == down.c.id))
    return select(down.c.id)
