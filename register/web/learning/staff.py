"""Learning for staff: who asks for less, whose texts are alike, and what somebody has recorded."""

from typing import Any
from uuid import UUID

from litestar import Request, get
from litestar.params import FromPath
from litestar.response import Stream, Template

from register.assessment import person_for
from register.cpd import (
    alike,
    all_less_of,
    document_of,
    documents_of,
    less_waiting,
    noticed,
    peers_of,
    record_for,
    records_of,
    rules_of,
    standards_for,
    standing,
)
from register.kit.clock import day_of
from register.kit.files import download
from register.kit.pages import page
from register.web.casework import READERS
from register.web.needs import Act
from register.web.paging import after_of

HOME = "/staff/learning"


@get(HOME, access=READERS)
async def less(request: Request[Any, Any, Any], act: Act) -> Template:
    after = after_of(request)
    found = await less_waiting(act.session, act.account, after=after)
    return page(
        "register/learning/staff_less_list.html",
        rows=found.rows,
        first=HOME if after else "",
        onward=f"{HOME}?after={found.next}" if found.next else "",
    )


@get(f"{HOME}/alike", access=READERS)
async def alike_list(request: Request[Any, Any, Any], act: Act) -> Template:
    after = after_of(request)
    found = await noticed(act.session, act.account, after=after)
    return page(
        "register/learning/staff_alike.html",
        rows=found.rows,
        first=f"{HOME}/alike" if after else "",
        onward=f"{HOME}/alike?after={found.next}" if found.next else "",
    )


@get(f"{HOME}/{{record_id:uuid}}", access=READERS)
async def one(act: Act, record_id: FromPath[UUID]) -> Template:
    record = await record_for(act.session, act.account, record_id)
    return page(
        "register/learning/staff_record.html",
        record=record,
        words=record.words,
        documents=await documents_of(act.session, record.id),
        peers=await peers_of(act.session, record.id),
        standards=await standards_for(act.session, record.person_id, now=act.now),
        twins=[
            likeness
            for likeness in await alike(act.session, record)
            if likeness.other.person_id != act.account.person_id
        ],
    )


@get(f"{HOME}/{{record_id:uuid}}/documents/{{paper_id:uuid}}", access=READERS)
async def give(act: Act, record_id: FromPath[UUID], paper_id: FromPath[UUID]) -> Stream:
    record = await record_for(act.session, act.account, record_id)
    return download((await document_of(act.session, record.id, paper_id)).file)


@get("/staff/persons/{person_id:uuid}/learning", access=READERS)
async def of_person(act: Act, person_id: FromPath[UUID]) -> Template:
    person = await person_for(act.session, act.account, person_id)
    rules = await rules_of(act.session, person.id, now=act.now)
    records = await records_of(act.session, person.id)
    ends = {rules.period_end(day_of(act.now)), *(one.year_end for one in records)}
    return page(
        "register/learning/staff_person.html",
        person=person,
        years=[
            (
                await standing(act.session, person.id, year_end=end, now=act.now),
                [one for one in records if one.year_end == end],
            )
            for end in sorted(ends, reverse=True)
        ],
        less=await all_less_of(act.session, person.id),
    )


pages = [less, alike_list, one, give, of_person]
