"""Changes of name and date of birth: asked for by the person with evidence, and decided on by staff."""

from typing import Any, TypeAlias
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Stream, Template

from register.account import StaffRole
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.files import download, receive
from register.kit.pages import page
from register.kit.security.limits import UPLOAD, UPLOAD_MEGABYTES
from register.kit.uploads import BODY_LIMIT, MEGABYTE, Received
from register.particulars import (
    ChangeKind,
    ChangeReason,
    NewName,
    ParticularsAct,
    ParticularsChange,
    change_for,
    changes_asked,
    changes_of,
)
from register.person import Person
from register.proposal import Proposal, waiting_on, why_returned
from register.web.casework import APPROVERS, OFFICERS, READERS
from register.web.guards import SIGNED_IN, roles
from register.web.needs import Act, Acting, Form, Limits, Session, Visit
from register.web.paging import after_of
from register.web.particulars.own import own_here, why_of
from register.web.returning import ReturnForm

DECIDERS = roles(StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR)


def document() -> forms.Upload:
    return forms.Upload("Document", accept=".pdf,.jpg,.jpeg,.png", optional=True)


class NameForm(forms.Form):
    given_names = forms.Name("Given names", what="your given names", optional=True)
    family_name = forms.Name("Family name", what="your family name")
    because = forms.Radios(
        "Why does your name change?",
        what="why your name changes",
        choices=[(reason, reason) for reason in ChangeReason],
    )
    since = forms.Date(
        "Since when is this your legal name?",
        what="the day since which this is your legal name",
        past=True,
    )
    file = document()


class BirthDateForm(forms.Form):
    birth_date = forms.Date("Date of birth", what="your date of birth", past=True)
    file = document()


AskForm: TypeAlias = NameForm | BirthDateForm

FORMS: dict[ChangeKind, type[AskForm]] = {
    ChangeKind.NAME: NameForm,
    ChangeKind.BIRTH_DATE: BirthDateForm,
}
FIELDS = (
    "given_names",
    "family_name",
    "because",
    *(
        f"{name}-{part}"
        for name in ("since", "birth_date")
        for part in forms.Date.PARTS
    ),
)


class WordsForm(forms.Form):
    words = forms.LongText(
        "Why we do not change it",
        what="why we do not change it",
        hint="The person will read this.",
        longest=2000,
    )


# The person


def _kind(name: str) -> ChangeKind:
    try:
        return ChangeKind(name)
    except ValueError:
        raise NotFound from None


@get("/particulars/{kind:str}", access=SIGNED_IN)
async def ask(act: Act, kind: FromPath[str]) -> Template:
    asked = _kind(kind)
    await own_here(act)
    return _ask_page(asked, FORMS[asked](today=day_of(act.now)))


def _ask_page(kind: ChangeKind, form: AskForm) -> Template:
    return page(f"register/particulars/{kind}.html", form=form)


@post("/particulars/{kind:str}", access=SIGNED_IN, body_limit=BODY_LIMIT)
async def send(
    request: Request[Any, Any, Any],
    act: Act,
    *,
    limits: Limits,
    visit: Visit,
    kind: FromPath[str],
) -> Redirect | Template:
    asked, person = _kind(kind), await own_here(act, lock=True)
    await limits.hit(UPLOAD, str(act.account.id))
    sent = await receive(
        request, act.session, owner=act.account.id, now=act.now, fields=FIELDS
    )
    form = FORMS[asked](sent.form, today=day_of(act.now))
    form.validate()
    if sent.problem:
        form.add_error("file", sent.problem)
    if form.faults or not sent.file:
        return _ask_page(asked, form)
    cost = -(-sent.file.size // MEGABYTE)
    await limits.hit(UPLOAD_MEGABYTES, str(act.account.id), cost=cost)
    await _ask(act, person, form, sent.file)
    visit.flash("We have your request, and will write to you")
    return Redirect("/particulars", status_code=303)


async def _ask(act: Acting, person: Person, form: AskForm, file: Received) -> None:
    sent: dict[str, Any] = {
        "evidence": file,
        "owner": act.account.id,
        "by": act.process(ParticularsAct.ASK),
    }
    if isinstance(form, NameForm):
        name = NewName(form.given_names.data, form.family_name.data, form.since.data)
        because = ChangeReason(form.because.data)
        await ParticularsChange.ask_name(
            act.session, person, name, because=because, **sent
        )
    else:
        await ParticularsChange.ask_birth_date(
            act.session, person, form.birth_date.data, **sent
        )


@post("/particulars/withdrawal", access=SIGNED_IN)
async def withdraw(act: Act, form: Form, visit: Visit) -> Redirect:
    person_id = act.account.person_id
    mine = await changes_of(act.session, person_id) if person_id else []
    change = next((one for one in mine if str(one.id) == form.get("change")), None)
    if change is None:
        raise NotFound
    await act.session.refresh(change, with_for_update={"of": ParticularsChange})
    await change.withdraw(act.session, by=act.process(ParticularsAct.WITHDRAW))
    visit.flash("Your request is taken back: nothing changes")
    return Redirect("/particulars", status_code=303)


# Staff


@get("/staff/particulars", access=READERS)
async def queue(
    request: Request[Any, Any, Any], session: Session, act: Act
) -> Template:
    after = after_of(request)
    found = await changes_asked(session, act.account, after=after)
    return page(
        "register/particulars/list.html",
        rows=found.rows,
        first="/staff/particulars" if after else "",
        onward=f"/staff/particulars?after={found.next}" if found.next else "",
    )


@get("/staff/particulars/{change_id:uuid}", access=READERS)
async def one(act: Act, change_id: FromPath[UUID]) -> Template:
    return await _page(act, await change_for(act.session, act.account, change_id))


async def _page(
    act: Acting,
    change: ParticularsChange,
    *,
    refusal: WordsForm | None = None,
    returning: ReturnForm | None = None,
) -> Template:
    waiting = await waiting_on(act.session, change.about)
    return page(
        "register/particulars/one.html",
        change=change,
        person=change.person,
        why=await why_of(act, change),
        waiting=waiting,
        why_not=waiting.why_not(act.account) if waiting else None,
        returned=await why_returned(act.session, change.about),
        may_propose=act.viewer.has(*OFFICERS.roles),
        may_turn_down=act.viewer.has(*DECIDERS.roles),
        form=refusal or returning,
        refusal=refusal or WordsForm(),
        returning=returning or ReturnForm(),
    )


@get("/staff/particulars/{change_id:uuid}/evidence", access=READERS)
async def evidence(act: Act, change_id: FromPath[UUID]) -> Stream:
    found = await change_for(act.session, act.account, change_id)
    return download(found.file)


@post("/staff/particulars/{change_id:uuid}/proposal", access=OFFICERS)
async def propose(act: Act, visit: Visit, change_id: FromPath[UUID]) -> Redirect:
    found = await change_for(act.session, act.account, change_id, lock=True)
    by = act.process(ParticularsAct.PROPOSE)
    await found.propose(act.session, proposer=act.account, by=by)
    visit.flash("Your proposal waits for a second person")
    return Redirect(f"/staff/particulars/{change_id}", status_code=303)


@post("/staff/particulars/{change_id:uuid}/refusal", access=DECIDERS)
async def turn_down(
    act: Act, form: Form, visit: Visit, change_id: FromPath[UUID]
) -> Redirect | Template:
    found = await change_for(act.session, act.account, change_id, lock=True)
    answers = WordsForm(form)
    if not answers.validate():
        return await _page(act, found, refusal=answers)
    by = act.process(ParticularsAct.TURN_DOWN)
    await found.turn_down(act.session, words=answers.words.data, by=by)
    visit.flash("The request is turned down, and the person is told")
    return Redirect("/staff/particulars", status_code=303)


@post("/staff/particulars/{change_id:uuid}/approval", access=APPROVERS)
async def approve(act: Act, visit: Visit, change_id: FromPath[UUID]) -> Redirect:
    _, waiting = await _waiting(act, change_id)
    by = act.process(ParticularsAct.MAKE)
    await waiting.approve(act.session, approver=act.account, by=by)
    visit.flash("It is changed everywhere, and the person is told")
    return Redirect("/staff/particulars", status_code=303)


@post("/staff/particulars/{change_id:uuid}/return", access=APPROVERS)
async def send_back(
    act: Act, form: Form, visit: Visit, change_id: FromPath[UUID]
) -> Redirect | Template:
    found, waiting = await _waiting(act, change_id)
    answers = ReturnForm(form)
    if not answers.validate():
        return await _page(act, found, returning=answers)
    by = act.process(ParticularsAct.RETURN)
    waiting.return_(words=answers.words.data, approver=act.account, by=by)
    visit.flash("The proposal is back with who made it")
    return Redirect("/staff/particulars", status_code=303)


async def _waiting(act: Acting, change_id: UUID) -> tuple[ParticularsChange, Proposal]:
    found = await change_for(act.session, act.account, change_id, lock=True)
    waiting = await waiting_on(act.session, found.about)
    if waiting is None:
        raise NotFound
    return found, waiting


pages = [
    ask,
    send,
    withdraw,
    queue,
    one,
    evidence,
    propose,
    turn_down,
    approve,
    send_back,
]
