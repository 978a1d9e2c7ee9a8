"""The grounds of a notice with their words."""

from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from register.assessment import (
    Asked,
    ProposedCondition,
    asked_for,
    conditions_of,
)
from register.notice import Notice, NoticeKind


@dataclass(frozen=True)
class Grounds:
    """Of a notice to an applicant: one of the two. A removal is told by its code."""

    reasons: list[Asked] = field(default_factory=list)
    conditions: list[ProposedCondition] = field(default_factory=list)

    @classmethod
    async def of(cls, session: AsyncSession, notice: Notice) -> "Grounds":
        match notice.kind:
            case NoticeKind.MINDED_TO_REFUSE:
                return cls(reasons=await asked_for(session, notice.grounds))
            case NoticeKind.MINDED_TO_CONDITION:
                return cls(conditions=await conditions_of(session, notice.grounds))
            case NoticeKind.MINDED_TO_REMOVE:
                return cls()
