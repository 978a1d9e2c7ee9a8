"""Saved filters of the queue: kept under a name, opened, renamed, deleted."""

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.assessment import (
    Filter,
    SavedFilter,
    caseworkers,
    saved_filter_of,
    saved_filters,
)
from register.kit import forms
from register.kit.pages import page
from register.web.applications.queue import FilterForm, address
from register.web.casework import READERS
from register.web.needs import Act, Acting, Form, Session, Visit

ADDRESS = "/staff/filters"


class NameForm(forms.Form):
    name = forms.Text("Name of the filter", what="a name for the filter", longest=60)


class ChangeForm(NameForm):
    opens_first = forms.YesNo(
        "Open this filter first when you go to applications?",
        what="if this filter opens first",
    )


@get(ADDRESS, access=READERS)
async def own(session: Session, act: Act) -> Template:
    rows = await saved_filters(session, act.account)
    return page(
        "register/filters/list.html",
        rows=[(saved, address(saved.query)) for saved in rows],
    )


@post(ADDRESS, access=READERS)
async def save(act: Act, form: Form, visit: Visit) -> Redirect | Template:
    codes = FilterForm.of(await caseworkers(act.session), form).codes
    answers = NameForm(form)
    if not await _named(act, answers):
        back = address(codes)
        return page("register/filters/save.html", form=answers, codes=codes, back=back)
    wanted, name = Filter.of(codes), answers.name.data
    await SavedFilter.save(act.session, act.account, name, wanted)
    visit.flash(f"The filter is saved as “{name}”")
    return Redirect(address(codes), status_code=303)


async def _named(act: Acting, answers: NameForm, but: UUID | None = None) -> bool:
    """Whether a name was given that none of the reader's other filters has."""
    if not answers.validate():
        return False
    kept = await saved_filters(act.session, act.account)
    if any(one.called(answers.name.data) for one in kept if one.id != but):
        answers.add_error("name", "You have a filter of that name. Enter another name")
        return False
    return True


@get(ADDRESS + "/{filter_id:uuid}", access=READERS)
async def one(act: Act, filter_id: FromPath[UUID]) -> Template:
    saved = await saved_filter_of(act.session, act.account, filter_id)
    form = ChangeForm(data={"name": saved.name, "opens_first": saved.opens_first})
    return page("register/filters/one.html", saved=saved, form=form)


@post(ADDRESS + "/{filter_id:uuid}", access=READERS)
async def change(
    act: Act, form: Form, visit: Visit, filter_id: FromPath[UUID]
) -> Redirect | Template:
    saved = await saved_filter_of(act.session, act.account, filter_id)
    answers = ChangeForm(form)
    if not await _named(act, answers, but=saved.id):
        return page("register/filters/one.html", saved=saved, form=answers)
    name, first = answers.name.data, answers.opens_first.data
    await saved.change(act.session, act.account, name=name, opens_first=first)
    visit.flash("The filter is changed")
    return Redirect(ADDRESS, status_code=303)


@post(ADDRESS + "/{filter_id:uuid}/removal", access=READERS)
async def delete(act: Act, visit: Visit, filter_id: FromPath[UUID]) -> Redirect:
    saved = await saved_filter_of(act.session, act.account, filter_id)
    await act.session.delete(saved)
    visit.flash(f"The filter “{saved.name}” is deleted")
    return Redirect(ADDRESS, status_code=303)


pages = [own, save, one, change, delete]
