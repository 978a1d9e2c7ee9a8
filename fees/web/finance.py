"""Where the finance officer's work begins: each of its pages, in a line."""

from litestar import get
from litestar.response import Template

from fees.web.staff import READERS
from register.kit.pages import page

AT = "/staff/finance"


@get(AT, access=READERS)
async def overview() -> Template:
    return page("fees/finance/overview.html")


pages = [overview]
