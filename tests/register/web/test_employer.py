"""What a provider's users do on their pages."""

import pytest
from sqlalchemy import select

from register.entry import RemovalReason
from register.organisation import PostTold, Told, token_of, user_of
from tests.make import (
    NOW,
    make_account,
    make_employment,
    make_entry,
    make_home,
    make_process,
)
from tests.reading import Page
from tests.register.employing import invite, make_organisation, make_user


@pytest.fixture
async def home(session):
    return await make_home(
        session, name="Harbour View", provider="Harbour Care Limited"
    )


@pytest.fixture
async def organisation(session, home):
    return await make_organisation(session, home)


@pytest.fixture
async def lead(session, organisation):
    return await make_user(session, organisation, lead=True)


async def test_who_is_invited_joins_once_with_their_own_account(
    browser, session, organisation
):
    sent = await invite(session, organisation)
    account = await make_account(session)
    at = f"/employer/join/{token_of(sent)}"
    stranger = await browser.get(at)
    await browser.sign_in(account, proved=False)
    page = Page(await browser.get(at))

    done = await browser.post(at)

    again = await browser.get(at)
    assert stranger.headers["location"] == f"/sign-in?next={at}"
    assert "Act for Harbour Care Limited" in page.text
    assert done.headers["location"] == "/employer"
    assert (await user_of(session, account)).name == "Una User"
    assert again.status_code == 409
    assert "was used" in Page(again).text


async def test_nobody_acts_without_a_second_factor(browser, lead):
    await browser.sign_in(lead.account, proved=False)

    for address in ("/employer", "/employer/staff", "/employer/users"):
        answer = await browser.get(address)
        assert answer.headers["location"] == "/account/second-factor"


async def test_the_way_there_is_in_the_menu_and_on_the_account_page(browser, lead):
    await browser.sign_in(lead.account)

    page = Page(await browser.get("/account"))

    links = {link["href"] for link in page.soup.select("main a, nav a")}
    assert "/employer" in links


async def test_a_user_reads_what_the_public_knows_of_their_own_staff(
    browser, session, home, organisation
):
    user = await make_user(session, organisation)
    well = await make_entry(session, given_names="Ada", family_name="Well")
    gone = await make_entry(session, given_names="Ben", family_name="Gone")
    for entry in (well, gone):
        await make_employment(session, entry.person, home)
    await gone.remove(
        session, on=NOW, because=RemovalReason.ORDER, by=make_process(session)
    )
    await session.flush()
    await browser.sign_in(user.account)

    everybody = Page(await browser.get("/employer/staff"))
    some = Page(await browser.get("/employer/staff?attention=yes"))

    assert well.person.number in everybody.text
    assert "Ada Well" not in some.text
    assert "Removed from the register while in this post" in some.text
    assert "Harbour View (SC462450) · Not confirmed by you" in some.text


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?home=nonsense", 422),
        ("?attention=perhaps", 422),
        ("?after=nonsense", 404),
        ("?after=00000000-0000-0000-0000-000000000000", 200),
    ],
)
async def test_what_is_no_filter_is_told(browser, lead, query, status):
    await browser.sign_in(lead.account)

    assert (await browser.get(f"/employer/staff{query}")).status_code == status


async def test_a_lead_confirms_a_post_once(browser, session, home, lead):
    entry = await make_entry(session, given_names="Ada", family_name="Well")
    post = await make_employment(session, entry.person, home)
    at = f"/employer/posts/{post.id}"
    await browser.sign_in(lead.account)
    before = Page(await browser.get("/employer/posts"))
    wrong = await browser.post(at, data={"told": "perhaps"})

    await browser.post(at, data={"told": "works_here"})

    twice = await browser.post(at, data={"told": "does_not"})
    after = Page(await browser.get("/employer/posts"))
    told = await session.scalar(select(PostTold.told))
    assert "Ada Well" in before.text
    assert "Ada Well" not in after.text
    assert (wrong.status_code, twice.status_code, told) == (422, 404, Told.WORKS_HERE)


async def test_a_lead_invites_somebody_and_takes_it_back(browser, lead):
    await browser.sign_in(lead.account)
    wrong = await browser.post("/employer/users", data={"name": "Una", "email": "una"})
    await browser.post(
        "/employer/users", data={"name": "Una User", "email": "una@example.org"}
    )
    page = Page(await browser.get("/employer/users"))
    action = next(
        form["action"]
        for form in page.soup.select("main form")
        if "from Una User" in form.text
    )

    await browser.post(action)

    twice = await browser.post(action)
    after = Page(await browser.get("/employer/users"))
    assert wrong.status_code == 422
    assert "una@example.org" in page.text
    assert "una@example.org" not in after.text
    assert twice.status_code == 404


async def test_a_lead_passes_the_lead_on_and_leaves(
    browser, session, organisation, lead
):
    user = await make_user(session, organisation)
    await browser.sign_in(lead.account)
    refused = await browser.post(f"/employer/users/{lead.id}/end")
    await browser.post(f"/employer/users/{user.id}/lead")
    hidden = await browser.get("/employer/users")
    await browser.sign_in(user.account)

    done = await browser.post(f"/employer/users/{lead.id}/end")

    assert "always has a lead user" in Page(refused).text
    assert (refused.status_code, hidden.status_code) == (409, 404)
    assert done.headers["location"] == "/employer/users"
    assert await user_of(session, lead.account) is None
