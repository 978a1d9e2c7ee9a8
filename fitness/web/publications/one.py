"""One publication: its versions, a preview of exactly what the public would read, and what may be done with it."""

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Template

from fitness.case import members
from fitness.publication import Because, Kind, Published
from fitness.publication.paper import paper_html
from fitness.web.cases.opened import CASE_READERS
from fitness.web.publications.opened import (
    ALL,
    PUBLICATION,
    OpenedPublication,
    one_opened,
    previewed,
    writes,
)
from register.kit import forms
from register.kit.errors import NotFound
from register.kit.pages import page
from register.kit.security.limits import PDF
from register.kit.settings import settings
from register.web.needs import Act, Acting
from register.web.pdf import pdf


class ApproveForm(forms.Form):
    version = forms.Hidden()
    no_child = forms.Confirm(
        "No child is named, and nobody could know one by it",
        missing="Confirm that no child is named, and that nobody could know one by it",
    )
    nothing_private = forms.Confirm(
        "Nothing is said of anybody’s health, or of a third person’s private life",
        missing="Confirm that nothing is said of anybody’s health, or of a third person’s private life",
    )


class ReturnForm(forms.Form):
    version = forms.Hidden()
    words = forms.LongText("What is still to be done?", what="what is still to be done")


class TakeDownForm(forms.Form):
    because = forms.Radios(
        "Why is it taken down?",
        what="why it is taken down",
        choices=[(one, one) for one in Because if one.by_hand],
    )
    reasons = forms.LongText("What happened?", what="what happened")


@get(PUBLICATION, access=CASE_READERS)
async def one(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Template:
    return await publication_page(act, await one_opened(act, reference, nth))


async def publication_page(
    act: Acting, one: OpenedPublication, sent: forms.Form | None = None
) -> Template:
    """`sent`: one of its forms that is shown again."""
    case, publication = one.case, one.publication
    version = {"version": str(publication.latest.number)}
    people = await members(act.session, case.id, ever=True)
    return page(
        "fitness/publications/one.html",
        found=one.found,
        case=case,
        publication=publication,
        public=await act.session.get(Published, publication.slug),
        names={member.account_id: member.account.name for member in people},
        form=sent or forms.Form(),
        approving=sent if isinstance(sent, ApproveForm) else ApproveForm(data=version),
        returning=sent if isinstance(sent, ReturnForm) else ReturnForm(data=version),
        taking_down=sent if isinstance(sent, TakeDownForm) else TakeDownForm(),
        writes=writes(one.found),
        decides=publication.why_not(act.account) is None,
        takes_down=act.viewer.has(*ALL.roles),
        now=act.now,
    )


@get(f"{PUBLICATION}/preview", access=CASE_READERS)
async def preview(act: Act, reference: FromPath[str], nth: FromPath[int]) -> Template:
    one = await one_opened(act, reference, nth)
    return page(
        "fitness/publications/preview.html",
        case=one.case,
        publication=one.publication,
        shown=await previewed(act, one),
        now=act.now,
    )


@get(f"{PUBLICATION}/preview/decision.pdf", access=CASE_READERS, limit=PDF)
async def preview_paper(
    act: Act, reference: FromPath[str], nth: FromPath[int]
) -> Response[bytes]:
    one = await one_opened(act, reference, nth)
    if one.publication.kind is not Kind.DECISION:
        raise NotFound
    shown = await previewed(act, one)
    address = f"{settings().public_url.rstrip('/')}{shown.published.address}"
    html = paper_html(shown, address=address, now=act.now)
    return await pdf(html, name="decision.pdf")


pages = [one, preview, preview_paper]
