"""An examination as the registrant follows it: by when we mean to decide, what both have signed, and what is proposed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from sqlalchemy.ext.asyncio import AsyncSession

from fitness.case import Case
from fitness.examination.decision import ExaminationDecision, decisions_of
from fitness.examination.disposal import Disposal, disposals_of
from fitness.examination.examination import Examination, examinations_of
from fitness.examination.outcome import Outcome


@dataclass(frozen=True)
class OwnExamination:
    """Asked as the registrant: the fence hides the report, the views and what is not signed."""

    examinations: Sequence[Examination]
    """The latest first."""
    decisions: Sequence[ExaminationDecision]
    """Of the latest."""
    proposals: Sequence[Disposal]

    @classmethod
    async def of(cls, session: AsyncSession, case: Case) -> Self:
        found = await examinations_of(session, case.id)
        return cls(
            found,
            await decisions_of(session, found[0]) if found else [],
            await disposals_of(session, case.id),
        )

    @property
    def now(self) -> Examination | None:
        """The one that goes on."""
        return next((one for one in self.examinations if not one.ended_at), None)

    @property
    def decided(self) -> Sequence[ExaminationDecision]:
        """What was not proposed, but decided."""
        return [one for one in self.decisions if one.outcome is not Outcome.DISPOSAL]

    @property
    def apart(self) -> bool:
        """A panel hears it as the examiners did not agree."""
        latest = self.examinations[0] if self.examinations else None
        return (
            latest is not None
            and latest.outcome is Outcome.HEARING
            and not self.decided
            and not self.answered_otherwise
        )

    @property
    def answered_otherwise(self) -> bool:
        return any(
            one.answer and one.answer.leads_to_a_hearing for one in self.proposals
        )

    @property
    def proposal(self) -> Disposal | None:
        return self.proposals[0] if self.proposals else None
