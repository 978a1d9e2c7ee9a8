"""What the register holds about somebody who asks.

Left out, as the page says: what others told us in confidence, the work of staff on a decision, and whatever would warn
somebody whom the register has to watch. These are given, where they may be, by a person who looks at each (UK GDPR article
15(4), Data Protection Act 2018 Schedule 2).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from register.account import Account, SignIn
from register.appeal import Appeal
from register.application import Application, ApplicationEvent, SectionName
from register.application.evidence import evidence_of
from register.application.section import form_of
from register.condition import evidence_of as condition_evidence_of
from register.cpd import (
    LearningEvent,
    LearningRecord,
    all_less_of,
    documents_of,
    peers_of,
    records_of,
)
from register.cpd.audit import own_cases, told_of, work_on
from register.data_copy.gathering import Record, Shelf, holds
from register.employment import Employment, EmploymentGap
from register.enquiry import EnquiryEvent, messages_of, own_enquiries
from register.entry import Entry, EntryEvent, public_words
from register.kit.post import Message
from register.leaving import Leaving
from register.notice import Notice, said_to
from register.person import Person, PersonName, with_merged
from register.process import Process, timeline
from register.qualification import Qualification
from register.renewal import (
    Renewal,
    RenewalDeclaration,
    RenewalEvent,
    RenewalExtension,
    answers_of,
    as_told,
)
from register.request import Request

OF_STAFF = (RenewalEvent.DECLARATION_SETTLED,)
HISTORY = (
    *ApplicationEvent,
    *EntryEvent,
    *EnquiryEvent,
    *LearningEvent,
    *(event for event in RenewalEvent if event not in OF_STAFF),
)
"""What was done about them; who looked for them on lists of others is not told here, nor the work on what they declared."""


@holds
async def about_the_account(
    session: AsyncSession,
    account: Account,
    now: datetime,  # noqa: ARG001 - one shape for all
) -> list[Shelf]:
    sign_ins = await SignIn.of_account(session, account, limit=500)
    return [
        Shelf("account", [{"email": account.email, "name": account.name}]),
        Shelf(
            "sign-ins",
            [
                {
                    "at": one.at,
                    "way": one.way,
                    "network": one.network,
                    "browser": one.browser,
                }
                for one in sign_ins
            ],
        ),
    ]


@holds
async def what_they_wrote_to_us(
    session: AsyncSession,
    account: Account,
    now: datetime,  # noqa: ARG001 - one shape for all
) -> list[Shelf]:
    return [
        Shelf(
            "messages to us and our answers",
            [
                {
                    "about": enquiry.subject,
                    "from": "us" if message.from_us else "you",
                    "at": message.sent_at,
                    "words": message.words,
                    "document": message.file.name if message.file else None,
                }
                for enquiry in await own_enquiries(session, account)
                for message in await messages_of(session, enquiry.id)
            ],
        )
    ]


@holds
async def about_the_person(
    session: AsyncSession,
    account: Account,
    now: datetime,  # noqa: ARG001 - one shape for all
) -> list[Shelf]:
    if account.person_id is None:
        return []
    ids = await with_merged(session, account.person_id)
    person = await session.get_one(Person, account.person_id)
    return [
        Shelf(
            "person",
            [
                {
                    "number": person.number,
                    "given names": person.given_names,
                    "family name": person.family_name,
                    "date of birth": person.birth_date,
                    "details withheld": person.withheld,
                }
            ],
        ),
        await _rows(session, "other names", PersonName, ids, ("kind", "name")),
        await _entries(session, ids),
        await _employment(session, ids),
        await _rows(
            session,
            "qualifications",
            Qualification,
            ids,
            (
                "title",
                "awarding_body",
                "level",
                "country",
                "credits",
                "certificate_number",
                "learner_number",
                "awarded_on",
                "enrolled_on",
                "expected_on",
                "verdict",
                "verified_at",
            ),
        ),
        await _rows(
            session,
            "requests to leave",
            Leaving,
            ids,
            ("because", "last_day", "asked_at", "state", "ended_at"),
        ),
    ]


@holds
async def about_the_applications(
    session: AsyncSession,
    account: Account,
    now: datetime,  # noqa: ARG001 - one shape for all
) -> list[Shelf]:
    applications = await session.scalars(
        select(Application)
        .where(Application.account_id == account.id)
        .order_by(Application.created_at)
    )
    shelves: list[Shelf] = []
    for application in applications:
        shelves += await _application(session, application)
    return shelves


@holds
async def about_renewals(
    session: AsyncSession,
    account: Account,
    now: datetime,  # noqa: ARG001 - one shape for all
) -> list[Shelf]:
    """How each went, and all that they told us in it, sent or only saved."""
    if account.person_id is None:
        return []
    ids = await with_merged(session, account.person_id)
    found = await session.scalars(
        select(Renewal).where(Renewal.person_id.in_(ids)).order_by(Renewal.ends_on)
    )
    renewals = found.all()
    declared = await session.scalars(
        select(RenewalDeclaration)
        .where(RenewalDeclaration.person_id.in_(ids))
        .order_by(RenewalDeclaration.declared_at, RenewalDeclaration.section)
    )
    extensions = await session.scalars(
        select(RenewalExtension)
        .where(RenewalExtension.person_id.in_(ids))
        .order_by(RenewalExtension.asked_at)
    )
    steps = ("details_at", "employment_at", "declared_at", "learning_at", "paid_at")
    return [
        Shelf(
            "renewals",
            [
                _told(one, ("ends_on", "until_on", "opened_at", *steps, "finished_at"))
                | {"more time until": one.extended_until}
                for one in renewals
            ],
        ),
        Shelf(
            "declarations in renewals",
            [
                {"about": one.section, "declared": one.declared_at}
                | as_told(one.answers)
                for one in declared
            ],
        ),
        Shelf(
            "answers saved in renewals",
            [
                {"about": section} | as_told(answers)
                for one in renewals
                for section, answers in (await answers_of(session, one)).items()
            ],
        ),
        Shelf(
            "requests for more time to renew",
            [
                _told(one, ("because", "asked_at", "words", "state", "until_on"))
                for one in extensions
            ],
        ),
    ]


@holds
async def about_notices_and_appeals(
    session: AsyncSession,
    account: Account,
    now: datetime,  # noqa: ARG001 - one shape for all
) -> list[Shelf]:
    """What we told them, and what they said to it."""
    if account.person_id is None:
        return []
    ids = await with_merged(session, account.person_id)
    notices = await session.scalars(
        select(Notice).where(Notice.person_id.in_(ids)).order_by(Notice.sent_at)
    )
    appeals = await session.scalars(
        select(Appeal)
        .where(Appeal.account_id == account.id)
        .options(selectinload(Appeal.lodging).selectinload(Process.texts))
        .order_by(Appeal.lodged_at)
    )
    return [
        Shelf(
            "notices",
            [
                _told(one, ("kind", "sent_at", "deemed_on", "outcome", "ended_at"))
                | {"what you said": [r.words for r in await said_to(session, one.id)]}
                for one in notices
            ],
        ),
        Shelf(
            "appeals",
            [
                _told(one, ("kind", "lodged_at", "hearing_on", "state", "outcome"))
                | {"your grounds": [text.words for text in one.lodging.texts]}
                for one in appeals
            ],
        ),
    ]


@holds
async def about_learning(
    session: AsyncSession,
    account: Account,
    now: datetime,  # noqa: ARG001 - one shape for all
) -> list[Shelf]:
    """What they recorded, with what others wrote of it, which they can read anyway."""
    if account.person_id is None:
        return []
    return [
        Shelf(
            "learning",
            [
                await _learning(session, record)
                for record in await records_of(session, account.person_id)
            ],
        ),
        Shelf("audits of your learning", await _audits(session, account.person_id)),
        Shelf(
            "requests for less learning",
            [
                _told(
                    one,
                    (
                        "year_end",
                        "because",
                        "from_on",
                        "until_on",
                        "words",
                        "state",
                        "records",
                        "asked_at",
                        "decided_at",
                    ),
                )
                for one in await all_less_of(session, account.person_id)
            ],
        ),
    ]


async def _audits(session: AsyncSession, person_id: UUID) -> list[Record]:
    """As the pages tell of it: what one of two found is nobody's to read before the other has."""
    return [
        {
            "part": case.audit.part,
            "year end": case.audit.year_end,
            "drawn by lot": case.by_chance,
            "state": case.state,
            "opened": case.opened_at,
            "ended": case.ended_at,
            "what was found": await told_of(session, await work_on(session, case.id)),
        }
        for case in await own_cases(session, person_id)
    ]


async def _learning(session: AsyncSession, record: LearningRecord) -> Record:
    columns = (
        "year_end",
        "kinds",
        "first_on",
        "last_on",
        "standards",
        "safeguarding",
        "leadership",
        "discussed_with",
        "discussed_on",
        "complete",
        "written_at",
        "frozen_at",
    )
    words: Record = msgspec.to_builtins(record.words)
    return (
        _told(record, columns)
        | words
        | {
            "documents": [
                one.file.name for one in await documents_of(session, record.id)
            ],
            "whom you asked": [
                {
                    "role": one.peer.role,
                    **msgspec.to_builtins(one.peer.named),
                    "outcome": one.request.outcome,
                    "words": one.given.words if one.given else None,
                }
                for one in await peers_of(session, record.id)
            ],
        }
    )


@holds
async def what_was_written_and_done(
    session: AsyncSession,
    account: Account,
    now: datetime,  # noqa: ARG001 - one shape for all
) -> list[Shelf]:
    if account.person_id is None:
        return []
    ids = await with_merged(session, account.person_id)
    history = await timeline(session, persons=ids, kinds=HISTORY, limit=5000)
    return [
        await _rows(
            session,
            "messages",
            Message,
            ids,
            ("created_at", "channel", "to_address", "subject", "body", "state"),
        ),
        Shelf(
            "history",
            [
                {"at": event.at, "what": event.kind, **event.data}
                for event, _, _ in history
            ],
        ),
    ]


async def _rows(
    session: AsyncSession,
    name: str,
    kind: Any,
    people: Sequence[UUID],
    columns: Sequence[str],
) -> Shelf:
    found = await session.scalars(
        select(kind).where(kind.person_id.in_(people)).order_by(kind.id)
    )
    return Shelf(name, [_told(row, columns) for row in found])


def _told(row: Any, columns: Sequence[str]) -> Record:
    return {column.replace("_", " "): getattr(row, column) for column in columns}


def _span(valid: Any) -> Record:
    return {"from": valid.lower, "until": valid.upper}


async def _entries(session: AsyncSession, people: Sequence[UUID]) -> Shelf:
    """Every fact, whether the public sees it or not; that an entry is held says nothing of why, and is left out."""
    ids = await session.scalars(select(Entry.id).where(Entry.person_id.in_(people)))
    records: list[Record] = []
    for entry in await Entry.load_many(session, list(ids)):
        words = await public_words(session, entry.facts)
        for fact in _facts(entry):
            text_id = getattr(fact, "text_id", None)
            records.append(
                {
                    "part": entry.part,
                    "what": fact.__tablename__.replace("_", " "),
                    "kind": getattr(fact, "kind", None),
                    "reason": getattr(fact, "because", None),
                    "due on": getattr(fact, "due_on", None),
                    "last day of the period": getattr(fact, "until_on", None),
                    "words": words.get(text_id) if text_id else None,
                    **_span(fact.valid),
                    "documents": await _documents(session, fact.id),
                }
            )
    return Shelf("entries", records)


def _facts(entry: Entry) -> list[Any]:
    kinds = ("registrations", "lapses", "removals", "orders", "conditions", "warnings")
    return [fact for kind in kinds for fact in getattr(entry, kind)]


async def _documents(session: AsyncSession, condition_id: UUID) -> list[datetime]:
    """When each was sent."""
    sent = await condition_evidence_of(session, condition_id)
    return [one.added_at for one in sent]


async def _employment(session: AsyncSession, people: Sequence[UUID]) -> Shelf:
    posts = await session.scalars(
        select(Employment).where(Employment.person_id.in_(people))
    )
    gaps = await session.scalars(
        select(EmploymentGap).where(EmploymentGap.person_id.in_(people))
    )
    columns = ("employer", "home_named", "role", "part", "fte_percent", "care")
    more = ("supervisory", "manages", "reason_for_leaving", "source")
    return Shelf(
        "employment",
        [
            *(_told(post, columns + more) | _span(post.valid) for post in posts),
            *({"gap": gap.explanation} | _span(gap.valid) for gap in gaps),
        ],
    )


async def _application(session: AsyncSession, application: Application) -> list[Shelf]:
    name = f"application {application.reference}"
    columns = ("part", "state", "created_at", "submitted_at", "decided_at", "closed_at")
    form = await form_of(session, application.id)
    answered = [
        {"section": section, **msgspec.to_builtins(answers)}
        for section in SectionName
        if (answers := form.of(section))
    ]
    requests = await session.scalars(
        select(Request)
        .where(Request.application_id == application.id)
        .order_by(Request.asked_at)
    )
    asked = ("kind", "asked_at", "due_on", "reminded_at", "ended_at", "outcome")
    return [
        Shelf(name, [_told(application, columns)]),
        Shelf(f"{name}: answers", answered),
        Shelf(
            f"{name}: documents",
            [
                {"section": one.section, "kind": one.kind, "sent": one.added_at}
                for one in await evidence_of(session, application.id)
            ],
        ),
        Shelf(f"{name}: what we asked for", [_told(one, asked) for one in requests]),
    ]
