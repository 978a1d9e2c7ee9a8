"""Messages both ways: somebody writes to us and reads our answers, and staff answer; and the emails that we sent."""

from typing import Any, TypeVar
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Stream, Template

from register.assessment import may_look_up
from register.enquiry import (
    Enquiry,
    EnquiryAct,
    EnquirySubject,
    Written,
    enquiries_waiting,
    enquiry_for,
    messages_of,
    own_enquiries,
    own_enquiry,
)
from register.kit import forms
from register.kit.errors import NotFound
from register.kit.files import download, receive
from register.kit.pages import page
from register.kit.post import letters_to
from register.kit.security.limits import ENQUIRY, UPLOAD, UPLOAD_MEGABYTES
from register.kit.uploads import BODY_LIMIT, MEGABYTE, Problem, Received
from register.person import with_merged
from register.web.casework import OFFICERS, READERS
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Acting, Form, Limits, Visit
from register.web.paging import after_of

LONGEST = 5000


class AddForm(forms.Form):
    words = forms.LongText(
        "Your message",
        what="your message",
        hint="Do not write about a child by name.",
        longest=LONGEST,
    )
    file = forms.Upload("Document", accept=".pdf,.jpg,.jpeg,.png", optional=True)


class WriteForm(AddForm):
    subject = forms.Radios(
        "What is it about?",
        what="what it is about",
        choices=[(subject, subject) for subject in EnquirySubject],
    )


class AnswerForm(forms.Form):
    words = forms.LongText(
        "Our answer",
        what="our answer",
        hint="The person reads this when they have signed in. The email to them does not hold it.",
        longest=LONGEST,
    )


Sent = TypeVar("Sent", bound=AddForm)


# Who writes to us


@get("/messages", access=SIGNED_IN)
async def own(act: Act) -> Template:
    return page(
        "register/messages/own.html",
        enquiries=await own_enquiries(act.session, act.account),
    )


@get("/messages/new", access=SIGNED_IN)
async def ask() -> Template:
    return _write_page(WriteForm())


def _write_page(form: WriteForm) -> Template:
    return page("register/messages/new.html", form=form)


@post("/messages/new", access=SIGNED_IN, body_limit=BODY_LIMIT)
async def begin(
    request: Request[Any, Any, Any], act: Act, limits: Limits, visit: Visit
) -> Redirect | Template:
    form, file = await _received(request, act, limits, WriteForm)
    if form.faults:
        return _write_page(form)
    await limits.hit(ENQUIRY, str(act.account.id))
    enquiry = await Enquiry.begin(
        act.session,
        act.account,
        EnquirySubject(form["subject"].data),
        form.words.data,
        file=file,
        by=act.process(EnquiryAct.WRITE),
    )
    visit.flash("We have your message, and will answer it here")
    return Redirect(f"/messages/{enquiry.id}", status_code=303)


@get("/messages/{enquiry_id:uuid}", access=SIGNED_IN)
async def read(act: Act, enquiry_id: FromPath[UUID]) -> Template:
    enquiry = await own_enquiry(act.session, act.account, enquiry_id)
    return await _own_page(act, enquiry, AddForm())


async def _own_page(act: Acting, enquiry: Enquiry, form: AddForm) -> Template:
    return page(
        "register/messages/thread.html",
        form=form,
        enquiry=enquiry,
        messages=await messages_of(act.session, enquiry.id),
    )


@post("/messages/{enquiry_id:uuid}", access=SIGNED_IN, body_limit=BODY_LIMIT)
async def add(
    request: Request[Any, Any, Any],
    act: Act,
    *,
    limits: Limits,
    visit: Visit,
    enquiry_id: FromPath[UUID],
) -> Redirect | Template:
    enquiry = await own_enquiry(act.session, act.account, enquiry_id)
    form, file = await _received(request, act, limits, AddForm)
    if form.faults:
        return await _own_page(act, enquiry, form)
    await limits.hit(ENQUIRY, str(act.account.id))
    enquiry = await own_enquiry(act.session, act.account, enquiry_id, lock=True)
    by = act.process(EnquiryAct.WRITE)
    await enquiry.add(act.session, act.account, form.words.data, file=file, by=by)
    visit.flash("We have your message, and will answer it here")
    return Redirect(f"/messages/{enquiry.id}", status_code=303)


async def _received(
    request: Request[Any, Any, Any], act: Acting, limits: Limits, kind: type[Sent]
) -> tuple[Sent, Received | None]:
    """What was sent, with the document where there is one."""
    await limits.hit(UPLOAD, str(act.account.id))
    sent = await receive(
        request,
        act.session,
        owner=act.account.id,
        now=act.now,
        fields=("subject", "words"),
    )
    form = kind(sent.form)
    form.validate()
    if sent.problem and sent.problem is not Problem.NONE_CHOSEN:
        form.add_error("file", sent.problem)
    if sent.file and not form.faults:
        cost = -(-sent.file.size // MEGABYTE)
        await limits.hit(UPLOAD_MEGABYTES, str(act.account.id), cost=cost)
    return form, sent.file


@get("/messages/letters", access=SIGNED_IN)
async def letters(request: Request[Any, Any, Any], act: Act) -> Template:
    """The emails to whoever has a record; those of an account alone hold codes."""
    person_id, after = act.account.person_id, after_of(request)
    persons = await with_merged(act.session, person_id) if person_id else []
    found = await letters_to(act.session, persons, after=after)
    return page(
        "register/messages/letters.html",
        letters=found.messages,
        first="/messages/letters" if after else "",
        onward=f"/messages/letters?after={found.next}" if found.next else "",
    )


# Staff


@get("/staff/messages", access=READERS)
async def queue(request: Request[Any, Any, Any], act: Act) -> Template:
    after = after_of(request)
    found = await enquiries_waiting(act.session, act.account, after=after)
    return page(
        "register/messages/list.html",
        rows=found.rows,
        first="/staff/messages" if after else "",
        onward=f"/staff/messages?after={found.next}" if found.next else "",
    )


@get("/staff/messages/{enquiry_id:uuid}", access=READERS)
async def one(act: Act, enquiry_id: FromPath[UUID]) -> Template:
    found = await enquiry_for(act.session, act.account, enquiry_id)
    return await _page(act, found, AnswerForm())


async def _page(act: Acting, found: Written, form: AnswerForm) -> Template:
    person = found.person
    return page(
        "register/messages/one.html",
        form=form,
        enquiry=found.enquiry,
        name=found.name,
        person=person,
        known=person is not None
        and await may_look_up(act.session, act.account, person.id),
        messages=await messages_of(act.session, found.enquiry.id),
        may_answer=act.viewer.has(*OFFICERS.roles),
    )


@post("/staff/messages/{enquiry_id:uuid}", access=OFFICERS)
async def answer(
    act: Act, form: Form, visit: Visit, enquiry_id: FromPath[UUID]
) -> Redirect | Template:
    found = await enquiry_for(act.session, act.account, enquiry_id, lock=True)
    answers = AnswerForm(form)
    if not answers.validate():
        return await _page(act, found, answers)
    by = act.process(EnquiryAct.ANSWER)
    await found.enquiry.answer(act.session, answers.words.data, by=by)
    visit.flash("Your answer is sent, and the person is told that it waits")
    return Redirect("/staff/messages", status_code=303)


@post("/staff/messages/{enquiry_id:uuid}/settlement", access=OFFICERS)
async def settle(act: Act, visit: Visit, enquiry_id: FromPath[UUID]) -> Redirect:
    found = await enquiry_for(act.session, act.account, enquiry_id, lock=True)
    by = act.process(EnquiryAct.SETTLE)
    await found.enquiry.settle(act.session, by=by)
    visit.flash("The message waits for no answer any more")
    return Redirect("/staff/messages", status_code=303)


@get(
    "/staff/messages/{enquiry_id:uuid}/documents/{document_id:uuid}",
    access=READERS,
)
async def document(
    act: Act, enquiry_id: FromPath[UUID], document_id: FromPath[UUID]
) -> Stream:
    """The document that came with a message, by the message."""
    found = await enquiry_for(act.session, act.account, enquiry_id)
    for message in await messages_of(act.session, found.enquiry.id):
        if message.id == document_id and message.file:
            return download(message.file)
    raise NotFound


pages = [
    own,
    ask,
    begin,
    letters,
    read,
    add,
    queue,
    one,
    answer,
    settle,
    document,
]
