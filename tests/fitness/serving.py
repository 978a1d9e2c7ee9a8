"""Serving from a page, and telling: what would be served or sent is shown first, and then goes as it was seen."""

from tests.reading import Page

SERVE = "Serve it now"
SEND = "Decide and send it now"


async def post_and_serve(browser, address, data, **more):
    """The answer to the form, or to the preview that it led to."""
    page = Page(await browser.post(address, data=data, **more))
    for go_on in (SERVE, SEND):
        if page.status == 200 and go_on in page.buttons:
            sent = page.form(go_on)
            return Page(await browser.post(page.action(go_on), data=sent))
    return page
