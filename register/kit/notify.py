"""GOV.UK Notify: one generic template a channel, into which our own wording is put."""

import time
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from functools import cache
from http import HTTPStatus
from typing import Any
from uuid import UUID

import httpx2
import jwt

from register.kit.settings import settings

UUID_LENGTH = 36
OUR_FAULT = {
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.TOO_MANY_REQUESTS,
}
"""A wrong key, a wrong clock, too much at once: the message is right, and goes once that is put right."""
NO_START_OF_A_LINE = '@()=[]"\N{RIGHT DOUBLE QUOTATION MARK}\\/,<>~ '
"""With which Notify lets no line of a postal address begin."""
WAIT = httpx2.Timeout(10, connect=3)


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    LETTER = "letter"


class Delivery(StrEnum):
    """What became of a message that Notify took."""

    UNDER_WAY = "under_way"
    DELIVERED = "delivered"
    FAILED = "failed"


class NotTaken(Exception):
    """Notify refuses the message; sent again it would be refused again."""


class NotNow(Exception):
    """No answer, or none that settles it; `wait` is what Notify asks for, where it does."""

    def __init__(self, wait: timedelta = timedelta(0)) -> None:
        self.wait = wait
        super().__init__("Notify does not take messages at the moment")


class Notify:
    """A client of the API. Notify knows our `reference`, so what it has taken can be found after an answer is lost."""

    def __init__(self, url: str, key: str, templates: Mapping[Channel, str]) -> None:
        self._templates = templates
        self._service, self._secret = (
            key[-2 * UUID_LENGTH - 1 : -UUID_LENGTH - 1],
            key[-UUID_LENGTH:],
        )
        self._http = httpx2.AsyncClient(
            base_url=url, timeout=WAIT, follow_redirects=False, trust_env=False
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def send(
        self, channel: Channel, to: str, *, subject: str, body: str, reference: UUID
    ) -> str:
        """Hand a message over and answer Notify's number for it."""
        answer = await self._ask(
            "POST",
            f"/v2/notifications/{channel}",
            json={
                "template_id": self._templates[channel],
                "reference": str(reference),
                **_addressed(channel, to, subject, body),
            },
        )
        return str(answer["id"])

    async def taken(self, reference: UUID) -> str | None:
        """Notify's number for what we handed over under a reference, if it ever arrived."""
        answer = await self._ask(
            "GET", "/v2/notifications", params={"reference": str(reference)}
        )
        found = answer["notifications"]
        return str(found[0]["id"]) if found else None

    async def delivery(self, number: str) -> Delivery:
        answer = await self._ask("GET", f"/v2/notifications/{number}")
        status = str(answer["status"])
        if status in {"delivered", "sent", "received"}:
            return Delivery.DELIVERED
        failed = status.endswith(("-failure", "-failed")) or status == "cancelled"
        return Delivery.FAILED if failed else Delivery.UNDER_WAY

    async def _ask(self, method: str, path: str, **content: Any) -> dict[str, Any]:
        try:
            answer = await self._http.request(
                method,
                path,
                headers={"Authorization": f"Bearer {self._token()}"},
                **content,
            )
            if answer.is_success:
                return dict(answer.json())
        except (httpx2.HTTPError, ValueError) as error:
            raise NotNow from error
        if answer.status_code in OUR_FAULT or not answer.is_client_error:
            raise NotNow(_asked_wait(answer))
        raise NotTaken(f"Notify answered {answer.status_code}")

    def _token(self) -> str:
        return jwt.encode(
            {"iss": self._service, "iat": int(time.time())},
            self._secret,
            algorithm="HS256",
        )


def _addressed(channel: Channel, to: str, subject: str, body: str) -> dict[str, Any]:
    if channel is Channel.EMAIL:
        return {
            "email_address": to,
            "personalisation": {"subject": subject, "body": body},
        }
    if channel is Channel.SMS:
        return {"phone_number": to, "personalisation": {"body": body}}
    lines = {
        f"address_line_{number}": line.lstrip(NO_START_OF_A_LINE)
        for number, line in enumerate(to.splitlines(), start=1)
    }
    return {"personalisation": {"subject": subject, "body": body, **lines}}


def _asked_wait(answer: httpx2.Response) -> timedelta:
    asked = answer.headers.get("Retry-After", "")
    return timedelta(seconds=int(asked)) if asked.isdecimal() else timedelta(0)


@cache
def client() -> Notify:
    """The one client of this process."""
    ours = settings()
    templates = {
        Channel.EMAIL: ours.notify_template_email,
        Channel.SMS: ours.notify_template_sms,
        Channel.LETTER: ours.notify_template_letter,
    }
    return Notify(ours.notify_url, ours.notify_api_key.get_secret_value(), templates)
