"""Files come in as streams, are refused with a sentence, stay shut until they are clean, and go out as they may."""

import asyncio
import hashlib
import json
import tracemalloc
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import httpx
import pikepdf
import psutil
import pytest
from litestar import Litestar, Request, post
from obstore.store import LocalStore
from PIL import Image
from sqlalchemy import select, text

from register.kit import files, store
from register.kit.cleaning import MediaType, Unreadable, cleaned
from register.kit.errors import NotFound
from register.kit.files import (
    FileState,
    FoundInfected,
    NotReadable,
    StillChecked,
    StoredFile,
)
from register.kit.jobs import run_pending
from register.kit.remaking import disarmed, redrawn
from register.kit.uploads import LARGEST_FILE, Problem, displayed
from tests.uploading import CONTENT_TYPE, body, infected, pdf, picture, scanner

OWNER = uuid4()


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    place = LocalStore(tmp_path / "files", mkdir=True)
    monkeypatch.setattr(store, "place", lambda: place)
    return tmp_path / "files"


@pytest.fixture
async def clamd(monkeypatch):
    async with scanner(monkeypatch) as server:
        yield server


@pytest.fixture
def page(sessions, clock):
    """A handler such as a page would have: it keeps the file where there is one."""

    @post("/", request_max_body_size=None)
    async def send(request: Request) -> dict:
        async with sessions.begin() as session:
            upload = await files.receive(
                request, session, owner=OWNER, now=clock(), fields=("kind",)
            )
            if upload.file:
                await files.keep(session, upload.file, owner=OWNER, now=clock())
            return {"kind": upload.form.getall("kind"), "problem": upload.problem}

    return httpx.AsyncClient(
        transport=httpx.ASGITransport(Litestar([send], logging_config=None)),
        base_url="http://register.example",
    )


async def send(page, *parts, cut=None):
    answer = await page.post(
        "/", content=cut or body(*parts), headers={"content-type": CONTENT_TYPE}
    )
    return answer.json() if answer.status_code == 201 else answer.status_code


async def stored(session):
    session.expire_all()
    return await session.scalar(select(StoredFile))


def lying(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


async def read(file):
    return b"".join([piece async for piece in files.content_of(file)])


async def test_a_file_is_taken_with_its_fields(page, session, folder):
    content = pdf()

    answer = await send(
        page,
        ("csrf_token", "t"),
        ("kind", "passport"),
        ("file", "My passport.pdf", content),
        ("other", "x"),
    )

    assert answer == {"kind": ["passport"], "problem": None}
    file = await stored(session)
    assert (file.name, file.media_type, file.size) == (
        "My passport.pdf",
        MediaType.PDF,
        len(content),
    )
    assert file.sha256 == hashlib.sha256(content).digest()
    assert (file.owner_id, file.state) == (OWNER, FileState.QUARANTINED)


async def test_nothing_of_a_file_can_be_read_in_the_store(page, folder):
    await send(page, ("file", "passport.pdf", pdf()))

    (path,) = lying(folder)
    assert b"PDF" not in path.read_bytes()
    assert "passport" not in str(path)


@pytest.mark.parametrize("size", [1, 7, 100, 4096])
async def test_a_file_is_taken_however_the_network_cuts_it(page, session, size):
    content = body(("kind", "x" * 500), ("file", "a.png", picture()))

    async def pieces():
        for start in range(0, len(content), size):
            yield content[start : start + size]

    answer = await page.post(
        "/", content=pieces(), headers={"content-type": CONTENT_TYPE}
    )

    assert answer.json() == {"kind": ["x" * 500], "problem": None}


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ([], Problem.NONE_CHOSEN),
        ([("file", "", b"")], Problem.NONE_CHOSEN),
        ([("file", "a text, not a file")], Problem.NONE_CHOSEN),
        ([("file", "a.pdf", b"")], Problem.EMPTY),
        (
            [("file", "a.pdf", b"<html><script>alert(1)</script></html>")],
            Problem.WRONG_TYPE,
        ),
        ([("file", "a.pdf", b"MZ" + b"\0" * 300)], Problem.WRONG_TYPE),
        ([("file", "a.pdf", b"PK\3\4" + b"\0" * 300)], Problem.WRONG_TYPE),
        ([("file", "a.pdf", b"%")], Problem.WRONG_TYPE),
        (
            [("file", "a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")],
            Problem.WRONG_TYPE,
        ),
        ([("file", "a.pdf", pdf()[:-40])], Problem.CUT_OFF),
        ([("file", "a.png", picture()[:-20])], Problem.CUT_OFF),
        ([("file", "a.jpg", picture("JPEG")[:-20])], Problem.CUT_OFF),
        ([("file", "a.pdf", pdf()), ("file", "b.pdf", pdf())], Problem.SEVERAL),
        ([("file", "a.pdf", b"%PDF-1.7\n" + b"x" * LARGEST_FILE)], Problem.TOO_LARGE),
    ],
)
async def test_a_file_that_is_not_taken_is_told_why_and_the_fields_are_kept(
    page, session, parts, problem
):
    answer = await send(page, ("kind", "before"), *parts, ("kind", "after"))

    assert answer == {"kind": ["before", "after"], "problem": problem}
    assert await stored(session) is None


async def test_a_file_that_is_not_taken_leaves_nothing(page, folder):
    await send(page, ("file", "a.pdf", b"%PDF-1.7\n" + b"x" * LARGEST_FILE))

    assert lying(folder) == []


async def test_a_file_of_just_the_largest_size_is_taken(page, session):
    content = pdf()
    content = content[:-6] + b"x" * (LARGEST_FILE - len(content)) + content[-6:]

    assert (await send(page, ("file", "a.pdf", content)))["problem"] is None


async def test_an_account_keeps_no_more_than_its_room(page, session, monkeypatch):
    monkeypatch.setattr(files, "ROOM", 1000)
    small = picture(size=(4, 4))

    first = await send(page, ("file", "a.png", small))
    second = await send(page, ("file", "a.png", small + b"\0" * 900))

    assert (first["problem"], second["problem"]) == (None, Problem.NO_ROOM)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"no form at all",
        body(("file", "a.pdf", b"%PDF-"))[:-30],
        body(("kind", b"\xff\xfe")),
        body(("kind", b"a\0b")),
        body(("kind", "\u202eabc")),
        body(*[("kind", str(n)) for n in range(50)]),
        body(("kind", "x" * 70_000)),
        body(("kind", "x")).replace(b'name="kind"', b'name="\xff"'),
        body(("kind", "x")).replace(b"Content-Disposition", b"X" * 10_000),
    ],
)
async def test_a_body_that_no_browser_sends_is_refused_without_a_fault(
    page, session, sent
):
    answer = await page.post("/", content=sent, headers={"content-type": CONTENT_TYPE})

    assert answer.status_code in {400, 413}
    assert await stored(session) is None


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=a\nb",
    ],
)
async def test_a_boundary_that_is_none_is_refused_without_a_fault(page, kind):
    answer = await page.post(
        "/", content=body(("kind", "x")), headers={"content-type": kind.encode()}
    )

    assert answer.status_code == 400


async def test_a_form_that_cannot_hold_files_holds_none(page):
    answer = await page.post("/", data={"kind": "x"})

    assert answer.json()["problem"] == Problem.NONE_CHOSEN


async def test_a_large_body_needs_little_memory(page):
    async def pieces():
        yield body(("file", "a.pdf", b"%PDF-1.7\n")).removesuffix(
            b"\r\n--a-boundary--\r\n"
        )
        for _ in range(24):
            yield b"x" * 1024**2
        yield b"\r\n--a-boundary--\r\n"

    tracemalloc.start()
    try:
        answer = await page.post(
            "/", content=pieces(), headers={"content-type": CONTENT_TYPE}
        )
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert answer.json()["problem"] == Problem.TOO_LARGE
    assert peak < 16 * 1024**2


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("passport.pdf", "passport.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Ada\\My scan.pdf", "My scan.pdf"),
        ("Siobhán  O'Brien-Łukasz.pdf", "Siobhán O'Brien-Łukasz.pdf"),
        ("scan\u202efdp.exe", "scanfdp.exe"),
        ("a\0b\r\nc.pdf", "ab c.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("." + "x" * 300, "." + "x" * 199),
        ("", "file"),
        ("///", "file"),
    ],
)
def test_a_name_is_shown_as_far_as_it_is_one(given, shown):
    assert displayed(given) == shown


async def test_a_file_is_shut_until_it_is_checked(page, session):
    await send(page, ("file", "a.pdf", pdf()))

    with pytest.raises(StillChecked, match="still being checked"):
        files.content_of(await stored(session))


async def test_a_clean_file_is_given_out_made_anew(
    page, session, sessions, clock, clamd
):
    await send(page, ("file", "a.png", picture()))
    await run_pending(sessions, clock)

    file = await stored(session)
    assert (file.state, file.settled_at) == (FileState.CLEAN, clock())
    assert Image.open(BytesIO(await read(file))).size == (64, 48)


async def test_an_infected_file_is_deleted(
    page, session, sessions, clock, clamd, folder
):
    await send(page, ("file", "a.pdf", infected()))
    await run_pending(sessions, clock)

    file = await stored(session)
    assert file.state is FileState.INFECTED
    assert lying(folder) == []
    with pytest.raises(FoundInfected, match="virus"):
        files.content_of(file)


async def test_a_file_stays_shut_while_the_scanner_is_away(
    page, session, sessions, clock, monkeypatch
):
    monkeypatch.setattr("register.kit.scan.address", lambda: ("127.0.0.1", 9))
    await send(page, ("file", "a.pdf", pdf()))

    await run_pending(sessions, clock)
    assert (await stored(session)).state is FileState.QUARANTINED

    async with scanner(monkeypatch):
        await session.execute(text("update pgqueuer set execute_after = now()"))
        await run_pending(sessions, clock)
    assert (await stored(session)).state is FileState.CLEAN


async def test_a_file_that_only_looks_whole_is_not_readable(
    page, session, sessions, clock, clamd
):
    await send(page, ("file", "a.pdf", b"%PDF-1.7\nnothing of a PDF\n%%EOF\n"))
    await run_pending(sessions, clock)

    file = await stored(session)
    assert file.state is FileState.UNREADABLE
    with pytest.raises(NotReadable, match="Send it again"):
        files.content_of(file)


async def test_a_file_is_answered_as_a_download(page, session, sessions, clock, clamd):
    await send(page, ("file", "Zoë's %22scan%22.exe", pdf()))
    await run_pending(sessions, clock)

    answer = files.download(await stored(session))

    assert (
        answer.headers["Content-Disposition"]
        == "attachment; filename*=UTF-8''Zo%C3%AB%27s%20%22scan%22.pdf"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.media_type == "application/pdf"


async def test_what_nobody_kept_is_swept_after_a_day(
    page, session, sessions, clock, clamd, folder
):
    await store.put(
        f"uploads/{store.new_name(clock().date())}", files._whole(b"not kept")
    )
    await send(page, ("file", "a.pdf", pdf()))
    await send(page, ("file", "b.pdf", pdf()))
    await run_pending(sessions, clock)
    await files.forget(session, await stored(session))
    await session.flush()

    await files.sweep_store(session, clock() + timedelta(days=1))
    assert len(lying(folder)) == 5
    await files.sweep_store(session, clock() + timedelta(days=2))

    assert len(lying(folder)) == 2


async def test_a_file_put_in_place_of_another_does_not_open(
    page, session, sessions, clock, clamd, folder
):
    await send(page, ("file", "a.png", picture(size=(300, 300))))
    await run_pending(sessions, clock)
    file = await stored(session)
    path = folder / file.cleaned_as
    whole = path.read_bytes()

    for spoilt in (
        whole[: 64 * 1024 + 16],
        whole[:-1],
        whole[16:],
        (folder / file.stored_as).read_bytes(),
    ):
        path.write_bytes(spoilt)
        with pytest.raises(store.Spoilt):
            await read(file)


async def test_a_file_without_its_clean_one_is_not_there():
    with pytest.raises(NotFound):
        files.content_of(StoredFile(state=FileState.CLEAN, cleaned_as=None))


def javascript(document):
    document.Root.OpenAction = document.make_indirect(
        pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    )


def launch(document):
    document.pages[0].AA = pikepdf.Dictionary(
        O=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")
    )


def link(document):
    action = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://bad.example")
    document.pages[0].Annots = document.make_indirect(
        [
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Link,
                Rect=[0, 0, 9, 9],
                A=action,
            )
        ]
    )


def attachment(document):
    document.attachments["evil.exe"] = b"MZ evil"


def xfa(document):
    document.Root.AcroForm = pikepdf.Dictionary(
        Fields=[], XFA=document.make_stream(b"<xdp>script</xdp>")
    )


@pytest.mark.parametrize("change", [javascript, launch, link, attachment, xfa])
@pytest.mark.parametrize(
    "packed", [pikepdf.ObjectStreamMode.disable, pikepdf.ObjectStreamMode.generate]
)
def test_what_acts_is_taken_out_of_a_pdf(change, packed):
    made = disarmed(pdf(change, object_stream_mode=packed))

    with pikepdf.open(BytesIO(made)) as document:
        told = json.dumps([repr(found) for found in document.objects])
        assert len(document.pages) == 1
    for word in (
        "JavaScript",
        "app.alert",
        "Launch",
        "cmd.exe",
        "bad.example",
        "evil",
        "XFA",
    ):
        assert word not in told


async def test_what_acts_where_it_cannot_be_taken_out_is_not_taken():
    def hidden(document):
        document.Root.Unheard = document.make_indirect(
            pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        )

    with pytest.raises(Unreadable):
        await cleaned(pdf(hidden), MediaType.PDF)


async def test_a_pdf_with_a_password_is_not_readable():
    with pytest.raises(Unreadable):
        await cleaned(
            pdf(encryption=pikepdf.Encryption(owner="o", user="u")), MediaType.PDF
        )


async def test_a_picture_loses_what_it_does_not_show():
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    exif[0x0112] = 6

    made = await cleaned(picture("JPEG", exif=exif) + b"a second file", MediaType.JPEG)

    with Image.open(BytesIO(made)) as drawn:
        assert drawn.size == (48, 64)
        assert not drawn.getexif()
    assert b"taken at home" not in made
    assert b"second file" not in made


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_pictures_of_every_kind_of_colour_are_drawn(mode):
    made = BytesIO()
    Image.new(mode, (5, 5)).save(made, "PNG")

    assert Image.open(BytesIO(redrawn(made.getvalue(), "PNG"))).size == (5, 5)


def test_a_picture_in_printers_colours_is_drawn():
    made = BytesIO()
    Image.new("CMYK", (5, 5)).save(made, "JPEG")

    assert Image.open(BytesIO(redrawn(made.getvalue(), "JPEG"))).mode == "RGB"


async def test_no_more_than_two_files_are_made_anew_at_once():
    large = BytesIO()
    Image.new("RGB", (3000, 3000)).save(large, "PNG")
    most, others = 0, set(psutil.Process().children())

    work = asyncio.gather(*(cleaned(large.getvalue(), MediaType.PNG) for _ in range(5)))
    while not work.done():
        most = max(most, len(set(psutil.Process().children()) - others))
        await asyncio.sleep(0.01)

    assert most == 2
    assert all(await work)


async def test_a_picture_that_unpacks_to_too_much_is_not_readable():
    made = BytesIO()
    Image.new("1", (9000, 9000)).save(made, "PNG")

    with pytest.raises(Unreadable):
        await cleaned(made.getvalue(), MediaType.PNG)
