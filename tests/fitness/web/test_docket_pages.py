"""The docket on staff pages: documents added, withheld by two people, and bound for each audience."""

import pytest
from sqlalchemy import select

from fitness.case import CaseRead, Place
from fitness.docket.bundle import BundleState, bundles_of
from fitness.docket.document import docket_of, document_in
from fitness.docket.level import Audience, Level
from fitness.docket.redaction import Verdict
from fitness.fence import Capacity, look_as
from fitness.investigation.evidence import Kept
from register.account import StaffRole
from register.kit.cleaning import MediaType
from tests.fitness.docketing import (
    add_file,
    ask,
    build,
    built,
    found_clean,
    logged,
    scanned,
    sent,
    texts,
    withhold,
)
from tests.fitness.finding import DAY, comment, disclose, draw, log, make_told
from tests.fitness.investigating import act, close, make_case, make_investigator
from tests.make import NOW, make_account
from tests.reading import Page
from tests.uploading import picture

PAGES = (
    "docket",
    "docket/bundles",
    "docket/1",
    "docket/1/pages/1",
    "docket/1/redactions/1",
    "docket/bundles/1",
)
FILES = ("docket/1/pages/1/picture", "docket/bundles/1/file")
FORMS = ("docket/new", "docket/1/level", "docket/1/removal", "docket/1/redactions/new")
LOG = scanned(["The shift began", "Zebedee came at nine"], ["Zebedee left"], ["Quiet"])


@pytest.fixture
async def investigator(session):
    return await make_investigator(session, name="Inez Vance")


@pytest.fixture
async def case(session, investigator):
    case, _ = await make_told(session, taker=investigator)
    return case


@pytest.fixture
async def desk(browser, investigator):
    """Where the investigator sits."""
    await browser.sign_in(investigator)
    return browser


def at(case, page):
    return f"/staff/cases/{case.reference}/{page}"


async def get(browser, case, page):
    return Page(await browser.get(at(case, page)))


async def send(browser, case, to, **data):
    return Page(await browser.post(at(case, to), data=data))


async def work(session):
    """Tests look at all of it, pages as whoever is signed in."""
    await look_as(session, Capacity.SERVICE)
    session.expunge_all()


async def filled(session, case):
    """A document of which something waits to be withheld, and a bundle for which it does not matter."""
    document = await add_file(session, case, LOG, level=Level.DECIDERS)
    await add_file(session, case, LOG)
    await withhold(
        session, case, document, [[100, 50, 300, 100]], page=1, settled=False
    )
    await ask(session, case, Audience.REGISTRANT)


# Who


@pytest.mark.parametrize(
    "role", [StaffRole.TEAM_MANAGER, StaffRole.REGISTRAR, StaffRole.AUDITOR]
)
async def test_those_read_it_who_answer_for_it_and_it_is_written_down(
    browser, session, case, role
):
    await filled(session, case)
    reader = await make_account(session, role)
    await browser.sign_in(reader)

    shown = [(await get(browser, case, page)).status for page in PAGES]

    assert shown == [200] * len(PAGES)
    reads = await session.scalars(
        select(CaseRead.what).where(CaseRead.account_id == reader.id)
    )
    assert len(reads.all()) == len(PAGES)


async def test_another_investigator_finds_none(browser, session, case):
    await filled(session, case)
    await browser.sign_in(await make_investigator(session))

    for page in (*PAGES, *FORMS, *FILES):
        assert (await get(browser, case, page)).status == 404


async def test_a_case_at_triage_has_no_docket(desk, session, investigator):
    triaged = await make_case(session, taker=investigator)

    assert (await get(desk, triaged, "docket")).status == 404
    assert (await get(desk, triaged, "docket/new")).status == 404


async def test_when_the_case_is_over_it_is_read_and_nothing_is_changed(
    desk, session, case
):
    await filled(session, case)
    await close(session, case, now=NOW + DAY)

    for page in PAGES:
        assert (await get(desk, case, page)).status == 200
    for form in FORMS:
        assert (await get(desk, case, form)).status == 409
    asked = await send(desk, case, "docket/bundles", audience="panel")
    assert asked.status == 409


async def test_whoever_answers_for_it_adds_nothing(browser, session, case):
    both = await make_account(session, StaffRole.TEAM_MANAGER, StaffRole.INVESTIGATOR)
    await browser.sign_in(both)

    page = await send(browser, case, "docket/new", of="allegations", title="A")

    assert page.status == 409
    assert (
        "Only who investigates this case, or brings its hearings about, does this."
        in page.text
    )


# Documents


async def test_what_can_be_read_is_offered_and_added(desk, session, case):
    await log(session, case, "Only described")
    await logged(session, case, LOG, words="The log of the night")
    disclosure = await disclose(session, case)
    said = await comment(session, case, disclosure, file=sent(LOG))
    await found_clean(session, said.file_id, LOG)

    offered = (await get(desk, case, "docket/new")).field("What is it made from?")
    assert offered.options == [
        "Choose one",
        "The allegations as they are now",
        "The chronology as it is now, as far as its readers may have it",
        "Disclosure D1",
        "E2 The log of the night",
        "Comment 1 on D1: log.pdf",
    ]
    for of in ("allegations", "D1", "E2", "D1C1"):
        done = await send(
            desk, case, "docket/new", of=of, title=f"T {of}", level="open"
        )
        assert done.status == 303

    page = await get(desk, case, "docket")
    assert page.rows("Documents")[0]["Document"] == "T allegations"
    assert [row["Level"] for row in page.rows("Documents")] == ["Open"] * 4


async def test_a_level_that_the_evidence_forbids_is_shown_again(desk, session, case):
    await logged(session, case, LOG, kept=Kept.CHILD)

    page = await send(desk, case, "docket/new", of="E1", title="A", level="open")

    assert page.status == 422
    assert page.errors == [
        "What it is made from is kept for a reason that allows no level as open as this."
    ]
    assert page.field("Title").value == "A"
    assert (
        await send(desk, case, "docket/new", of="E9", title="A", level="open")
    ).status == 422


async def test_its_level_is_changed_with_the_reason(desk, session, case):
    await add_file(session, case, LOG)

    done = await send(desk, case, "docket/1/level", level="staff", words="Not yet")

    assert done.status == 303
    page = await get(desk, case, "docket/1")
    assert page.fact("Level") == "Staff only"
    assert page.fact("In the bundle for") == "No bundle"
    assert (await send(desk, case, "docket/1/level", level="staff")).status == 422


async def test_it_is_taken_out(desk, session, case):
    await add_file(session, case, LOG)

    assert (await send(desk, case, "docket/1/removal", words="Twice")).status == 303

    assert "Taken out" in (await get(desk, case, "docket")).text
    assert (await get(desk, case, "docket/1/removal")).status == 409
    assert (await get(desk, case, "docket/2")).status == 404


# Withholding


WORDS = {"how": "words", "words": "zebedee", "because": "child"}


async def test_what_would_go_is_shown_before_it_is_proposed(desk, session, case):
    await add_file(session, case, LOG)

    look = await send(desk, case, "docket/1/redactions/new", **WORDS)

    assert look.status == 200
    assert "On 2 pages, because: tells who a child is." in look.text
    sights = [one["src"] for one in look.soup.find_all("img")]
    assert len(sights) == 2
    for sight in sights:
        drawn = await desk.get(sight)
        assert drawn.content.startswith(b"\x89PNG")
    await work(session)
    assert (await docket_of(session, case.id))[0].redactions == []

    done = await send(desk, case, "docket/1/redactions/new", sure="yes", **WORDS)

    assert done.status == 303
    await work(session)
    (document,) = await docket_of(session, case.id)
    assert [one.page for one in document.waiting] == [1, 2]
    assert all(one.because is Kept.CHILD for one in document.waiting)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"words": "Nobody"}, "These words do not stand there. Check them"),
        (
            {"words": "Zebedee", "page": "3"},
            "These words do not stand there. Check them",
        ),
        ({"words": ""}, "Enter the words"),
        ({"how": "whole"}, "Enter the page"),
        ({"how": "whole", "page": "4"}, "The document has 3 pages"),
        (
            {"how": "place", "page": "1", "place": "10 20 5 30"},
            "Enter four numbers between 0 and 100, like 10 25 60 30",
        ),
        (
            {"how": "place", "page": "1", "place": "all"},
            "Enter four numbers between 0 and 100, like 10 25 60 30",
        ),
        ({"because": ""}, "Select why it is withheld"),
    ],
)
async def test_what_is_not_there_is_not_withheld(desk, session, case, wrong, error):
    await add_file(session, case, LOG)

    page = await send(
        desk, case, "docket/1/redactions/new", **{**WORDS, **wrong, "sure": "yes"}
    )

    assert page.status == 422
    assert page.errors == [error]


@pytest.mark.parametrize(
    "how", [{"how": "whole"}, {"how": "place", "place": "10, 20, 50, 30.5"}]
)
async def test_of_a_picture_a_place_or_all_of_it_is_withheld(desk, session, case, how):
    await add_file(session, case, picture("PNG", (600, 800)), kind=MediaType.PNG)
    form = await get(desk, case, "docket/1/redactions/new")
    assert "Words" not in form.text

    done = await send(
        desk,
        case,
        "docket/1/redactions/new",
        page="1",
        because="health",
        sure="yes",
        **how,
    )

    assert done.status == 303
    await work(session)
    document = await document_in(session, case.id, 1)
    (redaction,) = document.waiting
    assert redaction.whole == (how["how"] == "whole")
    if not redaction.whole:
        assert redaction.places == [[100, 200, 500, 305]]


async def test_of_our_own_the_words_are_marked(desk, session, case):
    await draw(session, case)
    await send(desk, case, "docket/new", of="allegations", title="A", level="open")
    sent_ = {"how": "words", "words": "struck a child", "because": "child"}

    look = await send(desk, case, "docket/1/redactions/new", **sent_)

    assert [one.text for one in look.soup.find_all("mark")] == ["struck a child"]
    assert (
        await send(desk, case, "docket/1/redactions/new", sure="yes", **sent_)
    ).status == 303
    assert "struck a child" in (await get(desk, case, "docket/1/redactions/1")).text


async def test_a_second_person_acknowledges_it(browser, session, case):
    document = await add_file(session, case, LOG)
    await withhold(
        session, case, document, [[100, 50, 300, 100]], page=1, settled=False
    )
    await browser.sign_in(await make_account(session, StaffRole.TEAM_MANAGER))
    assert "Redaction waits" in (await get(browser, case, "docket")).text

    done = await send(browser, case, "docket/1/redactions/1", verdict="acknowledged")

    assert done.status == 303
    page = await get(browser, case, "docket/1/redactions/1")
    assert page.fact("State") == "Acknowledged"
    assert page.buttons == []


async def test_or_returns_it_and_says_why(browser, session, case):
    document = await add_file(session, case, LOG)
    await withhold(session, case, document, [], page=1, settled=False)
    member = await make_investigator(session)
    await case.take_on(session, member, Place.INVESTIGATOR, by=act(session))
    await session.flush()
    await browser.sign_in(member)

    empty = await send(browser, case, "docket/1/redactions/1", verdict="returned")
    assert empty.errors == ["Enter why"]
    done = await send(
        browser,
        case,
        "docket/1/redactions/1",
        verdict="returned",
        words="It may be read",
    )

    assert done.status == 303
    await work(session)
    (redaction,) = (await document_in(session, case.id, 1)).redactions
    assert redaction.verdict is Verdict.RETURNED


async def test_whoever_proposed_it_cannot(desk, session, case):
    document = await add_file(session, case, LOG)
    await withhold(session, case, document, [], page=1, settled=False)

    page = await get(desk, case, "docket/1/redactions/1")
    assert page.buttons == []
    refused = await send(desk, case, "docket/1/redactions/1", verdict="acknowledged")

    assert refused.status == 409
    assert "somebody else must acknowledge it" in refused.text


@pytest.mark.parametrize("mark", ["1", "1.2.3.4.5", "a", "1.2.3.4-", "9" * 9])
async def test_a_mark_that_nobody_of_ours_wrote_is_not_there(desk, session, case, mark):
    await add_file(session, case, LOG)

    assert (
        await desk.get(at(case, f"docket/1/pages/1/picture?mark={mark}"))
    ).status_code == 404


@pytest.mark.parametrize(
    "page",
    [
        "docket/1/pages/0",
        "docket/1/pages/4",
        "docket/1/pages/4/picture",
        "docket/1/pages/0/picture",
    ],
)
async def test_there_is_no_page_beyond_the_last(desk, session, case, page):
    await add_file(session, case, LOG)

    assert (await get(desk, case, page)).status == 404


# Bundles


async def test_it_is_asked_for_waited_for_and_downloaded(desk, session, case):
    await add_file(session, case, LOG)

    done = await send(desk, case, "docket/bundles", audience="panel")
    assert done.response.headers["location"].endswith("/docket/bundles/1")
    page = await get(desk, case, "docket/bundles/1")
    assert "It is being built. Files ready: 0 of 1." in page.text
    assert (await desk.get(at(case, "docket/bundles/1/file"))).status_code == 404
    await work(session)
    (bundle,) = await bundles_of(session, case.id)
    await build(session, bundle)

    page = await get(desk, case, "docket/bundles/1")
    assert page.fact("Pages") == "4"
    file = await desk.get(at(case, "docket/bundles/1/file"))
    assert (
        file.headers["content-disposition"]
        == f'attachment; filename="{case.reference}-panel-1.pdf"'
    )
    assert "Zebedee left" in " ".join(texts(file.content))
    await work(session)
    read = await session.scalars(
        select(CaseRead.what).order_by(CaseRead.id.desc()).limit(1)
    )
    assert read.one() == "bundle"


async def test_while_something_waits_the_page_says_what(desk, session, case):
    document = await add_file(session, case, LOG)
    await withhold(session, case, document, [], page=1, settled=False)

    page = await send(desk, case, "docket/bundles", audience="panel")

    assert page.status == 422
    assert page.errors == [
        "Somebody must first acknowledge or return what is to be withheld of document 1."
    ]
    await work(session)
    assert await bundles_of(session, case.id) == []


async def test_one_of_an_earlier_docket_says_so(desk, session, case):
    await add_file(session, case, LOG)
    await built(session, case)
    assert "Docket changed since" not in (await get(desk, case, "docket/bundles")).text

    await look_as(session, Capacity.SERVICE)
    await add_file(session, case, LOG)

    assert "Docket changed since" in (await get(desk, case, "docket/bundles")).text


async def test_one_that_failed_says_why(desk, session, case):
    await add_file(session, case, b"%PDF-1.7 and nothing more")
    bundle = await build(session, await ask(session, case))
    assert bundle.state is BundleState.FAILED

    page = await get(desk, case, "docket/bundles/1")

    assert "A document could not be read: document 1." in page.text


async def test_of_each_kind_it_is_said_what_it_is_made_from(desk, session, case):
    await logged(session, case, LOG)
    disclosure = await disclose(session, case)
    said = await comment(session, case, disclosure, file=sent(LOG))
    await found_clean(session, said.file_id, LOG)
    for of in ("E1", "D1", "chronology", "D1C1"):
        await send(desk, case, "docket/new", of=of, title="A", level="open")

    made_from = [
        (await get(desk, case, f"docket/{nth}")).fact("Made from")
        for nth in (1, 2, 3, 4)
    ]

    assert made_from == [
        "A file of the evidence log: E1",
        "A disclosure, with what the registrant said to it: D1",
        "The chronology as it is",
        "A file of the registrant",
    ]
