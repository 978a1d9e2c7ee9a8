"""Concerns: what somebody tells us of a person who works with children, from the first page they write to what becomes of it."""

import hmac
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import ClassVar, Self
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import CheckConstraint, ForeignKey, Index, case, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.elements import ColumnElement

from fitness.concern.state import Body, ConcernState, Referrer, StepKind, Unfit
from fitness.concern.step import ConcernStep
from fitness.concern.telling import agrees, due_by, recorded
from fitness.concern.told import (
    ANSWERS,
    Answers,
    Section,
    Told,
    is_anonymous,
    is_protected,
    unfinished,
    you_of,
)
from fitness.fence import Capacity, look_as
from fitness.figures import rule_set_for
from fitness.notice_template import (
    Gap,
    NoticeKind,
    Outside,
    draw_outside,
    page_words,
    tell_outside,
)
from register.kit.clock import day_of, working_days_after
from register.kit.db import Base, code
from register.kit.errors import Refused
from register.kit.pages import day
from register.kit.security import codes
from register.kit.security.keys import keyed_hash, lasting_key
from register.kit.security.sealing import seal, unseal
from register.person import Person
from register.process import Process
from register.rule_set import Rules

REFERENCE_LENGTH, CODE_LENGTH = 8, 12


class NotComplete(Refused):
    def __init__(self) -> None:
        super().__init__(
            "Something is still to be answered before this concern can be sent."
        )


class Settled(Refused):
    """Signposted, passed on, or in a case: intake is over."""

    def __init__(self, concern: "Concern") -> None:
        super().__init__(
            f"Concern {concern.reference} has been dealt with, so this can no longer be done."
        )


class NotScreened(Refused):
    """Nobody lets go of what nobody has looked at for danger."""

    def __init__(self, concern: "Concern") -> None:
        super().__init__(
            f"Say first whether concern {concern.reference} tells of an immediate risk to children."
        )


class ScreenedAlready(Refused):
    def __init__(self, concern: "Concern") -> None:
        super().__init__(
            f"Concern {concern.reference} has been looked at for immediate risk already."
        )


class NotMatched(Refused):
    """A case is about somebody."""

    def __init__(self, concern: "Concern") -> None:
        super().__init__(f"Say first whom concern {concern.reference} is about.")


class OnTheRegister(Refused):
    def __init__(self, concern: "Concern") -> None:
        super().__init__(
            f"Concern {concern.reference} is matched to a person on the register: take the match back first."
        )


class NobodyToAnswer(Refused):
    """Whoever raised it gave no way to write to them."""

    def __init__(self) -> None:
        super().__init__(
            "Whoever raised this concern did not say who they are, so there is nobody to acknowledge it to."
        )


class Concern(Base):
    """Begun by whoever holds its code; read by staff from the moment at which it is sent, and changed by its referrer no more."""

    __tablename__ = "concern"

    KEY_OF_ACKNOWLEDGEMENT: ClassVar = "concern_acknowledged:"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    reference: Mapped[str] = mapped_column(unique=True)
    code_hash: Mapped[bytes]
    referrer: Mapped[Referrer] = mapped_column(code(Referrer, "referrer"))
    state: Mapped[ConcernState] = mapped_column(
        code(ConcernState, "state"), default=ConcernState.DRAFT
    )
    begun_at: Mapped[datetime]
    keep_until: Mapped[date]
    """The last day on which a draft is here."""
    sent_at: Mapped[datetime | None]
    rule_set_id: Mapped[UUID | None] = mapped_column(ForeignKey("rule_set.id"))
    """By which it is due."""
    anonymous: Mapped[bool] = mapped_column(default=False)
    protected: Mapped[bool] = mapped_column(default=False)
    """Whoever raised it asks that the registrant is not told who it was."""
    screen_by: Mapped[date | None]
    screened_at: Mapped[datetime | None]
    at_risk: Mapped[bool | None]
    """Whether somebody of us saw an immediate risk to children in it."""
    acknowledge_by: Mapped[date | None]
    """None where nobody is known to whom we could."""
    acknowledged_at: Mapped[datetime | None]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    """Whom it is about, once somebody has found them."""
    looked_up_at: Mapped[datetime | None]
    """When somebody last looked whom it is about, found or not."""
    case_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("fitness_case.id"), index=True
    )
    """Whoever may not know of the case does not know of it then."""
    settled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("(state = 'draft') = (sent_at is null)", name="sent"),
        CheckConstraint("(sent_at is null) = (screen_by is null)", name="screen_by"),
        CheckConstraint("(sent_at is null) = (rule_set_id is null)", name="rules"),
        CheckConstraint("(screened_at is null) = (at_risk is null)", name="screened"),
        CheckConstraint(
            "(state in ('draft', 'received')) = (screened_at is null)", name="looked_at"
        ),
        CheckConstraint("(state = 'taken') = (case_id is not null)", name="taken"),
        CheckConstraint(
            "(state in ('signposted', 'passed_on', 'taken')) = (settled_at is not null)",
            name="settled",
        ),
        CheckConstraint(
            "person_id is null or looked_up_at is not null", name="looked_up"
        ),
        CheckConstraint("length(code_hash) = 32", name="code_hash"),
        Index("concern_drafts", "keep_until", postgresql_where="state = 'draft'"),
        Index(
            "concern_open",
            "sent_at",
            postgresql_where="state in ('received', 'screened')",
        ),
    )

    # The referrer

    @classmethod
    async def begin(
        cls, session: AsyncSession, referrer: Referrer, *, now: datetime
    ) -> tuple[Self, str]:
        """A draft, and the code that opens it: told this once, and kept by us as a keyed hash only."""
        rules = (await rule_set_for(session, None, now=now)).rules
        concern_id, secret = uuid4(), codes.draw(CODE_LENGTH)
        await look_as(session, Capacity.REFERRER, concern_id)
        concern = cls(
            id=concern_id,
            reference=f"C-{codes.draw(REFERENCE_LENGTH)}",
            code_hash=_hash_of(concern_id, secret),
            referrer=referrer,
            state=ConcernState.DRAFT,
            begun_at=now,
            keep_until=_last_day(now, rules),
        )
        session.add(concern)
        await session.flush()
        return concern, codes.grouped(secret)

    def opens_by(self, secret: str) -> bool:
        return hmac.compare_digest(self.code_hash, _hash_of(self.id, secret))

    async def keep(
        self, session: AsyncSession, section: Section, said: Told, *, now: datetime
    ) -> None:
        """Each page that is saved keeps the whole draft longer."""
        part = await session.get(ConcernPart, (self.id, section))
        if part is None:
            part = ConcernPart(concern_id=self.id, section=section)
            session.add(part)
        part.seal(said, now=now)
        await self.stay(session, now=now)

    async def stay(self, session: AsyncSession, *, now: datetime) -> None:
        rules = (await rule_set_for(session, None, now=now)).rules
        self.keep_until = _last_day(now, rules)

    async def answers(self, session: AsyncSession) -> dict[Section, Told]:
        parts = await session.scalars(
            select(ConcernPart).where(ConcernPart.concern_id == self.id)
        )
        return {part.section: part.said for part in parts}

    async def has_duties_open(self, session: AsyncSession, answers: Answers) -> bool:
        """Whether an employer has yet to see, or to see again, whom else they must tell."""
        return not agrees(await recorded(session, self.id), due_by(answers))

    async def send(self, session: AsyncSession, *, by: Process) -> None:
        """Ours from now on: due by the rules of the day, and told to whoever gave an address.

        The acknowledgement leaves by itself. It decides nothing and says nothing of what was told, so no judgement is owed to
        it; whoever raised a concern may be afraid, and should not wait for a desk; and a duty that the service fulfils cannot
        be forgotten. Only who left no e-mail address waits for one of us, within the days of the rules. Raises NotComplete.
        """
        answers = await self.answers(session)
        if unfinished(self.referrer, answers) or await self.has_duties_open(
            session, answers
        ):
            raise NotComplete
        # What was written as the referrer goes in as the referrer; what follows is no change that they may make.
        await session.flush()
        await look_as(session, Capacity.SERVICE)
        rule_set = await rule_set_for(session, None, now=by.at)
        rules, today = rule_set.rules, day_of(by.at)
        self.state, self.sent_at, self.rule_set_id = (
            ConcernState.RECEIVED,
            by.at,
            rule_set.id,
        )
        self.anonymous, self.protected = is_anonymous(answers), is_protected(answers)
        self.screen_by = working_days_after(today, rules.concern_screen_working_days)
        if not self.anonymous:
            self.acknowledge_by = today + timedelta(days=rules.concern_acknowledge_days)
            await self._acknowledge_by_letter(session, answers, by=by)
        await session.flush()

    async def _acknowledge_by_letter(
        self, session: AsyncSession, answers: Answers, *, by: Process
    ) -> None:
        if address := you_of(answers).email:
            self.acknowledged_at = by.at
            await self._tell(
                session, address, NoticeKind.CONCERN_ACKNOWLEDGED, {}, by=by
            )

    async def _tell(
        self,
        session: AsyncSession,
        address: str,
        kind: NoticeKind,
        said: Mapping[Gap, str],
        *,
        key: str = "",
        by: Process,
    ) -> None:
        """Who else reads that mailbox learns a reference, and nothing of whom or what it is about."""
        await tell_outside(
            session,
            kind,
            self.says(said, on=by.at),
            to=address,
            key=key or self.key_of(kind),
            concern_id=self.id,
            by=by,
        )

    def says(self, said: Mapping[Gap, str], *, on: datetime) -> Mapping[Gap, str]:
        """With what every notice about it may say."""
        return {Gap.REFERENCE: self.reference, Gap.TODAY: day(on), **said}

    def key_of(self, kind: NoticeKind) -> str:
        return f"{kind}:{self.id}"

    # Staff

    @hybrid_property
    def due_on(self) -> date | None:
        """The day by which the next thing has to be done; None where nothing has a day."""
        return min(
            (day for day in (self.screen_due_on, self.acknowledge_due_on) if day),
            default=None,
        )

    @due_on.inplace.expression
    @classmethod
    def _due_on_in_sql(cls) -> ColumnElement[date | None]:
        """`least` passes over what is null."""
        screen = case((cls.screened_at.is_(None), cls.screen_by))
        acknowledge = case((cls.acknowledged_at.is_(None), cls.acknowledge_by))
        return func.least(screen, acknowledge)

    @property
    def screen_due_on(self) -> date | None:
        return None if self.screened_at else self.screen_by

    @property
    def acknowledge_due_on(self) -> date | None:
        return None if self.acknowledged_at else self.acknowledge_by

    async def match(
        self, session: AsyncSession, person: Person, *, by: Process
    ) -> None:
        self._must_be_open()
        self.person_id, self.looked_up_at = person.id, by.at
        self._step(session, StepKind.MATCHED, by, person_id=person.id)

    async def match_nobody(self, session: AsyncSession, *, by: Process) -> None:
        """Somebody looked, and whom it is about is not on the register; also takes a match back."""
        self._must_be_open()
        self.person_id, self.looked_up_at = None, by.at
        self._step(session, StepKind.MATCHED_NOBODY, by)

    async def screen(
        self, session: AsyncSession, *, at_risk: bool, words: str, by: Process
    ) -> None:
        """Raises ScreenedAlready: the answer stands as it was given on the day."""
        self._must_be_open()
        if self.screened_at:
            raise ScreenedAlready(self)
        self.screened_at, self.at_risk = by.at, at_risk
        self.state = ConcernState.SCREENED
        self._step(
            session,
            StepKind.SCREENED,
            by,
            words=words,
            answer="risk" if at_risk else "no_risk",
        )

    async def acknowledge(
        self, session: AsyncSession, *, words: str, by: Process
    ) -> None:
        """By another way than a letter of ours: told by telephone, say. Raises NobodyToAnswer."""
        if self.anonymous:
            raise NobodyToAnswer
        self._must_be_open()
        self.acknowledged_at = by.at
        self._step(session, StepKind.ACKNOWLEDGED, by, words=words)

    async def signpost(
        self,
        session: AsyncSession,
        because: Unfit,
        *,
        towards: Body,
        words: str,
        by: Process,
    ) -> None:
        """Not ours: whoever left an address is told where to turn. Raises Settled, NotScreened or OnTheRegister."""
        self._must_not_be_ours(because)
        self._settle(ConcernState.SIGNPOSTED, by)
        self._step(
            session,
            StepKind.SIGNPOSTED,
            by,
            words=words,
            answer=because,
            towards=towards,
        )
        if address := await self.address(session):
            await self._tell(
                session,
                address,
                NoticeKind.CONCERN_SIGNPOSTED,
                signposted(because, towards),
                by=by,
            )

    async def draw_signpost(
        self, session: AsyncSession, because: Unfit, towards: Body, *, now: datetime
    ) -> Outside | None:
        """As `signpost` would tell it, None where nobody left an address; raises what it does."""
        self._must_not_be_ours(because)
        if not await self.address(session):
            return None
        said = self.says(signposted(because, towards), on=now)
        return await draw_outside(session, NoticeKind.CONCERN_SIGNPOSTED, said)

    def _must_not_be_ours(self, because: Unfit) -> None:
        self._must_be_let_go()
        if because is Unfit.NOT_REGISTERED and self.person_id:
            raise OnTheRegister(self)

    async def draw_outcome(
        self, session: AsyncSession, outcome: str, words: str, *, now: datetime
    ) -> Outside | None:
        """As `tell_outcome` would tell it, None where nobody left an address."""
        if not await self.address(session):
            return None
        said = self.says(decided(outcome, words), on=now)
        return await draw_outside(session, NoticeKind.CONCERN_DECIDED, said)

    async def address(self, session: AsyncSession) -> str:
        """The e-mail address that whoever raised it left; empty where they left none."""
        return you_of(await self.answers(session)).email

    async def pass_on(
        self, session: AsyncSession, *, towards: str, words: str, by: Process
    ) -> None:
        """To whom it belongs, told by us. Raises NotScreened."""
        self._settle(ConcernState.PASSED_ON, by)
        self._step(session, StepKind.PASSED_ON, by, words=words, towards=towards)

    async def taken_into(
        self, session: AsyncSession, case_id: UUID, *, by: Process
    ) -> None:
        """Raises NotMatched, NotScreened, and Settled for what is in a case already."""
        self._must_be_open()
        if self.person_id is None:
            raise NotMatched(self)
        self._settle(ConcernState.TAKEN, by)
        self.case_id = case_id
        self._step(session, StepKind.TAKEN, by)

    async def tell_outcome(
        self, session: AsyncSession, outcome: str, *, words: str, by: Process
    ) -> None:
        """What became of it, each time that something is decided; nothing where nobody left an address."""
        if address := await self.address(session):
            kind = NoticeKind.CONCERN_DECIDED
            await self._tell(
                session,
                address,
                kind,
                decided(outcome, words),
                key=f"{self.key_of(kind)}:{by.id}",
                by=by,
            )

    def _must_be_open(self) -> None:
        if not self.state.open:
            raise Settled(self)

    def _must_be_let_go(self) -> None:
        self._must_be_open()
        if self.screened_at is None:
            raise NotScreened(self)

    def _settle(self, state: ConcernState, by: Process) -> None:
        self._must_be_let_go()
        self.state, self.settled_at = state, by.at

    def _step(
        self,
        session: AsyncSession,
        kind: StepKind,
        by: Process,
        *,
        words: str = "",
        answer: str | None = None,
        towards: str | None = None,
        person_id: UUID | None = None,
    ) -> None:
        """The one door to the history of intake."""
        session.add(
            ConcernStep.of(
                self.id,
                kind,
                by,
                words=words,
                answer=answer,
                towards=towards,
                person_id=person_id,
            )
        )


def signposted(because: Unfit, towards: Body) -> Mapping[Gap, str]:
    """What is said to whoever raised what is not ours."""
    told = page_words("fitness/concerns/told.html")
    return {
        Gap.OUTCOME: told.unfit_told[because],
        Gap.WHERE_TO_TURN: told.turn_to[towards],
    }


def decided(outcome: str, words: str) -> Mapping[Gap, str]:
    """What is said of a decision; `words`: what they are told besides."""
    told = page_words("fitness/concerns/told.html")
    return {Gap.OUTCOME: told.outcome_told[outcome], Gap.OUR_WORDS: words}


class ConcernPart(Base):
    """The answers of one page, sealed."""

    __tablename__ = "concern_part"

    concern_id: Mapped[UUID] = mapped_column(
        ForeignKey("concern.id", ondelete="CASCADE"), primary_key=True
    )
    section: Mapped[Section] = mapped_column(code(Section, "section"), primary_key=True)
    sealed: Mapped[bytes]
    saved_at: Mapped[datetime]

    def seal(self, said: Told, *, now: datetime) -> None:
        self.sealed = seal(msgspec.json.encode(said), **self._place)
        self.saved_at = now

    @property
    def said(self) -> Told:
        plain = unseal(self.sealed, **self._place)
        return msgspec.json.decode(plain, type=ANSWERS[self.section])

    @property
    def _place(self) -> Mapping[str, str]:
        return {
            "table": self.__tablename__,
            "column": "sealed",
            "row": f"{self.concern_id}:{self.section}",
        }


def read_reference(typed: str) -> str | None:
    """The reference that somebody typed; None when it can be none of ours."""
    plain = "".join(typed.upper().split()).replace("-", "")
    read = codes.read(plain[1:], REFERENCE_LENGTH) if plain.startswith("C") else None
    return f"C-{read}" if read else None


async def opened(
    session: AsyncSession, reference: str, typed: str, *, now: datetime
) -> Concern | None:
    """The concern of that reference and code; as long in coming where there is none. The caller counts the tries."""
    await look_as(session, Capacity.SERVICE)
    found = await session.scalar(select(Concern).where(Concern.reference == reference))
    secret = codes.read(typed, CODE_LENGTH) or ""
    if found is None:
        _hash_of(uuid4(), secret)
        return None
    gone = found.state is ConcernState.DRAFT and found.keep_until < day_of(now)
    return found if found.opens_by(secret) and not gone else None


async def draft_of(
    session: AsyncSession, concern_id: UUID, *, now: datetime, lock: bool = False
) -> Concern | None:
    """As its referrer sees it: not once it is sent, nor after its last day, whether or not the night has come by."""
    await look_as(session, Capacity.REFERRER, concern_id)
    found = select(Concern).where(
        Concern.id == concern_id, Concern.keep_until >= day_of(now)
    )
    if lock:
        found = found.with_for_update().execution_options(populate_existing=True)
    return await session.scalar(found)


class Receipt(msgspec.Struct, frozen=True):
    """All that a referrer reads of what they have sent."""

    reference: str
    referrer: Referrer
    sent_at: datetime
    anonymous: bool
    acknowledged: bool
    acknowledge_by: date | None


async def receipt_of(session: AsyncSession, concern_id: UUID) -> Receipt | None:
    """None while it is a draft; the database hands out no other column (migration 93)."""
    await look_as(session, Capacity.REFERRER, concern_id)
    found = text("select * from concern_receipt()")
    row = (await session.execute(found)).mappings().one_or_none()
    return msgspec.convert(dict(row), Receipt) if row else None


def _last_day(now: datetime, rules: Rules) -> date:
    return day_of(now) + timedelta(days=rules.concern_draft_days)


def _hash_of(concern_id: UUID, secret: str) -> bytes:
    return keyed_hash(lasting_key("concern code"), str(concern_id), secret)
