"""The watch list: who is on it, and who of those we know may be one of them; for those alone who may see it."""

from typing import Any
from uuid import UUID

from litestar import Request, Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.assessment import held_back, hit_for, item_for, said_in, watch_page
from register.kit import forms
from register.kit.clock import day_of
from register.kit.pages import page
from register.matching import WatchAct, WatchHit, WatchItem, WatchKind
from register.web.casework import WATCH_READERS, WATCHERS
from register.web.needs import Act, Form, Session, Visit
from register.web.paging import after_of

LIST = "/staff/watch-list"


class ItemForm(forms.Form):
    kind = forms.Radios(
        "Why they may not join",
        what="why they may not join",
        choices=[(kind, kind) for kind in WatchKind],
    )
    given_names = forms.Name("Given names", what="the given names", optional=True)
    family_name = forms.Name("Family name", what="the family name")
    other_names = forms.LongText(
        "Other names",
        hint="Former names and aliases, one to a line.",
        longest=1000,
        optional=True,
    )
    birth_date = forms.Date(
        "Date of birth", what="the date of birth", past=True, optional=True
    )
    ni_number = forms.NationalInsurance(
        "National Insurance number", what="the number", optional=True
    )
    source = forms.Text(
        "Source",
        what="who told us",
        hint="The body that told us, and its reference.",
    )
    because = forms.LongText(
        "Reason", what="the reason", hint="What happened.", longest=2000
    )


class EndForm(forms.Form):
    words = forms.LongText(
        "Why they are taken off the list",
        what="why they are taken off the list",
        longest=2000,
    )


class DismissalForm(forms.Form):
    words = forms.LongText("Why they may join", what="why they may join", longest=2000)


@get("/", access=WATCH_READERS)
async def watch_list(
    request: Request[Any, Any, Any], session: Session, act: Act
) -> Template:
    after = after_of(request)
    found = await watch_page(session, act.account, after=after, now=act.now)
    return page(
        "register/watch_list/list.html",
        found=found,
        writes=_writes(act),
        first=LIST if after else "",
        onward=f"{LIST}?after={found.next}" if found.next else "",
    )


def _writes(act: Act) -> bool:
    return act.viewer.has(*WATCHERS.roles)


@get("/add", access=WATCHERS)
async def ask() -> Template:
    return page("register/watch_list/add.html", form=ItemForm())


@post("/add", access=WATCHERS)
async def add(
    session: Session, act: Act, form: Form, visit: Visit
) -> Redirect | Template:
    answers = ItemForm(form, today=day_of(act.now))
    if not answers.validate():
        return page("register/watch_list/add.html", form=answers)
    await WatchItem.add(
        session,
        WatchKind(answers.kind.data),
        given_names=answers.given_names.data,
        family_name=answers.family_name.data,
        other_names=_lines(answers.other_names.data),
        birth_date=answers.birth_date.data,
        ni_number=answers.ni_number.data,
        source=answers.source.data,
        because=answers.because.data,
        by=act.process(WatchAct.ADD),
    )
    visit.flash("They are on the watch list now")
    return Redirect(LIST, status_code=303)


def _lines(text: str) -> list[str]:
    return [name for line in text.splitlines() if (name := " ".join(line.split()))]


@get("/items/{item_id:uuid}", access=WATCH_READERS)
async def item(session: Session, act: Act, item_id: FromPath[UUID]) -> Template:
    found = await item_for(session, act.account, item_id, now=act.now)
    return await item_page(session, act, found, EndForm())


@post("/items/{item_id:uuid}/end", access=WATCHERS)
async def end(
    session: Session, act: Act, *, form: Form, visit: Visit, item_id: FromPath[UUID]
) -> Redirect | Template:
    found = await item_for(session, act.account, item_id, now=act.now)
    answers = EndForm(form)
    if not answers.validate():
        return await item_page(session, act, found, answers)
    found.end(because=answers.words.data, by=act.process(WatchAct.END))
    visit.flash("They are off the watch list")
    return Redirect(LIST, status_code=303)


async def item_page(
    session: Session, act: Act, found: WatchItem, form: forms.Form
) -> Template:
    return page(
        "register/watch_list/item.html",
        item=found,
        form=form,
        added=await said_in(session, found.added_in),
        ended=await said_in(session, found.ended_in) if found.ended_in else None,
        writes=found.current and _writes(act),
    )


@get("/hits/{hit_id:uuid}", access=WATCH_READERS)
async def hit(session: Session, act: Act, hit_id: FromPath[UUID]) -> Template:
    found = await hit_for(session, act.account, hit_id, now=act.now)
    return await hit_page(session, act, found, DismissalForm())


@post("/hits/{hit_id:uuid}/dismissal", access=WATCHERS)
async def dismiss(
    session: Session, act: Act, *, form: Form, visit: Visit, hit_id: FromPath[UUID]
) -> Redirect | Template:
    found = await hit_for(session, act.account, hit_id, now=act.now)
    answers = DismissalForm(form)
    if not answers.validate():
        return await hit_page(session, act, found, answers)
    found.dismiss(because=answers.words.data, by=act.process(WatchAct.DISMISS))
    visit.flash("What the watch list says is settled")
    return Redirect(LIST, status_code=303)


async def hit_page(
    session: Session, act: Act, found: WatchHit, form: forms.Form
) -> Template:
    return page(
        "register/watch_list/hit.html",
        hit=found,
        form=form,
        held_back=await held_back(session, found.person_id),
        dismissed=await said_in(session, found.dismissed_in)
        if found.dismissed_in
        else None,
        writes=_writes(act),
    )


pages = [
    Router(path=LIST, route_handlers=[watch_list, ask, add, item, end, hit, dismiss])
]
