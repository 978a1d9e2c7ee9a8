"""Notices: before anything was served, previewed in both ways and stale, on record, and their templates on their way."""

import msgspec

from fitness.fence import Capacity, look_as
from fitness.investigation.served import services_of
from fitness.notice_template import NoticeKind, TemplateAct, current, write
from register.process import Process
from register.proposal import waiting_on
from tests.fitness.finding import make_told, notice, went_astray
from tests.fitness.investigating import make_investigated, make_investigator
from tests.leaks.roles import Role
from tests.make import NOW, make_account, make_address

LONG = "He said that nobody had told him. " * 40
AT = "/staff/notice-templates"


async def notices_in_every_state(stage):
    await templates(stage)
    session = stage.session
    await look_as(session, Capacity.SERVICE)
    worker = await make_investigator(session, name="Inez Vance")
    case = await make_investigated(session, taker=worker)
    await make_account(session, person=case.person)
    await make_address(session, case.person)
    at = f"/staff/cases/{case.reference}"
    await stage.see(worker, f"{at}/notices", proved=True)
    async with stage.visitor(worker, proved=True) as browser:
        for way in ("email", "post"):
            await stage.show(browser, f"{at}/notice", {"words": LONG, "way": way})
        stale = {"words": LONG, "way": "post", "seal": "0"}
        await stage.show(browser, f"{at}/notice", stale)
        change = {"words": LONG, "way": "post", "change": "yes"}
        await stage.show(browser, f"{at}/notice", change)
    await served(stage, worker)


async def served(stage, worker):
    """One that went astray, and again by post."""
    session = stage.session
    await look_as(session, Capacity.SERVICE)
    case, account = await make_told(session, taker=worker)
    await make_address(session, case.person)
    (first,) = await services_of(session, case.id)
    await went_astray(session, first)
    again = await notice(session, case, LONG, by_post=True)
    at, yours = f"/staff/cases/{case.reference}", f"/your-case/{case.reference}"
    pages = [f"{at}/notices", *(f"{at}/notices/{one.id}" for one in (first, again))]
    await stage.see(worker, *pages, proved=True)
    await stage.see(account, yours, f"{yours}/notices/{again.id}")


async def templates(stage):
    """A draft that waits, to whoever wrote it and to who decides; one that came back; a second version."""
    session = stage.session
    manager, registrar = (
        stage.world.accounts[Role.TEAM_MANAGER],
        stage.world.accounts[Role.REGISTRAR],
    )
    kind = NoticeKind.PANEL
    wording = (await current(session, kind)).wording
    draft = await write(
        session,
        kind,
        msgspec.structs.replace(wording, title=LONG[:190]),
        seen=0,
        account=manager,
        by=act(session, TemplateAct.DRAFT, manager),
    )
    at, wrong = f"{AT}/{kind}", {"version": "1", "email_words": "{person}"}
    await stage.see(manager, f"{at}/draft", f"{at}/draft/words", proved=True)
    await draft.propose(
        session, seen=1, proposer=manager, by=act(session, TemplateAct.PROPOSE, manager)
    )
    await stage.see(manager, f"{at}/draft", "/staff/proposals", proved=True)
    async with stage.visitor(registrar, proved=True) as browser:
        await stage.show(browser, f"{at}/draft")
        await stage.show(browser, f"{at}/draft/return", {"version": "1"})
        await stage.show(browser, f"{at}/draft/return", {"version": "1", "words": LONG})
    async with stage.visitor(manager, proved=True) as browser:
        await stage.show(browser, f"{at}/draft")
        await stage.show(browser, f"{at}/draft/words", wrong)
    await draft.propose(
        session, seen=1, proposer=manager, by=act(session, TemplateAct.PROPOSE, manager)
    )
    waiting = await waiting_on(session, draft.about)
    by = act(session, TemplateAct.APPROVE, registrar)
    await waiting.approve(session, approver=registrar, by=by)
    await stage.see(manager, at, f"{at}/versions/1", proved=True)


def act(session, kind, actor):
    return Process.begin(session, kind, now=NOW, actor=actor)
