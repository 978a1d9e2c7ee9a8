"""People whose application is approved and who owe the fee."""

import asyncio
from datetime import date, timedelta
from uuid import uuid4

import httpx2
from litestar import Litestar
from pydantic import SecretStr

from fees.govuk_pay import GovukPay
from register.application import Application, ApplicationState
from register.application.answers import Qualifications
from register.kit.clock import day_of
from register.kit.sandbox.pay import PaySandbox
from register.part import Part
from register.rule_set import RuleSet
from tests.applications import make_form, make_qualification, make_sent_application
from tests.make import NOW, make_account, make_person

URL = "http://127.0.0.1:8001/pay"
RETURN = "https://register.example/pay/return"
CARD = {
    "card_number": "4242424242424242",
    "expiry_month": "12",
    "expiry_year": "30",
    "cardholder_name": "A Lovelace",
    "cvc": "123",
}
DECLINED, BROKEN = "4000000000000002", "4000000000000119"
PAY_BY = date(2027, 3, 24)


async def make_approved(
    session, *, account=None, approved_at=NOW, pay_by=PAY_BY, **more
):
    """An application that waits for its fee."""
    person = more.pop("person", None) or await make_person(session)
    account = account or await make_account(session, person=person)
    rule_set = await RuleSet.on(session, Part.MANAGER, day_of(approved_at))
    application = Application(
        **{
            "id": uuid4(),
            "account_id": account.id,
            "person_id": person.id,
            "part": Part.MANAGER,
            "rule_set_id": rule_set.id,
            "state": ApplicationState.APPROVED,
            "created_at": approved_at - timedelta(days=40),
            "draft_until": day_of(approved_at) + timedelta(days=50),
            "submitted_at": approved_at - timedelta(days=30),
            "decided_at": approved_at,
            "approved_at": approved_at,
            "pay_by": pay_by,
            "conditions": [],
        }
        | more
    )
    session.add(application)
    await session.flush()
    return application


async def make_abroad(session, *, account=None, now=NOW, **said):
    """An application that is sent with a qualification from abroad."""
    held = make_qualification(**{"country": "Portugal"} | said)
    form = make_form(qualifications=Qualifications(items=[held]))
    return await make_sent_application(session, account=account, form=form, now=now)


class PayService:
    """GOV.UK Pay as the sandbox has it, in this process: our client, and a payer who goes through the card pages.

    `lose` makes answers to our calls get lost on the way back, after they were acted on.
    """

    def __init__(self, folder, clock):
        self.desk = PaySandbox(
            folder=folder,
            now=clock,
            url=URL,
            api_key="api_test_key",
            webhook_url="",
            webhook_secret="webhook_test_secret",
        )
        app = Litestar([self.desk.router()], openapi_config=None, logging_config=None)
        self.transport = Lossy(httpx2.ASGITransport(app))
        self.client = GovukPay(URL, SecretStr("api_test_key"), transport=self.transport)
        self.payer = httpx2.AsyncClient(transport=httpx2.ASGITransport(app))

    async def pays(self, page, **card):
        """The payer gives a card and confirms, as far as the pages lead."""
        await self.payer.get(page)
        answer = await self.payer.post(page, data=CARD | card)
        if answer.status_code == 303:
            answer = await self.payer.post(answer.headers["Location"])
        return answer

    async def leaves(self, page):
        return await self.payer.post(f"{page}/cancel")

    def made(self):
        """Every payment there is at the service."""
        return self.desk.book.search("", self.desk.now() + timedelta(hours=1))

    async def close(self):
        await self.payer.aclose()
        await self.client.__aexit__()
        self.desk.book.close()


class Lossy(httpx2.AsyncBaseTransport):
    """Carries every request; while `lost` names methods, their answers do not come back; while `down`, nothing goes; until
    `quick` is set, all take as long as that. `next` says what becomes of the next posts, one after the other: lost, down or busy.
    """

    def __init__(self, inner):
        self.inner = inner
        self.lost = set()
        self.down = False
        self.next = []
        self.quick = asyncio.Event()
        self.quick.set()
        self.asked = asyncio.Event()

    async def handle_async_request(self, request):
        fate = self.next.pop(0) if self.next and request.method == "POST" else ""
        if self.down or fate == "down":
            raise httpx2.ConnectError("")
        if fate == "busy":
            return httpx2.Response(429, json={"code": "P0900"}, request=request)
        self.asked.set()
        await self.quick.wait()
        answer = await self.inner.handle_async_request(request)
        if fate == "lost" or request.method in self.lost:
            raise httpx2.ReadTimeout("")
        return answer
