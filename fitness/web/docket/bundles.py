"""Bundles: asked for, waited for and downloaded."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Stream, Template

from fitness.case import Read
from fitness.docket.acts import DocketAct
from fitness.docket.bundle import (
    Bundle,
    BundleState,
    FileNotReadable,
    NothingForThem,
    RedactionWaits,
    bundle_in,
    bundles_of,
    for_audience,
    made_of,
)
from fitness.docket.document import docket_of
from fitness.docket.level import Audience
from fitness.web.cases.opened import CASE_READERS, DOCKET_KEEPERS, Opened, attempting
from fitness.web.docket.opened import DOCKET, keeps, to_keep
from fitness.web.investigation.opened import back, investigated
from register.kit import forms, store
from register.kit.errors import NotFound
from register.kit.pages import page
from register.web.needs import Act, Acting, Form

BUNDLES = f"{DOCKET}/bundles"


class BundleForm(forms.Form):
    audience = forms.Radios(
        "For whom?", what="for whom it is", choices=[(one, one) for one in Audience]
    )


@get(BUNDLES, access=CASE_READERS)
async def every(act: Act, reference: FromPath[str]) -> Template:
    found = await investigated(act, reference, what=Read.DOCKET)
    return await _page(act, found, BundleForm())


async def _page(act: Acting, found: Opened, form: BundleForm) -> Template:
    """Of the latest for each audience it is told whether the docket has changed since."""
    case = found.case
    docket = await docket_of(act.session, case.id)
    now = {
        audience: made_of(case.reference, audience, for_audience(docket, audience))
        for audience in Audience
    }
    return page(
        "fitness/docket/bundles.html",
        found=found,
        case=case,
        bundles=await bundles_of(act.session, case.id),
        now=now,
        form=form,
        keeps=keeps(found),
    )


@post(BUNDLES, access=DOCKET_KEEPERS)
async def ask(act: Act, *, reference: FromPath[str], form: Form) -> Redirect | Template:
    found = await to_keep(act, reference, lock=True)
    answers = BundleForm(form)
    if answers.validate():
        try:
            async with attempting(act):
                bundle = await Bundle.ask(
                    act.session,
                    found.case,
                    Audience(answers.audience.data),
                    by=act.process(DocketAct.BUILD),
                )
        except (NothingForThem, RedactionWaits, FileNotReadable) as refused:
            answers.add_error("audience", str(refused))
    if answers.faults:
        return await _page(act, found, answers)
    return back(found, f"docket/bundles/{bundle.number}")


@get(f"{BUNDLES}/{{nth:int}}", access=CASE_READERS)
async def one(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Template:
    found = await investigated(act, reference, what=Read.DOCKET)
    return page(
        "fitness/docket/bundle.html",
        found=found,
        case=found.case,
        bundle=await bundle_in(act.session, found.case.id, nth),
    )


@get(f"{BUNDLES}/{{nth:int}}/file", access=CASE_READERS)
async def file(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Stream:
    found = await investigated(act, reference, what=Read.BUNDLE)
    bundle = await bundle_in(act.session, found.case.id, nth)
    if bundle.state is not BundleState.READY or bundle.kept_as is None:
        raise NotFound
    name = f"{found.case.reference}-{bundle.audience}-{bundle.number}.pdf"
    return Stream(
        store.content(bundle.kept_as),
        media_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )


pages = [every, ask, one, file]
