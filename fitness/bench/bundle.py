"""What a bundle takes that has as many pages as one may have: prepared and bound by the worker's own jobs, one after the other.

They run in a process of their own, as the worker's do, so that nothing counts that this one did before. Half of its pages are
text and half are scans; of every tenth something is withheld, which makes it a picture. What it takes to make the uploads is
not measured. Beside the figures it tells whether what was withheld is gone, and the file is sound.
"""

import asyncio
import resource
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from uuid import UUID, uuid4

import pikepdf
from sqlalchemy.ext.asyncio import AsyncSession

from fitness.bench.uploads import WITHHELD, printed, scanned
from fitness.case import Case
from fitness.docket.bundle import Bundle, BundleState
from fitness.docket.document import DocketDocument, MadeFrom, Matter, document_in
from fitness.docket.level import Audience, Level
from fitness.docket.looking import Place as Spot
from fitness.docket.looking import found_in
from fitness.fence import Capacity, look_as
from fitness.investigation.evidence import CaseEvidence, Kept, Source
from register.account import Account, StaffRole
from register.account.account import RoleGrant
from register.bench.running import Benchmark, Figure, Outcome, Place
from register.kit import store
from register.kit.cleaning import MediaType
from register.kit.db import Sessions, connect, sessions_of
from register.kit.files import FileState, StoredFile
from register.kit.jobs import LONGEST_WORK, run_pending
from register.person import Person
from register.process import Process

NOW = datetime(2027, 3, 10, 10, tzinfo=UTC)
IN_A_FILE = 40
ONE_IN = 10
"""Pages, of which something is withheld."""
BESIDE = 3
"""Pages that are not of uploads: two of the index, and our own."""
SCRATCH = [100, 100, 600, 200]
"""A place on a page, where nobody can tell by letters what is there."""
MOST_SECONDS, MOST_MB = 120, 1024
KIB = 1024
OURS_AND_THEIRS = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


class BenchAct(StrEnum):
    FILL = "bench:fill"


@dataclass(frozen=True)
class Filled:
    bundle: UUID
    withheld: int
    """Pages."""
    names: list[str]
    """Of what lies in the store."""


@dataclass(frozen=True)
class Took:
    seconds: float
    worked: float
    peak: float


async def run(place: Place) -> Outcome:
    async with place.database() as url:
        engine = connect(url, idle=LONGEST_WORK)
        sessions = sessions_of(engine)
        try:
            filled = await _fill(sessions, place)
            took = await _in_its_own(url)
            async with sessions() as session:
                await look_as(session, Capacity.SERVICE)
                bundle = await session.get_one(Bundle, filled.bundle)
            content = await _content(bundle)
        finally:
            await engine.dispose()
        for name in (*filled.names, bundle.kept_as):
            if name:
                await store.remove(name)
    return _outcome(bundle, filled, content, took)


async def _in_its_own(url: str) -> Took:
    """Process, begun anew: not forked, since what a fork shares with its parent counts as its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(pool, _prepare_and_bind, url)


def _prepare_and_bind(url: str) -> Took:
    return asyncio.run(_work_off(url))


async def _work_off(url: str) -> Took:
    engine = connect(url, idle=LONGEST_WORK)
    try:
        began, worked = perf_counter(), _worked()
        await run_pending(sessions_of(engine), lambda: NOW)
        return Took(perf_counter() - began, _worked() - worked, _peak())
    finally:
        await engine.dispose()


def _worked() -> float:
    """Seconds of processors, of this process and of all that it has started."""
    spent = [resource.getrusage(of) for of in OURS_AND_THEIRS]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def _peak() -> float:
    """Of this process and of the largest that it started, as if both were at their largest at once.

    Its own is read from the kernel's page about it: getrusage counts what it was begun from.
    """
    told = Path("/proc/self/status").read_text().split()
    ours = int(told[told.index("VmHWM:") + 1])
    return (ours + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / KIB


def _outcome(bundle: Bundle, filled: Filled, content: bytes, took: Took) -> Outcome:
    figures: dict[str, Figure] = {
        "pages": bundle.pages or 0,
        "withheld": filled.withheld,
        "seconds": round(took.seconds, 1),
        "cpu_seconds": round(took.worked, 1),
        "peak_mb": round(took.peak, 1),
        "mb": round(len(content) / 1_000_000, 1),
    }
    return Outcome(
        ("pages", "withheld", "seconds", "CPU seconds", "peak MB", "MB"),
        [tuple(figures.values())],
        figures,
        broken=[*_unsound(bundle, content), *_missed(took)],
    )


def _unsound(bundle: Bundle, content: bytes) -> list[str]:
    if bundle.state is not BundleState.READY:
        return [f"It was not built: {bundle.fault}"]
    with pikepdf.open(BytesIO(content)) as pdf:
        said = [f"qpdf says: {problem}" for problem in pdf.check_pdf_syntax()]
        if any(WITHHELD.encode() in _unpacked(one) for one in pdf.objects):
            said.append("What was withheld stands in it")
    return said


def _unpacked(one: pikepdf.Object) -> bytes:
    if not isinstance(one, pikepdf.Stream):
        return one.unparse()
    try:
        return one.read_bytes()
    except pikepdf.PdfError:
        return one.read_raw_bytes()


def _missed(took: Took) -> list[str]:
    said = []
    if took.seconds > MOST_SECONDS:
        said.append(f"It took more than {MOST_SECONDS} seconds")
    if took.peak > MOST_MB:
        said.append(f"It took more than {MOST_MB} MB")
    return said


async def _content(bundle: Bundle) -> bytes:
    if bundle.kept_as is None:
        return b""
    return b"".join([piece async for piece in store.content(bundle.kept_as)])


async def _fill(sessions: Sessions, place: Place) -> Filled:
    """With room for the index and a document of our own."""
    async with sessions.begin() as session:
        case, author, approver = await _open(session)
    names, withheld = list[str](), 0
    uploaded = max(place.scale - BESIDE, 1)
    for first in range(1, uploaded + 1, IN_A_FILE):
        last = min(first + IN_A_FILE - 1, uploaded)
        async with sessions.begin() as session:
            await look_as(session, Capacity.SERVICE)
            case = await _known(session, case.id)
            filing = Filing(session, case, author, approver)
            withheld += await filing.file(range(first, last + 1), names)
        place.step(last - first + 1)
    async with sessions.begin() as session:
        await look_as(session, Capacity.SERVICE)
        case = await _known(session, case.id)
        filing = Filing(session, case, author, approver)
        await filing.add(Matter(MadeFrom.ALLEGATIONS), "What is alleged")
        bundle = await Bundle.ask(session, case, Audience.PANEL, by=filing.by())
        return Filled(bundle.id, withheld, names)


async def _open(session: AsyncSession) -> tuple[Case, Account, Account]:
    by = Process.begin(session, BenchAct.FILL, now=NOW)
    author = _staff(session, StaffRole.INVESTIGATOR)
    approver = _staff(session, StaffRole.TEAM_MANAGER)
    person = Person.of(
        given_names="Ngozi",
        family_name="Adebayo",
        birth_date=date(1985, 5, 17),
        now=NOW,
    )
    session.add(person)
    await session.flush()
    await look_as(session, Capacity.STAFF, author.id)
    case = await Case.open(session, person, taker=author, by=by)
    await look_as(session, Capacity.SERVICE)
    await case.investigate(session, by=by)
    return case, author, approver


def _staff(session: AsyncSession, role: StaffRole) -> Account:
    account = Account.open(
        session, email=f"{role}@example.org", password_hash="", now=NOW
    )
    account.confirmed_at = NOW
    account.grants = [RoleGrant(role=role)]
    return account


async def _known(session: AsyncSession, case_id: UUID) -> Case:
    case = await session.get_one(Case, case_id)
    await session.refresh(case, ["rule_set"])
    return case


@dataclass(frozen=True)
class Filing:
    """Uploads that come into the docket, with what is withheld of them by two people."""

    session: AsyncSession
    case: Case
    author: Account
    approver: Account

    def by(self) -> Process:
        return Process.begin(self.session, BenchAct.FILL, now=NOW, actor=self.author)

    async def file(self, numbers: range, names: list[str]) -> int:
        """How many pages of it are withheld."""
        hidden = numbers[::ONE_IN]
        of_text = (numbers.start // IN_A_FILE) % 2 == 0
        content = printed(numbers, hidden) if of_text else scanned(numbers)
        title = f"Pages {numbers.start} to {numbers.stop - 1}"
        item = await self._logged(content, title, names)
        document = await self.add(Matter(MadeFrom.EVIDENCE, item), title)
        if of_text:
            places = await found_in(document, WITHHELD)
        else:
            at = [1 + numbers.index(number) for number in hidden]
            places = {page: [SCRATCH] for page in at}
        for page, some in places.items():
            await self._withhold(document, page, some)
        return len(places)

    async def _logged(
        self, content: bytes, title: str, names: list[str]
    ) -> CaseEvidence:
        name = f"uploads/{store.new_name(NOW.date())}"
        await store.put(name, _whole(content))
        names.append(name)
        item = await CaseEvidence.log(
            self.session,
            self.case,
            title,
            source=Source.EMPLOYER,
            dated_on=None,
            received_on=NOW.date(),
            kept=None,
            by=self.by(),
        )
        item.file = StoredFile(
            id=uuid4(),
            owner_id=self.case.id,
            name="log.pdf",
            media_type=MediaType.PDF,
            size=len(content),
            sha256=bytes(32),
            state=FileState.CLEAN,
            stored_as=f"{name}-sent",
            cleaned_as=name,
            created_at=NOW,
            settled_at=NOW,
        )
        await self.session.flush()
        return item

    async def add(self, matter: Matter, title: str) -> DocketDocument:
        document = await DocketDocument.add(
            self.session,
            self.case,
            matter,
            title=title,
            level=Level.OPEN,
            by=self.by(),
        )
        await self.session.flush()
        return await document_in(self.session, self.case.id, document.number)

    async def _withhold(
        self, document: DocketDocument, page: int, places: Sequence[Spot]
    ) -> None:
        redaction = await document.withhold(
            self.session,
            self.case,
            places,
            page=page,
            because=Kept.CHILD,
            author=self.author,
            by=self.by(),
        )
        redaction.acknowledge(
            self.session, self.case, approver=self.approver, by=self.by()
        )


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content


BUNDLE = Benchmark("bundle", scale=2000, run=run)
