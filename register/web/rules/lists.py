"""The lists of a draft: qualifications, standards, sentences of the declaration and outcomes, each row on a page of its own."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.kit import forms
from register.kit.errors import NotFound
from register.kit.pages import page
from register.kit.security.input import FormData
from register.rule_change import Drafted
from register.rule_set import (
    AcceptedTerms,
    OutcomeTerms,
    Route,
    StandardTerms,
    StatementTerms,
    Terms,
    Verdict,
)
from register.web.needs import Act, Acting, Form, Visit
from register.web.rules.drafting import back, opened, written
from register.web.rules.figures import Versioned
from register.web.rules.parts import WRITERS

NEW = "new"
QUALIFICATIONS = "qualifications"
MOST = 200


class AcceptedForm(Versioned):
    title = forms.Text("Name of the qualification")
    route = forms.Radios(
        "How does it count?",
        what="how it counts",
        choices=[(route, route) for route in Route],
    )
    country = forms.Text("Country", longest=100)
    awarding_body = forms.Text("Awarding body", optional=True)
    level = forms.Number("Level", lowest=1, highest=12, optional=True)
    awarded_from = forms.Date(
        "Awards count from", what="the first day of an award that counts", optional=True
    )
    awarded_until = forms.Date(
        "Awards count until", what="the last day of an award that counts", optional=True
    )
    verdict = forms.Radios(
        "What is it worth?",
        what="what it is worth",
        choices=[(verdict, verdict) for verdict in Verdict],
    )
    gap_units = forms.LongText(
        "What is still to be learnt",
        what="what is still to be learnt",
        hint="One unit a line",
        longest=2000,
        only_if=("verdict", Verdict.PARTIAL),
        optional=True,
    )
    evidence = forms.Text(
        "Where this is shown", hint="A web address", longest=500, optional=True
    )

    def validate(
        self, extra_validators: Mapping[str, Sequence[Any]] | None = None
    ) -> bool:
        sound = super().validate(extra_validators)
        first, last = self.awarded_from.data, self.awarded_until.data
        if first and last and last < first:
            self.add_error(
                "awarded_until",
                "The last day of an award that counts must not be before the first",
            )
            return False
        if self.evidence.data and not self.evidence.data.startswith("https://"):
            self.add_error("evidence", "Where this is shown must begin with https://")
            return False
        return sound


class StandardForm(Versioned):
    code = forms.Text("Code", hint="Like R11", longest=10)
    title = forms.Text("Title")
    meaning = forms.LongText("Meaning", what="the meaning", longest=1000)


class StatementForm(Versioned):
    code = forms.Text("Code", hint="Like D5", longest=10)
    words = forms.LongText(
        "What the applicant declares",
        what="what the applicant declares",
        hint="A whole sentence, in the words of the applicant",
        longest=1000,
    )


class OutcomeForm(Versioned):
    code = forms.Text("Code", hint="Like L5", longest=10)
    title = forms.Text(
        "What a portfolio must show", what="what a portfolio must show", longest=300
    )


@get("/{part:str}/draft/qualifications/{code:str}", access=WRITERS)
async def accepted(act: Act, part: FromPath[str], code: FromPath[str]) -> Template:
    found = await opened(act, part)
    await found.draft.must_be_open(act.session)
    known = _accepted_known(_of(found.draft.terms.accepted, code))
    form = AcceptedForm(data=known | {"version": found.draft.version})
    return _item_page("accepted", QUALIFICATIONS, found, form, code)


def _accepted_known(row: AcceptedTerms | None) -> dict[str, Any]:
    if row is None:
        return {}
    return msgspec.structs.asdict(row) | {"gap_units": "\n".join(row.gap_units)}


@post("/{part:str}/draft/qualifications/{code:str}", access=WRITERS)
async def keep_accepted(
    act: Act, form: Form, part: FromPath[str], code: FromPath[str]
) -> Redirect | Template:
    found = await opened(act, part, lock=True)
    terms = found.draft.terms
    before = _of(terms.accepted, code)
    answers = AcceptedForm(form)
    if not answers.validate():
        return _item_page("accepted", QUALIFICATIONS, found, answers, code)
    row = AcceptedTerms(
        code=before.code
        if before
        else _code_for(answers.title.data, [row.code for row in terms.accepted]),
        title=answers.title.data,
        route=Route(answers.route.data),
        country=answers.country.data,
        verdict=Verdict(answers.verdict.data),
        level=answers.level.data,
        awarding_body=answers.awarding_body.data or None,
        awarded_from=answers.awarded_from.data,
        awarded_until=answers.awarded_until.data,
        gap_units=tuple(
            line.strip()
            for line in (answers.gap_units.data or "").splitlines()
            if line.strip()
        ),
        evidence=answers.evidence.data or None,
    )
    following = msgspec.structs.replace(
        terms, accepted=_with(terms.accepted, before, row)
    )
    if not await written(act, found, answers, terms=following):
        return _item_page("accepted", QUALIFICATIONS, found, answers, code)
    return back(found.draft.part, "#qualifications")


def _code_for(title: str, taken: list[str]) -> str:
    """A code that nothing else in the list has, made of the first words of the title."""
    words = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40].strip("-")
    stem = words or "qualification"
    if stem not in taken and stem != NEW:
        return stem
    return next(f"{stem}-{n}" for n in range(2, MOST + 3) if f"{stem}-{n}" not in taken)


@post("/{part:str}/draft/qualifications/{code:str}/removal", access=WRITERS)
async def remove_accepted(
    act: Act, form: Form, visit: Visit, part: FromPath[str], code: FromPath[str]
) -> Redirect | Template:
    found = await opened(act, part, lock=True)
    terms = found.draft.terms
    rest = _but(terms.accepted, code)
    return await _without(
        act, found, form, visit, msgspec.structs.replace(terms, accepted=rest)
    )


def find_faults_of_code(
    form: StandardForm | StatementForm | OutcomeForm,
    row: StandardTerms | StatementTerms | OutcomeTerms,
    before: Any,
    others: Sequence[Any],
) -> None:
    """Tell the form where its code is taken, or no code."""
    if any(other.code == row.code and other is not before for other in others):
        form.add_error("code", "Code must be one that no other in the list has")
    elif not re.fullmatch(r"[A-Z][A-Z0-9.]*", row.code):
        form.add_error("code", "Code must be capital letters and numbers, like R11")


@dataclass(frozen=True)
class Coded:
    """A list whose rows have codes that staff give them."""

    name: str
    """In the address, and among the terms."""
    kind: str
    """The template of its page."""
    form: type[StandardForm | StatementForm | OutcomeForm]
    terms: type[StandardTerms | StatementTerms | OutcomeTerms]
    place: str
    """On the page of the draft."""

    def rows(self, terms: Terms) -> tuple[Any, ...]:
        found: tuple[Any, ...] = getattr(terms, self.name)
        return found

    def page(self, found: Drafted, form: Versioned, code: str) -> Template:
        return _item_page(self.kind, self.name, found, form, code)

    async def keep(
        self, act: Acting, found: Drafted, sent: FormData, code: str
    ) -> Redirect | Template:
        terms = found.draft.terms
        rows = self.rows(terms)
        before = _of(rows, code)
        answers = self.form(sent)
        if not answers.validate():
            return self.page(found, answers, code)
        row = msgspec.convert(
            {name: answers.data[name] for name in self.terms.__struct_fields__},
            self.terms,
        )
        find_faults_of_code(answers, row, before, rows)
        if answers.faults:
            return self.page(found, answers, code)
        following = _replaced(terms, self.name, _with(rows, before, row))
        if not await written(act, found, answers, terms=following):
            return self.page(found, answers, code)
        return back(found.draft.part, f"#{self.place}")


def _pages_of(coded: Coded) -> list[Any]:
    path = f"/{{part:str}}/draft/{coded.name}/{{code:str}}"

    @get(path, access=WRITERS)
    async def show(act: Act, part: FromPath[str], code: FromPath[str]) -> Template:
        found = await opened(act, part)
        await found.draft.must_be_open(act.session)
        row = _of(coded.rows(found.draft.terms), code)
        known = msgspec.structs.asdict(row) if row else {}
        form = coded.form(data=known | {"version": found.draft.version})
        return coded.page(found, form, code)

    @post(path, access=WRITERS)
    async def keep(
        act: Act, form: Form, part: FromPath[str], code: FromPath[str]
    ) -> Redirect | Template:
        return await coded.keep(act, await opened(act, part, lock=True), form, code)

    @post(f"{path}/removal", access=WRITERS)
    async def remove(
        act: Act, form: Form, visit: Visit, part: FromPath[str], code: FromPath[str]
    ) -> Redirect:
        found = await opened(act, part, lock=True)
        terms = found.draft.terms
        rest = _but(coded.rows(terms), code)
        return await _without(
            act, found, form, visit, _replaced(terms, coded.name, rest)
        )

    return [show, keep, remove]


CODED = (
    Coded("standards", "standard", StandardForm, StandardTerms, "standards"),
    Coded("statements", "statement", StatementForm, StatementTerms, "declaration"),
    Coded("outcomes", "outcome", OutcomeForm, OutcomeTerms, "outcomes"),
)


def _replaced(terms: Terms, name: str, rows: tuple[Any, ...]) -> Terms:
    return msgspec.structs.replace(terms, **{name: rows})


async def _without(
    act: Act, found: Drafted, form: Form, visit: Visit, following: Any
) -> Redirect:
    answers = Versioned(form)
    if answers.validate() and await written(act, found, answers, terms=following):
        visit.flash("It is taken out of the draft")
    else:
        visit.flash(
            "Nothing was taken out: the draft has changed since you opened the page"
        )
    return back(found.draft.part)


def _of(rows: tuple[Any, ...], code: str) -> Any:
    """The row of that code, None for a new one; raises NotFound."""
    if code == NEW:
        return None
    row = next((row for row in rows if row.code == code), None)
    if row is None:
        raise NotFound
    return row


def _with(rows: tuple[Any, ...], before: Any, row: Any) -> tuple[Any, ...]:
    if before is None:
        return (*rows, row)
    return tuple(row if other is before else other for other in rows)


def _but(rows: tuple[Any, ...], code: str) -> tuple[Any, ...]:
    row = _of(rows, code)
    return tuple(other for other in rows if other is not row)


def _item_page(
    kind: str, listed: str, found: Drafted, form: Versioned, code: str
) -> Template:
    return page(
        f"register/rules/{kind}.html",
        listed=listed,
        part=found.draft.part,
        form=form,
        code=code,
        is_new=code == NEW,
        version=found.draft.version,
    )


pages = [
    accepted,
    keep_accepted,
    remove_accepted,
    *(handler for coded in CODED for handler in _pages_of(coded)),
]
