"""A service that is killed in the midst of an act, and the people who then go on as people do."""

import asyncio
import hmac
import json
import secrets
import time
from collections import Counter
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import unquote, urlsplit

import httpx
from sqlalchemy import select, text

from fees.invoice import Invoice
from fees.payment import Overpayment, Payment, Receipt
from register.account import Account
from register.application import Application, ApplicationState
from register.entry import Entry, EntryProjection
from register.entry.facts import Registration
from register.kit.db import Role, connect, sessions_of
from register.kit.jobs import enqueue
from register.kit.post import Message
from register.kit.sandbox import create_sandbox
from register.kit.sandbox.pay_book import Book as PayBook
from register.kit.security.sessions import COOKIE
from register.kit.settings import Settings, settings
from register.person import IssuedNumber
from register.process import Event
from tests.browser import stored
from tests.fees.owing import CARD, make_approved
from tests.journeys.forking import mother
from tests.journeys.proxy import Wires
from tests.journeys.service import free_ports
from tests.make import NOW
from tests.reading import Page
from tests.served import served

PATIENCE = 30
A_WHILE = timedelta(minutes=3)
"""After which a search at GOV.UK Pay knows what there is, and a mop-up looks at the payment."""
AHEAD = {"web": timedelta(0), "worker": A_WHILE}
"""For the worker everybody has been away for a while."""
NOBODY = "http://127.0.0.1:1"


class Clock:
    """Of everybody here but the database. It goes, from the moment at which tests begin."""

    def __init__(self):
        self.moved = NOW - datetime.now(UTC)

    def __call__(self):
        return datetime.now(UTC) + self.moved

    def pass_a_while(self):
        self.moved += A_WHILE


async def must_not_break(answer):
    assert not answer.is_server_error, f"{answer.url} answered {answer.status_code}"


class House:
    """Web and worker behind proxies, each start a process of its own; the sandboxes and the database outlive them."""

    def __init__(self, mother, wires, sessions, clock, port, folder):
        self.mother, self.wires, self.sessions = mother, wires, sessions
        self.clock, self.port, self.folder = clock, port, folder
        self.url = f"http://127.0.0.1:{port}"
        self.http = httpx.AsyncClient(
            trust_env=False,
            timeout=PATIENCE,
            event_hooks={"response": [must_not_break]},
            # A killed web leaves connections behind that look alive.
            limits=httpx.Limits(max_keepalive_connections=0),
        )
        self.alive = {}

    async def start(self, name):
        """Unless it runs."""
        if name in self.alive:
            return
        if name == "worker":
            await self.forget_the_dead()
            await self.fall_due()
        moved = self.clock.moved + AHEAD[name]
        self.alive[name] = self.mother.start(name, moved=moved)
        if name == "web":
            await self.until(self._web_answers, "the web answers")
        else:
            await self.worker_rests()

    def kill(self, name):
        if name in self.alive:
            self.mother.kill(self.alive.pop(name))

    async def clear_away(self):
        """Nobody lives, and nothing waits to be done or to be cut."""
        self.wires.stop()
        for name in list(self.alive):
            self.kill(name)
        async with self.sessions.begin() as session:
            await session.execute(text("delete from pgqueuer"))

    async def _web_answers(self):
        with suppress(httpx.NetworkError, httpx.ProtocolError):
            return (await self.http.get(f"{self.url}/health/live")).is_success
        return False

    async def worker_rests(self):
        await self.until(self._nothing_is_due, "the worker has done what is due")

    async def _nothing_is_due(self):
        async with self.sessions() as session:
            return not await session.scalar(
                text("""select count(*) from pgqueuer
                    where status = 'picked' or status = 'queued' and execute_after <= now()""")
            )

    async def fall_due(self):
        """As it does every two minutes, and whenever a worker starts."""
        async with self.sessions.begin() as session:
            await enqueue(session, "mop_up_payments", key="every mop_up_payments")

    async def forget_the_dead(self):
        """As if their last sign of life had been a minute ago: what a dead worker had begun is for others then."""
        async with self.sessions.begin() as session:
            await session.execute(
                text(
                    "update pgqueuer set heartbeat = heartbeat - interval '1 minute' where status = 'picked'"
                )
            )

    async def unless_killed(self, name, act):
        """Only the death of that process excuses that what was begun does not come to its end."""
        acting = asyncio.ensure_future(act)
        while name in self.alive and not acting.done():
            await asyncio.wait({acting}, timeout=0.05)
        acting.cancel()
        (came,) = await asyncio.gather(acting, return_exceptions=True)
        if name in self.alive and isinstance(came, BaseException):
            raise came

    async def until(self, ask, what):
        until = time.monotonic() + PATIENCE
        while not await ask():
            assert time.monotonic() < until, f"Waited in vain until {what}"
            await asyncio.sleep(0.05)

    def taken(self):
        """The payments that went through at GOV.UK Pay."""
        book = PayBook(self.folder / "sandbox")
        made = book.search("", self.clock() + A_WHILE)
        book.close()
        return [payment for payment in made if payment.status == "success"]

    @contextmanager
    def telling(self, what):
        """Whatever goes wrong meanwhile says so, and what web and worker had to say."""
        try:
            yield
        except Exception as error:
            log = (self.folder / "log").read_text()[-3000:]
            error.add_note(f"{what}. What web and worker said last:\n{log}")
            raise

    async def payer(self):
        """Somebody whose application was approved, signed in."""
        token = secrets.token_urlsafe(32)
        async with self.sessions.begin() as session:
            application = await make_approved(session)
            account = await session.get_one(Account, application.account_id)
            session.add(stored(token, account, self.clock(), proved_at=self.clock()))
        return Payer(self, application.id, token)


class Payer:
    """Reads what the page says and presses what it offers."""

    def __init__(self, house, application_id, token):
        self.house, self.application_id = house, application_id
        self.headers = {
            "Cookie": f"{COOKIE}={token}",
            "Sec-Fetch-Site": "same-origin",
        }

    async def opens(self, path):
        answer = await self.gets(path)
        while answer.is_redirect:
            answer = await self.gets(answer.headers["location"])
        return Page(answer)

    async def gets(self, path):
        return await self.house.http.get(self.house.url + path, headers=self.headers)

    async def presses(self, page):
        return await self.house.http.post(
            f"{self.house.url}/pay", data=page.form(), headers=self.headers
        )

    async def gives_a_card(self, card_page):
        answer = await self.house.http.post(card_page, data=CARD)
        if answer.is_redirect:
            await self.house.http.post(answer.headers["location"])

    async def pays(self):
        answer = await self.presses(await self.opens("/pay"))
        await self.gives_a_card(answer.headers["location"])

    async def gets_it_paid(self):
        """Comes back and goes on with whatever is offered, as often as a patient person does."""
        for _ in range(6):
            page = await self.opens("/pay/return")
            if page.h1.startswith("Payment received"):
                return
            answer = await self.presses(page)
            if answer.headers["location"].startswith("http"):
                await self.gives_a_card(answer.headers["location"])
        raise AssertionError(f"still not paid: {page.text}")

    async def is_told_of(self):
        """GOV.UK Pay says that the payment went through."""
        async with self.house.sessions() as session:
            payment = await session.scalar(self.payments)
        said = {
            "webhook_message_id": f"of-{payment.reference}",
            "event_type": "card_payment_succeeded",
            "resource_id": payment.provider_id,
        }
        body = json.dumps(said).encode()
        key = settings().pay_webhook_secret.get_secret_value().encode()
        await self.house.http.post(
            f"{self.house.url}/webhooks/pay",
            content=body,
            headers={"Pay-Signature": hmac.new(key, body, sha256).hexdigest()},
        )

    @property
    def payments(self):
        return (
            select(Payment)
            .join(Invoice)
            .where(Invoice.application_id == self.application_id)
        )

    async def is_registered(self):
        async with self.house.sessions() as session:
            application = await session.get_one(Application, self.application_id)
        return application.state is ApplicationState.GRANTED

    async def books(self):
        """What there is of it, here and at GOV.UK Pay, counted."""
        async with self.house.sessions() as session:
            return await Books(session, self.application_id).counted(self.house.taken())


PAID_ONCE = {
    "application": ApplicationState.GRANTED,
    "payments taken": 1,
    "payments paid": 1,
    "payments in doubt": 0,
    "invoice": 1,
    "receipt": 1,
    "overpayment": 0,
    "entry": 1,
    "entry_projection": 1,
    "registration": 1,
    "issued_number": 1,
    "letter fees/invoice": 1,
    "letter fees/receipt": 1,
    "letter application_granted": 1,
    "event invoice_raised": 1,
    "event payment_succeeded": 1,
    "event fee_paid": 1,
    "event application_granted": 1,
    "event entry:numbered": 1,
    "event entry:registered": 1,
}


class Books:
    def __init__(self, session, application_id):
        self.session, self.id = session, application_id

    async def counted(self, taken):
        application = await self.session.get_one(Application, self.id)
        told = await self.those(Event.kind, Event.application_id == self.id)
        told += await self.those(
            Event.kind,
            Event.person_id == application.person_id,
            Event.application_id.is_(None),
        )
        written = await self.those(Message.letter, Message.application_id == self.id)
        return {
            "application": application.state,
            **await self.payments(taken),
            **await self.rows(application.person_id),
            **Counter(f"letter {letter}" for letter in written),
            **Counter(f"event {kind}" for kind in told if f"event {kind}" in PAID_ONCE),
        }

    async def payments(self, taken):
        made = await self.those(Payment, Payment.invoice_id.in_(self.invoices))
        references = {payment.reference for payment in made}
        taken = {p.payment_id for p in taken if p.reference in references}
        paid = {p.provider_id for p in made if p.state.paid}
        unsettled = sum(payment.state.unsettled for payment in made)
        return {
            "payments taken": len(taken),
            "payments paid": len(paid),
            "payments in doubt": len(taken ^ paid) + unsettled,
        }

    @property
    def invoices(self):
        return select(Invoice.id).where(Invoice.application_id == self.id)

    async def rows(self, person_id):
        entries = select(Entry.id).where(Entry.person_id == person_id)
        of = {
            Invoice: Invoice.application_id == self.id,
            Receipt: Receipt.application_id == self.id,
            Overpayment: Overpayment.invoice_id.in_(self.invoices),
            Entry: Entry.person_id == person_id,
            EntryProjection: EntryProjection.person_id == person_id,
            Registration: Registration.entry_id.in_(entries),
            IssuedNumber: IssuedNumber.person_id == person_id,
        }
        return {
            table.__tablename__: len(await self.those(table, where))
            for table, where in of.items()
        }

    async def those(self, column, *where):
        return list(await self.session.scalars(select(column).where(*where)))


@asynccontextmanager
async def a_house(database, folder):
    """`database` is the URL of a cluster's socket."""
    parts = urlsplit(database)
    socket_path = f"{unquote(parts.query.removeprefix('host='))}/.s.PGSQL.5432"
    engine, clock = connect(database, Role.APP), Clock()
    web, sandbox = free_ports(), free_ports()
    with Wires() as wires:
        pay = f"http://127.0.0.1:{wires.http(sandbox)}/pay"
        known = Settings(pay_url=pay, public_url=NOBODY, data_dir=folder)
        environment = {
            "ENVIRONMENT": "demo",
            "DATABASE_URL": f"postgresql://postgres@127.0.0.1:{wires.postgres(socket_path)}{parts.path}",
            "DATA_DIR": str(folder),
            "PORT": str(web),
            "PUBLIC_URL": f"http://127.0.0.1:{web}",
            "PAY_URL": pay,
            "NOTIFY_URL": f"http://127.0.0.1:{sandbox}/notify",
        }
        with (
            served(lambda: create_sandbox(known, clock), port=sandbox, factory=True),
            mother(folder / "log", **environment) as processes,
        ):
            house = House(processes, wires, sessions_of(engine), clock, web, folder)
            async with house.http:
                yield house
    await engine.dispose()
