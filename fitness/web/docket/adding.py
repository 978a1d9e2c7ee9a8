"""Adding to the docket: a file that the case holds, or one of our own documents as it is now."""

from collections.abc import Mapping

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fitness.docket.acts import DocketAct
from fitness.docket.document import (
    DocketDocument,
    MadeFrom,
    Matter,
    MoreOpenThanKept,
)
from fitness.docket.level import Level
from fitness.investigation.disclosure import disclosures_of
from fitness.investigation.evidence import evidence_of
from fitness.web.cases.opened import DOCKET_KEEPERS, Opened, attempting
from fitness.web.docket.opened import DOCKET, to_keep
from fitness.web.investigation.opened import back
from register.kit import forms
from register.kit.pages import page
from register.kit.security.input import FormData
from register.web.needs import Act, Acting, Form, Visit

OURS = {
    MadeFrom.ALLEGATIONS: "The allegations as they are now",
    MadeFrom.CHRONOLOGY: "The chronology as it is now, as far as its readers may have it",
}
LONGEST_NAME = 60


class AddForm(forms.Form):
    of = forms.Select("What is it made from?", what="what it is made from")
    title = forms.Text(
        "Title",
        hint="It stands in the index of every bundle. Do not name a child or whoever raised the concern.",
    )
    level = forms.Radios(
        "Who may have it?",
        what="who may have it",
        choices=[(one, one) for one in Level],
    )


@get(f"{DOCKET}/new", access=DOCKET_KEEPERS)
async def ask(act: Act, reference: FromPath[str]) -> Template:
    found = await to_keep(act, reference)
    form, _ = await _form(act, found)
    return _page(found, form)


@post(f"{DOCKET}/new", access=DOCKET_KEEPERS)
async def add(
    act: Act, *, reference: FromPath[str], form: Form, visit: Visit
) -> Redirect | Template:
    found = await to_keep(act, reference, lock=True)
    answers, matters = await _form(act, found, form)
    if answers.validate():
        try:
            async with attempting(act):
                document = await DocketDocument.add(
                    act.session,
                    found.case,
                    matters[answers.of.data],
                    title=answers.title.data,
                    level=Level(answers.level.data),
                    by=act.process(DocketAct.ADD),
                )
        except MoreOpenThanKept as refused:
            answers.add_error("level", str(refused))
    if answers.faults:
        return _page(found, answers)
    visit.flash(f"It is document {document.number} of the docket")
    return back(found, "docket")


async def _form(
    act: Acting, found: Opened, sent: FormData | None = None
) -> tuple[AddForm, Mapping[str, Matter]]:
    form, offered = AddForm(sent), await _offered(act, found)
    form.of.choices = [(code, name) for code, (name, _) in offered.items()]
    return form, {code: matter for code, (_, matter) in offered.items()}


async def _offered(act: Acting, found: Opened) -> dict[str, tuple[str, Matter]]:
    """What can be read now, by a code and a name."""
    offered = {str(of): (name, Matter(of)) for of, name in OURS.items()}
    disclosures = await disclosures_of(act.session, found.case.id)
    for one in disclosures:
        matter = Matter(MadeFrom.DISCLOSURE, disclosure=one)
        offered[f"D{one.number}"] = f"Disclosure D{one.number}", matter
    for item in await evidence_of(act.session, found.case.id):
        if item.file and item.file.readable:
            words = item.text.words if item.text else item.file.name
            matter = Matter(MadeFrom.EVIDENCE, evidence=item)
            offered[item.label] = f"{item.label} {words[:LONGEST_NAME]}", matter
    for one in disclosures:
        for nth, comment in enumerate(one.comments, start=1):
            if comment.file and comment.file.readable:
                matter = Matter(MadeFrom.COMMENT, comment=comment)
                name = f"Comment {nth} on D{one.number}: {comment.file.name}"
                offered[f"D{one.number}C{nth}"] = name, matter
    return offered


def _page(found: Opened, form: AddForm) -> Template:
    return page("fitness/docket/add.html", found=found, case=found.case, form=form)


pages = [ask, add]
