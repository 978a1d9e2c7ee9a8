"""Whoever is shown a certificate checks it here against the register."""

from typing import Any

from litestar import Request, get
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.certificate import check, grouped, read_serial
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.pages import page
from register.kit.security.limits import MINUTE, ProcessLimit, Rate
from register.web.guards import PUBLIC
from register.web.needs import Moment, Network, Session

BURST = ProcessLimit(Rate(60, MINUTE))

UNLISTED = {"X-Robots-Tag": "noindex"}
"""Search engines would keep what the register no longer says."""


class SerialForm(forms.Form):
    serial = forms.Text(
        "Certificate serial",
        longest=60,
        hint="16 letters and numbers, for example 4F7K-2M9Q-X3ZB-8RTW",
        missing="Enter the serial that is printed on the certificate",
    )


@get("/verify", access=PUBLIC)
async def ask(request: Request[Any, Any, Any]) -> Template | Redirect:
    if "serial" not in request.query_params:
        return page("register/verify/ask.html", form=SerialForm())
    form = SerialForm(request.query_params)
    serial = read_serial(form.serial.data) if form.validate() else None
    if serial:
        return Redirect(f"/verify/{grouped(serial)}", status_code=303)
    if not form.faults:
        form.add_error(
            "serial",
            "Certificate serial must be 16 letters and numbers, without the letter U",
        )
    return page("register/verify/ask.html", form=form)


@get("/verify/{serial:str}", access=PUBLIC)
async def answer(
    session: Session, serial: FromPath[str], network: Network, now: Moment
) -> Template:
    BURST.hit(network)
    try:
        checked = await check(session, serial, now=now)
    except NotFound:
        return page(
            "register/verify/unknown.html",
            status=404,
            headers=UNLISTED,
            form=SerialForm(),
        )
    return page(
        "register/verify/answer.html",
        headers=UNLISTED,
        checked=checked,
        day=day_of(now),
        serial=grouped(checked.certificate.serial),
    )


pages = [ask, answer]
