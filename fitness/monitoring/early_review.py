"""What a registrant asks for: that their order is reviewed earlier than planned, since something is otherwise than it was."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from fitness.case import Case, CaseEventKind, CaseText, say
from fitness.investigation.drawn import Drawn, draw
from fitness.investigation.owed import serve_or_owe
from fitness.investigation.served import ServiceKind
from fitness.monitoring.review import Because, bring_forward, must_be_reviewed
from fitness.notice_template import Gap, NoticeKind
from fitness.order import CaseOrder
from register.kit.clock import day_of
from register.kit.db import Base
from register.kit.errors import Refused
from register.kit.pages import day
from register.kit.security.sealing import seal, unseal
from register.person import Person
from register.process import Process

TABLE, COLUMN = "early_review", "sealed"
FORWARD = "We review your order by {until}. We write to you again with the day of the hearing."
DECLINED = "We do not review your order earlier than planned."


class AskedAlready(Refused):
    def __init__(self) -> None:
        super().__init__("You have asked for this already, and we have not answered.")


class AnsweredAlready(Refused):
    def __init__(self) -> None:
        super().__init__("This request has been answered already.")


class EarlyReview(Base):
    """What was asked is sealed, as it came."""

    __tablename__ = TABLE

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("fitness_case.id"), index=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("case_order.id"))
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    asked_at: Mapped[datetime]
    answer_by: Mapped[date]
    """The last day on which it is to be answered."""
    sealed: Mapped[bytes]
    answered_at: Mapped[datetime | None]
    granted: Mapped[bool | None]
    text_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case_text.id", ondelete="SET NULL")
    )
    """Why it was answered so."""

    process: Mapped[Process] = relationship(lazy="raise")
    text: Mapped[CaseText | None] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint(
            "(answered_at is null) = (granted is null) and answered_at >= asked_at",
            name="answered",
        ),
        Index(
            "early_review_one_open",
            "order_id",
            unique=True,
            postgresql_where="answered_at is null",
        ),
    )

    @property
    def words(self) -> str:
        return unseal(
            self.sealed, table=TABLE, column=COLUMN, row=str(self.id)
        ).decode()

    @property
    def waits(self) -> bool:
        return self.answered_at is None

    @classmethod
    async def ask(
        cls,
        session: AsyncSession,
        case: Case,
        order: CaseOrder,
        words: str,
        *,
        by: Process,
    ) -> Self:
        """Raises OrderEnded, NotInForce, NotReviewed or AskedAlready."""
        must_be_reviewed(order, by.at)
        # Two clicks would each find that nothing was asked yet.
        await session.get_one(Person, case.person_id, with_for_update=True)
        if any(one.waits for one in await early_reviews_of(session, order)):
            raise AskedAlready
        days = case.rule_set.rules.early_review_answer_days
        asked = cls(
            id=uuid4(),
            case_id=case.id,
            order_id=order.id,
            process=by,
            asked_at=by.at,
            answer_by=day_of(by.at) + timedelta(days=days),
        )
        asked.sealed = seal(
            words.encode(), table=TABLE, column=COLUMN, row=str(asked.id)
        )
        session.add(asked)
        case.tell(session, CaseEventKind.EARLY_REVIEW_ASKED, by=by, order=order.number)
        await session.flush()
        return asked

    async def draw(
        self,
        session: AsyncSession,
        case: Case,
        words: str,
        *,
        until: date | None,
        now: datetime,
    ) -> Drawn:
        """As `answer` would serve it. Raises CannotBeServed."""
        said = _said(words, until)
        return await draw(session, case, NoticeKind.EARLY_REVIEW, said, now=now)

    async def answer(
        self,
        session: AsyncSession,
        case: Case,
        order: CaseOrder,
        words: str,
        *,
        until: date | None,
        by: Process,
    ) -> None:
        """`until`: the day by which it is reviewed; None where nothing is changed. Whether or not it can be served.

        Raises AnsweredAlready, OrderEnded, NotInForce, NotReviewed or NotEarlier.
        """
        if not self.waits:
            raise AnsweredAlready
        if until:
            bring_forward(
                session, case, order, Because.REQUEST, words, until=until, by=by
            )
        self.answered_at, self.granted = by.at, until is not None
        self.text = say(session, case.id, words, by=by)
        case.tell(
            session,
            CaseEventKind.EARLY_REVIEW_ANSWERED,
            by=by,
            order=order.number,
            granted=self.granted,
        )
        await session.flush()
        await serve_or_owe(
            session,
            case,
            ServiceKind.EARLY_REVIEW,
            NoticeKind.EARLY_REVIEW,
            _said(words, until),
            text=self.text,
            by=by,
        )


def _said(words: str, until: date | None) -> dict[Gap, str]:
    outcome = FORWARD.format(until=day(until)) if until else DECLINED
    return {Gap.OUTCOME: outcome, Gap.OUR_WORDS: words}


async def early_reviews_of(
    session: AsyncSession, order: CaseOrder
) -> Sequence[EarlyReview]:
    """The latest first."""
    found = await session.scalars(
        select(EarlyReview)
        .where(EarlyReview.order_id == order.id)
        .options(joinedload(EarlyReview.text))
        .order_by(EarlyReview.asked_at.desc(), EarlyReview.id)
    )
    return found.all()
