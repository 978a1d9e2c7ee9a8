"""Whose turn it is in an examination, as one of its examiners sees it, and what waits for each of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from fitness.case import Case, CaseMember, Place
from fitness.examination.decision import ExaminationDecision, decision_of
from fitness.examination.examination import Examination
from fitness.examination.view import Given
from register.account import Account


class Turn(StrEnum):
    VIEW = "view"
    """They have not said what they make of it."""
    OTHER_VIEWS = "other_views"
    AGREE = "agree"
    DRAFT = "draft"
    OTHER_CONFIRMS = "other_confirms"
    CONFIRM = "confirm"
    REGISTRANT = "registrant"
    OVER = "over"

    @property
    def theirs(self) -> bool:
        return self in {Turn.VIEW, Turn.AGREE, Turn.DRAFT, Turn.CONFIRM}


@dataclass(frozen=True)
class Standpoint:
    """How an examination stands for one of its examiners: asked as them, it knows no more than they may."""

    examination: Examination
    account_id: UUID
    given: Given
    decision: ExaminationDecision | None
    """The last one that was written, confirmed or not."""

    @classmethod
    async def of(
        cls, session: AsyncSession, examination: Examination, account_id: UUID
    ) -> Self:
        return cls(
            examination,
            account_id,
            await Given.of(session, examination),
            await decision_of(session, examination),
        )

    @property
    def draft(self) -> ExaminationDecision | None:
        """What waits to be confirmed, and still says what they agree on."""
        one = self.decision
        if one is None or one.confirmed_at or one.terms != self.given.agreed:
            return None
        return one

    @property
    def turn(self) -> Turn:
        if self.examination.ended_at:
            return Turn.OVER
        if self.examination.waiting_since:
            return Turn.REGISTRANT
        if self.given.agreed is None:
            return self._before_they_agree
        if self.draft is None:
            return Turn.DRAFT
        own = self.draft.account_id == self.account_id
        return Turn.OTHER_CONFIRMS if own else Turn.CONFIRM

    @property
    def _before_they_agree(self) -> Turn:
        if self.given.views.get(self.account_id) is None:
            return Turn.VIEW
        return Turn.AGREE if self.given.both else Turn.OTHER_VIEWS


async def examinations_for(
    session: AsyncSession, account: Account
) -> Sequence[tuple[Case, Standpoint]]:
    """Those that go on, by their target."""
    rows = await session.execute(
        select(Case, Examination)
        .join(Examination, Examination.case_id == Case.id)
        .join(CaseMember, CaseMember.case_id == Case.id)
        .where(
            CaseMember.account_id == account.id,
            CaseMember.place == Place.EXAMINER,
            CaseMember.left_at.is_(None),
            Examination.ended_at.is_(None),
        )
        .order_by(Examination.target_on, Case.reference)
    )
    return [
        (case, await Standpoint.of(session, examination, account.id))
        for case, examination in rows.all()
    ]
