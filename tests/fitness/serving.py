"""Serving from a page: what would be served is shown first, and then served as it was seen."""

from tests.reading import Page

SERVE = "Serve it now"


async def post_and_serve(browser, address, data, **more):
    """The answer to the form, or to the preview that it led to."""
    page = Page(await browser.post(address, data=data, **more))
    if page.status == 200 and SERVE in page.buttons:
        return Page(await browser.post(page.action(SERVE), data=page.form(SERVE)))
    return page
