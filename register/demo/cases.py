"""How the demo's applications go: one story for each way, with how many of each, and the few that are told to who runs it."""

from collections.abc import Awaitable, Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from register.application import ApplicationKind, EvidenceKind, SectionName
from register.application.starting import expire_drafts
from register.assessment import (
    AssessmentAct,
    HoldReason,
    Outcome,
    Wanted,
    go_on_without,
)
from register.demo.accounts import Doors
from register.demo.answers import Applicant, Trait
from register.demo.applications import Approved, Fee, Journey, TakeFees
from register.demo.careers import Award, Awards
from register.demo.draw import Draw
from register.demo.entries import Terms
from register.demo.homes import Homes
from register.demo.people import Somebody
from register.demo.staff import Office
from register.demo.wordings import PROPOSED, REFUSED
from register.kit.clock import end_of
from register.kit.files import FileState
from register.matching import WatchAct, WatchItem, WatchKind

Tell = Callable[[Journey], Awaitable[None]]

MANY_FROM = 1000
"""With so many registrants there are as many applications as an office of this size would have."""
LAST_SECTIONS = ApplicationKind.FIRST.sections[6:]


async def half_done(j: Journey) -> None:
    """With a scan that could not be opened."""
    await j.begin()
    await j.fill(but=LAST_SECTIONS)
    await j.upload(
        SectionName.IDENTITY, EvidenceKind.DRIVING_LICENCE, state=FileState.UNREADABLE
    )


async def nearly_sent(j: Journey) -> None:
    """With a file that the scanner stopped, and another in its place."""
    await j.begin()
    await j.fill(but=(SectionName.EQUALITY,))
    await j.upload(
        SectionName.IDENTITY, EvidenceKind.UTILITY_BILL, state=FileState.INFECTED
    )


async def forgotten(j: Journey) -> None:
    """A draft of which nobody heard again."""
    await half_done(j)
    j.at = end_of(j.application.draft_until) + timedelta(hours=6)
    await expire_drafts(j.session, j.at)


async def given_up_early(j: Journey) -> None:
    await half_done(j)
    await j.give_up()


async def sent(j: Journey) -> None:
    await j.begin()
    await j.fill()
    j.later(j.draw.between(1, PREPARED))
    await j.send()


async def untouched(j: Journey) -> None:
    """Nobody has taken it, and the referees are awaited."""
    await sent(j)
    await j.wait_for_referees()


PREPARED = 4
"""Working days from the first answer to the sending, at most."""


async def given_up_late(j: Journey) -> None:
    await sent(j)
    await j.take()
    await j.check(j.assessed[:5])
    await j.give_up()


async def being_checked(j: Journey) -> None:
    await sent(j)
    await j.take()
    if j.draw.chance(0.5):
        await j.hear(adverse=Trait.DISCIPLINED in j.who.traits)
    await j.check(j.assessed[: j.draw.between(0, 11)])
    if j.draw.chance(0.6):
        await j.write_note()
    await j.wait_for_referees()


async def short_of_a_referee(j: Journey) -> None:
    """One could not give a reference, and nobody else has been named."""
    await sent(j)
    await j.take()
    await j.decline()
    await j.hear()


async def referee_replaced(j: Journey) -> None:
    """One could not, the one named instead has been sent a second link."""
    await sent(j)
    await j.take()
    former = await j.decline()
    await j.hear()
    await j.name_another(former)
    await j.ask_again()


async def referees_silent(j: Journey) -> None:
    """Both let the time pass; one is asked once more."""
    await sent(j)
    await j.take()
    await j.wait_for_referees()
    await j.ask_again()


async def gone_on_without_reference(j: Journey) -> None:
    await sent(j)
    await j.take()
    (request, referee), _ = await j.asked_of()
    await j.give(request, referee)
    await j.go_on_without_reference()
    await j.check(j.assessed[:8])


async def asked(j: Journey) -> None:
    await sent(j)
    await j.take()
    await j.hear()
    await j.ask(*j.draw.some(ASKED_ABOUT, j.draw.between(1, 2)))


ASKED_ABOUT = (
    SectionName.IDENTITY,
    SectionName.QUALIFICATIONS,
    SectionName.EMPLOYMENT,
    SectionName.REFERENCES,
)


async def asked_and_answered(j: Journey) -> None:
    await sent(j)
    await j.take()
    await j.hear()
    await j.ask(SectionName.QUALIFICATIONS)
    await j.answer(SectionName.QUALIFICATIONS, after=2)


async def not_answered(j: Journey) -> None:
    """The time to answer has passed, and the officer goes on without."""
    await asked(j)
    j.later(18)
    by = j.by(AssessmentAct.GO_ON, j.officer)
    await go_on_without(j.session, j.application, officer=j.officer, by=by)
    await j.session.flush()


async def assessed(j: Journey) -> None:
    await sent(j)
    await j.take()
    j.later(j.draw.between(0, 2))
    await j.hear()
    await j.check()
    await j.judge()


async def signed_by_one(j: Journey) -> None:
    """By a portfolio, which one of the two assessors has signed."""
    await j.begin()
    await j.fill()
    await j.map_portfolio()
    j.later(j.draw.between(1, PREPARED))
    await j.send()
    await j.take()
    await j.hear()
    await j.check(j.assessed[:5])
    await j.sign_portfolio()


async def scrutinised(j: Journey) -> None:
    """With a degree of another country, on whose worth a second person has to agree."""
    await sent(j)
    await j.pay_for_scrutiny()
    await j.take()
    await j.hear()
    await j.check(j.assessed[:6])
    await j.scrutinise()


async def in_review(j: Journey) -> None:
    """Somebody senior is to weigh what was declared."""
    await assessed(j)
    await j.send_to_review()


async def weighed(j: Journey) -> None:
    await in_review(j)
    await j.review()
    await j.propose()


async def on_hold(j: Journey) -> None:
    """The applicant is told."""
    await assessed(j)
    await j.hold(HoldReason.COURT)


async def on_hold_secretly(j: Journey) -> None:
    await assessed(j)
    await j.hold(HoldReason.POLICE)


async def grant_proposed(j: Journey) -> None:
    await assessed(j)
    await j.propose()


async def conditions_proposed(j: Journey) -> None:
    await assessed(j)
    wanted = Wanted(*j.draw.one(PROPOSED))
    await j.be_given_notice(wanted)
    await j.answer_notice(after=5)
    await j.propose(wanted)


async def noticed(j: Journey) -> None:
    """Notice is given that we are minded to refuse, and there is time to answer."""
    await sent(j)
    await j.take()
    wrong = j.draw.one((SectionName.DBS, SectionName.CONDUCT, SectionName.REFERENCES))
    await j.hear(adverse=wrong is SectionName.REFERENCES)
    await j.check([name for name in j.assessed if name is not wrong])
    await j.check([wrong], Outcome.NOT_MET, words=j.draw.one(REFUSED))
    await j.be_given_notice()


async def refusal_proposed(j: Journey) -> None:
    await noticed(j)
    await j.answer_notice(after=7)
    await j.propose_refusal()


async def sent_back(j: Journey) -> None:
    await grant_proposed(j)
    await j.send_back()


async def given_up_at_last(j: Journey) -> None:
    await refusal_proposed(j)
    await j.give_up()


async def approved(j: Journey) -> None:
    await grant_proposed(j)
    await j.approve()


async def approved_with_conditions(j: Journey) -> None:
    await conditions_proposed(j)
    await j.approve()


async def approved_in_the_end(j: Journey) -> None:
    """Asked, answered, proposed, sent back, and approved."""
    await asked_and_answered(j)
    j.later(1)
    await j.check(again=True)
    await j.judge()
    await j.propose()
    await j.send_back()
    j.later(1)
    await j.propose()
    await j.approve()


async def has_left(j: Journey) -> None:
    await j.was_registered()


async def asks_to_come_back(j: Journey) -> None:
    await j.was_registered()
    await being_checked(j)


async def restored(j: Journey) -> None:
    await j.was_registered()
    await approved(j)


async def listed_since(j: Journey) -> None:
    """Approved, and then we were told of somebody who may be they."""
    await approved(j)
    j.later()
    await WatchItem.add(
        j.session,
        WatchKind.BARRED,
        given_names=j.who.somebody.given_names,
        family_name=j.who.somebody.family_name,
        birth_date=j.who.somebody.birth_date,
        source="Disclosure and Barring Service, letter 5163",
        because="On the children’s barred list since this month.",
        by=j.by(WatchAct.ADD, j.office.registrar),
    )


async def refused(j: Journey) -> None:
    await refusal_proposed(j)
    await j.approve(after=2)


@dataclass(frozen=True)
class Case:
    """A story, and how many working days ago it began. `few` of it there are always, `many` in a large demo."""

    tell: Tell
    began: tuple[int, int]
    few: int
    many: int
    traits: Collection[Trait] = ()
    fee: Fee | None = None
    email: str = ""
    """Of those that are told."""
    good_for: str = ""
    certified: bool = False
    to_be_removed: bool = False
    """Notice is given of it once they are registered."""


UNQUALIFIED = frozenset({Trait.UNQUALIFIED})

TOLD = (
    Case(
        half_done,
        (3, 3),
        1,
        1,
        email="draft@example.org",
        good_for="An applicant who is half way through the form",
    ),
    Case(
        asked,
        (9, 9),
        1,
        1,
        email="asked@example.org",
        good_for="An applicant of whom more was asked",
    ),
    Case(
        short_of_a_referee,
        (8, 8),
        1,
        1,
        email="referee@example.org",
        good_for="An applicant who has to name another referee",
    ),
    Case(
        noticed,
        (9, 9),
        1,
        1,
        email="notice@example.org",
        good_for="An applicant to whom we have given notice",
    ),
    Case(
        approved,
        (9, 9),
        1,
        1,
        fee=Fee.NOT_TRIED,
        email="approved@example.org",
        good_for="An applicant who is approved and has the fee to pay",
    ),
    Case(
        has_left,
        (30, 30),
        1,
        1,
        email="former@example.org",
        good_for="Somebody who was in the register and can ask to come back",
    ),
    Case(
        approved,
        (60, 60),
        1,
        1,
        fee=Fee.PAID,
        certified=True,
        email="registrant@example.org",
        good_for="A registrant with a certificate",
    ),
    Case(
        approved,
        (90, 90),
        1,
        1,
        fee=Fee.PAID,
        to_be_removed=True,
        email="removal@example.org",
        good_for="A registrant to whom we have given notice that we may remove their entry",
    ),
    Case(
        signed_by_one,
        (11, 11),
        1,
        1,
        frozenset({Trait.BY_PORTFOLIO}),
        email="portfolio@example.org",
        good_for="An applicant by portfolio, which one of two assessors has signed",
    ),
)

CASES = (
    Case(untouched, (5, 7), 1, 3),
    Case(untouched, (10, 13), 1, 3, frozenset({Trait.CONVICTED})),
    Case(untouched, (16, 22), 1, 2, frozenset({Trait.REGISTERED_ELSEWHERE})),
    Case(being_checked, (6, 10), 1, 4, frozenset({Trait.ILL})),
    Case(being_checked, (15, 25), 1, 2, frozenset({Trait.DISCIPLINED, Trait.GAP})),
    Case(referee_replaced, (8, 10), 1, 2),
    Case(referees_silent, (18, 24), 1, 1),
    Case(gone_on_without_reference, (9, 14), 1, 1),
    Case(nearly_sent, (1, 6), 1, 2),
    Case(half_done, (52, 55), 1, 1),
    Case(forgotten, (75, 110), 1, 2),
    Case(given_up_early, (10, 30), 1, 1),
    Case(given_up_late, (15, 40), 1, 1),
    Case(given_up_at_last, (25, 45), 1, 1),
    Case(asked, (13, 17), 1, 2, frozenset({Trait.GAP})),
    Case(asked, (28, 40), 1, 2),
    Case(asked_and_answered, (9, 14), 1, 2),
    Case(not_answered, (28, 40), 1, 1),
    Case(scrutinised, (9, 13), 1, 2, frozenset({Trait.FROM_ABROAD})),
    Case(in_review, (8, 12), 1, 2, frozenset({Trait.CONVICTED})),
    Case(weighed, (10, 14), 1, 1, frozenset({Trait.DISCIPLINED})),
    Case(on_hold, (14, 20), 1, 1, frozenset({Trait.CONVICTED})),
    Case(on_hold_secretly, (16, 24), 1, 1),
    Case(grant_proposed, (8, 12), 1, 2),
    Case(grant_proposed, (9, 12), 1, 2, UNQUALIFIED),
    Case(conditions_proposed, (18, 24), 1, 1),
    Case(noticed, (10, 16), 0, 2),
    Case(refusal_proposed, (20, 26), 1, 2),
    Case(sent_back, (12, 18), 1, 2),
    Case(asks_to_come_back, (20, 40), 1, 2),
    Case(restored, (40, 100), 1, 2, fee=Fee.PAID),
    Case(listed_since, (12, 16), 1, 1, fee=Fee.HELD_BACK),
    Case(refused, (26, 120), 1, 3),
    Case(approved, (10, 12), 2, 4, fee=Fee.WAITED_FOR),
    Case(approved, (45, 90), 1, 2, fee=Fee.NOT_PAID),
    Case(approved, (30, 200), 2, 6, fee=Fee.PAID),
    Case(approved, (30, 200), 1, 2, UNQUALIFIED, fee=Fee.PAID),
    Case(approved_with_conditions, (30, 150), 1, 1, fee=Fee.PAID, certified=True),
    Case(
        approved_in_the_end,
        (40, 150),
        0,
        2,
        frozenset({Trait.REGISTERED_ELSEWHERE, Trait.NOT_YET_IN_POST}),
        fee=Fee.PAID,
    ),
)


@dataclass
class Applications:
    """Tells the stories, and keeps what those who come after need."""

    session: AsyncSession
    draw: Draw
    doors: Doors
    office: Office
    homes: Homes
    terms: Terms
    awards: Awards
    people: Iterator[Somebody]
    take_fees: TakeFees
    approved: list[Approved] = field(default_factory=list)
    certified: list[Approved] = field(default_factory=list)
    to_be_removed: list[Approved] = field(default_factory=list)
    count: int = 0

    async def tell(self, case: Case) -> None:
        self.count += 1
        draw = self.draw.about(f"application {self.count}")
        journey = await self._set_out(case, draw)
        await case.tell(journey)
        if case.fee:
            approved = Approved(journey.application, journey.account, case.fee, draw)
            self.approved.append(approved)
            if case.certified:
                self.certified.append(approved)
            if case.to_be_removed:
                self.to_be_removed.append(approved)

    async def _set_out(self, case: Case, draw: Draw) -> Journey:
        days_ago = draw.between(*case.began)
        at = draw.moment(draw.working_day(days_ago))
        somebody = next(self.people)
        email = case.email or somebody.address(self.count)
        opened = at - timedelta(minutes=draw.between(3, 400))
        if case.email:
            account = await self.doors.open_told(
                self.session, email, good_for=case.good_for, at=opened
            )
        else:
            account = await self.doors.open(self.session, email, at=opened)
        return Journey(
            self.session,
            draw,
            self.office,
            self.homes,
            self.terms,
            self.take_fees,
            account,
            self._applicant(case, draw, somebody, email, at.date()),
            days_ago,
            at,
        )

    def _applicant(
        self, case: Case, draw: Draw, somebody: Somebody, email: str, on: date
    ) -> Applicant:
        return Applicant(
            somebody,
            email,
            self.homes.to_manage() or draw.one(self.homes.all),
            self._awards(case, somebody, on),
            case.traits,
        )

    def _awards(self, case: Case, somebody: Somebody, on: date) -> list[Award]:
        if Trait.BY_PORTFOLIO in case.traits:
            return [self.awards.by_portfolio()]
        if Trait.FROM_ABROAD in case.traits:
            return []
        qualified = Trait.UNQUALIFIED not in case.traits
        return self.awards.of(somebody.birth_date, before=on, qualified=qualified)


def cases_for(registrants: int) -> list[Case]:
    many = registrants >= MANY_FROM
    return [
        *TOLD,
        *(case for case in CASES for _ in range(case.many if many else case.few)),
    ]
