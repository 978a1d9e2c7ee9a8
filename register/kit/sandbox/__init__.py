"""The services outside, pretended on one port: the same protocols, with pages to see what would have happened."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import Litestar, MediaType, get

from register.kit.clock import Now
from register.kit.sandbox.chaos import Chaos
from register.kit.sandbox.notify import NotifySandbox
from register.kit.sandbox.pay import PaySandbox
from register.kit.settings import Settings


@dataclass(frozen=True)
class Part:
    name: str
    what: str
    page: str = ""


PARTS = (
    Part(
        "Outbox",
        "every e-mail, text message and letter that was handed to GOV.UK Notify",
        "/outbox",
    ),
    Part("GOV.UK Pay", "the card pages come up when something is paid for"),
    Part("ClamAV", "finds the EICAR test string in files that are uploaded"),
)


def create_sandbox(known: Settings, now: Now) -> Litestar:
    """GOV.UK Pay and GOV.UK Notify at the paths of their settings, the outbox and an index."""
    folder = known.data_dir / "sandbox"
    pay = PaySandbox(
        folder=folder,
        now=now,
        url=known.pay_url,
        api_key=known.pay_api_key.get_secret_value(),
        webhook_url=urljoin(known.public_url, "/webhooks/pay"),
        webhook_secret=known.pay_webhook_secret.get_secret_value(),
        chaos=Chaos.of_environment(),
    )
    notify = NotifySandbox(
        folder=folder,
        now=now,
        url=known.notify_url,
        api_key=known.notify_api_key.get_secret_value(),
        templates={
            "email": known.notify_template_email,
            "sms": known.notify_template_sms,
            "letter": known.notify_template_letter,
        },
    )

    @asynccontextmanager
    async def webhooks_go_out(_: Litestar) -> AsyncGenerator[None, None]:
        sending = asyncio.create_task(pay.run())
        try:
            yield
        finally:
            sending.cancel()
            with suppress(asyncio.CancelledError):
                await sending

    return Litestar(
        route_handlers=[
            index(known.public_url),
            pay.router(),
            notify.router(),
            notify.outbox(),
        ],
        lifespan=[webhooks_go_out],
        openapi_config=None,
        logging_config=None,
    )


def index(service: str) -> Any:
    pages = Environment(
        loader=PackageLoader("register.kit.sandbox"),
        autoescape=True,
        undefined=StrictUndefined,
    )
    shown = pages.get_template("index.html").render(parts=PARTS, service=service)

    @get("/", media_type=MediaType.HTML, sync_to_thread=False)
    def index_page() -> str:
        return shown

    return index_page
