"""The start page, and what the service says about itself."""

import pytest

from register.web.guards import handlers
from tests.reading import Page


async def test_the_start_page_searches_the_register(browser):
    page = Page(await browser.get("/"))

    assert page.status == 200
    assert page.h1 == "Check that somebody is registered"
    form = page.soup.select_one("main form[role=search]")
    assert (form["method"], form["action"]) == ("get", "/search")
    assert page.field("Name or registration number").name == "q"


async def test_the_start_page_leads_to_joining_and_signing_in(browser):
    page = Page(await browser.get("/"))

    assert {"/apply", "/sign-in", "/verify", "/standards", "/fees", "/privacy"} <= set(
        page.links.values()
    )


async def test_the_standards_are_those_in_force(browser):
    page = Page(await browser.get("/standards"))

    assert page.h1 == "Professional standards"
    assert len(page.facts) == 10
    assert page.fact("R1: Put children's safety first").startswith("Act at once")
    assert "Version 2026-1" in page.text


@pytest.mark.parametrize(
    ("path", "h1"),
    [("/accessibility", "Accessibility statement"), ("/privacy", "Privacy notice")],
)
async def test_what_we_say_about_ourselves_is_there(browser, path, h1):
    page = Page(await browser.get(path))

    assert (page.status, page.h1) == (200, h1)


@pytest.mark.parametrize("path", ["/", "/standards", "/accessibility", "/privacy"])
async def test_reading_sets_no_cookie(browser, path):
    assert "set-cookie" not in (await browser.get(path)).headers


async def test_every_page_that_the_start_page_leads_to_is_there(browser, app):
    soup = Page(await browser.get("/")).soup
    own = {link["href"] for link in soup.select("a[href^='/']")}

    assert own - {path for path, _, _ in handlers(app)} == set()


async def test_an_address_of_ours_is_named_only_if_there_is_one(browser):
    assert "mailto:" not in (await browser.get("/accessibility")).text
