"""Notices as staff read them: whether they were served, what was said, and what comes of those about an entry."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Stream, Template

from register.application import Application
from register.assessment import (
    application_of_notice,
    may_read_restricted,
    read_checks,
)
from register.entry import Entry
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.files import download
from register.kit.pages import page
from register.notice import (
    Notice,
    NoticeAct,
    about_removal,
    documents_of,
    drop,
    notice_for,
    open_notices,
    propose_removal,
    said_to,
)
from register.proposal import waiting_on, why_returned
from register.rule_set import RuleSet
from register.web.casework import APPROVERS, OFFICERS, READERS
from register.web.needs import Act, Acting, Form, Session, Visit
from register.web.notices.grounds import Grounds
from register.web.paging import after_of


class RemovalForm(forms.Form):
    words = forms.LongText(
        "What you make of the answer, and why the entry should go",
        what="why the entry should go",
        hint="Only staff read this.",
        longest=4000,
    )


class DroppingForm(forms.Form):
    why = forms.LongText(
        "Why the entry stays",
        what="why the entry stays",
        hint="The registrant will read this.",
        longest=2000,
    )


@get("/staff/notices", access=READERS)
async def queue(
    request: Request[Any, Any, Any], session: Session, act: Act
) -> Template:
    after = after_of(request)
    found = await open_notices(session, act.account, after=after)
    return page(
        "register/notices/list.html",
        rows=found.rows,
        today=day_of(act.now),
        first="/staff/notices" if after else "",
        onward=f"/staff/notices?after={found.next}" if found.next else "",
    )


@get("/staff/notices/{notice_id:uuid}", access=READERS)
async def one(act: Act, notice_id: FromPath[UUID]) -> Template:
    return await _page(act, await notice_for(act.session, act.account, notice_id))


async def _page(
    act: Acting,
    notice: Notice,
    *,
    removal: RemovalForm | None = None,
    dropping: DroppingForm | None = None,
) -> Template:
    application = await application_of_notice(act.session, notice)
    may_read = _may_read(act, application)
    grounds = await Grounds.of(act.session, notice)
    shown = [r for r in grounds.reasons if may_read or not r.section.restricted]
    if application:
        await read_checks(
            act.session,
            application,
            [reason.section for reason in shown],
            reader=act.account,
            now=act.now,
        )
    about = about_removal(notice.entry_id) if notice.entry_id else ""
    return page(
        "register/notices/notice.html",
        notice=notice,
        application=application,
        may_read=may_read,
        sealed=len(shown) < len(grounds.reasons),
        reasons=shown,
        conditions=grounds.conditions,
        message=notice.message,
        rule_set=await act.session.get_one(RuleSet, notice.rule_set_id),
        said=await said_to(act.session, notice.id) if may_read else [],
        documents=await documents_of(act.session, notice.id) if may_read else [],
        waiting=await waiting_on(act.session, about),
        returned=await why_returned(act.session, about, since=notice.sent_at),
        today=day_of(act.now),
        acts=act.viewer.has(*OFFICERS.roles),
        records=notice.open and may_read and act.viewer.has(*OFFICERS.roles),
        drops=act.viewer.has(*APPROVERS.roles),
        form=removal or dropping,
        removal=removal or RemovalForm(),
        dropping=dropping or DroppingForm(),
    )


def _may_read(act: Acting, application: Application | None) -> bool:
    """What an applicant says to a notice may be of health or crime: it is as restricted as those sections are."""
    return application is None or may_read_restricted(application, act.account)


@get("/staff/notices/{notice_id:uuid}/documents/{document_id:uuid}", access=READERS)
async def document(
    act: Act, notice_id: FromPath[UUID], document_id: FromPath[UUID]
) -> Stream:
    notice = await notice_for(act.session, act.account, notice_id)
    if not _may_read(act, await application_of_notice(act.session, notice)):
        raise NotFound
    for sent in await documents_of(act.session, notice.id):
        if sent.id == document_id:
            return download(sent.file)
    raise NotFound


@post("/staff/notices/{notice_id:uuid}/removal", access=OFFICERS)
async def propose(
    act: Act, form: Form, visit: Visit, notice_id: FromPath[UUID]
) -> Redirect | Template:
    notice, entry = await _about_entry(act, notice_id)
    answers = RemovalForm(form)
    if not answers.validate():
        return await _page(act, notice, removal=answers)
    await propose_removal(
        act.session,
        notice,
        entry,
        words=answers.words.data,
        proposer=act.account,
        by=act.process(NoticeAct.PROPOSE),
    )
    visit.flash("Your proposal waits for a second person")
    return Redirect(f"/staff/removals/{entry.id}", status_code=303)


@post("/staff/notices/{notice_id:uuid}/end", access=APPROVERS)
async def end(
    act: Act, form: Form, visit: Visit, notice_id: FromPath[UUID]
) -> Redirect | Template:
    notice, _ = await _about_entry(act, notice_id)
    answers = DroppingForm(form)
    if not answers.validate():
        return await _page(act, notice, dropping=answers)
    by = act.process(NoticeAct.DROP)
    await drop(act.session, notice, words=answers.why.data, by=by)
    visit.flash("The notice is dropped, and the registrant is told")
    return Redirect("/staff/notices", status_code=303)


async def _about_entry(act: Acting, notice_id: UUID) -> tuple[Notice, Entry]:
    """Locked; raises NotFound."""
    notice = await notice_for(act.session, act.account, notice_id)
    if notice.entry_id is None:
        raise NotFound
    entry = await Entry.load(act.session, notice.entry_id, lock=True)
    return await notice_for(act.session, act.account, notice_id, lock=True), entry


pages = [queue, one, document, propose, end]
