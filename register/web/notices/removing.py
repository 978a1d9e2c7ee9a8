"""The removal of an entry: notice of it, or removal on conviction, proposed by one officer and approved by a registrar."""

from collections.abc import Sequence
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy import select

from register.condition import Standing, standings_of
from register.cpd.audit import of_learning
from register.entry import Entry, Move, RemovalReason, public_words
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.pages import page
from register.kit.security.input import FormData
from register.notice import (
    NoticeAct,
    about_removal,
    open_notice,
    propose_notice_of_removal,
    propose_removal_at_once,
)
from register.proposal import Proposal, waiting_on, why_returned
from register.web.casework import CORRECTORS, OFFICERS, READERS
from register.web.needs import Act, Acting, Form, Visit
from register.web.returning import ReturnForm


class NoticeForm(forms.Form):
    ground = forms.Radios("Why should the entry go?", what="why the entry should go")
    words = forms.LongText(
        "The reasons, as the registrant will read them",
        what="the reasons, as the registrant will read them",
        longest=4000,
    )

    @classmethod
    def on(
        cls, overdue: Sequence[Standing], sent: FormData | None = None
    ) -> "NoticeForm":
        form = cls(sent)
        form.ground.choices = [
            *((str(s.condition.id), str(s.condition.id)) for s in overdue),
            (RemovalReason.ERROR, RemovalReason.ERROR),
        ]
        return form


class ConvictionForm(forms.Form):
    evidence = forms.LongText(
        "The offence, and what you have seen of the conviction",
        what="the offence, and what you have seen of the conviction",
        hint="Only staff read this.",
        longest=4000,
    )


@get("/staff/removals/{entry_id:uuid}", access=READERS)
async def one(act: Act, entry_id: FromPath[UUID]) -> Template:
    return await _page(act, await _opened(act, entry_id))


async def _opened(act: Acting, entry_id: UUID, *, lock: bool = False) -> Entry:
    """Raises NotFound, of what is the reader's own too."""
    known = select(Entry.id).where(Entry.id == entry_id)
    if not await act.session.scalar(known):
        raise NotFound
    entry = await Entry.load(act.session, entry_id, lock=lock)
    if entry.person_id == act.account.person_id:
        raise NotFound
    return entry


async def _overdue(act: Acting, entry: Entry) -> list[Standing]:
    return [
        standing
        for standing in await standings_of(act.session, entry.person_id, now=act.now)
        if standing.entry.id == entry.id and standing.overdue(day_of(act.now))
    ]


async def _page(
    act: Acting,
    entry: Entry,
    *,
    noticing: NoticeForm | None = None,
    convicted: ConvictionForm | None = None,
    returning: ReturnForm | None = None,
) -> Template:
    overdue = await _overdue(act, entry)
    about = about_removal(entry.id)
    waiting = await waiting_on(act.session, about)
    return page(
        "register/notices/removal.html",
        entry=entry,
        standing=entry.status_at(act.now),
        held=entry.held_at(act.now),
        overdue=overdue,
        of_learning=await of_learning(act.session, [s.condition.id for s in overdue]),
        words=await public_words(act.session, entry.facts),
        removable=entry.allows(Move.REMOVE, act.now),
        notice=await open_notice(act.session, entry_id=entry.id),
        waiting=waiting,
        reasons=await _reasons(act, waiting) if waiting else [],
        why_not=waiting.why_not(act.account) if waiting else None,
        returned=await why_returned(act.session, about),
        acts=act.viewer.has(*OFFICERS.roles),
        form=noticing or convicted or returning,
        notice_form=noticing or NoticeForm.on(overdue),
        conviction_form=convicted or ConvictionForm(),
        return_form=returning or ReturnForm(),
    )


async def _reasons(act: Acting, proposal: Proposal) -> list[str]:
    """Why it was proposed."""
    await act.session.refresh(proposal, ["process"])
    await act.session.refresh(proposal.process, ["texts"])
    return [text.words for text in proposal.process.texts]


@post("/staff/removals/{entry_id:uuid}/notice", access=OFFICERS)
async def propose_notice(
    act: Act, form: Form, visit: Visit, entry_id: FromPath[UUID]
) -> Redirect | Template:
    entry = await _opened(act, entry_id, lock=True)
    answers = NoticeForm.on(await _overdue(act, entry), form)
    if not answers.validate():
        return await _page(act, entry, noticing=answers)
    because, condition_id = await _ground(act, answers.ground.data)
    await propose_notice_of_removal(
        act.session,
        entry,
        because=because,
        condition_id=condition_id,
        words=answers.words.data,
        proposer=act.account,
        by=act.process(NoticeAct.PROPOSE),
    )
    return _proposed(visit, entry)


async def _ground(act: Acting, ground: str) -> tuple[RemovalReason, UUID | None]:
    """An error, or a condition that was not met: of learning where an audit led to it."""
    if ground == RemovalReason.ERROR:
        return RemovalReason.ERROR, None
    condition_id = UUID(ground)
    if await of_learning(act.session, [condition_id]):
        return RemovalReason.CPD, condition_id
    return RemovalReason.CONDITION, condition_id


@post("/staff/removals/{entry_id:uuid}/conviction", access=OFFICERS)
async def propose_at_once(
    act: Act, form: Form, visit: Visit, entry_id: FromPath[UUID]
) -> Redirect | Template:
    entry = await _opened(act, entry_id, lock=True)
    answers = ConvictionForm(form)
    if not answers.validate():
        return await _page(act, entry, convicted=answers)
    await propose_removal_at_once(
        act.session,
        entry,
        evidence=answers.evidence.data,
        proposer=act.account,
        by=act.process(NoticeAct.PROPOSE),
    )
    return _proposed(visit, entry)


def _proposed(visit: Visit, entry: Entry) -> Redirect:
    visit.flash("Your proposal waits for a second person")
    return Redirect(f"/staff/removals/{entry.id}", status_code=303)


@post("/staff/removals/{entry_id:uuid}/approval", access=CORRECTORS)
async def approve(act: Act, visit: Visit, entry_id: FromPath[UUID]) -> Redirect:
    _, waiting = await _waiting(act, entry_id)
    by = act.process(NoticeAct.APPROVE)
    await waiting.approve(act.session, approver=act.account, by=by)
    visit.flash("It is done, and the registrant is told")
    return Redirect("/staff/proposals", status_code=303)


@post("/staff/removals/{entry_id:uuid}/return", access=CORRECTORS)
async def send_back(
    act: Act, form: Form, visit: Visit, entry_id: FromPath[UUID]
) -> Redirect | Template:
    entry, waiting = await _waiting(act, entry_id)
    answers = ReturnForm(form)
    if not answers.validate():
        return await _page(act, entry, returning=answers)
    by = act.process(NoticeAct.RETURN)
    waiting.return_(words=answers.words.data, approver=act.account, by=by)
    visit.flash("The proposal is back with who made it")
    return Redirect("/staff/proposals", status_code=303)


async def _waiting(act: Acting, entry_id: UUID) -> tuple[Entry, Proposal]:
    entry = await _opened(act, entry_id, lock=True)
    waiting = await waiting_on(act.session, about_removal(entry.id))
    if waiting is None:
        raise NotFound
    return entry, waiting


pages = [one, propose_notice, propose_at_once, approve, send_back]
