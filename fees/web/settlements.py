"""Settlement files of the payment provider: uploaded, and each of their rows against the ledger."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy import func, select

from fees.acts import FeesAct
from fees.money import pounds
from fees.payment import Payment
from fees.reconciliation import (
    COLUMNS,
    TEMPLATE,
    RowState,
    Settlement,
    SettlementRow,
    known_by_now,
    read_settlement,
    rows_of,
    settlement_reference,
    take_in,
)
from fees.web.csv_files import csv_file
from fees.web.staff import OFFICERS, READERS
from register.imports import Fault, SheetRefused
from register.imports.sheet import HeadingsMissing
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.pages import page
from register.kit.uploads import BODY_LIMIT, Problem, receive_whole
from register.web.needs import Act, Session, Visit

AT = "/staff/finance/settlements"
PAGE = 50
ROWS = 100
MOST_FAULTS = 200


class SettlementForm(forms.Form):
    file = forms.Upload("Settlement file", accept=".csv", what="a settlement file")


@get(AT, access=READERS)
async def all_files(request: Request[Any, Any, Any], act: Act) -> Template:
    return await _list(
        act, SettlementForm(), _number(request.query_params.get("after"))
    )


async def _list(
    act: Act,
    form: SettlementForm,
    before: int | None = None,
    faults: Sequence[Fault] = (),
) -> Template:
    found = (
        select(
            Settlement,
            func.count(SettlementRow.id),
            func.coalesce(func.sum(SettlementRow.net_pence), 0),
            func.count().filter(SettlementRow.state != RowState.MATCHED),
        )
        .join(SettlementRow, SettlementRow.settlement_id == Settlement.id)
        .group_by(Settlement.id)
        .order_by(Settlement.number.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        found = found.where(Settlement.number < before)
    rows = [
        (one, count, pounds(int(net)), apart)
        for one, count, net, apart in await act.session.execute(found)
    ]
    onward = f"{AT}?after={rows[PAGE - 1][0].reference}" if len(rows) > PAGE else ""
    return page(
        "fees/finance/settlements.html",
        form=form,
        rows=rows[:PAGE],
        onward=onward,
        columns=COLUMNS,
        faults=faults[:MOST_FAULTS],
        more_faults=max(0, len(faults) - MOST_FAULTS),
        may_act=act.viewer.has(*OFFICERS.roles),
    )


def _number(reference: str | None) -> int | None:
    """Raises NotFound for what is no reference of ours."""
    if not reference:
        return None
    return _whole(reference.upper().removeprefix("SET-"))


def _line(after: str | None) -> int:
    """Of the file, after which the page begins; raises NotFound for what is no line."""
    return _whole(after) if after else 0


def _whole(digits: str) -> int:
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 12):
        raise NotFound
    return int(digits)


@post(AT, access=OFFICERS, body_limit=BODY_LIMIT)
async def upload(
    request: Request[Any, Any, Any], act: Act, visit: Visit
) -> Redirect | Template:
    """All of it or, where a single row cannot be read, nothing."""
    form = SettlementForm()
    sent = await receive_whole(request, file="file")
    if isinstance(sent, Problem):
        form.add_error("file", sent)
        return await _list(act, form)
    try:
        told, faults = read_settlement(sent, today=day_of(act.now))
    except HeadingsMissing as refused:
        form.add_error("file", f"The file has no column for: {refused.missing}")
        return await _list(act, form)
    except SheetRefused as refused:
        form.add_error("file", str(refused))
        return await _list(act, form)
    if faults:
        form.add_error("file", "Nothing was taken in: some rows cannot be read")
        return await _list(act, form, faults=faults)
    by = act.process(FeesAct.TAKE_IN_SETTLEMENT)
    done = await take_in(act.session, sent, told, by=by)
    if done.settlement is None:
        visit.flash("All of this file had been taken in before. Nothing has changed")
        return Redirect(AT, status_code=303)
    await act.session.flush()
    await act.session.refresh(done.settlement)
    await known_by_now(act.session, by=by)
    again = (
        f". Of the file, {done.same:,} had been taken in before" if done.same else ""
    )
    rows = "1 row is" if done.new == 1 else f"{done.new:,} rows are"
    visit.flash(f"{rows} taken in{again}")
    return Redirect(f"{AT}/{done.settlement.reference}", status_code=303)


@get(f"{AT}/template.csv", access=READERS)
async def template() -> Response[str]:
    return csv_file(TEMPLATE, "settlement.csv")


@get(f"{AT}/{{reference:str}}", access=READERS)
async def one(
    request: Request[Any, Any, Any], session: Session, reference: FromPath[str]
) -> Template:
    settlement = await session.scalar(
        select(Settlement).where(Settlement.number == _number(reference))
    )
    if settlement is None:
        raise NotFound
    wanted = request.query_params.get("show")
    if wanted and wanted not in set(RowState):
        raise NotFound
    state = RowState(wanted) if wanted else None
    line = _line(request.query_params.get("after"))
    rows = await rows_of(session, settlement.id, state=state, after=line, most=ROWS + 1)
    counts = await session.execute(
        select(
            SettlementRow.state,
            func.count(),
            func.sum(SettlementRow.gross_pence),
            func.sum(SettlementRow.fee_pence),
            func.sum(SettlementRow.net_pence),
        )
        .where(SettlementRow.settlement_id == settlement.id)
        .group_by(SettlementRow.state)
    )
    shown = f"show={state}&" if state else ""
    at = f"{AT}/{settlement_reference(settlement.number)}"
    return page(
        "fees/finance/settlement.html",
        settlement=settlement,
        counts={
            one: (count, *map(pounds, map(int, sums))) for one, count, *sums in counts
        },
        states=list(RowState),
        state=state,
        rows=rows[:ROWS],
        payments=await _payments(session, rows[:ROWS]),
        onward=f"{at}?{shown}after={rows[ROWS - 1][0].line}"
        if len(rows) > ROWS
        else "",
        at=at,
    )


async def _payments(session: Session, rows: Sequence[Any]) -> dict[Any, str]:
    """Our references, for those that have not been erased since."""
    ids = {row.payment_id or known for row, known in rows} - {None}
    found = await session.execute(
        select(Payment.id, Payment.reference).where(Payment.id.in_(ids))
    )
    return {one.id: one.reference for one in found}


pages = [all_files, upload, template, one]
