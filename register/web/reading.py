"""Who opens many restricted sections: who was warned, who is locked out, and letting them go on."""

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.assessment import (
    ReadingAct,
    ReadingLock,
    locked_readers,
    reading_lock_for,
    warned_today,
)
from register.kit import forms
from register.kit.pages import page
from register.web.casework import APPROVERS, STATISTICIANS
from register.web.needs import Act, Acting, Form, Session, Visit

ADDRESS = "/staff/reading"


class ReleaseForm(forms.Form):
    words = forms.LongText(
        "What you found out",
        what="what you found out",
        hint="Why they had to open so many. Only staff read this.",
        longest=2000,
    )


@get(ADDRESS, access=STATISTICIANS)
async def readers(session: Session, act: Act) -> Template:
    return page(
        "register/reading/list.html",
        locked=await locked_readers(session),
        warned=await warned_today(session, now=act.now),
    )


@get(ADDRESS + "/{lock_id:uuid}", access=STATISTICIANS)
async def one(act: Act, lock_id: FromPath[UUID]) -> Template:
    return _page(act, await reading_lock_for(act.session, lock_id), ReleaseForm())


@post(ADDRESS + "/{lock_id:uuid}/release", access=APPROVERS)
async def release(
    act: Act, form: Form, visit: Visit, lock_id: FromPath[UUID]
) -> Redirect | Template:
    lock = await reading_lock_for(act.session, lock_id, lock=True)
    answers = ReleaseForm(form)
    if not answers.validate():
        return _page(act, lock, answers)
    by = act.process(ReadingAct.RELEASE)
    lock.release(words=answers.words.data, releaser=act.account, by=by)
    visit.flash(f"{lock.account.name} can open restricted sections again")
    return Redirect(ADDRESS, status_code=303)


def _page(act: Acting, lock: ReadingLock, form: ReleaseForm) -> Template:
    return page(
        "register/reading/one.html",
        lock=lock,
        form=form,
        may_release=act.viewer.has(*APPROVERS.roles)
        and lock.released_at is None
        and lock.account_id != act.account.id,
    )


pages = [readers, one, release]
