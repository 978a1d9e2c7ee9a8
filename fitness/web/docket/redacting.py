"""Withholding: looked at and proposed by whoever investigates the case, acknowledged or returned by somebody else."""

import re
from collections.abc import Sequence
from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fitness.case import Read
from fitness.docket.acts import DocketAct
from fitness.docket.document import DocketDocument, document_in, must_be_open
from fitness.docket.looking import Place, found_in, pages_of
from fitness.docket.redaction import Redaction, Verdict
from fitness.investigation.evidence import Kept
from fitness.numbers import numbered
from fitness.web.cases.opened import (
    CASE_READERS,
    CASE_WRITERS,
    DOCKET_KEEPERS,
    Opened,
)
from fitness.web.docket.leaves import written
from fitness.web.docket.opened import DOCUMENT, document_to_keep
from fitness.web.investigation.opened import back, investigated
from register.kit import forms
from register.kit.cleaning import MediaType, Unreadable
from register.kit.pages import page
from register.kit.security.input import FormData
from register.web.needs import Act, Acting, Form, Visit

WORDS, WHOLE, PLACE = "words", "whole", "place"
SHOWN = 5
"""How many pages are shown at once; each of the others by a link."""
MOST_PLACES = 200
PERCENT = re.compile(r"\d{1,3}(\.\d)?")

Proposed = dict[int | None, Sequence[Place]]
"""Of an upload by page, an empty list for the whole of it; of our own document under None."""


class WithholdForm(forms.Form):
    how = forms.Radios("What is withheld?", what="what is withheld")
    page = forms.Number(
        "Page",
        what="the page",
        lowest=1,
        highest=2000,
        optional=True,
        hint="Leave it empty to withhold words on every page on which they stand",
    )
    words = forms.Text("Words", what="the words", longest=300, only_if=("how", WORDS))
    place = forms.Text(
        "Place",
        what="the place",
        hint="From left, from above, to the right and to below, in percent of the page, like 10 25 60 30",
        only_if=("how", PLACE),
    )
    because = forms.Select(
        "Why?", what="why it is withheld", choices=[(one, one) for one in Kept]
    )

    @classmethod
    def of(
        cls, document: DocketDocument, sent: FormData | None = None
    ) -> "WithholdForm":
        form = cls(sent)
        form.how.choices = [(way, way) for way in ways_of(document)]
        return form

    def check(self) -> None:
        self.validate()
        if self.how.data in {WHOLE, PLACE} and not self.page.data:
            self.add_error("page", "Enter the page")


class SettleForm(forms.Form):
    verdict = forms.Radios(
        "What do you say to it?",
        what="what you say to it",
        choices=[(one, one) for one in Verdict],
    )
    words = forms.LongText(
        "Why is it returned?", what="why", only_if=("verdict", Verdict.RETURNED)
    )


def ways_of(document: DocketDocument) -> tuple[str, ...]:
    """Words are found where there are letters."""
    if document.file is None:
        return (WORDS,)
    of_pdf = document.file.media_type is MediaType.PDF
    return (WORDS, WHOLE, PLACE) if of_pdf else (WHOLE, PLACE)


@get(f"{DOCUMENT}/redactions/new", access=DOCKET_KEEPERS)
async def ask(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Template:
    found, document = await document_to_keep(act, reference, nth)
    document.must_be_in()
    return _ask_page(found, document, WithholdForm.of(document))


def _ask_page(found: Opened, document: DocketDocument, form: WithholdForm) -> Template:
    return page(
        "fitness/docket/withhold.html",
        found=found,
        case=found.case,
        document=document,
        form=form,
    )


@post(f"{DOCUMENT}/redactions/new", access=DOCKET_KEEPERS)
async def propose(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    """Shown first, and proposed once whoever proposes it has seen it."""
    found, document = await document_to_keep(act, reference, nth, lock=True)
    document.must_be_in()
    answers = WithholdForm.of(document, form)
    answers.check()
    places = {} if answers.faults else await _places(document, answers)
    if answers.faults:
        return _ask_page(found, document, answers)
    if form.get("sure") != "yes":
        return _look_page(found, document, answers, places)
    for number, at in places.items():
        await document.withhold(
            act.session,
            found.case,
            at,
            page=number,
            because=Kept(answers.because.data),
            author=act.account,
            by=act.process(DocketAct.REDACT),
        )
    visit.flash("It is proposed. Somebody else must acknowledge it")
    return back(found, f"docket/{nth}")


async def _places(document: DocketDocument, form: WithholdForm) -> Proposed:
    """Says in the form why there are none."""
    if document.made_from.ours:
        places = document.paper.places_of(form.words.data)
        found: Proposed = {None: places} if places else {}
    else:
        try:
            found = await _places_on_pages(document, form)
        except Unreadable:
            form.add_error("how", "The file of this document cannot be read")
            return {}
    if not found and not form.faults:
        form.add_error("words", "These words do not stand there. Check them")
    if any(len(places) > MOST_PLACES for places in found.values()):
        form.add_error(
            "words",
            "They stand there too often. Withhold the whole page, or more words",
        )
    return found


async def _places_on_pages(document: DocketDocument, form: WithholdForm) -> Proposed:
    if form.how.data == WORDS:
        found = await found_in(document, form.words.data, page=form.page.data)
        return dict(found.items())
    if form.page.data > (pages := await pages_of(document)):
        form.add_error("page", f"The document has {pages} pages")
        return {}
    if form.how.data == WHOLE:
        return {form.page.data: []}
    place = _thousandths(form.place.data)
    if place is None:
        form.add_error(
            "place", "Enter four numbers between 0 and 100, like 10 25 60 30"
        )
        return {}
    return {form.page.data: [place]}


def _thousandths(said: str) -> Place | None:
    """None where it is no place on a page."""
    parts = said.replace(",", " ").replace("%", " ").split()
    if len(parts) != 4 or not all(map(PERCENT.fullmatch, parts)):
        return None
    left, top, right, bottom = (round(float(part) * 10) for part in parts)
    fits = left < right <= 1000 and top < bottom <= 1000
    return [left, top, right, bottom] if fits else None


def _look_page(
    found: Opened, document: DocketDocument, form: WithholdForm, places: Proposed
) -> Template:
    return page(
        "fitness/docket/look.html",
        found=found,
        case=found.case,
        document=document,
        form=form,
        places=places,
        marked=marked(document, places, form.because.data),
        written=written,
        shown=SHOWN,
    )


def marked(
    document: DocketDocument, places: Proposed, why: str
) -> list[tuple[str, list[tuple[str, bool]]]]:
    """Of our own: each text of which something would be withheld, in pieces, of which those are marked that would go."""
    of_text: dict[int, list[tuple[int, int]]] = {}
    for nth, start, end in places.get(None, ()):
        of_text.setdefault(nth, []).append((start, end))
    return [
        (why, _pieces(document.paper.texts[nth], sorted(spans)))
        for nth, spans in of_text.items()
    ]


def _pieces(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[str, bool]]:
    said, at = list[tuple[str, bool]](), 0
    for start, end in spans:
        said += [(text[at:start], False), (text[start:end], True)]
        at = end
    return [*said, (text[at:], False)]


@get(f"{DOCUMENT}/redactions/{{piece:int}}", access=CASE_READERS)
async def one(
    act: Act, reference: FromPath[str], nth: FromPath[int], piece: FromPath[int]
) -> Template:
    found = await investigated(act, reference, what=Read.DOCKET_DOCUMENT)
    document = await document_in(act.session, found.case.id, nth)
    redaction = numbered(document.redactions, piece)
    return _page(act, found, document, redaction, SettleForm())


def _page(
    act: Acting,
    found: Opened,
    document: DocketDocument,
    redaction: Redaction,
    form: SettleForm,
) -> Template:
    places: Proposed = {redaction.page: redaction.places}
    return page(
        "fitness/docket/redaction.html",
        found=found,
        case=found.case,
        document=document,
        redaction=redaction,
        form=form,
        places=places,
        marked=marked(document, places, redaction.because),
        written=written,
        settles=_settles(act, document, redaction),
    )


def _settles(act: Acting, document: DocketDocument, redaction: Redaction) -> bool:
    return (
        act.viewer.has(*CASE_WRITERS.roles)
        and redaction.waits
        and redaction.author_id != act.account.id
        and document.taken_out_at is None
    )


@post(f"{DOCUMENT}/redactions/{{piece:int}}", access=CASE_WRITERS)
async def settle(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    piece: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    found = await investigated(act, reference, what=Read.DOCKET_DOCUMENT, lock=True)
    must_be_open(found.case)
    document = await document_in(act.session, found.case.id, nth)
    document.must_be_in()
    redaction = numbered(document.redactions, piece)
    answers = SettleForm(form)
    if not answers.validate():
        return _page(act, found, document, redaction, answers)
    said: dict[str, Any] = {"approver": act.account}
    if answers.verdict.data == Verdict.ACKNOWLEDGED:
        by = act.process(DocketAct.ACKNOWLEDGE)
        redaction.acknowledge(act.session, found.case, by=by, **said)
        visit.flash("It is withheld from now on")
    else:
        by = act.process(DocketAct.RETURN)
        redaction.send_back(
            act.session, found.case, words=answers.words.data, by=by, **said
        )
        visit.flash("It is returned, and not withheld")
    return back(found, f"docket/{nth}")


pages = [ask, propose, one, settle]
