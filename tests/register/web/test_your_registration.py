"""The home of applicants and registrants."""

from datetime import timedelta

import pytest

from register.account import Account, StaffRole
from register.application import SectionName
from register.assessment import HoldReason, Outcome, hold
from register.enquiry import Enquiry, EnquirySubject
from register.entry import LapseReason
from tests.applications import make_application, make_form, make_sent_application
from tests.make import NOW, make_account, make_entry, make_home, make_process
from tests.reading import Page
from tests.register.assessing import (
    check_all,
    give,
    make_caseworker,
    make_sent,
    notice_given,
)
from tests.register.employing import make_organisation, make_user
from tests.register.endorsing import make_endorser
from tests.register.standing import QUALIFICATION

AT = "/your-registration"


async def home(browser, account):
    await browser.sign_in(account)
    return Page(await browser.get(AT))


async def test_who_is_new_is_led_to_applying(browser, session):
    page = await home(browser, await make_account(session))

    assert page.h1 == "Your registration"
    assert page.link("Apply to join the register") == "/apply"
    assert page.menu["Your registration"] == AT
    assert "Your entry as the public sees it" not in page.headings


async def test_a_draft_is_gone_on_with(browser, session):
    account = await make_account(session)
    draft = await make_application(session, account=account)

    page = await home(browser, account)

    assert page.link("Go on with your application") == f"/apply/{draft.reference}"
    assert "You have until the end of" in page.text
    assert page.fact("State") == "Not sent yet"
    assert "Decision" not in page.facts


async def test_who_has_applied_sees_what_is_waited_for_from_whom_and_until_when(
    browser, session
):
    account = await make_account(session)
    form = make_form(endorsement=make_endorser())
    await make_sent_application(session, account=account, form=form)

    page = await home(browser, account)

    assert "You do not need to do anything now" in page.text
    assert page.fact("State") == "Received"
    waited = page.fact("What is waited for")
    assert waited.count("A reference from") == 2
    assert "Your employer’s endorsement from Nia Rees" in waited
    assert "Us, to assess your application" in waited
    assert page.fact("Decision").startswith("We aim to decide by")


@pytest.mark.parametrize(
    ("because", "told"), [(HoldReason.COURT, True), (HoldReason.POLICE, False)]
)
async def test_a_hold_is_told_only_where_it_may_be(browser, session, because, told):
    account = await make_account(session)
    application = await make_sent_application(session, account=account)
    officer = await make_caseworker(session)
    await give(session, application, to=officer, giver=officer)
    by = make_process(session, actor=officer)
    await hold(session, application, because=because, words="x", officer=officer, by=by)

    page = await home(browser, account)

    assert ("Somebody outside" in page.text) is told
    assert ("Us, to assess" in page.text) is not told


async def test_a_notice_comes_before_all_else(browser, session):
    officer = await make_caseworker(session)
    application = await make_sent(session, officer=officer)
    failed = {SectionName.DBS: Outcome.NOT_MET}
    await check_all(session, application, officer=officer, but=failed)
    notice = await notice_given(session, application, officer)

    page = await home(browser, await session.get_one(Account, application.account_id))

    last_day = f"{notice.respond_by.day} {notice.respond_by:%B %Y}"
    assert page.link("Read the notice") == f"/notices/{notice.id}"
    assert f"You have until the end of {last_day}" in page.text
    assert page.fact("Who acts next") == "You"
    assert f"Your answer to our notice, by the end of {last_day}" in page.text


async def test_a_registrant_sees_their_entry_as_the_public_does(browser, session):
    entry = await make_entry(session, conditions=[QUALIFICATION])
    account = await make_account(session, person=entry.person)
    by = make_process(session, actor=account)
    subject = EnquirySubject.OTHER
    await Enquiry.begin(session, account, subject, "Hello", file=None, by=by)
    await session.flush()

    page = await home(browser, account)
    public = Page(await browser.get(f"/register/{entry.person.number}"))

    condition = entry.conditions[0]
    assert page.link("Send a document") == f"/conditions/{condition.id}"
    assert "8 January 2029" in page.text
    assert public.facts == {key: page.fact(key) for key in public.facts}
    assert "1 waiting for our answer" in page.text
    assert {
        "/messages",
        "/messages/new",
        "/certificates",
        "/particulars",
        "/leaving",
        "/account/payments",
        "/notices",
        "/appeals",
        f"/register/{entry.person.number}",
    } <= set(page.links.values())


async def test_who_is_withheld_is_told_that_nobody_sees_them(browser, session):
    entry = await make_entry(session)
    entry.person.withheld = True
    await session.flush()

    page = await home(browser, await make_account(session, person=entry.person))

    assert "the public sees nothing of you" in page.text
    assert f"/register/{entry.person.number}" not in page.links.values()


async def test_who_lapsed_is_led_back(browser, session):
    entry = await make_entry(session)
    on, by = NOW - timedelta(days=9), make_process(session)
    await entry.lapse(session, on=on, because=LapseReason.NOT_RENEWED, by=by)

    page = await home(browser, await make_account(session, person=entry.person))

    assert page.link("Ask to come back") == "/apply"
    assert "/leaving" not in page.links.values()


async def test_who_only_acts_for_a_provider_is_led_there(browser, session):
    account = await make_account(session)
    organisation = await make_organisation(session, await make_home(session))
    await make_user(session, organisation, account=account)

    page = await home(browser, account)

    assert page.link("Go to your organisation") == "/employer"


async def test_signing_in_again_leads_each_to_their_own_first_page(browser, session):
    await browser.sign_in(await make_account(session))
    own = await browser.get("/sign-in")
    await browser.sign_in(
        await make_account(session, StaffRole.CASEWORKER), proved=True
    )

    staff = await browser.get("/sign-in")

    assert own.headers["location"] == AT
    assert staff.headers["location"] == "/account"
