"""Dockets for tests: uploads whose pages say what a test looks for, documents made of them, bundles as a worker builds them."""

from io import BytesIO

import pikepdf
import pypdfium2
from pikepdf import Dictionary, Name
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from fitness.docket.bundle import Bundle, BundleState
from fitness.docket.document import (
    DocketDocument,
    MadeFrom,
    Matter,
    document_in,
)
from fitness.docket.level import Audience, Level
from fitness.docket.making import build_bundle
from fitness.fence import Capacity, look_as
from fitness.investigation.evidence import Kept
from register.kit import store
from register.kit.cleaning import MediaType
from register.kit.clock import day_of
from register.kit.files import FileState, StoredFile
from register.kit.uploads import Received
from tests.fitness.finding import investigator_of, log
from tests.fitness.investigating import act
from tests.make import NOW, make_account

SIZE = 595, 842


def scanned(*pages, rotate=0, change=None):
    """A PDF whose pages say these lines."""
    made = BytesIO()
    with pikepdf.new() as pdf:
        font = pdf.make_indirect(
            Dictionary(
                Type=Name.Font,
                Subtype=Name.Type1,
                BaseFont=Name.Helvetica,
                Encoding=Name.WinAnsiEncoding,
            )
        )
        for lines in pages:
            pdf.add_blank_page(page_size=SIZE)
            page = pdf.pages[-1].obj
            page.Resources = Dictionary(Font=Dictionary(F1=font))
            said = " ".join(f"({line}) Tj T*" for line in lines)
            page.Contents = pdf.make_stream(
                f"BT /F1 12 Tf 14 TL 72 770 Td {said} ET".encode("latin1")
            )
            page.Rotate = rotate
        if change:
            change(pdf)
        pdf.save(made)
    return made.getvalue()


async def logged(session, case, content, *, kind=MediaType.PDF, **more):
    """Evidence with a file that was found harmless."""
    item = await log(session, case, file=sent(content, kind), **more)
    await found_clean(session, item.file_id, content)
    return item


def sent(content, kind=MediaType.PDF):
    name = f"uploads/{store.new_name(day_of(NOW))}"
    return Received("log.pdf", kind, len(content), b"0" * 32, name)


async def found_clean(session, file_id, content):
    stored = await session.get_one(StoredFile, file_id)
    name = f"uploads/{store.new_name(day_of(NOW))}"
    await store.put(name, _whole(content))
    stored.settle(FileState.CLEAN, now=NOW, cleaned_as=name)
    await session.flush()


async def _whole(content):
    yield content


async def add(session, case, matter, title="The log", level=Level.OPEN, *, now=NOW):
    document = await DocketDocument.add(
        session, case, matter, title=title, level=level, by=act(session, now=now)
    )
    await session.flush()
    return await document_in(session, case.id, document.number)


async def add_file(session, case, content, title="The log", level=Level.OPEN, **more):
    item = await logged(session, case, content, **more)
    return await add(session, case, Matter(MadeFrom.EVIDENCE, item), title, level)


async def withhold(
    session, case, document, places, *, page=None, because=Kept.CHILD, settled=True
):
    """By its investigator, and acknowledged by a team manager."""
    author = await investigator_of(session, case)
    redaction = await document.withhold(
        session,
        case,
        places,
        page=page,
        because=because,
        author=author,
        by=act(session, author),
    )
    if settled:
        redaction.acknowledge(
            session, case, approver=await make_account(session), by=act(session)
        )
    await session.flush()
    await session.refresh(document, ["redactions"])
    return redaction


async def ask(session, case, audience=Audience.PANEL, *, now=NOW):
    return await Bundle.ask(session, case, audience, by=act(session, now=now))


async def build(session, bundle, *, now=NOW):
    """As a worker does, step by step."""
    await session.flush()
    while bundle.state is BundleState.BUILDING:
        await build_bundle(session, now, bundle.id)
        await session.flush()
        bundle = await session.scalar(
            select(Bundle)
            .where(Bundle.id == bundle.id)
            .options(selectinload(Bundle.documents))
        )
    await look_as(session, Capacity.SERVICE)
    return bundle


async def built(session, case, audience=Audience.PANEL):
    """The bytes of a new bundle."""
    bundle = await build(session, await ask(session, case, audience))
    assert bundle.state is BundleState.READY, (bundle.fault, bundle.fault_in)
    return await content_of(bundle)


async def content_of(bundle):
    return b"".join([piece async for piece in store.content(bundle.kept_as)])


def raw(content):
    """Everything that stands in it, unpacked."""
    with pikepdf.open(BytesIO(content)) as pdf:
        return b"\n".join(part for one in pdf.objects for part in _unpacked(one))


def _unpacked(one):
    if not isinstance(one, pikepdf.Stream):
        return [one.unparse()]
    head = Dictionary({key: one[key] for key in one.keys()})  # noqa: SIM118 - a stream is not iterated by its keys
    try:
        return [head.unparse(), one.read_bytes()]
    except pikepdf.PdfError:
        return [head.unparse(), one.read_raw_bytes()]


def texts(content):
    """What each page says."""
    pdf = pypdfium2.PdfDocument(content)
    return [page.get_textpage().get_text_bounded() for page in pdf]
