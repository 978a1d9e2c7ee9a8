"""The worker's part: prepares the documents of a bundle one at a time, then binds them; each step is a job of its own.

So whoever waits sees how far it is, and a worker that dies loses one step.
"""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from fitness.case import Case
from fitness.docket.bundle import (
    MOST_PAGES,
    Bundle,
    BundleDocument,
    BundleState,
    Fault,
    changed_last,
    for_audience,
    made_of,
)
from fitness.docket.children import bind_in, with_sheets
from fitness.docket.document import DocketDocument, docket_of
from fitness.docket.printing import Bundled, Printed, print_own, words
from fitness.fence import Capacity, look_as
from register.kit import store
from register.kit.cleaning import MediaType, Unreadable
from register.kit.clock import day_of
from register.kit.errors import Refused
from register.kit.files import content_of
from register.kit.jobs import enqueue, every, job
from register.kit.pdf import FONTS

FOLDER = "bundles"
FACE = FONTS / "Inter_400Regular.ttf"
AUTHOR = "Children’s Homes Workforce Register"
PIECE = 1024 * 1024
COUNT = 4
"""The bytes before a part that say how many pages it has."""


@job("build_bundle")
async def build_bundle(session: AsyncSession, now: datetime, bundle: UUID) -> None:
    await look_as(session, Capacity.SERVICE)
    found = await session.scalar(
        select(Bundle)
        .where(Bundle.id == bundle)
        .options(selectinload(Bundle.documents))
        .with_for_update(of=Bundle)
    )
    if found is None or found.state is not BundleState.BUILDING:
        return
    await Building(session, found, now).go_on()


class Building:
    """One step of one bundle."""

    def __init__(self, session: AsyncSession, bundle: Bundle, now: datetime) -> None:
        self.session, self.bundle, self.now = session, bundle, now

    async def go_on(self) -> None:
        documents = await self._documents()
        if documents is None:
            await self._fail(Fault.CHANGED)
            return
        for piece in self.bundle.documents:
            document = documents[piece.document_id]
            if piece.part_as is None and not document.made_from.ours:
                await self._prepare(piece, document)
                return
        await self._bind(documents)

    async def _documents(
        self, *, anew: bool = False
    ) -> Mapping[UUID, DocketDocument] | None:
        """None where they are no longer what was asked for."""
        case = await self.session.get_one(Case, self.bundle.case_id)
        self.reference = case.reference
        docket = await docket_of(self.session, case.id, anew=anew)
        documents = for_audience(docket, self.bundle.audience)
        same = made_of(case.reference, self.bundle.audience, documents)
        return (
            {one.id: one for one in documents} if same == self.bundle.inputs else None
        )

    async def _still_so(self) -> bool:
        """As it is written down by now, not as this step read it."""
        return await self._documents(anew=True) is not None

    async def _prepare(self, piece: BundleDocument, document: DocketDocument) -> None:
        assert document.file is not None  # noqa: S101 - what is not ours has one
        try:
            sent = b"".join([part async for part in content_of(document.file)])
            made = await with_sheets(
                sent,
                do="part",
                pdf=document.file.media_type is MediaType.PDF,
                hidden=hidden_in(document),
            )
        except (Unreadable, Refused):
            await self._fail(Fault.UNREADABLE, document.number)
            return
        piece.pages, part = int.from_bytes(made[:COUNT]), made[COUNT:]
        piece.part_as = f"{FOLDER}/{store.new_name(day_of(self.now))}"
        await store.put(piece.part_as, _whole(part))
        self.bundle.done += 1
        if sum(one.pages or 0 for one in self.bundle.documents) > MOST_PAGES:
            await self._fail(Fault.TOO_LONG)
            return
        await enqueue(self.session, "build_bundle", {"bundle": self.bundle.id})

    async def _bind(self, documents: Mapping[UUID, DocketDocument]) -> None:
        at = changed_last(documents.values())
        printed = await asyncio.to_thread(
            print_own,
            self.reference,
            self.bundle.audience,
            [
                Bundled(documents[one.document_id], one.position, one.pages or 0)
                for one in self.bundle.documents
            ],
            at=at,
        )
        if printed.pages > MOST_PAGES:
            await self._fail(Fault.TOO_LONG)
            return
        with TemporaryDirectory(prefix="bundle-") as folder:
            path = Path(folder)
            await self._lay_ready(path, printed, at)
            try:
                await bind_in(path)
            except Unreadable:
                await self._fail(Fault.UNREADABLE)
                return
            if not await self._still_so():
                await self._fail(Fault.CHANGED)
                return
            await self._keep(path / "bound.pdf", printed.pages)
        for one, piece in zip(printed.documents, self.bundle.documents, strict=True):
            piece.pages = one.pages
        await self._forget_parts()

    async def _lay_ready(self, folder: Path, printed: Printed, at: datetime) -> None:
        (folder / "base.pdf").write_bytes(printed.pdf)
        pieces = []
        for one, piece in zip(printed.documents, self.bundle.documents, strict=True):
            file = f"{piece.position}.pdf" if piece.part_as else None
            if file and piece.part_as:
                with (folder / file).open("wb") as out:
                    async for some in store.content(piece.part_as):
                        out.write(some)
            title = f"{one.document.number} {one.document.title}"
            pieces.append({"title": title, "file": file, "pages": one.pages})
        audience = words().audience_words[self.bundle.audience]
        order = {
            "title": f"Case {self.reference}: bundle for {audience}",
            "author": AUTHOR,
            "at": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "stamp": f"{self.reference} {self.bundle.audience}",
            "face": str(FACE),
            "index_pages": printed.index_pages,
            "pieces": pieces,
        }
        (folder / "order.json").write_text(json.dumps(order), "utf-8")

    async def _keep(self, path: Path, pages: int) -> None:
        name = f"{FOLDER}/{store.new_name(day_of(self.now))}"
        content = Content(path)
        await store.put(name, content.read())
        self.bundle.bound(
            now=self.now,
            kept_as=name,
            sha256=content.sha256.digest(),
            size=content.size,
            pages=pages,
        )

    async def _fail(self, fault: Fault, document: int | None = None) -> None:
        self.bundle.fail(fault, now=self.now, document=document)
        await self._forget_parts()

    async def _forget_parts(self) -> None:
        for piece in self.bundle.documents:
            if piece.part_as:
                await enqueue(self.session, "remove_stored", {"name": piece.part_as})
                piece.part_as = None


def hidden_in(document: DocketDocument) -> dict[int, dict[str, Any]]:
    """Of an upload, page by page: one redaction of the whole page covers all others of it."""
    hidden = dict[int, dict[str, Any]]()
    for one in document.withheld:
        if one.page is None:
            continue
        why = words().withheld_words[one.because]
        known = hidden.setdefault(one.page, {"places": [], "told": []})
        known["told"].append(why)
        if one.whole:
            known["places"] = None
        elif known["places"] is not None:
            known["places"] += one.places
    for page, known in hidden.items():
        reasons = ", ".join(dict.fromkeys(known["told"]))
        known["told"] = (
            f"[withheld: {reasons}]"
            if known["places"] is None
            else f"Page {page} as a picture, of which no text is held. Part of it is withheld: {reasons}."
        )
    return hidden


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content


class Content:
    """A file on its way to the store, counted and hashed."""

    def __init__(self, path: Path) -> None:
        self.path, self.size, self.sha256 = path, 0, hashlib.sha256()

    async def read(self) -> AsyncIterator[bytes]:
        with self.path.open("rb") as bound:
            while piece := bound.read(PIECE):
                self.size += len(piece)
                self.sha256.update(piece)
                yield piece


@every(hours=24)
async def sweep_bundles(session: AsyncSession, now: datetime) -> None:
    """Remove the files of a worker that was stopped after it had put one, before it could say so."""
    await look_as(session, Capacity.SERVICE)
    async for names in store.left_before(day_of(now - timedelta(days=1)), FOLDER):
        known = {
            *await _known(session, Bundle.kept_as, names),
            *await _known(session, BundleDocument.part_as, names),
        }
        for name in set(names) - known:
            await store.remove(name)


async def _known(
    session: AsyncSession, column: Any, names: Sequence[str]
) -> Sequence[str]:
    found = await session.scalars(select(column).where(column.in_(names)))
    return found.all()
