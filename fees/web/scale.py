"""The scale for those who keep it: what each thing costs and will cost, and how a second person lets a change begin."""

from itertools import groupby
from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy import func, select

from fees.acts import FeesAct
from fees.scale import FeeKind, FeeScale, ProRata
from fees.scale_change import (
    Meaning,
    Price,
    about,
    latest,
    meaning,
    must_be_possible,
    propose,
    proposed,
)
from fees.web.fields import DaysOfTheYear, Less, Pounds
from fees.web.staff import OFFICERS, READERS
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import NotFound, Refused
from register.kit.pages import page
from register.part import Part
from register.proposal import Proposal, ProposalKind, waiting_on, why_returned
from register.web.needs import Act, Acting, Form, Session, Visit
from register.web.returning import ReturnForm


class PriceForm(forms.Form):
    amount = Pounds("Fee")
    pro_rata = forms.Radios(
        "Who joins during the year",
        what="what is paid by who joins during the year",
        choices=[
            (ProRata.NONE, "Pays the whole fee"),
            (
                ProRata.WHOLE_MONTHS,
                "Pays a twelfth for each month that is left, the first included",
            ),
        ],
    )
    each_part = forms.YesNo(
        "Is this fee asked for besides those of other parts?",
        what="this fee is asked for besides those of other parts",
    )
    first_year = Less("Less in the first year")
    low_income = Less("Less for a low income")
    instalments = DaysOfTheYear(
        "Days of instalments",
        longest=200,
        optional=True,
        hint="Like 30 September, 31 October. Leave it empty if all is paid at once",
    )
    begins_on = forms.Date(
        "From when does it hold?", what="the day from which it holds"
    )

    def price(self, kind: FeeKind, part: Part) -> Price:
        renewal = kind is FeeKind.RENEWAL
        return Price(
            kind,
            part,
            amount_pence=self.amount.data,
            pro_rata=ProRata(self.pro_rata.data),
            each_part=kind.yearly and self.each_part.data,
            first_year=self.first_year.data or None,
            low_income=self.low_income.data or None,
            instalments=tuple(self.instalments.data) if renewal else (),
        )


@get("/staff/fees", access=READERS)
async def all_fees(session: Session, act: Act) -> Template:
    rows = await session.scalars(
        select(FeeScale).where(
            func.upper(FeeScale.valid).is_(None) | FeeScale.valid.contains(act.now)
        )
    )
    kinds = list(FeeKind)
    found = sorted(
        rows, key=lambda one: (one.part.position, kinds.index(one.kind), one.begins)
    )
    waiting = await session.scalars(
        select(Proposal)
        .where(Proposal.kind == ProposalKind.CHANGE_FEES, Proposal.waiting)
        .order_by(Proposal.proposed_at)
    )
    return page(
        "fees/scale/all.html",
        parts={
            part: list(prices) for part, prices in groupby(found, lambda one: one.part)
        },
        waiting=[proposed(one.data) for one in waiting],
        today=day_of(act.now),
    )


@get("/staff/fees/{kind:str}/{part:str}", access=READERS)
async def one(act: Act, kind: FromPath[str], part: FromPath[str]) -> Template:
    return await _one_page(act, *_read(kind, part), ReturnForm())


async def _one_page(
    act: Acting, kind: FeeKind, part: Part, form: ReturnForm
) -> Template:
    versions = await act.session.scalars(
        select(FeeScale)
        .where(FeeScale.kind == kind, FeeScale.part == part)
        .order_by(func.lower(FeeScale.valid).desc())
    )
    name = about(kind, part)
    waiting = await waiting_on(act.session, name)
    return page(
        "fees/scale/one.html",
        kind=kind,
        part=part,
        versions=versions.all(),
        today=day_of(act.now),
        waiting=waiting,
        meaning=await meaning(act.session, *proposed(waiting.data))
        if waiting
        else None,
        why_not=waiting.why_not(act.account) if waiting else None,
        returned=await why_returned(act.session, name),
        may_propose=act.viewer.has(*OFFICERS.roles),
        form=form,
    )


@get("/staff/fees/{kind:str}/{part:str}/change", access=OFFICERS)
async def change(act: Act, kind: FromPath[str], part: FromPath[str]) -> Template:
    of, to = _read(kind, part)
    before = await latest(act.session, of, to)
    data: dict[str, Any] = {
        "amount": None,
        "pro_rata": ProRata.NONE,
        "each_part": False,
    }
    if before:
        price = Price.of(before)
        data |= {
            "amount": price.amount_pence,
            "pro_rata": price.pro_rata,
            "each_part": price.each_part,
            "first_year": price.first_year,
            "low_income": price.low_income,
            "instalments": price.instalments,
        }
    return _change_page(of, to, PriceForm(data=data, today=day_of(act.now)))


def _change_page(
    kind: FeeKind, part: Part, form: PriceForm, preview: Meaning | None = None
) -> Template:
    return page(
        "fees/scale/change.html", kind=kind, part=part, form=form, meaning=preview
    )


@post("/staff/fees/{kind:str}/{part:str}/change", access=OFFICERS)
async def hand_in(
    act: Act, form: Form, visit: Visit, kind: FromPath[str], part: FromPath[str]
) -> Redirect | Template:
    """What it would mean comes first; sent again from that page, it is proposed."""
    of, to = _read(kind, part)
    answers = PriceForm(form, today=day_of(act.now))
    if not of.yearly:
        answers.each_part.optional = True
    if not answers.validate():
        return _change_page(of, to, answers)
    price, begins_on = answers.price(of, to), answers.begins_on.data
    try:
        await must_be_possible(act.session, price, begins_on, today=day_of(act.now))
    except Refused as refused:
        answers.add_error("begins_on", str(refused))
        return _change_page(of, to, answers)
    if form.get("sure") != "yes":
        found = await meaning(act.session, price, begins_on)
        return _change_page(of, to, answers, found)
    by = act.process(FeesAct.PROPOSE_FEES)
    await propose(act.session, price, begins_on, proposer=act.account, by=by)
    visit.flash("The change waits for a second finance officer")
    return _back(of, to)


@post("/staff/fees/{kind:str}/{part:str}/approval", access=OFFICERS)
async def approve(
    act: Act, visit: Visit, kind: FromPath[str], part: FromPath[str]
) -> Redirect:
    of, to = _read(kind, part)
    waiting = await _waiting(act, of, to)
    by = act.process(FeesAct.APPROVE_FEES)
    await waiting.approve(act.session, approver=act.account, by=by)
    visit.flash("The fee will change")
    return _back(of, to)


@post("/staff/fees/{kind:str}/{part:str}/return", access=OFFICERS)
async def send_back(
    act: Act, form: Form, visit: Visit, kind: FromPath[str], part: FromPath[str]
) -> Redirect | Template:
    of, to = _read(kind, part)
    waiting = await _waiting(act, of, to)
    answers = ReturnForm(form)
    if not answers.validate():
        return await _one_page(act, of, to, answers)
    by = act.process(FeesAct.RETURN_FEES)
    waiting.return_(words=answers.words.data, approver=act.account, by=by)
    visit.flash("The change is back with whoever proposed it")
    return _back(of, to)


async def _waiting(act: Acting, kind: FeeKind, part: Part) -> Proposal:
    waiting = await waiting_on(act.session, about(kind, part))
    if waiting is None:
        raise NotFound
    return waiting


def _read(kind: str, part: str) -> tuple[FeeKind, Part]:
    try:
        return FeeKind(kind), Part(part)
    except ValueError:
        raise NotFound from None


def _back(kind: FeeKind, part: Part) -> Redirect:
    return Redirect(f"/staff/fees/{kind}/{part}", status_code=303)


pages = [all_fees, one, change, hand_in, approve, send_back]
