"""The intake of concerns: the queue, one concern with each step that it needs, and its documents."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Stream, Template

from fitness.case import (
    Case,
    CaseAct,
    case_for,
    open_about,
    take,
)
from fitness.concern import (
    Body,
    Concern,
    ConcernAct,
    NotMatched,
    Unfit,
    What,
    concern_for,
    file_of,
    files_of,
    is_old,
    note_reading,
    person_meant,
    queue,
    readings_of,
    recorded,
    settled,
    steps_of,
    unreached,
    who_may_be_meant,
)
from fitness.concern.told import Section, When, sections_of, you_of
from fitness.notice_template import OutsideNotice, told_outside
from fitness.web.concerns.questions import filled
from fitness.web.notices.preview import letters_page, wants_change, were_seen
from register.account import StaffRole
from register.kit import forms
from register.kit.clock import day_of
from register.kit.files import download
from register.kit.pages import page
from register.person import Person, read_number, survivor
from register.rule_set import RuleSet
from register.web.guards import roles
from register.web.needs import Act, Acting, Form, Visit
from register.web.outside import UNSEEN
from register.web.paging import after_of

TAKERS = roles(StaffRole.INVESTIGATOR, StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR)
"""Take concerns in."""
CONCERN_READERS = roles(
    StaffRole.INVESTIGATOR,
    StaffRole.TEAM_MANAGER,
    StaffRole.REGISTRAR,
    StaffRole.AUDITOR,
)
INVESTIGATORS = roles(StaffRole.INVESTIGATOR)
LONGEST, NEW = 4000, "new"
NOBODY = "nobody"
SIGNPOSTS = [(one, one) for one in Body]


class SearchForm(forms.Form):
    q = forms.Text("Name or registration number")


class PersonForm(forms.Form):
    person = forms.Radios(
        "Whom is it about?",
        what="whom it is about",
        missing="Select a person, or that it is none of them",
    )


class ScreenForm(forms.Form):
    at_risk = forms.YesNo(
        "Does it tell of an immediate risk to children?",
        what="it tells of an immediate risk to children",
    )
    words = forms.LongText("Why do you think so?", what="why", longest=LONGEST)


class AcknowledgeForm(forms.Form):
    words = forms.LongText(
        "How did you tell them, and when?",
        what="how and when you told them",
        longest=LONGEST,
    )


class SignpostForm(forms.Form):
    because = forms.Radios(
        "Why is it not ours?",
        what="why it is not ours",
        choices=[(one, one) for one in Unfit],
    )
    towards = forms.Radios(
        "Where can they turn?", what="where they can turn", choices=SIGNPOSTS
    )
    words = forms.LongText(
        "What led you to this?",
        what="what led you to this",
        hint="Only those who take concerns in read this.",
        longest=LONGEST,
    )


class PassOnForm(forms.Form):
    towards = forms.Radios(
        "To whom did you pass it on?",
        what="to whom you passed it on",
        choices=SIGNPOSTS,
    )
    words = forms.LongText(
        "Why, to whom there, and under which number?",
        what="why you passed it on, and to whom",
        longest=LONGEST,
    )


class CaseForm(forms.Form):
    into = forms.Radios("Into which case?", what="into which case it is taken")


class Queue(StrEnum):
    OPEN = "open"
    SETTLED = "settled"


class ConcernPages(Controller):
    path = "/staff/concerns"

    @get(access=CONCERN_READERS)
    async def show(self, request: Request[Any, Any, Any], act: Act) -> Template:
        """Says nothing of what was told: whoever only looks through the queue has read no concern."""
        done = request.query_params.get("show") == Queue.SETTLED
        after = after_of(request)
        find = settled if done else queue
        found = await find(act.session, act.account, after=after)
        address = f"/staff/concerns?show={Queue.SETTLED if done else Queue.OPEN}"
        return page(
            "fitness/concerns/list.html",
            headers=UNSEEN,
            rows=found.rows,
            done=done,
            today=day_of(act.now),
            first=address if after else "",
            onward=f"{address}&after={found.next}" if found.next else "",
        )

    @get("/{reference:str}", access=CONCERN_READERS)
    async def one(self, act: Act, reference: FromPath[str]) -> Template:
        concern = await concern_for(act.session, act.account, reference)
        note_reading(act.session, concern, act.account, now=act.now)
        await act.session.flush()
        answers = await concern.answers(act.session)
        when = answers.get(Section.WHEN)
        rule_set = await act.session.get_one(RuleSet, concern.rule_set_id)
        months = rule_set.rules.allegation_age_months
        person = (
            await act.session.get_one(
                Person, await survivor(act.session, concern.person_id)
            )
            if concern.person_id
            else None
        )
        return page(
            "fitness/concerns/one.html",
            headers=UNSEEN,
            concern=concern,
            person=person,
            you=you_of(answers),
            sheets=[
                (section, filled(concern.referrer, section, answers[section]))
                for section in sections_of(concern.referrer, answers)
                if section in answers
            ],
            months=months,
            old=isinstance(when, When)
            and is_old(when.last_on, today=day_of(act.now), months=months),
            duties=await recorded(act.session, concern.id),
            files=await files_of(act.session, concern),
            steps=await steps_of(act.session, concern.id),
            readings=await readings_of(act.session, concern),
            unreached=await unreached(act.session, concern),
            letters=await told_outside(
                act.session, OutsideNotice.concern_id == concern.id
            ),
            may_take=act.viewer.has(*TAKERS.roles),
            may_open=act.viewer.has(*INVESTIGATORS.roles),
            case=await act.session.get(Case, concern.case_id)
            if concern.case_id
            else None,
            today=day_of(act.now),
        )

    @get("/{reference:str}/documents/{document_id:uuid}", access=CONCERN_READERS)
    async def document(
        self, act: Act, reference: FromPath[str], document_id: FromPath[UUID]
    ) -> Stream:
        concern = await concern_for(act.session, act.account, reference)
        found = await file_of(act.session, concern, document_id)
        note_reading(act.session, concern, act.account, now=act.now, what=What.DOCUMENT)
        return download(found.file)


class StepPages(Controller):
    """Each step has its page: what it asks, and what it does. None shows what was told but the name that is looked for."""

    path = "/staff/concerns/{reference:str}"

    @get("/person", access=TAKERS)
    async def ask_person(self, act: Act, reference: FromPath[str]) -> Template:
        concern = await concern_for(act.session, act.account, reference)
        return await person_page(act, concern, SearchForm())

    @post("/search", access=TAKERS)
    async def search(self, act: Act, form: Form, reference: FromPath[str]) -> Template:
        """By POST: a name that somebody told us stands in no address."""
        concern = await concern_for(act.session, act.account, reference)
        sent = SearchForm(form)
        if not sent.validate():
            return await person_page(act, concern, sent)
        found = await who_may_be_meant(act.session, act.account, sent.q.data)
        return await person_page(act, concern, sent, found=found)

    @post("/person", access=TAKERS)
    async def match(
        self, act: Act, form: Form, visit: Visit, reference: FromPath[str]
    ) -> Template | Redirect:
        concern = await concern_for(act.session, act.account, reference, lock=True)
        chosen = form.get("person")
        if chosen == NOBODY:
            by = act.process(ConcernAct.MATCH)
            await concern.match_nobody(act.session, by=by)
            visit.flash("Recorded: they are not on the register")
            return back(concern)
        number = read_number(chosen)
        if number is None:
            sent = PersonForm()
            sent.person.errors = [sent.person.missing]
            return await person_page(act, concern, SearchForm(), choosing=sent)
        person = await person_meant(act.session, act.account, number)
        await concern.match(act.session, person, by=act.process(ConcernAct.MATCH))
        visit.flash("Recorded: you have found whom it is about")
        return back(concern)

    @get("/screen", access=TAKERS)
    async def ask_screen(self, act: Act, reference: FromPath[str]) -> Template:
        concern = await concern_for(act.session, act.account, reference)
        return step_page("screen", concern, ScreenForm())

    @post("/screen", access=TAKERS)
    async def screen(
        self, act: Act, form: Form, visit: Visit, reference: FromPath[str]
    ) -> Template | Redirect:
        concern = await concern_for(act.session, act.account, reference, lock=True)
        sent = ScreenForm(form)
        if not sent.validate():
            return step_page("screen", concern, sent)
        await concern.screen(
            act.session,
            at_risk=sent.at_risk.data,
            words=sent.words.data,
            by=act.process(ConcernAct.SCREEN),
        )
        visit.flash("Recorded: you have looked at it for immediate risk")
        return back(concern)

    @get("/acknowledgement", access=TAKERS)
    async def ask_acknowledgement(self, act: Act, reference: FromPath[str]) -> Template:
        concern = await concern_for(act.session, act.account, reference)
        return step_page("acknowledgement", concern, AcknowledgeForm())

    @post("/acknowledgement", access=TAKERS)
    async def acknowledge(
        self, act: Act, form: Form, visit: Visit, reference: FromPath[str]
    ) -> Template | Redirect:
        concern = await concern_for(act.session, act.account, reference, lock=True)
        sent = AcknowledgeForm(form)
        if not sent.validate():
            return step_page("acknowledgement", concern, sent)
        by = act.process(ConcernAct.ACKNOWLEDGE)
        await concern.acknowledge(act.session, words=sent.words.data, by=by)
        visit.flash("Recorded: they know that we have it")
        return back(concern)

    @get("/signpost", access=TAKERS)
    async def ask_signpost(self, act: Act, reference: FromPath[str]) -> Template:
        concern = await concern_for(act.session, act.account, reference)
        return step_page("signpost", concern, SignpostForm())

    @post("/signpost", access=TAKERS)
    async def signpost(
        self, act: Act, form: Form, visit: Visit, reference: FromPath[str]
    ) -> Template | Redirect:
        concern = await concern_for(act.session, act.account, reference, lock=True)
        sent = SignpostForm(form)
        if not sent.validate() or wants_change(form):
            return step_page("signpost", concern, sent)
        because, towards = Unfit(sent.because.data), Body(sent.towards.data)
        letter = await concern.draw_signpost(act.session, because, towards, now=act.now)
        letters = [letter] if letter else []
        if not were_seen(letters, form):
            return letters_page(
                letters, form, to=f"/staff/concerns/{concern.reference}/signpost"
            )
        await concern.signpost(
            act.session,
            because,
            towards=towards,
            words=sent.words.data,
            by=act.process(ConcernAct.SIGNPOST),
        )
        visit.flash("The concern is signposted")
        return back(concern)

    @get("/passing-on", access=TAKERS)
    async def ask_passing_on(self, act: Act, reference: FromPath[str]) -> Template:
        concern = await concern_for(act.session, act.account, reference)
        return step_page("passing_on", concern, PassOnForm())

    @post("/passing-on", access=TAKERS)
    async def pass_on(
        self, act: Act, form: Form, visit: Visit, reference: FromPath[str]
    ) -> Template | Redirect:
        concern = await concern_for(act.session, act.account, reference, lock=True)
        sent = PassOnForm(form)
        if not sent.validate():
            return step_page("passing_on", concern, sent)
        await concern.pass_on(
            act.session,
            towards=Body(sent.towards.data),
            words=sent.words.data,
            by=act.process(ConcernAct.PASS_ON),
        )
        visit.flash("The concern is passed on")
        return back(concern)


class CasePages(Controller):
    """Of those who investigate: a concern becomes a case of theirs, or joins one about the same person."""

    path = "/staff/concerns/{reference:str}/case"

    @get(access=INVESTIGATORS)
    async def ask(self, act: Act, reference: FromPath[str]) -> Template:
        concern = await concern_for(act.session, act.account, reference)
        if concern.person_id is None:
            raise NotMatched(concern)
        return await self._page(act, concern, CaseForm())

    @post(access=INVESTIGATORS)
    async def take_in(
        self, act: Act, form: Form, visit: Visit, reference: FromPath[str]
    ) -> Template | Redirect:
        concern = await concern_for(act.session, act.account, reference, lock=True)
        sent = CaseForm(form)
        sent.into.choices = await self._choices(act, concern)
        if not sent.validate():
            return await self._page(act, concern, sent)
        into = None
        if sent.into.data != NEW:
            into = await case_for(act.session, act.account, sent.into.data, lock=True)
        case = await take(
            act.session,
            concern,
            into=into,
            taker=act.account,
            by=act.process(CaseAct.OPEN),
        )
        visit.flash(f"The concern is in case {case.reference}")
        return Redirect(f"/staff/cases/{case.reference}", status_code=303)

    async def _choices(self, act: Acting, concern: Concern) -> list[tuple[str, str]]:
        """Each is shown by its reference; the first is a new one."""
        about = concern.person_id
        found = await open_about(act.session, about, act.account) if about else []
        return [(NEW, NEW), *((one.reference, one.reference) for one in found)]

    async def _page(self, act: Acting, concern: Concern, form: CaseForm) -> Template:
        form.into.choices = await self._choices(act, concern)
        return page(
            "fitness/concerns/case.html", headers=UNSEEN, concern=concern, form=form
        )


def step_page(name: str, concern: Concern, form: forms.Form) -> Template:
    return page(
        f"fitness/concerns/{name}.html", headers=UNSEEN, concern=concern, form=form
    )


async def person_page(
    act: Acting,
    concern: Concern,
    form: SearchForm,
    *,
    found: list[Person] | None = None,
    choosing: PersonForm | None = None,
) -> Template:
    """Shows of what was told whom it is about, so it is read."""
    note_reading(act.session, concern, act.account, now=act.now)
    await act.session.flush()
    subject = (await concern.answers(act.session)).get(Section.SUBJECT)
    choices = choosing or PersonForm()
    choices.person.choices = [
        *((str(one.number), f"{one.name}, {one.number}") for one in found or []),
        (NOBODY, "None of them, or we cannot tell who it is"),
    ]
    return page(
        "fitness/concerns/person.html",
        headers=UNSEEN,
        concern=concern,
        subject=subject,
        searching=form,
        choosing=choices,
        form=choosing or form,
        found=found,
    )


def back(concern: Concern) -> Redirect:
    return Redirect(f"/staff/concerns/{concern.reference}", status_code=303)


pages = [ConcernPages, StepPages, CasePages]
