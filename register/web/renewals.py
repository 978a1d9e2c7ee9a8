"""Renewals for staff: how each stands, who asks for more time, and what was declared."""

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.application import SectionName
from register.assessment import Quota, read_renewal
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.pages import page
from register.proposal import Proposal, waiting_on, why_returned
from register.renewal import (
    LISTED,
    DeclarationOutcome,
    DeclarationReview,
    ExtensionReason,
    RenewalAct,
    RenewalExtension,
    RenewalState,
    counts_in,
    day_in,
    declaration_for,
    declarations_waiting,
    extension_for,
    extensions_asked,
    latest_for,
    periods,
    renewal_for,
    renewals_in,
    review_of,
    words_of,
)
from register.rule_set import RuleSet
from register.web.apply.own import told
from register.web.casework import APPROVERS, OFFICERS, READERS, STATISTICIANS
from register.web.needs import Act, Acting, Form, Visit
from register.web.paging import after_of
from register.web.returning import ReturnForm

ADDRESS = "/staff/renewals"
DECLARED = f"{ADDRESS}/declared"
MORE_TIME = f"{ADDRESS}/more-time"
GIVE = ADDRESS + "/{renewal_id:uuid}/more-time"
DECLARATION_READERS = STATISTICIANS
"""Who may read what is restricted of everybody; nobody else knows that something was declared."""
SETTLERS = APPROVERS


class FilterForm(forms.Form):
    ends_on = forms.Select("Period that ends", blank_choice="The latest", optional=True)
    state = forms.Select("State", blank_choice="All", optional=True)


@get(ADDRESS, access=READERS)
async def renewals(request: Request[Any, Any, Any], act: Act) -> Template:
    form, after = FilterForm(request.query_params), after_of(request)
    known = await periods(act.session)
    form.ends_on.choices = [(str(day), forms.written(day)) for day in known]
    form.state.choices = [(state, state) for state in LISTED]
    sound = form.validate()
    ends_on = _period(form.ends_on.data, known) if sound else None
    state = RenewalState(form.state.data) if sound and form.state.data else None
    found = (
        await renewals_in(
            act.session, act.account, ends_on, state, now=act.now, after=after
        )
        if ends_on
        else None
    )
    chosen = {"ends_on": str(ends_on or ""), "state": state or ""}
    return page(
        "register/renewals/list.html",
        form=form,
        ends_on=ends_on,
        found=found,
        may_give=state is RenewalState.OVERLOOKED and act.viewer.has(*OFFICERS.roles),
        counts=await counts_in(act.session, act.account, ends_on, now=act.now)
        if ends_on
        else {},
        chosen=state,
        address=_address,
        first=_address(**chosen) if after else "",
        onward=_address(**chosen, after=str(found.next))
        if found and found.next
        else "",
    )


def _period(chosen: str, known: list[date]) -> date | None:
    return date.fromisoformat(chosen) if chosen else next(iter(known), None)


def _address(**query: str) -> str:
    kept = urlencode({name: value for name, value in query.items() if value})
    return f"{ADDRESS}?{kept}" if kept else ADDRESS


# What was declared


class SettleForm(forms.Form):
    outcome = forms.Radios(
        "What follows from it?",
        missing="Select what follows from it",
        choices=[(outcome, outcome) for outcome in DeclarationOutcome],
    )
    words = forms.LongText(
        "Why", what="why", hint="Only staff read this.", longest=2000
    )


@get(DECLARED, access=DECLARATION_READERS)
async def declared(request: Request[Any, Any, Any], act: Act) -> Template:
    after = after_of(request)
    found = await declarations_waiting(act.session, act.account, after=after)
    return page(
        "register/renewals/declared.html",
        rows=found.rows,
        first=DECLARED if after else "",
        onward=f"{DECLARED}?after={found.next}" if found.next else "",
    )


@get(DECLARED + "/{declaration_id:uuid}", access=DECLARATION_READERS)
async def declaration(act: Act, declaration_id: FromPath[UUID]) -> Template:
    return await _declaration_page(act, declaration_id, SettleForm())


@post(DECLARED + "/{declaration_id:uuid}", access=SETTLERS)
async def settle(
    act: Act, form: Form, visit: Visit, declaration_id: FromPath[UUID]
) -> Redirect | Template:
    found = await declaration_for(act.session, act.account, declaration_id, lock=True)
    answers = SettleForm(form)
    if not answers.validate():
        return await _declaration_page(act, declaration_id, answers)
    await DeclarationReview.settle(
        act.session,
        found,
        DeclarationOutcome(answers.outcome.data),
        words=answers.words.data,
        officer=act.account,
        by=act.process(RenewalAct.SETTLE_DECLARATION),
    )
    visit.flash("The declaration is settled")
    return Redirect(DECLARED, status_code=303)


async def _declaration_page(
    act: Acting, declaration_id: UUID, form: SettleForm
) -> Template:
    found = await declaration_for(act.session, act.account, declaration_id)
    quota = await read_renewal(
        act.session, found.renewal_id, found.section, reader=act.account, now=act.now
    )
    return page(
        "register/renewals/declaration.html",
        declaration=found,
        told=told(found.answers),
        review=await review_of(act.session, found.id),
        may_settle=act.viewer.has(*SETTLERS.roles),
        quota=quota,
        form=form,
    )


# More time


class ExtendForm(forms.Form):
    until = forms.Date("New last day", what="the new last day")
    words = forms.LongText(
        "Why we agree", what="why we agree", hint="Only staff read this.", longest=2000
    )


class RefuseForm(forms.Form):
    words = forms.LongText(
        "Why we do not agree",
        what="why we do not agree",
        hint="The registrant will read this.",
        longest=2000,
    )


@get(MORE_TIME, access=READERS)
async def more_time(request: Request[Any, Any, Any], act: Act) -> Template:
    after = after_of(request)
    found = await extensions_asked(act.session, act.account, after=after)
    return page(
        "register/renewals/more_time.html",
        rows=found.rows,
        first=MORE_TIME if after else "",
        onward=f"{MORE_TIME}?after={found.next}" if found.next else "",
    )


@get(GIVE, access=OFFICERS)
async def giving(act: Act, renewal_id: FromPath[UUID]) -> Template:
    return await _giving_page(act, renewal_id, ExtendForm(today=day_of(act.now)))


@post(GIVE, access=OFFICERS)
async def give(
    act: Act, form: Form, visit: Visit, renewal_id: FromPath[UUID]
) -> Redirect | Template:
    answers = ExtendForm(form, today=day_of(act.now))
    if not answers.validate():
        return await _giving_page(act, renewal_id, answers)
    given = await RenewalExtension.give(
        act.session,
        await renewal_for(act.session, act.account, renewal_id),
        until=answers.until.data,
        words=answers.words.data,
        proposer=act.account,
        by=act.process(RenewalAct.PROPOSE_TIME),
    )
    visit.flash("Your proposal waits for a second person")
    return Redirect(f"{MORE_TIME}/{given.id}", status_code=303)


async def _giving_page(act: Acting, renewal_id: UUID, form: ExtendForm) -> Template:
    found = await renewal_for(act.session, act.account, renewal_id)
    return page(
        "register/renewals/give.html",
        renewal=found,
        longest=latest_for(found, found.rule_set.rules, now=act.now),
        form=form,
    )


@get(MORE_TIME + "/{extension_id:uuid}", access=READERS)
async def one(act: Act, extension_id: FromPath[UUID]) -> Template:
    found = await extension_for(act.session, act.account, extension_id)
    return await _page(act, found)


async def _page(
    act: Acting,
    extension: RenewalExtension,
    *,
    extending: ExtendForm | None = None,
    refusal: RefuseForm | None = None,
    returning: ReturnForm | None = None,
) -> Template:
    waiting = await waiting_on(act.session, extension.about)
    words = await words_of(act.session, waiting) if waiting else ""
    rules = (await act.session.get_one(RuleSet, extension.renewal.rule_set_id)).rules
    return page(
        "register/renewals/extension.html",
        extension=extension,
        quota=await _read(act, extension),
        longest=latest_for(extension.renewal, rules, now=act.now),
        waiting=waiting,
        words=words,
        until=day_in(waiting) if waiting else None,
        letter=extension.letter_before(waiting, words) if waiting else None,
        why_not=waiting.why_not(act.account) if waiting else None,
        returned=await why_returned(act.session, extension.about),
        may_propose=act.viewer.has(*OFFICERS.roles),
        form=extending or refusal or returning,
        extending=extending or ExtendForm(today=day_of(act.now)),
        refusal=refusal or RefuseForm(prefix="refuse"),
        returning=returning or ReturnForm(),
    )


async def _read(act: Acting, extension: RenewalExtension) -> Quota | None:
    """What is said of an illness is read as a declaration of health is."""
    if extension.because is not ExtensionReason.ILLNESS:
        return None
    return await read_renewal(
        act.session,
        extension.renewal_id,
        SectionName.HEALTH,
        reader=act.account,
        now=act.now,
    )


@post(MORE_TIME + "/{extension_id:uuid}/proposal", access=OFFICERS)
async def propose(
    act: Act, form: Form, visit: Visit, extension_id: FromPath[UUID]
) -> Redirect | Template:
    found = await extension_for(act.session, act.account, extension_id, lock=True)
    answers = ExtendForm(form, today=day_of(act.now))
    if not answers.validate():
        return await _page(act, found, extending=answers)
    await found.propose(
        act.session,
        until=answers.until.data,
        words=answers.words.data,
        proposer=act.account,
        by=act.process(RenewalAct.PROPOSE_TIME),
    )
    visit.flash("Your proposal waits for a second person")
    return Redirect(f"{MORE_TIME}/{extension_id}", status_code=303)


@post(MORE_TIME + "/{extension_id:uuid}/refusal", access=OFFICERS)
async def propose_refusal(
    act: Act, form: Form, visit: Visit, extension_id: FromPath[UUID]
) -> Redirect | Template:
    found = await extension_for(act.session, act.account, extension_id, lock=True)
    answers = RefuseForm(form, prefix="refuse")
    if not answers.validate():
        return await _page(act, found, refusal=answers)
    await found.propose_refusal(
        act.session,
        words=answers.words.data,
        proposer=act.account,
        by=act.process(RenewalAct.PROPOSE_TIME),
    )
    visit.flash("Your proposal waits for a second person")
    return Redirect(f"{MORE_TIME}/{extension_id}", status_code=303)


@post(MORE_TIME + "/{extension_id:uuid}/approval", access=APPROVERS)
async def approve(act: Act, visit: Visit, extension_id: FromPath[UUID]) -> Redirect:
    _, waiting = await _waiting(act, extension_id)
    by = act.process(RenewalAct.DECIDE_TIME)
    await waiting.approve(act.session, approver=act.account, by=by)
    visit.flash("It is decided, and the registrant is told")
    return Redirect(MORE_TIME, status_code=303)


@post(MORE_TIME + "/{extension_id:uuid}/return", access=APPROVERS)
async def send_back(
    act: Act, form: Form, visit: Visit, extension_id: FromPath[UUID]
) -> Redirect | Template:
    found, waiting = await _waiting(act, extension_id)
    answers = ReturnForm(form)
    if not answers.validate():
        return await _page(act, found, returning=answers)
    by = act.process(RenewalAct.RETURN_TIME)
    waiting.return_(words=answers.words.data, approver=act.account, by=by)
    visit.flash("The proposal is back with who made it")
    return Redirect(MORE_TIME, status_code=303)


async def _waiting(
    act: Acting, extension_id: UUID
) -> tuple[RenewalExtension, Proposal]:
    found = await extension_for(act.session, act.account, extension_id, lock=True)
    waiting = await waiting_on(act.session, found.about)
    if waiting is None:
        raise NotFound
    return found, waiting


pages = [
    renewals,
    declared,
    declaration,
    settle,
    more_time,
    giving,
    give,
    one,
    propose,
    propose_refusal,
    approve,
    send_back,
]
