"""What a second person says to a version, and what is taken down."""

from litestar import post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from fitness.publication import (
    Because,
    NotWaiting,
    PublicationAct,
    TimeIsOver,
    WasQuashed,
    approve,
    withdraw,
)
from fitness.web.publications.one import (
    ApproveForm,
    ReturnForm,
    TakeDownForm,
    publication_page,
)
from fitness.web.publications.opened import (
    ALL,
    DECIDERS,
    PUBLICATION,
    WRITERS,
    NotTheirWords,
    OpenedPublication,
    back,
    one_opened,
    writes,
)
from register.web.needs import Act, Form, Visit


@post(f"{PUBLICATION}/proposal", access=WRITERS)
async def propose(
    act: Act, *, reference: FromPath[str], nth: FromPath[int], visit: Visit
) -> Redirect:
    one = await one_opened(act, reference, nth, lock=True)
    if not writes(one.found):
        raise NotTheirWords
    by = act.process(PublicationAct.PROPOSE)
    one.publication.propose(act.session, one.case, proposer=act.account, by=by)
    visit.flash("It waits for a second person")
    return back(one.case, f"/{nth}")


@post(f"{PUBLICATION}/approval", access=DECIDERS)
async def approve_it(
    act: Act, *, reference: FromPath[str], nth: FromPath[int], form: Form, visit: Visit
) -> Redirect | Template:
    one = await one_opened(act, reference, nth, lock=True)
    answers = ApproveForm(form)
    if answers.validate():
        _must_have_read(one, answers.version.data)
        by = act.process(PublicationAct.APPROVE)
        try:
            await approve(
                act.session, one.case, one.publication, approver=act.account, by=by
            )
        except (TimeIsOver, WasQuashed) as refused:
            answers.add_error("", str(refused))
    if answers.faults:
        return await publication_page(act, one, answers)
    visit.flash("It is approved, and published when its time comes")
    return back(one.case, f"/{nth}")


def _must_have_read(one: OpenedPublication, version: str) -> None:
    """Raises NotWaiting where another version waits now than the one on the page."""
    if str(one.publication.latest.number) != version:
        raise NotWaiting


@post(f"{PUBLICATION}/return", access=DECIDERS)
async def return_it(
    act: Act, *, reference: FromPath[str], nth: FromPath[int], form: Form, visit: Visit
) -> Redirect | Template:
    one = await one_opened(act, reference, nth, lock=True)
    answers = ReturnForm(form)
    if not answers.validate():
        return await publication_page(act, one, answers)
    _must_have_read(one, answers.version.data)
    by = act.process(PublicationAct.RETURN)
    one.publication.return_(
        act.session, one.case, answers.words.data, approver=act.account, by=by
    )
    visit.flash("It is back with who wrote it")
    return back(one.case, f"/{nth}")


@post(f"{PUBLICATION}/withdrawal", access=ALL)
async def take_down(
    act: Act, *, reference: FromPath[str], nth: FromPath[int], form: Form, visit: Visit
) -> Redirect | Template:
    one = await one_opened(act, reference, nth, lock=True)
    answers = TakeDownForm(form)
    if not answers.validate():
        return await publication_page(act, one, answers)
    by = act.process(PublicationAct.WITHDRAW)
    await withdraw(
        act.session,
        one.case,
        one.publication,
        Because(answers.because.data),
        words=answers.reasons.data,
        by=by,
    )
    visit.flash("It is taken down")
    return back(one.case, f"/{nth}")


pages = [propose, approve_it, return_it, take_down]
