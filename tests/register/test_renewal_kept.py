"""What was told in renewals: copied for whoever asks, taken along by a merge, and erased when its time is over."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from register.account import StaffRole
from register.application import SectionName
from register.application.answers import Conduct, Criminal, Health
from register.application.faults import questions
from register.cpd import LearningRecord, LearningYear, remove
from register.data_copy.gathering import gathered
from register.entry import Entry, RemovalReason
from register.kit.clock import months_after, start_of
from register.process import Event, ProcessText
from register.renewal import (
    DeclarationOutcome,
    DeclarationReview,
    ExtensionReason,
    LearningMissing,
    Renewal,
    RenewalAnswers,
    RenewalDeclaration,
    RenewalEvent,
    RenewalExtension,
    RenewalState,
    RenewalStep,
    declare,
    keep_answers,
    rules_declared,
    standing,
    take_renewals,
)
from register.renewal.declaring import Regulators
from register.retention.renewals import erase_declarations
from tests.make import make_account, make_person, make_process
from tests.register.renewing import ENDS, HOUR, OPENS, STEPS, do, opened

SECRET = "A bad back since the spring"
HEALTH_MONTHS, OTHER_MONTHS = 24, 72


@pytest.fixture
async def renewal(session):
    _, renewal = await opened(session)
    return renewal


async def declared(session, renewal, *, health=True):
    rule_set = await rules_declared(session, renewal, now=OPENS)
    version = rule_set.rules.declaration_version
    said = {
        SectionName.CRIMINAL: Criminal(
            version=version, **dict.fromkeys(questions(Criminal), False)
        ),
        SectionName.CONDUCT: Conduct(
            version=version, **dict.fromkeys(questions(Conduct), False)
        ),
        SectionName.HEALTH: Health(
            version=version,
            affects_practice=health,
            details=SECRET if health else "",
        ),
        SectionName.REGISTRATIONS: Regulators(version=version, acted_against=False),
    }
    by = make_process(session, now=OPENS)
    for section, answers in said.items():
        await keep_answers(session, renewal, section, answers, by=by)
    await declare(session, renewal, version=version, by=by)
    await session.flush()


async def settle(session, renewal, at=OPENS):
    officer = await make_account(session, StaffRole.TEAM_MANAGER)
    row = await session.scalar(
        select(RenewalDeclaration).where(RenewalDeclaration.says_yes)
    )
    await DeclarationReview.settle(
        session,
        row,
        DeclarationOutcome.NOTHING_FURTHER,
        words="Known to the home",
        officer=officer,
        by=make_process(session, now=at, actor=officer),
    )


async def sections(session):
    found = await session.scalars(select(RenewalDeclaration.section))
    return sorted(found)


async def count(session, kind):
    return await session.scalar(select(func.count()).select_from(kind))


def after(months):
    return start_of(months_after(OPENS.date() + timedelta(days=2), months))


ALL = ["conduct", "criminal", "health", "registrations"]


async def test_a_copy_holds_all_that_they_told_us_and_not_what_staff_made_of_it(
    session, renewal
):
    await declared(session, renewal)
    await settle(session, renewal)
    await RenewalExtension.ask(
        session,
        renewal,
        because=ExtensionReason.ILLNESS,
        words="In hospital",
        by=make_process(session, now=OPENS),
    )
    person = await session.get_one(Entry, await entry_id(session, renewal))
    entry = await Entry.load(session, person.id)
    account = await make_account(session, person=entry.person)

    copy = {s.name: s for s in await gathered(session, account, now=OPENS)}

    assert copy["renewals"].records[0]["ends on"] == ENDS
    assert SECRET in str(copy["declarations in renewals"].records)
    assert SECRET in str(copy["answers saved in renewals"].records)
    assert "In hospital" in str(copy["requests for more time to renew"].records)
    assert "Known to the home" not in str(copy)
    assert RenewalEvent.DECLARATION_SETTLED not in str(copy["history"].records)


async def entry_id(session, renewal):
    return await session.scalar(
        select(Entry.id).where(Entry.person_id == renewal.person_id)
    )


async def test_drafts_go_once_the_renewal_is_finished(session, renewal):
    await declared(session, renewal)
    await erase_declarations(session, OPENS + HOUR)
    assert await count(session, RenewalAnswers) == 4

    await do(session, renewal, *(s for s in STEPS if s is not RenewalStep.DECLARATIONS))
    await do(session, renewal, RenewalStep.PAYMENT)
    await erase_declarations(session, OPENS + HOUR)

    assert await count(session, RenewalAnswers) == 0
    assert await sections(session) == ALL


async def test_what_is_settled_of_health_goes_first(session, renewal):
    await declared(session, renewal)
    await settle(session, renewal)

    await erase_declarations(session, after(HEALTH_MONTHS) - 3 * timedelta(days=1))
    assert await sections(session) == ALL
    await erase_declarations(session, after(HEALTH_MONTHS))

    told = await session.scalar(
        select(Event.data).where(Event.kind == RenewalEvent.DECLARATIONS_ERASED)
    )
    assert await sections(session) == ["conduct", "criminal", "registrations"]
    assert await count(session, DeclarationReview) == 0
    assert told["declarations"] == 1
    assert "Known to the home" not in list(
        await session.scalars(select(ProcessText.words))
    )


async def test_what_nobody_has_settled_is_kept(session, renewal):
    await declared(session, renewal)

    await erase_declarations(session, after(HEALTH_MONTHS))

    assert "health" in await sections(session)


async def test_a_no_of_health_needs_no_settling(session, renewal):
    await declared(session, renewal, health=False)

    await erase_declarations(session, after(HEALTH_MONTHS))

    assert "health" not in await sections(session)


async def test_all_else_goes_some_years_after_they_have_left(session, renewal):
    await declared(session, renewal, health=False)
    entry = await Entry.load(session, await entry_id(session, renewal), lock=True)
    by = make_process(session, now=OPENS)
    await entry.remove(session, on=OPENS, because=RemovalReason.VOLUNTARY, by=by)
    await session.flush()

    await erase_declarations(session, after(OTHER_MONTHS) - 3 * timedelta(days=1))
    assert await sections(session) == ["conduct", "criminal", "registrations"]
    await erase_declarations(session, after(OTHER_MONTHS))

    assert await sections(session) == []
    assert await count(session, Renewal) == 1


async def test_who_stays_keeps_all_but_health(session, renewal):
    await declared(session, renewal, health=False)

    await erase_declarations(session, after(OTHER_MONTHS))

    assert await sections(session) == ["conduct", "criminal", "registrations"]


async def test_a_merge_takes_the_renewal_along_where_the_other_has_none(
    session, renewal
):
    await declared(session, renewal)
    other, lost = await make_person(session), renewal.person_id

    await take_renewals(session, kept=other.id, lost=lost)
    await session.refresh(renewal)

    assert renewal.person_id == other.id
    assert set(await session.scalars(select(RenewalDeclaration.person_id))) == {
        other.id
    }


async def test_where_both_have_one_the_kept_one_stands(session, renewal):
    _, kept = await opened(session, given_names="Ngozi Ada")

    await take_renewals(session, kept=kept.person_id, lost=renewal.person_id)
    await session.refresh(renewal)

    assert renewal.person_id != kept.person_id


# Learning


async def records(session, renewal):
    found = await session.scalars(
        select(LearningRecord).where(LearningRecord.person_id == renewal.person_id)
    )
    return found.all()


async def test_who_lacks_learning_does_not_confirm_it(session):
    _, renewal = await opened(session, learnt=False)

    with pytest.raises(LearningMissing):
        await do(session, renewal, RenewalStep.LEARNING)


async def test_the_end_of_a_renewal_freezes_the_learning_of_its_year(session, renewal):
    await do(session, renewal, *RenewalStep)

    assert renewal.finished_at
    assert all(record.frozen for record in await records(session, renewal))
    assert await session.get(LearningYear, (renewal.person_id, ENDS))


async def test_learning_that_is_taken_away_again_keeps_a_payment_from_renewing(
    session, renewal
):
    await do(session, renewal, *STEPS)
    by = make_process(session, now=OPENS)
    await remove(session, (await records(session, renewal))[0], by=by)
    await session.flush()

    await do(session, renewal, RenewalStep.PAYMENT)

    assert renewal.finished_at is None
    assert list(renewal.left) == [RenewalStep.LEARNING]
    found = await standing(session, renewal.person_id, now=OPENS)
    assert found.state is RenewalState.PAID_NOT_RENEWED
