"""Asking a peer or supervisor to reflect on a record, and wanting no answer any more."""

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.cpd import (
    LearningAct,
    LearningRecord,
    Named,
    With,
    ask_peer,
    peers_of,
    rules_of,
    take_back,
)
from register.kit import forms
from register.kit.pages import page
from register.web.guards import SIGNED_IN
from register.web.learning.own import HOME, own_record
from register.web.needs import Act, Acting, Form, Visit

AT = f"{HOME}/{{record_id:uuid}}/peers"


class PeerForm(forms.Form):
    name = forms.Name("Their full name")
    email = forms.Email("Their email address", what="their email address")
    role = forms.Radios(
        "Who are they to you?",
        what="who they are to you",
        choices=[(one, one) for one in With],
    )


@get(AT, access=SIGNED_IN)
async def ask(act: Act, record_id: FromPath[UUID]) -> Template:
    record = await own_record(act, record_id)
    record.must_be_open()
    return await _page(act, record, PeerForm())


async def _page(act: Acting, record: LearningRecord, form: PeerForm) -> Template:
    rules = await rules_of(act.session, record.person_id, now=act.now)
    asked = await peers_of(act.session, record.id)
    return page(
        "register/learning/ask_peer.html",
        form=form,
        record=record,
        days=rules.cpd_reflection_due_days,
        waiting=[one for one in asked if one.request.open],
    )


@post(AT, access=SIGNED_IN)
async def send(
    act: Act, form: Form, visit: Visit, record_id: FromPath[UUID]
) -> Redirect | Template:
    record = await own_record(act, record_id, lock=True)
    answers = PeerForm(form)
    if answers.validate() and _is_own(act, answers.email.data):
        answers.add_error(
            "email", "Enter the email address of somebody else than yourself"
        )
    if answers.faults:
        return await _page(act, record, answers)
    await ask_peer(
        act.session,
        record,
        With(answers.role.data),
        Named(name=answers.name.data, email=answers.email.data),
        rules=await rules_of(act.session, record.person_id, now=act.now),
        by=act.process(LearningAct.ASK_PEER),
    )
    visit.flash("We have asked them by email")
    return Redirect(f"{HOME}/{record.id}", status_code=303)


def _is_own(act: Acting, email: str) -> bool:
    return email.casefold() == act.account.email.casefold()


@post(f"{AT}/{{peer_id:uuid}}/end", access=SIGNED_IN)
async def end(
    act: Act, visit: Visit, record_id: FromPath[UUID], peer_id: FromPath[UUID]
) -> Redirect:
    record = await own_record(act, record_id, lock=True)
    by = act.process(LearningAct.TAKE_BACK_PEER)
    await take_back(act.session, record, peer_id, by=by)
    visit.flash("They are asked no more")
    return Redirect(f"{HOME}/{record.id}", status_code=303)


pages = [ask, send, end]
