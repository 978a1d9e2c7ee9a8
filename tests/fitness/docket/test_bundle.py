"""Bundles: what goes to whom, in what order, under which numbers, the same bytes each time, and without what is withheld."""

import hashlib
from io import BytesIO

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from fitness.docket.bundle import (
    BundleState,
    Fault,
    FileNotReadable,
    NothingForThem,
    RedactionWaits,
    bundles_of,
    for_audience,
)
from fitness.docket.document import DocketDocument, MadeFrom, Matter
from fitness.docket.level import Audience, Level, least
from fitness.docket.making import build_bundle, sweep_bundles
from fitness.investigation.evidence import CaseEvidence, Kept
from register.kit import store
from register.kit.cleaning import MediaType
from register.kit.files import FileState
from tests.fitness.docketing import (
    add,
    add_file,
    ask,
    build,
    built,
    content_of,
    scanned,
    texts,
    withhold,
)
from tests.fitness.finding import DAY, draw, make_told
from tests.fitness.investigating import close
from tests.make import NOW
from tests.uploading import picture

PANEL, REGISTRANT, EXAMINERS = Audience
ALLEGATIONS, CHRONOLOGY = Matter(MadeFrom.ALLEGATIONS), Matter(MadeFrom.CHRONOLOGY)


@pytest.fixture
async def case(session):
    case, _ = await make_told(session)
    return case


# What goes to whom


kinds = st.tuples(
    st.sampled_from(Level), st.none() | st.sampled_from(Kept), st.booleans()
)


# The mappers are configured by whoever makes the first document.
@settings(deadline=None)
@given(docket=st.lists(kinds, max_size=8), audience=st.sampled_from(Audience))
def test_no_bundle_holds_what_its_audience_may_not_have(docket, audience):
    documents = [
        DocketDocument(
            number=number,
            level=level,
            evidence=CaseEvidence(kept=kept) if of_evidence else None,
        )
        for number, (level, kept, of_evidence) in enumerate(docket)
    ]

    held = for_audience(documents, audience)

    for one in documents:
        allowed = audience in one.level.audiences and (
            one.evidence is None or audience in least(one.evidence.kept).audiences
        )
        assert (one in held) == allowed
    if audience is REGISTRANT:
        assert all(one.level is Level.OPEN and one.kept is None for one in held)


async def test_each_audience_reads_its_own_and_nothing_else(session, case):
    await add_file(session, case, scanned(["For all"]))
    await add_file(session, case, scanned(["Deciding"]), level=Level.DECIDERS)
    await add_file(session, case, scanned(["Noted"]), level=Level.INTERIM_NOTES)
    await add_file(session, case, scanned(["Counselled"]), level=Level.LEGAL_ADVICE)
    await add_file(session, case, scanned(["Referred"]), level=Level.REFERRER)
    await add_file(
        session, case, scanned(["Childlike"]), level=Level.DECIDERS, kept=Kept.CHILD
    )

    said = {
        audience: " ".join(texts(await built(session, case, audience)))
        for audience in Audience
    }

    for audience in Audience:
        assert "For all" in said[audience]
        assert ("Deciding" in said[audience]) == (audience is not REGISTRANT)
        assert ("Childlike" in said[audience]) == (audience is not REGISTRANT)
        for kept in ("Noted", "Counselled", "Referred"):
            assert kept not in said[audience]


async def test_where_there_is_nothing_for_them_there_is_no_bundle(session, case):
    await add_file(session, case, scanned(["One"]), level=Level.DECIDERS)

    with pytest.raises(NothingForThem):
        await ask(session, case, REGISTRANT)
    assert await bundles_of(session, case.id) == []


# How it is bound


async def filled(session, case):
    """Two pages of a file, our own, one page of a picture."""
    await draw(session, case)
    await add_file(session, case, scanned(["Alpha"], ["Beta"]), "The night log")
    await add(session, case, ALLEGATIONS, "What is alleged")
    await add_file(session, case, picture("JPEG"), "A photograph", kind=MediaType.JPEG)
    await add(session, case, CHRONOLOGY, "What happened", now=NOW + DAY)


async def test_the_index_names_the_page_on_which_each_begins(session, case):
    await filled(session, case)

    index, *pages = texts(await built(session, case))

    flat = " ".join(index.split())
    assert "1 The night log 8 February 2027 2" in flat
    assert "2 What is alleged 10 March 2027 4" in flat
    assert "3 A photograph 8 February 2027 5" in flat
    assert "4 What happened 11 March 2027 6" in flat
    assert "Alpha" in pages[0]
    assert "What is alleged" in pages[2]
    assert "What happened" in pages[4]


async def test_every_page_bears_its_number_and_whose_it_is(session, case):
    await filled(session, case)

    pages = texts(await built(session, case, EXAMINERS))

    for number, said in enumerate(pages, start=1):
        assert f"{case.reference} examiners {number}" in said
    assert len(pages) == 6


async def test_it_is_a_document_that_readers_find_their_way_in(session, case):
    await filled(session, case)

    with pikepdf.open(BytesIO(await built(session, case))) as pdf:
        root = pdf.Root
        assert str(pdf.docinfo.Title) == f"Case {case.reference}: bundle for the panel"
        assert str(root.Lang) == "en-GB"
        assert root.ViewerPreferences.DisplayDocTitle
        assert [page.label for page in pdf.pages] == ["1", "2", "3", "4", "5", "6"]
        with pdf.open_outline() as outline:
            marks = {
                one.title: pdf.pages.index(pikepdf.Page(one.destination[0])) + 1
                for one in outline.root
            }
        assert marks == {
            "Index": 1,
            "1 The night log": 2,
            "2 What is alleged": 4,
            "3 A photograph": 5,
            "4 What happened": 6,
        }
        links = [
            (pdf.pages.index(pikepdf.Page(link.Dest[0])) + 1, str(link.Contents))
            for link in pdf.pages[0].Annots
        ]
        assert links[0] == (2, "1 The night log, page 2")
        assert [at for at, _ in links] == [2, 4, 5, 6]
        assert pdf.check_pdf_syntax() == []


async def test_its_tags_stand_in_the_order_of_its_pages(session, case):
    await filled(session, case)

    with pikepdf.open(BytesIO(await built(session, case))) as pdf:
        (document,) = pdf.Root.StructTreeRoot.K
        sections = [[str(element.S) for element in section.K] for section in document.K]

    assert [tags[0] for tags in sections] == ["/H1", "/P", "/H1", "/Figure", "/H1"]
    assert sections[1] == ["/P", "/P"]


async def test_the_same_docket_gives_the_same_bytes(session, case):
    await filled(session, case)
    document = await add_file(session, case, scanned(["Gamma"], ["Delta"]))
    await withhold(session, case, document, [[100, 50, 300, 100]], page=1)
    first = await build(session, await ask(session, case))
    content = await content_of(first)
    await forget(session, first)

    later = await build(session, await ask(session, case, now=NOW + 9 * DAY))

    assert later.number == 2
    assert await content_of(later) == content
    assert later.sha256 == hashlib.sha256(content).digest()
    assert later.size == len(content)


async def forget(session, bundle):
    """As if none had ever been made."""
    await session.execute(
        text("""update docket_bundle set state = 'failed', fault = 'changed',
                kept_as = null, sha256 = null, size = null, pages = null""")
    )
    await session.refresh(bundle)


async def test_of_what_has_not_changed_there_is_one(session, case):
    await add_file(session, case, scanned(["One"]))
    bundle = await ask(session, case)
    assert (await ask(session, case)).id == bundle.id

    bundle = await build(session, bundle)

    assert (await ask(session, case)).id == bundle.id


async def test_a_bundle_says_when_the_docket_came_to_be_so(session, case):
    await filled(session, case)

    with pikepdf.open(BytesIO(await built(session, case))) as pdf:
        assert str(pdf.docinfo.CreationDate) == "D:20270311100000Z"


# When it is not bound


async def test_none_is_built_while_something_waits_to_be_withheld(session, case):
    document = await add_file(session, case, scanned(["One"]), level=Level.DECIDERS)
    await add_file(session, case, scanned(["Two"]))
    await withhold(session, case, document, [], page=1, settled=False)

    with pytest.raises(RedactionWaits, match="document 1"):
        await ask(session, case, PANEL)
    assert await ask(session, case, REGISTRANT)


async def test_none_is_built_of_a_file_that_cannot_be_read_any_more(session, case):
    document = await add_file(session, case, scanned(["One"]))
    document.file.settle(FileState.INFECTED, now=NOW)

    with pytest.raises(FileNotReadable, match="document 1"):
        await ask(session, case)


async def test_a_docket_that_changes_meanwhile_gives_none(session, case):
    document = await add_file(session, case, scanned(["One"]))
    bundle = await ask(session, case)
    await withhold(session, case, document, [], page=1, settled=False)

    bundle = await build(session, bundle)

    assert (bundle.state, bundle.fault) == (BundleState.FAILED, Fault.CHANGED)


async def test_asked_for_again_after_a_change_the_one_under_way_gives_way(
    session, case
):
    await add_file(session, case, scanned(["One"]))
    first = await ask(session, case)
    await add_file(session, case, scanned(["Two"]))

    second = await ask(session, case)

    assert (first.fault, second.number) == (Fault.CHANGED, 2)
    assert (await build(session, second)).state is BundleState.READY


async def test_a_file_that_no_program_can_read_is_named(session, case):
    await add_file(session, case, scanned(["One"]))
    await add_file(session, case, b"%PDF-1.7 and nothing more")

    bundle = await build(session, await ask(session, case))

    assert (bundle.fault, bundle.fault_in) == (Fault.UNREADABLE, 2)
    assert all(one.part_as is None for one in bundle.documents)


async def test_one_of_more_than_two_thousand_pages_is_too_long(session, case):
    for pages in (1500, 501):
        await add_file(session, case, scanned(*[["x"]] * pages))

    bundle = await build(session, await ask(session, case))

    assert (bundle.state, bundle.fault) == (BundleState.FAILED, Fault.TOO_LONG)


async def test_when_the_case_is_over_what_was_asked_for_is_still_built(session, case):
    await add_file(session, case, scanned(["One"]))
    bundle = await ask(session, case)
    await close(session, case, now=NOW + DAY)

    assert (await build(session, bundle)).state is BundleState.READY


async def test_it_goes_on_one_file_at_a_time_and_tells_how_far_it_is(session, case):
    for _ in range(2):
        await add_file(session, case, scanned(["One"]))
    bundle = await ask(session, case)
    assert (bundle.done, bundle.files) == (0, 2)

    await build_bundle(session, NOW, bundle.id)
    assert (bundle.done, bundle.state) == (1, BundleState.BUILDING)
    await build_bundle(session, NOW, bundle.id)
    assert (bundle.done, bundle.state) == (2, BundleState.BUILDING)
    await build_bundle(session, NOW, bundle.id)
    assert (bundle.done, bundle.state) == (2, BundleState.READY)
    await build_bundle(session, NOW, bundle.id)
    assert bundle.state is BundleState.READY


async def test_what_was_left_lying_is_swept_and_bundles_are_not(session, case):
    await add_file(session, case, scanned(["One"]))
    bundle = await build(session, await ask(session, case))
    left = f"bundles/{store.new_name(NOW.date())}"
    await store.put(left, _piece())

    await sweep_bundles(session, NOW + 2 * DAY)

    assert await content_of(bundle)
    with pytest.raises(FileNotFoundError):
        [piece async for piece in store.content(left)]


async def _piece():
    yield b"left"
