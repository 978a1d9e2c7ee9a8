"""The demo's evidence: drawn once a kind, and stored for each application as a file that was checked."""

import hashlib
import time
from collections.abc import AsyncIterator
from datetime import datetime
from functools import cache
from io import BytesIO
from uuid import UUID

from PIL import Image, ImageDraw, ImageFont
from sqlalchemy.ext.asyncio import AsyncSession

from register.application import Application, Evidence, EvidenceKind, SectionName
from register.demo.draw import Draw
from register.kit import store
from register.kit.cleaning import MediaType
from register.kit.clock import day_of
from register.kit.files import FileState, StoredFile
from register.kit.uploads import FOLDER

PAPER, INK, SHADE = (246, 244, 236), (34, 48, 74), (203, 211, 222)
PICTURES = {
    EvidenceKind.PASSPORT,
    EvidenceKind.DRIVING_LICENCE,
    EvidenceKind.RESIDENCE_PERMIT,
}
DRAWN_AT = time.gmtime(0)
"""A PDF says when it was made; the demo's say always the same."""


async def add_document(
    session: AsyncSession,
    draw: Draw,
    application: Application,
    section: SectionName,
    kind: EvidenceKind,
    *,
    item_id: UUID | None = None,
    state: FileState = FileState.CLEAN,
    at: datetime,
) -> None:
    content, media_type = drawn(kind)
    folder = f"{FOLDER}/{day_of(at):%Y-%m-%d}"
    stored_as, cleaned_as = (f"{folder}/{draw.uuid().hex}" for _ in range(2))
    await store.put(stored_as, _whole(content))
    if state is FileState.CLEAN:
        await store.put(cleaned_as, _whole(content))
    file = StoredFile(
        id=draw.uuid(),
        owner_id=application.account_id,
        name=f"{kind.replace('_', ' ')}{media_type.suffix}",
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).digest(),
        stored_as=stored_as,
        created_at=at,
    )
    file.settle(
        state, now=at, cleaned_as=cleaned_as if state is FileState.CLEAN else None
    )
    session.add(file)
    await session.flush()
    session.add(
        Evidence(
            id=draw.uuid(),
            application_id=application.id,
            section=section,
            item_id=item_id,
            kind=kind,
            file_id=file.id,
            added_at=at,
        )
    )


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content


@cache
def drawn(kind: EvidenceKind) -> tuple[bytes, MediaType]:
    """A picture of the document, plainly none: cards as PNG, photographs as JPEG, all else as PDF."""
    held = BytesIO()
    if kind is EvidenceKind.PHOTOGRAPH:
        _portrait().save(held, "JPEG", quality=80)
        return held.getvalue(), MediaType.JPEG
    if kind in PICTURES:
        _sheet(kind, (640, 420)).save(held, "PNG", optimize=True)
        return held.getvalue(), MediaType.PNG
    _sheet(kind, (620, 877)).save(
        held, "PDF", resolution=75.0, creationDate=DRAWN_AT, modDate=DRAWN_AT
    )
    return held.getvalue(), MediaType.PDF


def _sheet(kind: EvidenceKind, size: tuple[int, int]) -> Image.Image:
    sheet = Image.new("RGB", size, PAPER)
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((14, 14, size[0] - 15, size[1] - 15), outline=INK, width=3)
    title = kind.replace("_", " ").capitalize()
    pen.text((40, 40), title, fill=INK, font=ImageFont.load_default(38))
    pen.text(
        (40, 92),
        "Made up for the demonstration: not a document",
        fill=INK,
        font=ImageFont.load_default(18),
    )
    for line in range(150, size[1] - 60, 34):
        pen.rectangle(
            (40, line, 40 + (line * 37) % (size[0] - 120), line + 10), fill=SHADE
        )
    return sheet


def _portrait() -> Image.Image:
    picture = Image.new("RGB", (413, 531), (214, 224, 232))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((126, 90, 286, 300), fill=(150, 163, 178))
    pen.ellipse((46, 320, 366, 700), fill=INK)
    return picture
