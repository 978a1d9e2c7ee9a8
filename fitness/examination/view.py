"""Views: what each examiner makes of a case, first without knowing the other's, then with it; never changed, only followed.

The database too shows an examiner nothing of the other's until both have given one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload

from fitness.case import Case, CaseEventKind, CaseText, Stage, say
from fitness.examination.examination import Examination, examined_versions
from fitness.examination.examiner import examiners_in
from fitness.examination.outcome import (
    FOR_MONTHS,
    ON_TERMS,
    NotByTheTest,
    Outcome,
    Prospect,
    Terms,
    agree,
    open_to,
    together,
)
from fitness.numbers import next_number
from fitness.order import Measure
from register.account import Account
from register.kit.db import Base, code
from register.kit.errors import NotFound, Refused
from register.process import Process


class NotAllWeighed(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Say of each allegation whether there is a realistic prospect."
        )


class OtherHasChanged(Refused):
    def __init__(self) -> None:
        super().__init__(
            "The other examiner has changed their view since you read it. Read it again before you change yours."
        )


class TooEarlyForALastWord(Refused):
    def __init__(self) -> None:
        super().__init__(
            "You can only stand by your view once you have read the other examiner’s."
        )


@dataclass(frozen=True)
class Weighed:
    """The first part of the test, of one allegation."""

    version_id: UUID
    prospect: Prospect
    words: str


@dataclass(frozen=True)
class Interest:
    """The second part: whether the public interest asks for a hearing, where there is a prospect at all."""

    hearing: bool
    words: str


class ExaminerView(Base):
    __tablename__ = "examiner_view"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    examination_id: Mapped[UUID] = mapped_column(ForeignKey("examination.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"), index=True)
    number: Mapped[int]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    given_at: Mapped[datetime]
    outcome: Mapped[Outcome] = mapped_column(code(Outcome, "outcome"))
    measure: Mapped[Measure | None] = mapped_column(code(Measure, "measure"))
    months: Mapped[int | None]
    interest: Mapped[bool | None]
    interest_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )
    text_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )
    interim: Mapped[bool]
    """Somebody should apply for an interim order meanwhile."""
    stands: Mapped[bool]
    """They have read the other's, and will not change their own."""

    process: Mapped[Process] = relationship(lazy="raise")
    account: Mapped[Account] = relationship(lazy="raise", viewonly=True)
    interest_text: Mapped[CaseText | None] = relationship(
        lazy="raise", foreign_keys=interest_id
    )
    text: Mapped[CaseText | None] = relationship(lazy="raise", foreign_keys=text_id)
    weighed: Mapped[list["ExaminerProspect"]] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("examination_id", "number"),
        CheckConstraint(ON_TERMS, name="terms"),
        CheckConstraint(FOR_MONTHS, name="months"),
        CheckConstraint(
            "outcome = 'more_information' or (outcome = 'hearing') = (interest is true) "
            "and (outcome = 'disposal') = (interest is false)",
            name="interest",
        ),
    )

    @classmethod
    async def give(
        cls,
        session: AsyncSession,
        case: Case,
        examination: Examination,
        account: Account,
        *,
        terms: Terms,
        weighed: Sequence[Weighed],
        interest: Interest | None,
        words: str,
        interim: bool,
        stands: bool = False,
        read: int | None = None,
        by: Process,
    ) -> Self:
        """`read`: the number of the other's view that they have read. As the service, with the case locked.

        Raises NotNow, ExaminationOver, WaitsForTheRegistrant, NotFound, NotAllWeighed, InterestNotWeighed, NotByTheTest,
        OtherHasChanged or TooEarlyForALastWord.
        """
        case.must_be(Stage.EXAMINATION)
        examination.must_be_theirs()
        given = await Given.of(session, examination)
        given.must_have_read(account.id, read, stands=stands)
        await _must_fit(session, examination, terms, weighed, interest)
        view = cls(
            id=uuid4(),
            examination_id=examination.id,
            case_id=case.id,
            number=await next_number(
                session, cls.number, cls.examination_id, examination.id
            ),
            account_id=account.id,
            process=by,
            given_at=by.at,
            outcome=terms.outcome,
            measure=terms.measure,
            months=terms.months,
            interest=interest.hearing if interest else None,
            interest_text=say(session, case.id, interest.words, by=by)
            if interest
            else None,
            text=say(session, case.id, words, by=by),
            interim=interim,
            stands=stands,
            weighed=[ExaminerProspect.of(session, case, one, by=by) for one in weighed],
        )
        session.add(view)
        case.tell(session, CaseEventKind.VIEW_GIVEN, by=by, account=account.id)
        if interim:
            case.tell(session, CaseEventKind.INTERIM_WANTED, by=by, account=account.id)
        await session.flush()
        return view

    @property
    def terms(self) -> Terms:
        return Terms(self.outcome, self.measure, self.months)

    @property
    def prospects(self) -> Mapping[UUID, Prospect]:
        return {one.version_id: one.prospect for one in self.weighed}


class ExaminerProspect(Base):
    """The database refuses to change one."""

    __tablename__ = "examiner_prospect"

    view_id: Mapped[UUID] = mapped_column(
        ForeignKey("examiner_view.id"), primary_key=True
    )
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"), index=True)
    version_id: Mapped[UUID] = mapped_column(
        ForeignKey("allegation_version.id"), primary_key=True
    )
    prospect: Mapped[Prospect] = mapped_column(code(Prospect, "prospect"))
    text_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )

    text: Mapped[CaseText | None] = relationship(lazy="raise")

    @classmethod
    def of(
        cls, session: AsyncSession, case: Case, weighed: Weighed, *, by: Process
    ) -> Self:
        return cls(
            case_id=case.id,
            version_id=weighed.version_id,
            prospect=weighed.prospect,
            text=say(session, case.id, weighed.words, by=by),
        )


async def _must_fit(
    session: AsyncSession,
    examination: Examination,
    terms: Terms,
    weighed: Sequence[Weighed],
    interest: Interest | None,
) -> None:
    """Whether the test, of every allegation, leads to what they would do."""
    asked = await session.scalars(
        select(examined_versions.c.version_id).where(
            examined_versions.c.examination_id == examination.id
        )
    )
    if sorted(asked) != sorted(one.version_id for one in weighed):
        raise NotAllWeighed
    prospects = [one.prospect for one in weighed]
    allowed = open_to(prospects, interest=interest.hearing if interest else None)
    if terms.outcome not in allowed:
        raise NotByTheTest(allowed)


@dataclass(frozen=True)
class LatestView:
    """As it is held against the other's."""

    view: ExaminerView
    last_word: bool

    @property
    def terms(self) -> Terms:
        return self.view.terms

    @property
    def prospects(self) -> Mapping[UUID, Prospect]:
        return self.view.prospects


@dataclass(frozen=True)
class Given:
    """The latest view of each who examines the case now, by their account."""

    examination: Examination
    views: Mapping[UUID, ExaminerView | None]

    @classmethod
    async def of(cls, session: AsyncSession, examination: Examination) -> Self:
        """All of them, as far as the database shows them to whoever asks."""
        now = await examiners_in(session, examination.case_id)
        latest: dict[UUID, ExaminerView | None] = dict.fromkeys(now)
        for view in reversed(await views_of(session, examination)):
            if view.account_id in latest:
                latest[view.account_id] = view
        return cls(examination, latest)

    @property
    def both(self) -> bool:
        return len(self.views) == 2 and all(self.views.values())

    @property
    def agreed(self) -> Terms | None:
        """What both would do; None while they do not agree."""
        terms = self._together
        return terms if terms and not self.apart else None

    @property
    def apart(self) -> bool:
        """They do not agree, and each has said that they will not."""
        return self.both and not agree(*self._two) and self._together is not None

    @property
    def _together(self) -> Terms | None:
        return together(*self._two) if self.both else None

    @property
    def _two(self) -> list[LatestView]:
        return [self._latest(view) for view in self.views.values() if view]

    def _latest(self, view: ExaminerView) -> LatestView:
        since = self.examination.views_since
        return LatestView(view, last_word=view.stands and view.given_at >= since)

    def other_than(self, account_id: UUID) -> ExaminerView | None:
        """For them to read, once both are given."""
        others = [view for who, view in self.views.items() if who != account_id]
        return others[0] if self.both and others else None

    def must_have_read(
        self, account_id: UUID, read: int | None, *, stands: bool
    ) -> None:
        """Raises NotFound for whoever does not examine the case."""
        if account_id not in self.views:
            raise NotFound
        other = self.other_than(account_id)
        if stands and other is None:
            raise TooEarlyForALastWord
        if other is not None and read != other.number:
            raise OtherHasChanged


async def views_of(
    session: AsyncSession, examination: Examination
) -> Sequence[ExaminerView]:
    """The latest first."""
    found = await session.scalars(
        select(ExaminerView)
        .where(ExaminerView.examination_id == examination.id)
        .options(
            joinedload(ExaminerView.account),
            joinedload(ExaminerView.text),
            joinedload(ExaminerView.interest_text),
            selectinload(ExaminerView.weighed).options(
                joinedload(ExaminerProspect.text)
            ),
        )
        .order_by(ExaminerView.number.desc())
    )
    return found.all()
