"""A copy of one's own data: asked for with the password, and downloaded while it is kept."""

from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.data_copy import KEPT_FOR, DataCopy, DataCopyAct, copies_of
from register.data_copy import Form as CopyForm
from register.kit import store
from register.kit.errors import NotFound
from register.kit.pages import page
from register.kit.security.limits import PDF
from register.web.account import OwnPasswordForm, knows_password, own_account
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Acting, Form, Limits, Visit

MEDIA_TYPES = {CopyForm.JSON: "application/json", CopyForm.PDF: "application/pdf"}


@get("/account/data", access=SIGNED_IN)
async def overview(act: Act) -> Template:
    return await _page(act, OwnPasswordForm())


@post("/account/data", access=SIGNED_IN, limit=PDF)
async def ask(
    act: Act, form: Form, visit: Visit, limits: Limits
) -> Redirect | Template:
    sent = OwnPasswordForm(form)
    if not sent.validate() or not await knows_password(sent, act, limits):
        return await _page(act, sent)
    account = await own_account(act.session, act)
    by = act.process(DataCopyAct.ASK)
    await DataCopy.ask(act.session, account, by=by)
    visit.flash("Your copy is being made: we will write to you when it is ready")
    return Redirect("/account/data", status_code=303)


@get("/account/data/{copy_id:uuid}/json", access=SIGNED_IN, limit=PDF)
async def json_file(act: Act, copy_id: FromPath[UUID]) -> Response[bytes]:
    return await _file(act, copy_id, CopyForm.JSON)


@get("/account/data/{copy_id:uuid}/pdf", access=SIGNED_IN, limit=PDF)
async def pdf_file(act: Act, copy_id: FromPath[UUID]) -> Response[bytes]:
    return await _file(act, copy_id, CopyForm.PDF)


async def _file(act: Acting, copy_id: UUID, form: CopyForm) -> Response[bytes]:
    """Somebody else's copy, and one that has had its time, are not there."""
    copy = await act.session.get(DataCopy, copy_id)
    if copy is None or copy.account_id != act.account.id:
        raise NotFound
    name = copy.kept_as(form)
    if name is None or copy.until is None or act.now >= copy.until:
        raise NotFound
    content = b"".join([piece async for piece in store.content(name)])
    return Response(
        content,
        media_type=MEDIA_TYPES[form],
        headers={"Content-Disposition": f'attachment; filename="your-data.{form}"'},
    )


async def _page(act: Acting, form: OwnPasswordForm) -> Template:
    return page(
        "register/data_copy/overview.html",
        form=form,
        copies=await copies_of(act.session, act.account),
        days=KEPT_FOR.days,
        now=act.now,
    )


pages = [overview, ask, json_file, pdf_file]
