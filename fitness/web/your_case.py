"""A case as the registrant follows it: where it stands, who must act and until when, what was served, and their comments."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Stream, Template

from fitness.case import Case
from fitness.examination.own import OwnExamination
from fitness.hearing.hearing import Hearing
from fitness.hearing.own import OwnHearing, own_hearings
from fitness.investigation.acts import InvestigationAct
from fitness.investigation.allegation import standards_for
from fitness.investigation.disclosure import Disclosure, disclosure_in
from fitness.investigation.own import OwnCase, own_case, own_cases
from fitness.order import CaseOrder, OrderAppeal, appeals_in, orders_of
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.files import download, receive
from register.kit.pages import page
from register.kit.security.limits import UPLOAD, UPLOAD_MEGABYTES
from register.kit.settings import settings
from register.kit.uploads import BODY_LIMIT, MEGABYTE, Problem
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Acting, Limits, Visit

ONE = "/your-case/{reference:str}"
DISCLOSURE = f"{ONE}/disclosure/{{nth:int}}"


class CommentForm(forms.Form):
    words = forms.LongText(
        "Your comments",
        what="your comments",
        longest=20_000,
        hint="Say which allegation or document you write about. Do not name a child.",
    )
    file = forms.Upload("A document", accept=".pdf,.jpg,.jpeg,.png", optional=True)


@get("/your-case", access=SIGNED_IN)
async def every(act: Act) -> Template:
    return page(
        "fitness/your_case/list.html",
        cases=await own_cases(act.session, act.account),
    )


@get(ONE, access=SIGNED_IN)
async def one(act: Act, reference: FromPath[str]) -> Template:
    case = await own_case(act.session, act.account, reference)
    own, today = await OwnCase.of(act.session, case), day_of(act.now)
    orders = await orders_of(act.session, case.id)
    appeals = await appeals_in(act.session, orders)
    hearings = await own_hearings(act.session, case)
    return page(
        "fitness/your_case/one.html",
        case=case,
        own=own,
        examined=await OwnExamination.of(act.session, case),
        clock=own.clock(today),
        awaits=own.awaits(today),
        orders=orders,
        hearings=hearings,
        appealable=_to_appeal(orders, appeals, today),
        heard=_next_heard(hearings),
        kept=_next_kept(orders),
        standards={
            one.code: one.title for one in await standards_for(act.session, case)
        },
        appeals=appeals,
        now=act.now,
        today=today,
        contact=settings().contact_email,
    )


def _to_appeal(
    orders: Sequence[CaseOrder], appeals: Mapping[UUID, OrderAppeal], today: date
) -> CaseOrder | None:
    """The latest against which there may still be an appeal, and is none."""
    for one in orders:
        if one.standing and one.appeal_by and one.id not in appeals:
            return one if today <= one.appeal_by else None
    return None


def _next_heard(hearings: Sequence[OwnHearing]) -> Hearing | None:
    to_come = (one.hearing for one in hearings if one.to_come)
    return min(to_come, key=lambda one: one.starts_at, default=None)


def _next_kept(orders: Sequence[CaseOrder]) -> tuple[date, bool] | None:
    """The day by which an order is reviewed, or where it is not any more its last; and whether it is reviewed."""
    days = [
        (day, one.review_by is not None)
        for one in orders
        if one.standing and (day := one.review_by or one.last_day)
    ]
    return min(days, default=None)


@get(DISCLOSURE, access=SIGNED_IN)
async def read(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Template:
    case = await own_case(act.session, act.account, reference)
    disclosure = await disclosure_in(act.session, case.id, nth)
    return await _page(act, case, disclosure, CommentForm())


async def _page(
    act: Acting, case: Case, disclosure: Disclosure, form: CommentForm
) -> Template:
    return page(
        "fitness/your_case/disclosure.html",
        case=case,
        disclosure=disclosure,
        standards={
            one.code: one.title for one in await standards_for(act.session, case)
        },
        form=form,
        late=disclosure.late(day_of(act.now)),
        contact=settings().contact_email,
    )


@post(DISCLOSURE, access=SIGNED_IN, body_limit=BODY_LIMIT)
async def comment(
    request: Request[Any, Any, Any],
    act: Act,
    *,
    limits: Limits,
    reference: FromPath[str],
    nth: FromPath[int],
    visit: Visit,
) -> Redirect | Template:
    case = await own_case(act.session, act.account, reference)
    disclosure = await disclosure_in(act.session, case.id, nth)
    await limits.hit(UPLOAD, str(act.account.id))
    sent = await receive(
        request, act.session, owner=case.id, now=act.now, fields=("words",)
    )
    form = CommentForm(sent.form)
    form.validate()
    if sent.problem and sent.problem is not Problem.NONE_CHOSEN:
        form.add_error("file", sent.problem)
    if form.faults:
        return await _page(act, case, disclosure, form)
    if sent.file:
        cost = -(-sent.file.size // MEGABYTE)
        await limits.hit(UPLOAD_MEGABYTES, str(act.account.id), cost=cost)
    by = act.process(InvestigationAct.COMMENT)
    await disclosure.comment(act.session, case, form.words.data, file=sent.file, by=by)
    visit.flash("We have your comments")
    return Redirect(f"/your-case/{reference}/disclosure/{nth}", status_code=303)


@get(f"{DISCLOSURE}/evidence/{{piece:int}}/file", access=SIGNED_IN)
async def file(
    act: Act,
    reference: FromPath[str],
    nth: FromPath[int],
    piece: FromPath[int],
) -> Stream:
    case = await own_case(act.session, act.account, reference)
    disclosure = await disclosure_in(act.session, case.id, nth)
    for evidence in disclosure.evidence:
        if evidence.number == piece and evidence.file:
            return download(evidence.file)
    raise NotFound


pages = [every, one, read, comment, file]
