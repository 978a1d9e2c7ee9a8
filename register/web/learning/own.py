"""A registrant's learning: year by year with what is met and what is missing, and each record."""

from datetime import date
from itertools import groupby
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.cpd import (
    LearningAct,
    LearningRecord,
    alike,
    all_less_of,
    documents_of,
    peers_of,
    record_of,
    records_of,
    remove,
    rules_of,
    standards_for,
    standing,
)
from register.cpd.audit import awaited_since, own_cases
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.pages import page
from register.web.guards import SIGNED_IN
from register.web.learning.form import RecordForm, form_of, year_of
from register.web.needs import Act, Acting, Form, Visit
from register.web.renew.own import own_standing

HOME = "/account/learning"


def person_id_of(act: Acting) -> UUID:
    """Raises NotFound for somebody who has never applied."""
    if act.account.person_id is None:
        raise NotFound
    return act.account.person_id


async def own_record(
    act: Acting, record_id: UUID, *, lock: bool = False
) -> LearningRecord:
    """Raises NotFound."""
    return await record_of(act.session, person_id_of(act), record_id, lock=lock)


@get(HOME, access=SIGNED_IN)
async def overview(act: Act) -> Template:
    person_id, today = person_id_of(act), day_of(act.now)
    rules = await rules_of(act.session, person_id, now=act.now)
    records = await records_of(act.session, person_id)
    years = {end: list(of) for end, of in groupby(records, lambda one: one.year_end)}
    current = rules.period_end(today)
    asked = {current, *await _year_to_renew_with(act)}
    for year_end in asked:
        years.setdefault(year_end, [])
    return page(
        "register/learning/own.html",
        current=current,
        asked=asked,
        years=[
            (
                await standing(act.session, person_id, year_end=end, now=act.now),
                years[end],
            )
            for end in sorted(years, reverse=True)
        ],
        less=await all_less_of(act.session, person_id),
        audited=await own_cases(act.session, person_id),
    )


async def _year_to_renew_with(act: Acting) -> list[date]:
    """It may be over, and they may still finish."""
    found = await own_standing(act)
    if found is None or found.renewal is None or not found.state.may_act:
        return []
    return [found.renewal.ends_on]


@get(f"{HOME}/new", access=SIGNED_IN)
async def ask_new(act: Act) -> Template:
    return _form_page(await _offering(act, RecordForm(today=day_of(act.now))))


@post(f"{HOME}/new", access=SIGNED_IN)
async def add(act: Act, form: Form, visit: Visit) -> Redirect | Template:
    person_id, today = person_id_of(act), day_of(act.now)
    answers = await _offering(act, RecordForm(form, today=today))
    if not answers.validate():
        return _form_page(answers)
    told = answers.told
    rules = await rules_of(act.session, person_id, now=act.now)
    for record in await records_of(act.session, person_id):
        if record.told == told:  # sent twice
            return Redirect(f"{HOME}/{record.id}", status_code=303)
    record = await LearningRecord.begin(
        act.session,
        person_id,
        told,
        year_end=year_of(told, rules, today),
        by=act.process(LearningAct.WRITE),
    )
    visit.flash("Your record is saved")
    return Redirect(f"{HOME}/{record.id}", status_code=303)


async def _offering(act: Acting, form: RecordForm) -> RecordForm:
    person_id = person_id_of(act)
    rules = await rules_of(act.session, person_id, now=act.now)
    return form.offering(
        await standards_for(act.session, person_id, now=act.now),
        rules,
        awaited=await awaited_since(act.session, person_id),
    )


def _form_page(form: RecordForm, record: LearningRecord | None = None) -> Template:
    return page(
        "register/learning/form.html",
        form=form,
        record=record,
        at=f"{HOME}/{record.id}/change" if record else f"{HOME}/new",
        back=f"{HOME}/{record.id}" if record else HOME,
    )


@get(f"{HOME}/{{record_id:uuid}}", access=SIGNED_IN)
async def one(act: Act, record_id: FromPath[UUID]) -> Template:
    record = await own_record(act, record_id)
    return page(
        "register/learning/record.html",
        record=record,
        words=record.words,
        documents=await documents_of(act.session, record.id),
        peers=await peers_of(act.session, record.id),
        standards=await standards_for(act.session, record.person_id, now=act.now),
        twins=[
            likeness
            for likeness in await alike(act.session, record)
            if likeness.other.person_id == record.person_id
        ],
    )


@get(f"{HOME}/{{record_id:uuid}}/change", access=SIGNED_IN)
async def ask_change(act: Act, record_id: FromPath[UUID]) -> Template:
    record = await own_record(act, record_id)
    record.must_be_open()
    form = form_of(record, day_of(act.now))
    return _form_page(await _offering(act, form), record)


@post(f"{HOME}/{{record_id:uuid}}/change", access=SIGNED_IN)
async def change(
    act: Act, form: Form, visit: Visit, record_id: FromPath[UUID]
) -> Redirect | Template:
    record = await own_record(act, record_id, lock=True)
    today = day_of(act.now)
    answers = await _offering(act, RecordForm(form, today=today))
    if not answers.validate():
        return _form_page(answers, record)
    rules = await rules_of(act.session, record.person_id, now=act.now)
    await record.write(
        act.session,
        answers.told,
        year_end=year_of(answers.told, rules, today),
        by=act.process(LearningAct.WRITE),
    )
    visit.flash("Your record is saved")
    return Redirect(f"{HOME}/{record.id}", status_code=303)


@get(f"{HOME}/{{record_id:uuid}}/remove", access=SIGNED_IN)
async def ask_removal(act: Act, record_id: FromPath[UUID]) -> Template:
    record = await own_record(act, record_id)
    record.must_be_open()
    return page("register/learning/remove.html", record=record)


@post(f"{HOME}/{{record_id:uuid}}/remove", access=SIGNED_IN)
async def take_away(act: Act, visit: Visit, record_id: FromPath[UUID]) -> Redirect:
    record = await own_record(act, record_id, lock=True)
    await remove(act.session, record, by=act.process(LearningAct.REMOVE))
    visit.flash("Your record is removed")
    return Redirect(HOME, status_code=303)


pages = [
    overview,
    ask_new,
    add,
    one,
    ask_change,
    change,
    ask_removal,
    take_away,
]
