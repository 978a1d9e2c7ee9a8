"""Where GOV.UK Pay tells that something may have changed."""

from typing import Any

from litestar import Request, Response, post

from fees import govuk_pay
from fees.payment import hear
from fees.refund import hear_of_refunds
from register.kit.settings import settings
from register.web.guards import PUBLIC
from register.web.needs import Moment, Session


@post("/webhooks/pay", access=PUBLIC, csrf="exempt", status_code=200)
async def pay(
    request: Request[Any, Any, Any], session: Session, now: Moment
) -> Response[str]:
    """Believed only as far as its signature goes: the payment is read again, by a job, and we answer at once."""
    body = await request.body()
    signature = request.headers.get("Pay-Signature", "")
    if not govuk_pay.signed(body, signature, settings().pay_webhook_secret):
        return Response("", status_code=403)
    notice = govuk_pay.notice(body)
    if notice and await hear(session, notice, now=now):
        await hear_of_refunds(session, notice.resource_id)
    return Response("")


pages = [pay]
