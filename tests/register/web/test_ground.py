"""What holds for every page, whoever wrote it."""

import pytest
from litestar import get

ALWAYS = {
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",
}


async def test_the_service_says_that_it_is_ready(browser):
    page = await browser.get("/health/ready")

    assert page.status_code == 200
    assert page.json() == {"status": "ready"}


async def test_what_is_not_there_is_a_page(browser):
    page = await browser.get("/nowhere")

    assert page.status_code == 404
    assert "Page not found" in page.text


_ = (get, pytest)
