"""One document of the docket: what it is, who may have it, and taking it out."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fitness.case import Read
from fitness.docket.acts import DocketAct
from fitness.docket.document import (
    DocketDocument,
    DrawnUpForFewer,
    MoreOpenThanKept,
    document_in,
)
from fitness.docket.level import Level
from fitness.web.cases.opened import CASE_READERS, DOCKET_KEEPERS, Opened, attempting
from fitness.web.docket.opened import DOCUMENT, document_to_keep, keeps
from fitness.web.investigation.opened import back, investigated
from register.kit import forms
from register.kit.pages import page
from register.web.needs import Act, Form, Visit


class LevelForm(forms.Form):
    level = forms.Radios(
        "Who may have it?",
        what="who may have it",
        choices=[(one, one) for one in Level],
    )
    words = forms.LongText("Why?", what="why")


class TakeOutForm(forms.Form):
    words = forms.LongText("Why?", what="why")


@get(DOCUMENT, access=CASE_READERS)
async def one(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Template:
    found = await investigated(act, reference, what=Read.DOCKET_DOCUMENT)
    document = await document_in(act.session, found.case.id, nth)
    return page(
        "fitness/docket/document.html",
        found=found,
        case=found.case,
        document=document,
        keeps=keeps(found) and document.taken_out_at is None,
    )


@get(f"{DOCUMENT}/level", access=DOCKET_KEEPERS)
async def ask_level(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Template:
    found, document = await document_to_keep(act, reference, nth)
    document.must_be_in()
    return _level_page(found, document, LevelForm(data={"level": document.level}))


def _level_page(found: Opened, document: DocketDocument, form: LevelForm) -> Template:
    return page(
        "fitness/docket/level.html",
        found=found,
        case=found.case,
        document=document,
        form=form,
    )


@post(f"{DOCUMENT}/level", access=DOCKET_KEEPERS)
async def set_level(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    found, document = await document_to_keep(act, reference, nth, lock=True)
    answers = LevelForm(form)
    if answers.validate():
        try:
            async with attempting(act):
                document.set_level(
                    act.session,
                    found.case,
                    Level(answers.level.data),
                    words=answers.words.data,
                    by=act.process(DocketAct.SET_LEVEL),
                )
        except (MoreOpenThanKept, DrawnUpForFewer) as refused:
            answers.add_error("level", str(refused))
    if answers.faults:
        return _level_page(found, document, answers)
    visit.flash(f"Who may have document {nth} is written down")
    return back(found, f"docket/{nth}")


@get(f"{DOCUMENT}/removal", access=DOCKET_KEEPERS)
async def ask_removal(
    act: Act, reference: FromPath[str], nth: FromPath[int]
) -> Template:
    found, document = await document_to_keep(act, reference, nth)
    document.must_be_in()
    return _removal_page(found, document, TakeOutForm())


def _removal_page(
    found: Opened, document: DocketDocument, form: TakeOutForm
) -> Template:
    return page(
        "fitness/docket/take_out.html",
        found=found,
        case=found.case,
        document=document,
        form=form,
    )


@post(f"{DOCUMENT}/removal", access=DOCKET_KEEPERS)
async def take_out(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    found, document = await document_to_keep(act, reference, nth, lock=True)
    answers = TakeOutForm(form)
    if not answers.validate():
        return _removal_page(found, document, answers)
    document.take_out(
        act.session,
        found.case,
        words=answers.words.data,
        by=act.process(DocketAct.TAKE_OUT),
    )
    visit.flash(f"Document {nth} is out of the docket")
    return back(found, "docket")


pages = [one, ask_level, set_level, ask_removal, take_out]
