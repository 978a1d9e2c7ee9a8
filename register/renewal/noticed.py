"""What was told before and after a lapse: the notice of intention to each person, and the news for whoever employs them."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    exists,
)
from sqlalchemy.orm import Mapped, mapped_column

from register.kit.db import Base, code
from register.kit.post import Message, MessageState
from register.notice import ServiceMethod


class LapseNotice(Base):
    """That an entry will lapse unless its renewal is finished by that day: given once of each, in time, and never changed."""

    __tablename__ = "lapse_notice"

    renewal_id: Mapped[UUID] = mapped_column(ForeignKey("renewal.id"), primary_key=True)
    last_day: Mapped[date] = mapped_column(primary_key=True)
    method: Mapped[ServiceMethod] = mapped_column(code(ServiceMethod, "method"))
    message_id: Mapped[UUID]
    """What was sent, and where to: the outbox keeps it, and knows whether it came."""
    sent_at: Mapped[datetime]
    deemed_on: Mapped[date]
    """The day on which it counts as served."""
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))

    __table_args__ = (
        CheckConstraint(
            "deemed_on > (sent_at at time zone 'Europe/London')::date", name="served"
        ),
    )


def noticed(
    renewal_id: ColumnElement[UUID] | UUID, last_day: date
) -> ColumnElement[bool]:
    """Whether notice was given of that last day.

    One that did not arrive was not given: nobody lapses by a letter that came back, nor by one that named another day.
    """
    came_back = exists().where(
        Message.id == LapseNotice.message_id, Message.state == MessageState.FAILED
    )
    return exists().where(
        LapseNotice.renewal_id == renewal_id,
        LapseNotice.last_day == last_day,
        ~came_back,
    )


class News(StrEnum):
    NOT_FINISHED = "not_finished"
    LAPSED = "lapsed"
    REGISTERED_AGAIN = "registered_again"


class EmployerNews(Base):
    """Of one renewal, each once; told when the leads of the organisations for which the person works have been written to."""

    __tablename__ = "employer_news"

    renewal_id: Mapped[UUID] = mapped_column(ForeignKey("renewal.id"), primary_key=True)
    of: Mapped[News] = mapped_column(code(News), primary_key=True)
    at: Mapped[datetime]
    told_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "employer_news_untold",
            "at",
            "renewal_id",
            postgresql_where="told_at is null",
        ),
    )
