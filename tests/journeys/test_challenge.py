"""An applicant whom the office is minded to refuse: notice, answer, refusal, and the appeal that lets her in."""

import pytest

from tests.journeys.steps import (
    EMAIL,
    ENDORSER,
    REFEREES,
    SECTIONS,
    approve,
    begin,
    check,
    cleared,
    endorse,
    fill_in,
    judge,
    look_up,
    mailed,
    open_an_account,
    pay,
    propose_refusal,
    refer,
    send,
    sign_in_as_staff,
    take,
    to_application,
    to_casework,
)

NAME = "Siân O’Brien-Jones"
CRIME = "Criminal record declaration"
OFFENCE = "An offence is not compatible with registration"
TOLD = "In 2011 a court fined me for theft from my employer."
ANSWER = "It was one night, fifteen years ago. My employers since then know of it."
GROUNDS = "You gave no weight to fifteen years without fault."


async def applies(applicant, others, papers):
    await open_an_account(applicant)
    await begin(applicant)
    await fill_in(applicant, papers, convicted=TOLD)
    reference = await send(applicant)
    for referee in REFEREES:
        await refer(others, referee)
    await endorse(others, ENDORSER)
    return reference


async def is_given_notice(reference, caseworker, manager):
    await take(caseworker, reference)
    for title in ("Eligibility", *SECTIONS):
        if title == CRIME:
            await check(
                caseworker,
                reference,
                title,
                "Not met",
                reasons=[OFFENCE],
            )
        else:
            await check(caseworker, reference, title)
    await judge(caseworker, reference)
    await propose_refusal(caseworker, reference)
    await approve(manager, reference)


async def answers(applicant, reference, papers):
    await mailed(applicant.service, EMAIL, "minded to refuse")
    await to_application(applicant, reference)
    await applicant.press("Read the notice")
    assert OFFENCE in await applicant.text
    await applicant.follow("Send a document")
    await applicant.fill({"File": papers / "passport.pdf"})
    await applicant.press("Send")
    await cleared(applicant, "passport.pdf")
    await applicant.fill({"Why you disagree, or what we should know": ANSWER})
    await applicant.press("Send my answer")


async def is_refused(reference, caseworker, registrar):
    await to_casework(caseworker, "Notices not decided", NAME)
    assert ANSWER in await caseworker.text
    await propose_refusal(caseworker, reference)
    await approve(registrar, reference)


async def appeals(applicant, reference):
    await mailed(applicant.service, EMAIL, "decided to refuse")
    await to_application(applicant, reference)
    assert "We have refused your application" in await applicant.text
    await applicant.follow("Challenge the decision")
    await applicant.fill(
        {
            "What do you want?": "Appeal to adjudicators",
            "Why do you disagree?": GROUNDS,
        }
    )
    await applicant.press("Send")


async def is_allowed(judith, omar):
    await to_casework(judith, "Appeals", NAME)
    assert GROUNDS in await judith.text
    await judith.fill(
        {"What does it come to?": "Allowed", "Reasons": "She has shown fifteen years."}
    )
    await judith.press("Propose")
    await to_casework(omar, "Appeals", NAME)
    await omar.press("Approve")


async def look_up_in_vain(walker):
    await walker.open("/")
    await walker.fill({"Name or registration number": NAME})
    await walker.press("Search")
    assert await walker.page.get_by_role("link", name=NAME).count() == 0


@pytest.mark.long
@pytest.mark.timeout(600)
async def test_a_refused_applicant_appeals_and_is_let_in(
    service, office, papers, somebody
):
    applicant, caseworker, manager, registrar, judith, omar, public = [
        await somebody() for _ in range(7)
    ]
    for walker, name in (
        (caseworker, "Casey Worker"),
        (manager, "Tam Leader"),
        (registrar, "Reggie Starr"),
        (judith, "Judith Hall"),
        (omar, "Omar Bench"),
    ):
        await sign_in_as_staff(walker, name)

    reference = await applies(applicant, public, papers)
    await is_given_notice(reference, caseworker, manager)
    await answers(applicant, reference, papers)
    await is_refused(reference, caseworker, registrar)
    await look_up_in_vain(public)

    await appeals(applicant, reference)
    await is_allowed(judith, omar)
    await mailed(service, EMAIL, "outcome of your appeal")
    await pay(applicant, reference)
    assert "You are now in the register" in await applicant.text

    await look_up(public, NAME)
    assert "May practise" in await public.text
