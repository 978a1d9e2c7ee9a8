"""An assessor's page: somebody's learning by a reference, and nothing of whose it is or of what another found."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.cpd import standing
from register.cpd.audit import (
    AuditAct,
    Finding,
    Work,
    assess,
    give_back,
    given_to,
    seen_by_assessors,
)
from register.kit import forms
from register.kit.pages import page
from register.rule_set import RuleSet
from register.web.audits.staff import HOME
from register.web.casework import OFFICERS
from register.web.needs import Act, Acting, Form, Visit

AT = f"{HOME}/assessments/{{case_id:uuid}}"


class FindingForm(forms.Form):
    finding = forms.Radios(
        "What do you find?",
        what="what you find",
        choices=[(one, one) for one in Finding],
    )
    words = forms.LongText(
        "What shall the registrant be told?",
        what="what the registrant shall be told",
        hint="Say what is good, what is missing, and what would help. Do not say who you are.",
        longest=4000,
        optional=True,
    )

    def validate(
        self, extra_validators: Mapping[str, Sequence[Any]] | None = None
    ) -> bool:
        """Whoever accepts need say nothing."""
        sound = super().validate(extra_validators)
        if sound and self.finding.data != Finding.ACCEPT and not self.words.data:
            self.add_error("words", "Enter what the registrant shall be told")
            return False
        return sound


@get(AT, access=OFFICERS)
async def one(act: Act, case_id: FromPath[UUID]) -> Template:
    work = await given_to(act.session, act.account, case_id)
    return await _page(act, work, FindingForm())


async def _page(act: Acting, work: Work, form: FindingForm) -> Template:
    rule_set = await act.session.get_one(RuleSet, work.case.audit.rule_set_id)
    await act.session.refresh(rule_set, ["standards"])
    return page(
        "register/audits/assess.html",
        form=form,
        reference=work.case.reference,
        again=work.case.turn > 1,
        audit=work.case.audit,
        at=f"{HOME}/assessments/{work.case.id}",
        stands=await standing(
            act.session,
            work.case.person_id,
            year_end=work.case.audit.year_end,
            now=act.now,
        ),
        standards={one.code: one.title for one in rule_set.standards},
        records=await seen_by_assessors(act.session, work.case),
    )


@post(AT, access=OFFICERS)
async def find(
    act: Act, form: Form, visit: Visit, case_id: FromPath[UUID]
) -> Redirect | Template:
    work = await given_to(act.session, act.account, case_id, lock=True)
    answers = FindingForm(form)
    if not answers.validate():
        return await _page(act, work, answers)
    await assess(
        act.session,
        work,
        act.account,
        Finding(answers.finding.data),
        answers.words.data,
        by=act.process(AuditAct.ASSESS),
    )
    visit.flash("Your finding is kept")
    return Redirect(HOME, status_code=303)


@post(f"{AT}/back", access=OFFICERS)
async def cannot(act: Act, visit: Visit, case_id: FromPath[UUID]) -> Redirect:
    work = await given_to(act.session, act.account, case_id, lock=True)
    give_back(work, by=act.process(AuditAct.GIVE_BACK))
    visit.flash("It is given back, for somebody else to assess")
    return Redirect(HOME, status_code=303)


pages = [one, find, cannot]
