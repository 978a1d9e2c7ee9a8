"""Who would lapse at the end of a period, and why; the run is proposed here by one person, and released by another."""

import csv
from collections.abc import AsyncIterator, Sequence
from datetime import date
from io import StringIO
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.account import StaffRole
from register.kit import forms
from register.kit.clock import LONDON, day_of
from register.kit.errors import NotFound
from register.kit.pages import page
from register.proposal import Proposal, waiting_on, why_returned
from register.renewal import (
    Concerned,
    Count,
    Fate,
    LapseRun,
    RenewalAct,
    RenewalEvent,
    RenewalStep,
    RunState,
    counted,
    opens,
    runs,
    those_concerned,
)
from register.renewal.noticing import notice_ends
from register.web.guards import roles
from register.web.needs import Act, Acting, Form, Session, Visit
from register.web.paging import after_of
from register.web.returning import ReturnForm

READERS = roles(StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR, StaffRole.AUDITOR)
PROPOSERS = roles(StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR)
RELEASERS = roles(StaffRole.REGISTRAR)
LIST = "/staff/renewals/run"
ONE = LIST + "/{last_day:date}"
HEADINGS = (
    "as_at",
    "last_day",
    "number",
    "part",
    "fate",
    "because",
    "left",
    "paid_at",
    "notice_served_on",
    "finished_at",
)
ROWS = 1_000


class FateForm(forms.Form):
    fate = forms.Radios(
        "What becomes of them",
        what="what becomes of them",
        choices=[(fate, fate) for fate in Fate],
        optional=True,
    )

    @property
    def chosen(self) -> Fate | None:
        known = self.validate() and self.fate.data
        return Fate(self.fate.data) if known else None


@get(LIST, access=READERS)
async def listed(session: Session) -> Template:
    return page("register/renewal_runs/list.html", runs=await runs(session))


@get(ONE, access=READERS)
async def run(act: Act, last_day: FromPath[date]) -> Template:
    return await _page(act, await LapseRun.on(act.session, last_day))


async def _page(
    act: Acting, found: LapseRun, form: ReturnForm | None = None
) -> Template:
    waiting = await waiting_on(act.session, found.about)
    before = found.preview
    now = await counted(act.session, found.last_day, now=act.now)
    opens_at = await opens(act.session, found.last_day)
    return page(
        "register/renewal_runs/run.html",
        run=found,
        opens_at=opens_at,
        early=act.now < opens_at,
        fates=_compared(before, now),
        unnoticed=_sum(now, Fate.NOT_NOTICED),
        notice_ends=await notice_ends(act.session, found.last_day),
        today=day_of(act.now),
        reasons=[one for one in now if one.fate is Fate.LAPSE],
        steps=list(RenewalStep),
        waiting=waiting,
        why_not=waiting.why_not(act.account) if waiting else None,
        returned=await why_returned(act.session, found.about),
        may_propose=found.state is RunState.PREPARED
        and act.viewer.has(*PROPOSERS.roles),
        form=form or ReturnForm(),
    )


def _compared(
    before: Sequence[Count], now: Sequence[Count]
) -> list[tuple[Fate, int, int]]:
    """Of each fate that some have: how many had it when it was counted last, and how many have it now."""
    rows = ((fate, _sum(before, fate), _sum(now, fate)) for fate in Fate)
    return [row for row in rows if any(row[1:])]


def _sum(counts: Sequence[Count], fate: Fate) -> int:
    return sum(one.entries for one in counts if one.fate is fate)


@get(f"{ONE}/entries", access=READERS)
async def entries(
    request: Request[Any, Any, Any], act: Act, last_day: FromPath[date]
) -> Template:
    found = await LapseRun.on(act.session, last_day)
    form, after = FateForm(request.query_params), after_of(request)
    fate = form.chosen
    shown = await those_concerned(
        act.session,
        last_day,
        now=act.now,
        fate=fate,
        but=act.account.person_id,
        after=after,
    )
    here = f"{LIST}/{last_day}/entries?fate={fate or ''}"
    return page(
        "register/renewal_runs/entries.html",
        run=found,
        form=form,
        fate=fate,
        rows=shown.rows,
        came_back=came_back,
        first=here if after else "",
        onward=f"{here}&after={shown.next}" if shown.next else "",
    )


@post(f"{ONE}/list", access=READERS, status_code=200)
async def file(act: Act, form: Form, last_day: FromPath[date]) -> Response[str]:
    """Numbers and codes, no names. An act, as who took it is written down."""
    found = await LapseRun.on(act.session, last_day)
    fate = FateForm(form).chosen
    written = StringIO()
    rows = csv.writer(written)
    rows.writerow(HEADINGS)
    as_at = act.now.astimezone(LONDON).isoformat(timespec="seconds")
    count = 0
    async for one in _all(act, last_day, fate):
        rows.writerow([as_at, last_day, *_cells(one)])
        count += 1
    by = act.process(RenewalAct.TAKE_LIST)
    by.tell(RenewalEvent.LIST_TAKEN, run=found.id, last_day=last_day, entries=count)
    return Response(
        written.getvalue(),
        media_type="text/csv; charset=utf-8; header=present",
        headers={
            "Content-Disposition": f'attachment; filename="lapses-{last_day}.csv"'
        },
    )


async def _all(
    act: Acting, last_day: date, fate: Fate | None
) -> AsyncIterator[Concerned]:
    after = None
    while True:
        shown = await those_concerned(
            act.session,
            last_day,
            now=act.now,
            fate=fate,
            but=act.account.person_id,
            after=after,
            size=ROWS,
        )
        for one in shown.rows:
            yield one
        if shown.next is None:
            return
        after = shown.next


def came_back(one: Concerned) -> bool:
    """Notice was sent, and did not arrive."""
    return one.fate in {Fate.NOT_NOTICED, Fate.SPARED} and one.noticed_on is not None


def _cells(one: Concerned) -> list[str]:
    noticed_on = None if came_back(one) else one.noticed_on
    moments = (one.paid_at, noticed_on, one.finished_at)
    return [
        one.number,
        one.part,
        one.fate,
        one.because if one.fate is Fate.LAPSE else "",
        " ".join(one.left),
        *(moment.isoformat() if moment else "" for moment in moments),
    ]


@post(f"{ONE}/proposal", access=PROPOSERS)
async def propose(act: Act, visit: Visit, last_day: FromPath[date]) -> Redirect:
    found = await LapseRun.on(act.session, last_day, lock=True)
    by = act.process(RenewalAct.PROPOSE_LAPSES)
    await found.propose(act.session, proposer=act.account, by=by)
    visit.flash("Your proposal waits for a registrar")
    return _back(last_day)


@post(f"{ONE}/release", access=RELEASERS)
async def release(act: Act, visit: Visit, last_day: FromPath[date]) -> Redirect:
    _, waiting = await _waiting(act, last_day)
    by = act.process(RenewalAct.RELEASE_LAPSES)
    await waiting.approve(act.session, approver=act.account, by=by)
    visit.flash("The run is released, and is being written now")
    return _back(last_day)


@post(f"{ONE}/return", access=RELEASERS)
async def send_back(
    act: Act, form: Form, visit: Visit, last_day: FromPath[date]
) -> Redirect | Template:
    found, waiting = await _waiting(act, last_day)
    answers = ReturnForm(form)
    if not answers.validate():
        return await _page(act, found, answers)
    by = act.process(RenewalAct.RETURN_LAPSES)
    found.send_back(waiting, words=answers.words.data, approver=act.account, by=by)
    visit.flash("The proposal is back with who made it")
    return _back(last_day)


async def _waiting(act: Acting, last_day: date) -> tuple[LapseRun, Proposal]:
    found = await LapseRun.on(act.session, last_day, lock=True)
    waiting = await waiting_on(act.session, found.about)
    if waiting is None:
        raise NotFound
    return found, waiting


def _back(last_day: date) -> Redirect:
    return Redirect(f"{LIST}/{last_day}", status_code=303)


pages = [listed, run, entries, file, propose, release, send_back]
