"""Every macro in a real browser: as it is, wrong, narrow, and without scripts."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from jinja2 import FileSystemLoader
from litestar import Litestar, Request, get, post

from register.kit import forms, pages
from register.kit.security.headers import content_policy
from tests.chromium import (
    NARROW,
    PATIENCE,
    WIDE,
    chromium,
    complaints_of,
    spills,
    violations,
)
from tests.served import served

TEMPLATES = Path(__file__).parents[2] / "templates"


class Everything(forms.Form):
    version = forms.Hidden(optional=True)
    name = forms.Name("Full name", what="your full name", hint="As on your passport")
    weight = forms.Number("Weight")
    email = forms.Email()
    phone = forms.Phone(optional=True)
    password = forms.Password()
    code = forms.Digits("Security code", what="the security code", exactly=6)
    story = forms.LongText("What happened?", what="what happened", longest=500)
    part = forms.Radios(
        "Which part?",
        what="a part",
        choices=[("manager", "Manager"), ("deputy", "Deputy", "Second in charge")],
    )
    renamed = forms.YesNo("Have you had other names?", what="you have had other names")
    former = forms.Name("Former name", only_if=("renamed", "yes"))
    settled = forms.YesNo("Do you live in England?", what="you live in England")
    needs = forms.Checkboxes(
        "Needs", choices=[("print", "Large print")], none=("none", "None of these")
    )
    born = forms.Date("Date of birth", what="your date of birth", past=True)
    country = forms.Select(
        "Country",
        what="a country",
        choices=[("england", "England"), ("wales", "Wales")],
    )
    home = forms.Select(
        "Home", what="a home", choices=[(str(n), f"Home {n}") for n in range(50)]
    )
    certificate = forms.Upload("Certificate", what="a certificate", accept=".pdf")
    truth = forms.Confirm(
        "I declare that this is true", missing="Confirm that this is true"
    )


class Filters(forms.Form):
    needs = forms.Checkboxes("Needs to show", choices=[("print", "Large print")])


def gallery(form):
    return pages.page(
        "gallery/gallery.html",
        form=form,
        filters=Filters(prefix="filter"),
        at=datetime(2027, 3, 10, 10, tzinfo=UTC),
    )


@get("/gallery", sync_to_thread=False)
def ask() -> pages.Template:
    return gallery(Everything(today=date(2027, 3, 10)))


@post("/gallery")
async def send(request: Request) -> pages.Template:
    form = Everything(await request.form(), today=date(2027, 3, 10))
    form.validate()
    return gallery(form)


async def with_policy(message, _):
    if message["type"] == "http.response.start":
        policy = content_policy(pages.INLINE_SCRIPT_HASH, [])
        message["headers"].append((b"content-security-policy", policy.encode()))


@pytest.fixture(scope="module")
def address():
    templates = pages.template_config("register", demo=True)
    templates.engine_instance.engine.loader.mapping["gallery"] = FileSystemLoader(
        TEMPLATES
    )
    app = Litestar(
        [ask, send, pages.static_files()],
        template_config=templates,
        before_send=[with_policy],
        openapi_config=None,
    )
    with served(app) as address:
        yield f"{address}/gallery"


@pytest.fixture(scope="module")
async def browser_window():
    async with chromium() as browser:
        yield browser


@pytest.fixture(params=[WIDE, NARROW], ids=["wide", "narrow"])
async def window(browser_window, request):
    page = await browser_window.new_page(viewport=request.param)
    page.set_default_timeout(PATIENCE)
    yield page
    await page.close()


async def press_save(window):
    await window.get_by_role("button", name="Save and continue").click()
    await window.wait_for_load_state("networkidle")


async def test_nothing_is_wrong_with_any_macro(window, address):
    said = complaints_of(window)

    await window.goto(address, wait_until="networkidle")

    assert await violations(window) == []
    assert await spills(window) == 0
    assert said == []


async def test_nothing_is_wrong_with_any_macro_that_shows_a_fault(window, address):
    await window.goto(address)

    await press_save(window)

    assert await violations(window) == []
    assert await spills(window) == 0
    assert (await window.title()).startswith("Error: ")


async def test_what_is_wrong_is_where_the_keyboard_is(window, address):
    await window.goto(address)
    await press_save(window)

    assert (
        await window.evaluate("document.activeElement.className")
        == "govuk-error-summary"
    )
    await window.get_by_role("link", name="Enter your date of birth").click()
    assert await window.evaluate("document.activeElement.id") == "born-day"


async def test_a_long_list_is_found_by_typing(window, address):
    await window.goto(address, wait_until="networkidle")

    await window.get_by_role("combobox", name="Home").press_sequentially("ome 42")
    await window.get_by_role("option", name="Home 42").click()

    assert await window.locator("select[name=home]").input_value() == "42"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
async def test_a_question_opens_with_its_answer(browser_window, address, scripts):
    page = await browser_window.new_page(java_script_enabled=scripts)
    await page.goto(address)
    former = page.get_by_label("Former name")

    before = await former.is_visible()
    await page.get_by_role("group", name="other names").get_by_label("Yes").check()

    assert (before, await former.is_visible()) == (False, True)
    await page.close()


async def test_a_form_is_sent_without_scripts(browser_window, address):
    page = await browser_window.new_page(java_script_enabled=False)
    await page.goto(address)
    await page.get_by_label("Full name").fill("Zoë O’Neil")

    await page.get_by_role("button", name="Save and continue").click()

    assert await page.get_by_label("Full name").input_value() == "Zoë O’Neil"
    assert await page.get_by_text("Enter your date of birth").count() == 2
    await page.close()
