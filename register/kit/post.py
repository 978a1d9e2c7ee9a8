"""The outbox: what we write to people, kept as it was worded, and handed to Notify by a job."""

import re
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any
from uuid import UUID, uuid4

import structlog
from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ColumnElement,
    Index,
    Select,
    Text,
    Uuid,
    and_,
    delete,
    func,
    literal,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column
from sqlalchemy.sql.selectable import TableValuedAlias
from sqlalchemy.types import TypeEngine

from register.kit import notify
from register.kit.db import Base, among, code, rows_of
from register.kit.errors import NotFound, Refused
from register.kit.jobs import enqueue, enqueue_all, every, first_try, job, wait_before
from register.kit.notify import Channel, Delivery, NotNow, NotTaken
from register.kit.pages import day, moment, number, plural
from register.kit.settings import settings

log = structlog.get_logger(__name__)

TRIES = 12
"""With waits that double from some seconds to half an hour: about two and a half hours."""
ASK_EVERY, ASK_FOR = timedelta(minutes=10), timedelta(days=4)
ASK_FOR_PRINTED = timedelta(days=14)
"""A letter is printed on the next working day at the earliest, which may be the fifth after Christmas Eve."""
ASK_AT_ONCE = 100
PAGE = 50
UNKEPT = "\N{BULLET}" * 4
"""Stands in what we keep of a letter where a code stood in what was sent."""


class MessageState(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    STOPPED = "stopped"
    """Nothing is to be written to that person any more."""


ASTRAY = (MessageState.FAILED, MessageState.STOPPED)
"""It did not arrive, and will not."""


class Failure(StrEnum):
    """Why a message did not arrive."""

    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    UNDELIVERABLE = "undeliverable"


class NotFailed(Refused):
    def __init__(self) -> None:
        super().__init__("This message has not failed, so it is not sent again.")


class HeldACode(Refused):
    def __init__(self) -> None:
        super().__init__(
            "This message held a code or link that is not kept. The person can ask for a new one, "
            "and a notice can be served again."
        )


class Message(Base):
    """One message to one address. Which letters there are, and what persons and applications are, the caller knows."""

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint(
            "(state = 'failed') = (failed_because is not null)", name="failed"
        ),
        CheckConstraint(
            "state not in ('sent', 'delivered') or sent_at is not null", name="sent"
        ),
        Index(None, "person_id", postgresql_where=text("person_id is not null")),
        Index(
            None, "application_id", postgresql_where=text("application_id is not null")
        ),
        Index(
            "message_failed_ix", "settled_at", postgresql_where=text("state = 'failed'")
        ),
        Index(
            "message_of_no_application_ix",
            "created_at",
            postgresql_where=text("application_id is null"),
        ),
        Index("message_sent_ix", "asked_at", postgresql_where=text("state = 'sent'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    key: Mapped[str] = mapped_column(unique=True)
    reference: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    """What Notify knows it by: a new one each time it is sent again."""
    channel: Mapped[Channel] = mapped_column(code(Channel, "channel"))
    to_address: Mapped[str]
    letter: Mapped[str]
    letter_version: Mapped[int]
    subject: Mapped[str]
    body: Mapped[str]
    fleeting: Mapped[bool]
    """Holds a code or a link that lets somebody in: forgotten as soon as it has left."""
    secret: Mapped[str | None]
    """A code in a letter of which all else is kept: in no page of ours, and forgotten as soon as it has left."""
    discreet: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """That it was written at all is for those alone who work on what it is about: in no list of messages that failed."""
    person_id: Mapped[UUID | None]
    application_id: Mapped[UUID | None]
    state: Mapped[MessageState] = mapped_column(
        code(MessageState, "state"), default=MessageState.QUEUED
    )
    failed_because: Mapped[Failure | None] = mapped_column(
        code(Failure, "failed_because")
    )
    attempts: Mapped[int] = mapped_column(default=0)
    provider_id: Mapped[str | None]
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]

    def taken(self, provider_id: str, *, now: datetime) -> None:
        self.state, self.provider_id, self.sent_at, self.next_try_at = (
            MessageState.SENT,
            provider_id,
            now,
            None,
        )
        self._forget()

    def delivered(self, *, now: datetime) -> None:
        self.state, self.settled_at = MessageState.DELIVERED, now

    def fail(self, *, now: datetime, because: Failure) -> None:
        self.state, self.failed_because, self.settled_at, self.next_try_at = (
            MessageState.FAILED,
            because,
            now,
            None,
        )
        self._forget()
        log.warning(
            "message failed", message=str(self.id), letter=self.letter, because=because
        )

    def _forget(self) -> None:
        self.secret = None
        if self.fleeting:
            self.body = ""

    @property
    def held_a_code(self) -> bool:
        return self.fleeting or UNKEPT in self.body

    @property
    def sent_body(self) -> str:
        return self.body.replace(UNKEPT, self.secret or UNKEPT)

    async def try_later(
        self, session: AsyncSession, wait: timedelta, *, now: datetime
    ) -> None:
        self.next_try_at = now + wait
        await enqueue(session, "send_message", {"message_id": self.id}, after=wait)

    async def send_again(self, session: AsyncSession) -> None:
        """A member of staff has put right what was wrong, or hopes so."""
        if self.state is not MessageState.FAILED:
            raise NotFailed
        if self.held_a_code:
            raise HeldACode
        self.state, self.failed_because, self.attempts, self.settled_at = (
            MessageState.QUEUED,
            None,
            0,
            None,
        )
        self.reference = uuid4()
        await enqueue(session, "send_message", {"message_id": self.id})


class Silence(Base):
    """A person to whom nothing is written, whoever asks for it."""

    __tablename__ = "silence"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    since: Mapped[datetime]


async def silence(session: AsyncSession, person_id: UUID, *, now: datetime) -> None:
    """From now write nothing to that person, and send nothing of what has not left yet."""
    session.add(Silence(person_id=person_id, since=now))
    await session.execute(
        update(Message)
        .where(
            Message.person_id == person_id,
            Message.state.in_([MessageState.QUEUED, MessageState.FAILED]),
        )
        .values(state=MessageState.STOPPED, failed_because=None, settled_at=now)
    )


async def silenced(session: AsyncSession, person_id: UUID) -> bool:
    """Whether nothing is to be written to that person."""
    return await session.get(Silence, person_id) is not None


async def break_silence(session: AsyncSession, person_id: UUID) -> None:
    """What was stopped meanwhile stays unsent."""
    await session.execute(delete(Silence).where(Silence.person_id == person_id))


@dataclass(frozen=True)
class Letter:
    subject: str
    body: str


def letter_of(letter: str, context: Mapping[str, Any]) -> Letter:
    """The letter as it is sent, and as whoever is about to send it reads it first."""
    wording = wording_of(letter)
    return Letter(
        _in_a_line(wording.subject.render(context)),
        wording.body.render(context).strip(),
    )


def _in_a_line(subject: str) -> str:
    return " ".join(subject.split())


async def post(
    session: AsyncSession,
    *,
    to: str,
    letter: str,
    context: Mapping[str, Any],
    key: str,
    now: datetime,
    channel: Channel = Channel.EMAIL,
    ending: str = "",
    secret: str | None = None,
    person_id: UUID | None = None,
    application_id: UUID | None = None,
) -> UUID | None:
    """Put a letter into the outbox, if the caller's transaction commits; the same key is never written twice.

    To a person of whom there is a silence it is not written. The wording says `secret` where the secret belongs.
    """
    if person_id and await silenced(session, person_id):
        return None
    by_post = channel is Channel.LETTER
    wording = wording_of(letter)
    said = letter_of(letter, {"by_post": by_post, "secret": Ours(UNKEPT), **context})
    written = insert(Message).values(
        key=key,
        channel=channel,
        to_address=to,
        letter=letter,
        letter_version=wording.version,
        subject=said.subject,
        body=f"{said.body}\n\n{ending}".strip(),
        secret=secret,
        fleeting=wording.fleeting,
        discreet=wording.discreet,
        person_id=person_id,
        application_id=application_id,
        created_at=now,
    )
    message_id = await session.scalar(
        written.on_conflict_do_nothing(index_elements=["key"]).returning(Message.id)
    )
    if message_id:
        await enqueue(session, "send_message", {"message_id": message_id})
    return message_id


@dataclass(frozen=True)
class Envelope:
    """To whom one of many alike goes; `key` is that of `post`."""

    to: str
    key: str
    person_id: UUID | None = None


async def post_all(
    session: AsyncSession,
    letter: str,
    said: Letter,
    envelopes: Sequence[Envelope],
    *,
    channel: Channel,
    now: datetime,
    after: timedelta = timedelta(0),
) -> None:
    """Put the same letter into the outbox for many, in two statements, to leave no sooner than `after`.

    Of whom there is a silence the caller knows.
    """
    each = rows_of(
        key=(Text, [envelope.key for envelope in envelopes]),
        to_address=(Text, [envelope.to for envelope in envelopes]),
        person_id=(Uuid, [envelope.person_id for envelope in envelopes]),
    )
    alike = {
        "letter": letter,
        "letter_version": wording_of(letter).version,
        "subject": said.subject,
        "body": said.body,
        "fleeting": False,
        "discreet": wording_of(letter).discreet,
    }
    ids = await _put(session, each, alike, channel=channel, now=now)
    sent = [{"message_id": message_id} for message_id in ids.values()]
    await enqueue_all(session, "send_message", sent, after=after)


@dataclass(frozen=True)
class Outgoing:
    """A letter to somebody, for `post_many`."""

    to: str
    letter: str
    context: Mapping[str, Hashable]
    key: str
    person_id: UUID | None = None
    own: Mapping[str, str] = field(default_factory=dict)
    """What of the words is theirs alone and is said as it is: put in at the end, since all others are put together once."""


async def post_many(
    session: AsyncSession, letters: Sequence[Outgoing], *, now: datetime
) -> dict[str, UUID]:
    """As `post` does, in as many statements as one takes: the messages by their keys.

    One is missing where its key was written before, or nothing may be written to the person.
    """
    people = {one.person_id for one in letters if one.person_id}
    found = select(Silence.person_id).where(among(Silence.person_id, people))
    silent = set(await session.scalars(found)) if people else set()
    said: dict[Hashable, Letter] = {}
    rows = [
        _row(one, said)
        for one in {one.key: one for one in letters}.values()
        if one.person_id not in silent
    ]
    if not rows:
        return {}
    each = rows_of(
        **{name: (kind, [row[name] for row in rows]) for name, kind in OF_EACH.items()}
    )
    ids = await _put(session, each, {}, channel=Channel.EMAIL, now=now)
    jobs = [{"message_id": message_id} for message_id in ids.values()]
    await enqueue_all(session, "send_message", jobs)
    return ids


def _row(one: Outgoing, said: dict[Hashable, Letter]) -> dict[str, Any]:
    wording = wording_of(one.letter)
    alike = (one.letter, *one.context.items(), *one.own)
    if alike not in said:
        blanks = {name: _blank(name) for name in one.own}
        said[alike] = letter_of(one.letter, {**one.context, **blanks})
    subject, body = said[alike].subject, said[alike].body
    for name, own in one.own.items():
        subject = subject.replace(_blank(name), as_text(own))
        body = body.replace(_blank(name), as_text(own))
    return {
        "key": one.key,
        "to_address": one.to,
        "letter": one.letter,
        "letter_version": wording.version,
        "subject": _in_a_line(subject),
        "body": body,
        "fleeting": wording.fleeting,
        "discreet": wording.discreet,
        "person_id": one.person_id,
    }


def _blank(name: str) -> "Ours":
    """Marks that nobody types."""
    return Ours(f"\ue000{name}\ue000")


OF_EACH: Mapping[str, type[TypeEngine[Any]]] = {
    "key": Text,
    "to_address": Text,
    "letter": Text,
    "letter_version": BigInteger,
    "subject": Text,
    "body": Text,
    "fleeting": Boolean,
    "discreet": Boolean,
    "person_id": Uuid,
}


async def _put(
    session: AsyncSession,
    each: TableValuedAlias,
    alike: Mapping[str, Any],
    *,
    channel: Channel,
    now: datetime,
) -> dict[str, UUID]:
    """Those whose keys are new, by their keys: one statement, however many they are."""
    same = {**alike, "channel": channel, "created_at": now}
    own = {column.name: column for column in each.c}
    table = Message.__table__.c
    values = select(
        func.gen_random_uuid(),
        func.gen_random_uuid(),
        *own.values(),
        *(literal(value, table[name].type) for name, value in same.items()),
    )
    rows = await session.execute(
        insert(Message)
        .from_select(["id", "reference", *own, *same], values)
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(Message.key, Message.id)
    )
    return {key: message_id for key, message_id in rows}  # noqa: C416 - rows are not pairs to the type checker


@dataclass(frozen=True)
class MessagePage:
    """The latest first."""

    messages: list[Message]
    next: UUID | None


async def failed(session: AsyncSession, *, after: UUID | None = None) -> MessagePage:
    """The messages that did not arrive."""
    found = select(Message).where(
        Message.state == MessageState.FAILED, ~Message.discreet
    )
    return await _latest_first(session, found, Message.settled_at, after)


async def letters_to(
    session: AsyncSession, persons: Collection[UUID], *, after: UUID | None = None
) -> MessagePage:
    """What was written to somebody, but for what never left since nothing was to be written to them any more."""
    found = select(Message).where(
        Message.person_id.in_(persons), Message.state != MessageState.STOPPED
    )
    return await _latest_first(session, found, Message.created_at, after)


async def _latest_first(
    session: AsyncSession,
    found: Select[Message],
    at: InstrumentedAttribute[Any],
    after: UUID | None,
) -> MessagePage:
    if after:
        last = select(at, Message.id).where(Message.id == after)
        found = found.where(tuple_(at, Message.id) < last.scalar_subquery())
    latest = found.order_by(at.desc(), Message.id.desc()).limit(PAGE + 1)
    rows = list(await session.scalars(latest))
    return MessagePage(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None)


async def message_to_mend(
    session: AsyncSession, message_id: UUID, *, lock: bool = False
) -> Message:
    """One that failed: what is under way, or has arrived, is nobody's to look at."""
    message = await session.get(Message, message_id, with_for_update=lock or None)
    if message is None or message.state is not MessageState.FAILED or message.discreet:
        raise NotFound
    return message


@job("send_message")
async def send_message(session: AsyncSession, now: datetime, message_id: UUID) -> None:
    message = await session.get(Message, message_id, with_for_update=True)
    if message is None or message.state is not MessageState.QUEUED:
        return
    in_doubt = message.attempts > 0 or not first_try()
    message.attempts += 1
    try:
        message.taken(await _hand_over(message, in_doubt=in_doubt), now=now)
    except NotTaken:
        message.fail(now=now, because=Failure.REFUSED)
    except NotNow as error:
        if message.attempts >= TRIES:
            message.fail(now=now, because=Failure.UNREACHABLE)
        else:
            await message.try_later(
                session, max(error.wait, wait_before(message.attempts + 1)), now=now
            )


async def _hand_over(message: Message, *, in_doubt: bool) -> str:
    """After an answer that was lost, ask first: nobody is to get the same letter twice."""
    there = notify.client()
    taken = await there.taken(message.reference) if in_doubt else None
    return taken or await there.send(
        message.channel,
        message.to_address,
        subject=message.subject,
        body=message.sent_body,
        reference=message.reference,
    )


@every(minutes=1)
async def ask_after_messages(session: AsyncSession, now: datetime) -> None:
    """Whether what was sent arrived; after some days it is taken that nobody will say."""
    due = (
        select(Message)
        .where(Message.state == MessageState.SENT, _may_still_be_told(now))
        .where((Message.asked_at.is_(None)) | (Message.asked_at <= now - ASK_EVERY))
        .order_by(Message.asked_at.nulls_first(), Message.id)
        .limit(ASK_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    for message in await session.scalars(due):
        message.asked_at = now
        try:
            delivery = await notify.client().delivery(message.provider_id or "")
        except NotTaken:
            continue
        except NotNow:
            return
        if delivery is Delivery.DELIVERED:
            message.delivered(now=now)
        elif delivery is Delivery.FAILED:
            message.fail(now=now, because=Failure.UNDELIVERABLE)


def _may_still_be_told(now: datetime) -> ColumnElement[bool]:
    printed = Message.channel == Channel.LETTER
    return or_(
        Message.sent_at > now - ASK_FOR,
        and_(printed, Message.sent_at > now - ASK_FOR_PRINTED),
    )


@dataclass(frozen=True)
class Wording:
    subject: Template
    body: Template
    version: int
    fleeting: bool
    discreet: bool


@cache
def wording_of(letter: str) -> Wording:
    """`application_received` is ours, `fees/invoice` that of the package fees. The file begins with the lines Subject,
    Version and, for what lets somebody in, `Keep: no`, for what others may not know of, `Listed: no`; then, after an empty
    line, the body.
    """
    package, _, name = letter.rpartition("/")
    head, _, body = _source(f"{package or 'register'}/letters/{name}.txt").partition(
        "\n\n"
    )
    lines = dict(line.split(": ", 1) for line in head.splitlines())
    return Wording(
        subject=letters.from_string(lines["Subject"]),
        body=letters.from_string(body),
        version=int(lines["Version"]),
        fleeting=lines.get("Keep") == "no",
        discreet=lines.get("Listed") == "no",
    )


def _source(name: str) -> str:
    package, _, path = name.partition("/")
    return resources.files(package).joinpath("templates", path).read_text("utf-8")


class Ours(str):
    """Text of our own making, whose marks Notify is meant to see."""

    __slots__ = ()


def link(path: str) -> Ours:
    """An address of this service, which Notify makes a link of."""
    return Ours(settings().public_url + path)


LINE_MARK = re.compile(r"(?m)^(?=\s*(?:[#^*>+=-]|\d+[.)]))")
LINK_MARK = str.maketrans("[]", "()")


def as_text(value: object) -> str:
    """What somebody else wrote says what it says: Notify sees no headings, lists or links in it."""
    if value is None:
        raise ValueError("A letter says nothing by None")
    if isinstance(value, Ours):
        return value
    return LINE_MARK.sub(
        "\N{NO-BREAK SPACE}", str(value).translate(LINK_MARK).replace("://", ": //")
    )


letters = Environment(
    loader=FunctionLoader(_source),
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701 - plain text
    finalize=as_text,
    trim_blocks=True,
    lstrip_blocks=True,
)
letters.filters |= {"date": day, "moment": moment, "number": number, "plural": plural}
letters.globals |= {"link": link, "by_post": False, "secret": Ours(UNKEPT)}
