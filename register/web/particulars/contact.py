"""How somebody is reached: changed by themselves at once, read by officers, who record an address that they were told."""

from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.application.answers import Contact, PostalAddress
from register.assessment import person_for
from register.kit import forms
from register.kit.pages import page
from register.particulars import (
    ParticularsAct,
    change_contact,
    contact_of,
    record_address,
)
from register.person import Person
from register.web.apply.own import answers_from
from register.web.apply.questions import AddressFields, ContactForm
from register.web.casework import OFFICERS
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Form, Visit
from register.web.particulars.own import own_here


@get("/particulars/contact", access=SIGNED_IN)
async def ask(act: Act) -> Template:
    person = await own_here(act)
    told = await contact_of(act.session, person.id)
    known = msgspec.structs.asdict(told) | {"in_uk": not told.country} if told else {}
    return page("register/particulars/contact.html", form=ContactForm(data=known))


@post("/particulars/contact", access=SIGNED_IN)
async def change(act: Act, form: Form, visit: Visit) -> Redirect | Template:
    person = await own_here(act, lock=True)
    answers = ContactForm(form)
    if not answers.validate():
        return page("register/particulars/contact.html", form=answers)
    contact = answers_from(answers, Contact)
    if contact != await contact_of(act.session, person.id):
        by = act.process(ParticularsAct.CHANGE_CONTACT)
        await change_contact(act.session, person, contact, by=by)
    visit.flash("Your contact details are changed")
    return Redirect("/particulars", status_code=303)


@get("/staff/persons/{person_id:uuid}/contact", access=OFFICERS)
async def read(act: Act, person_id: FromPath[UUID]) -> Template:
    found = await person_for(act.session, act.account, person_id)
    return page(
        "register/persons/contact.html",
        person=found,
        contact=await contact_of(act.session, found.id),
    )


class AddressForm(AddressFields):
    evidence = forms.LongText(
        "How do you know the address?",
        what="how you know the address",
        hint="For example a letter from them, and its date. Only staff read this.",
        longest=1000,
    )


@get("/staff/persons/{person_id:uuid}/address", access=OFFICERS)
async def ask_address(act: Act, person_id: FromPath[UUID]) -> Template:
    found = await person_for(act.session, act.account, person_id)
    return _address_page(found, AddressForm())


def _address_page(person: Person, form: AddressForm) -> Template:
    return page("register/persons/address.html", person=person, form=form)


@post("/staff/persons/{person_id:uuid}/address", access=OFFICERS)
async def keep_address(
    act: Act, form: Form, visit: Visit, person_id: FromPath[UUID]
) -> Redirect | Template:
    found = await person_for(act.session, act.account, person_id)
    answers = AddressForm(form)
    if not answers.validate():
        return _address_page(found, answers)
    await record_address(
        act.session,
        found,
        answers_from(answers, PostalAddress),
        evidence=answers.evidence.data,
        by=act.process(ParticularsAct.RECORD_ADDRESS),
    )
    visit.flash("The address is recorded, and the person is told")
    return Redirect(f"/staff/persons/{found.id}/contact", status_code=303)


pages = [ask, change, read, ask_address, keep_address]
