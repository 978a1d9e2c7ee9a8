"""Who sits on a hearing: what the radar says of each who could, seating one of them, and letting somebody go."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from fitness.case import AboutThem, AnotherPlace, NotTheirPlace
from fitness.hearing.acts import HearingAct
from fitness.hearing.kind import Seat
from fitness.hearing.member import HearingMember, ReleasedFor, member_in, panel_of
from fitness.hearing.radar import radar
from fitness.hearing.sitting import (
    Blocked,
    MayNotChair,
    NotDescribed,
    NotWeighed,
    SeatTaken,
    SitsAlready,
    draw_empanelling,
    empanel,
    release,
)
from fitness.investigation.drawn import Drawn
from fitness.panel import Clash, Decider, deciders
from fitness.web.cases.opened import HEARINGS_OFFICERS, attempting
from fitness.web.hearings.opened import HEARING, OpenedHearing, opened_hearing
from fitness.web.notices.preview import (
    preview_page,
    printed,
    wants_change,
    was_seen,
)
from register.account import Account, StaffRole
from register.kit import forms
from register.kit.pages import page
from register.kit.security.input import FormData
from register.kit.security.limits import PDF
from register.notice import CannotBeServed
from register.web.needs import Act, Acting, Form, Visit

PANEL = f"{HEARING}/panel"
NOT_TOLD = "The registrant cannot be told who joins the panel. Ask a caseworker to record an address of theirs"


@dataclass(frozen=True)
class Could:
    """Somebody who might sit on it, and what the radar says of them."""

    account: Account
    decider: Decider | None
    clashes: tuple[Clash, ...]

    @property
    def blocked(self) -> bool:
        return any(clash.blocks for clash in self.clashes)


class SeatForm(forms.Form):
    account = forms.Select("Who sits on it?", what="who sits on it")
    seat = forms.Radios(
        "As what?", what="as what they sit", choices=[(one, one) for one in Seat]
    )
    words = forms.LongText(
        "Why can they sit, though the radar warns?",
        what="why they can sit",
        hint="Only where there is a yellow warning. Staff read it.",
        longest=2000,
        optional=True,
    )


class ReleaseForm(forms.Form):
    because = forms.Radios(
        "Why do they not sit on it?",
        what="why they do not sit on it",
        choices=[(one, one) for one in ReleasedFor],
    )
    words = forms.LongText(
        "What happened?", what="what happened", hint="Staff read it.", longest=2000
    )


@get(PANEL, access=HEARINGS_OFFICERS)
async def ask(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Template:
    it = await opened_hearing(act, reference, nth)
    it.hearing.must_be_open()
    return await _page(act, it, await _could_sit(act, it))


async def _could_sit(act: Acting, it: OpenedHearing) -> Sequence[Could]:
    """Adjudicators first, then those who advise on the law; not who sits on it already."""
    sitting = [one.account_id for one in await panel_of(act.session, it.hearing)]
    found = [
        (account, decider, _seat_of(account))
        for account, decider in await deciders(
            act.session, StaffRole.ADJUDICATOR, StaffRole.LEGAL_ADVISER
        )
        if account.id not in sitting
    ]
    seats = [(account, seat) for account, _, seat in found]
    clashes = await radar(act.session, it.case, it.hearing, seats)
    return sorted(
        (Could(account, decider, clashes[account.id]) for account, decider, _ in found),
        key=lambda one: StaffRole.ADJUDICATOR not in one.account.roles,
    )


def _seat_of(account: Account) -> Seat:
    return Seat.MEMBER if StaffRole.ADJUDICATOR in account.roles else Seat.ADVISER


async def _page(
    act: Acting,
    it: OpenedHearing,
    could: Sequence[Could],
    form: SeatForm | None = None,
) -> Template:
    return page(
        "fitness/hearings/panel.html",
        found=it.found,
        case=it.case,
        hearing=it.hearing,
        panel=await panel_of(act.session, it.hearing),
        could=could,
        form=form or _form(could),
    )


def _form(could: Sequence[Could], sent: FormData | None = None) -> SeatForm:
    form = SeatForm(sent)
    form.account.choices = [
        (str(one.account.id), one.account.name) for one in could if not one.blocked
    ]
    return form


@post(PANEL, access=HEARINGS_OFFICERS)
async def seat(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    it = await opened_hearing(act, reference, nth, lock=True)
    could = await _could_sit(act, it)
    answers = _form(could, form)
    drawn = await _drawn(act, it, answers, could) if answers.validate() else None
    if answers.faults or wants_change(form):
        return await _page(act, it, could, answers)
    if drawn and not was_seen(drawn, form):
        return preview_page(it.found, drawn, form, to=f"{it.address}/panel")
    await _seated(act, it, answers, could)
    if answers.faults:
        return await _page(act, it, could, answers)
    visit.flash("They sit on the hearing")
    return Redirect(f"{it.address}/panel", status_code=303)


async def _drawn(
    act: Acting, it: OpenedHearing, answers: SeatForm, could: Sequence[Could]
) -> Drawn | None:
    """None where there is nothing to serve, or the form says what is wrong."""
    try:
        return await draw_empanelling(
            act.session,
            it.case,
            it.hearing,
            _chosen(answers, could),
            Seat(answers.seat.data),
            words=answers.words.data,
            now=act.now,
        )
    except (Blocked, NotDescribed, SitsAlready) as refused:
        answers.add_error("account", str(refused))
    except (SeatTaken, MayNotChair) as refused:
        answers.add_error("seat", str(refused))
    except NotWeighed as refused:
        answers.add_error("words", str(refused))
    except CannotBeServed:
        answers.add_error("account", NOT_TOLD)
    return None


def _chosen(answers: SeatForm, could: Sequence[Could]) -> Account:
    return next(
        one.account for one in could if str(one.account.id) == answers.account.data
    )


async def _seated(
    act: Acting, it: OpenedHearing, answers: SeatForm, could: Sequence[Could]
) -> None:
    try:
        async with attempting(act):
            await empanel(
                act.session,
                it.case,
                it.hearing,
                _chosen(answers, could),
                Seat(answers.seat.data),
                words=answers.words.data,
                by=act.process(HearingAct.EMPANEL),
            )
    except (AboutThem, AnotherPlace, NotTheirPlace) as refused:
        answers.add_error("account", str(refused))


@post(f"{PANEL}/preview.pdf", access=HEARINGS_OFFICERS, limit=PDF)
async def paper(
    act: Act, *, reference: FromPath[str], nth: FromPath[int], form: Form
) -> Response[bytes] | Template:
    it = await opened_hearing(act, reference, nth)
    could = await _could_sit(act, it)
    answers = _form(could, form)
    drawn = await _drawn(act, it, answers, could) if answers.validate() else None
    if drawn is None:
        return await _page(act, it, could, answers)
    return await printed(drawn.reading, now=act.now, name="preview")


@get(f"{PANEL}/{{member_id:uuid}}/release", access=HEARINGS_OFFICERS)
async def ask_release(
    act: Act, reference: FromPath[str], nth: FromPath[int], member_id: FromPath[UUID]
) -> Template:
    it = await opened_hearing(act, reference, nth)
    it.hearing.must_be_open()
    member = await member_in(act.session, it.hearing, member_id)
    return _release_page(it, member, ReleaseForm())


def _release_page(
    it: OpenedHearing, member: HearingMember, form: ReleaseForm
) -> Template:
    return page(
        "fitness/hearings/release.html",
        found=it.found,
        case=it.case,
        hearing=it.hearing,
        member=member,
        form=form,
    )


@post(f"{PANEL}/{{member_id:uuid}}/release", access=HEARINGS_OFFICERS)
async def let_go(
    act: Act,
    *,
    reference: FromPath[str],
    nth: FromPath[int],
    member_id: FromPath[UUID],
    form: Form,
    visit: Visit,
) -> Redirect | Template:
    it = await opened_hearing(act, reference, nth, lock=True)
    member = await member_in(act.session, it.hearing, member_id)
    answers = ReleaseForm(form)
    if not answers.validate():
        return _release_page(it, member, answers)
    await release(
        act.session,
        it.case,
        it.hearing,
        member,
        because=ReleasedFor(answers.because.data),
        words=answers.words.data,
        by=act.process(HearingAct.RELEASE),
    )
    visit.flash("They do not sit on it any more")
    return Redirect(f"{it.address}/panel", status_code=303)


pages = [ask, seat, paper, ask_release, let_go]
