"""Which cases belong together: linked, unlinked, joined."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy import select

from fitness.case import (
    AboutAnother,
    Case,
    CaseAct,
    CaseLink,
    LinkedAlready,
    NotNow,
    NotWithItself,
    OnlyRestoration,
    Stage,
    join,
    link_between,
    linked_with,
    visible_to,
)
from fitness.order import OrderStands, must_not_stand
from fitness.web.cases.listing import AT
from fitness.web.cases.one import ONE
from fitness.web.cases.opened import (
    CASE_READERS,
    INVESTIGATORS,
    Opened,
    attempting,
    opened,
)
from register.kit import forms
from register.kit.errors import NotFound
from register.kit.pages import page
from register.web.needs import Act, Acting, Form, Visit

LINK, JOIN = "link", "join"
UNKNOWN = "There is no case with this reference that you may know of. Check it, then enter it again"


class TogetherForm(forms.Form):
    reference = forms.Text(
        "Reference of the other case",
        what="the reference of the other case",
        hint="Like F-7K2M9QXD",
        longest=20,
    )
    how = forms.Radios(
        "How do they belong together?",
        what="how they belong together",
        choices=[(LINK, LINK), (JOIN, JOIN)],
    )
    words = forms.LongText("Why?", what="why", longest=4000)


@get(f"{ONE}/links", access=CASE_READERS)
async def links(act: Act, reference: FromPath[str]) -> Template:
    return await _page(act, await opened(act, reference), TogetherForm())


async def _page(act: Acting, found: Opened, form: TogetherForm) -> Template:
    return page(
        "fitness/cases/links.html",
        found=found,
        case=found.case,
        linked=await linked_with(act.session, found.case),
        form=form,
        may=found.investigates and found.case.stage is not Stage.CLOSED,
    )


@post(f"{ONE}/links", access=INVESTIGATORS)
async def put_together(
    act: Act, *, reference: FromPath[str], form: Form, visit: Visit
) -> Redirect | Template:
    found = await opened(act, reference, lock=True)
    found.must_investigate()
    found.case.must_be(Stage.TRIAGE, Stage.INVESTIGATION)
    answers = TogetherForm(form)
    other = await _other(act, answers.reference.data) if answers.validate() else None
    if not answers.faults and other is None:
        answers.add_error("reference", UNKNOWN)
    if other:
        try:
            async with attempting(act):
                await _do(act, found.case, other, answers)
        except (
            NotWithItself,
            LinkedAlready,
            AboutAnother,
            NotNow,
            OnlyRestoration,
            OrderStands,
        ) as refused:
            answers.add_error("reference", str(refused))
    if answers.faults:
        return await _page(act, found, answers)
    visit.flash(
        "The two cases are linked"
        if answers.how.data == LINK
        else f"{reference} is closed, and goes on in the other case"
    )
    return Redirect(f"{AT}/{reference}/links", status_code=303)


async def _do(act: Acting, case: Case, other: Case, answers: TogetherForm) -> None:
    words = answers.words.data
    if answers.how.data == JOIN:
        await must_not_stand(act.session, case)
        by = act.process(CaseAct.JOIN)
        await join(act.session, case, other, words=words, by=by)
    else:
        by = act.process(CaseAct.LINK)
        await CaseLink.make(act.session, case, other, words=words, by=by)


async def _other(act: Acting, reference: str) -> Case | None:
    found: Case | None = await act.session.scalar(
        select(Case).where(
            Case.reference == reference.strip().upper(), visible_to(act.account)
        )
    )
    return found


@post(f"{ONE}/links/{{other:str}}/end", access=INVESTIGATORS)
async def take_apart(
    act: Act, *, reference: FromPath[str], other: FromPath[str], visit: Visit
) -> Redirect:
    found = await opened(act, reference, lock=True)
    found.must_investigate()
    case = await _other(act, other)
    link = await link_between(act.session, found.case, case) if case else None
    if case is None or link is None:
        raise NotFound
    link.end(act.session, [found.case, case], by=act.process(CaseAct.UNLINK))
    visit.flash("The two cases are not linked any more")
    return Redirect(f"{AT}/{reference}/links", status_code=303)


pages = [links, put_together, take_apart]
