"""Facts: what is true of an entry from one moment until another. Nothing else decides a status.

Two tables a kind: what we now hold, and `…_superseded`, where the database moves each row that is changed or corrected, with
the time during which we held it. "What was in force then" reads the first; "what did the register say then" reads both.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    Constraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from register.kit.db import Base, code
from register.process import Process

Validity = Range[datetime]


class LapseReason(StrEnum):
    NOT_RENEWED = "not_renewed"
    NON_PAYMENT = "non_payment"


class RemovalReason(StrEnum):
    """Why an entry ended for good (domain.md 4.1); the public sees only which of three kinds it was."""

    VOLUNTARY = "voluntary"
    VOLUNTARY_DURING_CASE = "voluntary_during_case"
    CONDITION = "condition"
    CPD = "cpd"
    ERROR = "error"
    ORDER = "order"
    AUTOMATIC = "automatic"


class OrderKind(StrEnum):
    INTERIM_CONDITIONS = "interim_conditions"
    INTERIM_SUSPENSION = "interim_suspension"
    CONDITIONS_ORDER = "conditions_order"
    SUSPENSION_ORDER = "suspension_order"

    @property
    def suspends(self) -> bool:
        return self in SUSPENSIONS


SUSPENSIONS = frozenset({OrderKind.INTERIM_SUSPENSION, OrderKind.SUSPENSION_ORDER})


class ConditionKind(StrEnum):
    QUALIFICATION = "qual_condition"
    REGISTRATION = "reg_condition"


class WarningKind(StrEnum):
    WARNING = "warning"
    ADVICE = "advice"


class Fact:
    """What every kind of fact has, held or superseded."""

    valid: Mapped[Validity] = mapped_column(TSTZRANGE)
    recorded_at: Mapped[datetime]
    """When we came to hold it, or to hold it in this form."""

    @declared_attr
    def entry_id(self) -> Mapped[UUID]:
        return mapped_column(ForeignKey("entry.id"), index=True)

    @declared_attr
    def process_id(self) -> Mapped[UUID]:
        return mapped_column(ForeignKey("process.id"))

    @declared_attr
    def process(self) -> Mapped[Process]:
        """Set rather than its id, so that an act is written before the facts it changes."""
        return relationship(lazy="raise")

    @property
    def starts(self) -> datetime:
        assert self.valid.lower is not None  # noqa: S101 - the tables' CHECK
        return self.valid.lower

    def holds(self, instant: datetime) -> bool:
        return self.valid.contains(instant)

    def began(self, instant: datetime) -> bool:
        return self.starts <= instant


class Current(Fact, Base):
    """A fact that we hold now."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Constraint | Index, ...]:  # noqa: N805 - SQLAlchemy calls it with the class
        return (
            CheckConstraint(
                "not isempty(valid) and not lower_inf(valid)", name="valid"
            ),
        )


class Superseded(Fact, Base):
    """A fact as we once held it; `recorded` says from when until when. Written by the database alone."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True)
    recorded: Mapped[Validity] = mapped_column(TSTZRANGE, primary_key=True)


class RegistrationTerms:
    until_on: Mapped[date]
    """The last day printed. A period does not end by itself: a lapse or another fact ends it."""

    @declared_attr
    def rule_set_id(self) -> Mapped[UUID]:
        return mapped_column(ForeignKey("rule_set.id"))


class Registration(RegistrationTerms, Current):
    __tablename__ = "registration"
    # The database holds this one WITHOUT OVERLAPS: nobody is registered twice in one part at once.
    __table_args__ = (
        UniqueConstraint("entry_id", "valid", name="registration_entry_id_valid_key"),
        CheckConstraint("not isempty(valid) and not lower_inf(valid)", name="valid"),
        Index(
            "registration_standing",
            "until_on",
            "entry_id",
            postgresql_where="upper_inf(valid)",
        ),
    )


class RegistrationSuperseded(RegistrationTerms, Superseded):
    __tablename__ = "registration_superseded"


class LapseTerms:
    because: Mapped[LapseReason] = mapped_column(code(LapseReason))


class Lapse(LapseTerms, Current):
    __tablename__ = "lapse"


class LapseSuperseded(LapseTerms, Superseded):
    __tablename__ = "lapse_superseded"


class RemovalTerms:
    because: Mapped[RemovalReason] = mapped_column(code(RemovalReason))


class Removal(RemovalTerms, Current):
    __tablename__ = "removal"


class RemovalSuperseded(RemovalTerms, Superseded):
    __tablename__ = "removal_superseded"


class Worded:
    @declared_attr
    def text_id(self) -> Mapped[UUID | None]:
        """The public wording; None where the fact is shown without words, or they were erased."""
        return mapped_column(ForeignKey("process_text.id", ondelete="SET NULL"))


class OnceWorded:
    text_id: Mapped[UUID | None]
    """The wording it had. No key: the words may have been erased since, and this row never changes."""


class OrderTerms:
    kind: Mapped[OrderKind] = mapped_column(code(OrderKind))


class Order(OrderTerms, Worded, Current):
    __tablename__ = "practice_order"


class OrderSuperseded(OrderTerms, OnceWorded, Superseded):
    __tablename__ = "practice_order_superseded"


class ConditionTerms:
    kind: Mapped[ConditionKind] = mapped_column(code(ConditionKind))
    due_on: Mapped[date | None]


class Condition(ConditionTerms, Worded, Current):
    __tablename__ = "condition"
    # The database reads this key by PERIOD: a condition stands only while the entry is registered.
    __table_args__ = (
        ForeignKeyConstraint(
            ["entry_id", "valid"],
            ["registration.entry_id", "registration.valid"],
            name="condition_registration_fk",
            deferrable=True,
            initially="DEFERRED",
        ),
        CheckConstraint("not isempty(valid) and not lower_inf(valid)", name="valid"),
        CheckConstraint(
            "kind <> 'qual_condition' or due_on is not null", name="due_on"
        ),
    )


class ConditionSuperseded(ConditionTerms, OnceWorded, Superseded):
    __tablename__ = "condition_superseded"


class WarningTerms:
    kind: Mapped[WarningKind] = mapped_column(code(WarningKind))


class WarningFact(WarningTerms, Worded, Current):
    __tablename__ = "warning"


class WarningSuperseded(WarningTerms, OnceWorded, Superseded):
    __tablename__ = "warning_superseded"


class Hold(Current):
    """The entry must not lapse meanwhile. Whoever placed it knows why; the register does not."""

    __tablename__ = "hold"


class HoldSuperseded(Superseded):
    __tablename__ = "hold_superseded"


AnyRegistration = Registration | RegistrationSuperseded
AnyLapse = Lapse | LapseSuperseded
AnyRemoval = Removal | RemovalSuperseded
AnyOrder = Order | OrderSuperseded
AnyCondition = Condition | ConditionSuperseded
AnyWarning = WarningFact | WarningSuperseded
AnyHold = Hold | HoldSuperseded
"""As we hold it now, or as we once did: the rules read the two alike."""

AnyRestriction = AnyOrder | AnyCondition | AnyWarning
"""What limits or qualifies a registration."""

KINDS: dict[type[Current], type[Superseded]] = {
    Registration: RegistrationSuperseded,
    Lapse: LapseSuperseded,
    Removal: RemovalSuperseded,
    Order: OrderSuperseded,
    Condition: ConditionSuperseded,
    WarningFact: WarningSuperseded,
    Hold: HoldSuperseded,
}
