"""What every template may rely on."""

import hashlib
import re
from base64 import b64encode
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest
from jinja2 import UndefinedError
from litestar import Litestar, get
from litestar.testing import RequestFactory

from register.kit import forms, pages
from register.kit.security.input import FormData
from tests.reading import Page


def drawn(source, **context):
    return pages.environment("register").from_string(source).render(**context)


class Ask(forms.Form):
    name = forms.Name("Full name", what="your full name")


# Names


@pytest.mark.parametrize(
    "source",
    [
        "{{ nmae }}",
        "{% if nmae %}x{% endif %}",
        "{% for x in nmae %}{% endfor %}",
        "{{ nmae.first }}",
        "{{ nmae | length }}",
        "{% if nmae == 'Ann' %}x{% endif %}",
        "{% if nmae in ['Ann'] %}x{% endif %}",
    ],
)
def test_a_misspelt_name_fails(source):
    with pytest.raises(UndefinedError, match="nmae"):
        drawn(source, name="Ann")


def test_a_key_that_nobody_gave_is_empty():
    assert drawn("{{ row.href }}{% if row.href %}x{% endif %}", row={}) == ""


def test_what_somebody_wrote_is_text():
    assert (
        drawn("{{ name }}", name="<b>O'Brien</b>") == "&lt;b&gt;O&#39;Brien&lt;/b&gt;"
    )


def test_letters_are_not_html():
    env = pages.environment("register")

    assert env.autoescape("register/letters/welcome.txt") is False
    assert env.autoescape("register/letters/welcome.html") is True


# How things are written


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(2027, 3, 12, 15, 4, tzinfo=UTC), "12 March 2027 at 3:04pm"),
        (datetime(2027, 3, 12, 0, 0, tzinfo=UTC), "12 March 2027 at 12:00am"),
        (datetime(2027, 3, 12, 12, 0, tzinfo=UTC), "12 March 2027 at 12:00pm"),
        (datetime(2027, 6, 30, 23, 30, tzinfo=UTC), "1 July 2027 at 12:30am"),
    ],
)
def test_a_moment_is_written_in_uk_time(moment, written):
    assert drawn("{{ at | moment }}", at=moment) == written


def test_a_day_is_written_out():
    assert drawn("{{ on | date }}", on=date(2027, 3, 2)) == "2 March 2027"
    assert (
        drawn("{{ on | date }}", on=datetime(2027, 6, 30, 23, 30, tzinfo=UTC))
        == "1 July 2027"
    )


def test_counts_are_written_with_what_they_count():
    assert drawn("{{ 1 | plural('entry', 'entries') }}") == "1 entry"
    assert drawn("{{ 0 | plural('day') }}") == "0 days"
    assert drawn("{{ 1200 | plural('day') }}") == "1,200 days"
    assert drawn("{{ 1000 | capped }} {{ 1001 | capped }}") == "1,000 1,000+"
    assert drawn("{{ 12345 | number }}") == "12,345"


def test_what_somebody_wrote_keeps_its_lines():
    text = "One <b>\r\ntwo\r\n\r\n\r\nthree"

    assert drawn("{{ text | paragraphs }}", text=text) == (
        '<p class="govuk-body">One &lt;b&gt;<br>two</p><p class="govuk-body">three</p>'
    )


# The layout

SHORT = '{% extends "register/layout.html" %}{% block title %}Short{% endblock %}{% block content %}<h1>Short</h1>{% endblock %}'


class Somebody:
    signed_in = True

    def __init__(self, *, is_staff):
        self.staff, self.roles = is_staff, frozenset()


def in_layout(
    source=SHORT,
    *,
    path="/short",
    viewer=None,
    flashes=(),
    token="",
    known=None,
    **context,
):
    config = pages.template_config(
        "register",
        of_request={
            "get_viewer": lambda _: viewer,
            "get_flashes": lambda _: flashes,
            "csrf_token": lambda _: token,
        },
        **(known or {}),
    )
    request = RequestFactory().get(path)
    return Page(
        config.engine_instance.engine.from_string(source).render(
            request=request, **context
        )
    )


def test_a_page_has_its_title_and_the_name_of_the_service():
    page = in_layout()

    assert page.title == "Short"
    assert page.soup.title.string.endswith(" - Children’s Homes Workforce Register")


def test_the_title_says_that_there_is_an_error():
    wrong = Ask(FormData())
    wrong.validate()

    assert in_layout(form=wrong).title == "Error: Short"
    assert in_layout(form=Ask()).title == "Short"


def test_a_page_without_a_title_is_not_shown():
    with pytest.raises(Exception, match="title"):
        in_layout('{% extends "register/layout.html" %}')


def test_nobody_may_sign_in_and_somebody_may_sign_out():
    nobody = in_layout()
    applicant = in_layout(viewer=Somebody(is_staff=False), token="t0ken")
    staff = in_layout(viewer=Somebody(is_staff=True), token="t0ken")

    assert nobody.menu["Sign in"] == "/sign-in"
    assert "Sign in" not in applicant.menu
    assert applicant.menu["Your account"] == "/account"
    assert "Casework" not in applicant.menu
    assert staff.menu["Casework"] == "/staff"
    assert (
        applicant.soup.select_one("form[action='/sign-out'] input[name=csrf_token]")[
            "value"
        ]
        == "t0ken"
    )


def test_the_menu_says_where_we_are():
    page = in_layout(path="/search")

    (here,) = page.soup.select("[aria-current]")
    assert here["href"] == "/search"


def test_what_was_done_is_told_as_text():
    assert in_layout(flashes=["Saved for <Ann>"]).flashes == ["Saved for <Ann>"]


def test_only_a_demonstration_says_that_it_is_one():
    assert "demonstration" not in in_layout().html
    assert "This is a demonstration" in in_layout(known={"demo": True}).html


def test_the_one_inline_script_is_the_one_that_the_policy_allows():
    (script,) = in_layout().soup.select("script:not([src])")

    digest = b64encode(hashlib.sha256(script.string.encode()).digest()).decode()
    assert f"sha256-{digest}" == pages.INLINE_SCRIPT_HASH


@pytest.mark.parametrize(
    "name",
    sorted(
        path.name
        for path in (Path(pages.__file__).parents[1] / "templates" / "refusals").glob(
            "*.html"
        )
    ),
)
def test_a_refusal_is_shown_where_no_session_was_opened(name):
    env = pages.template_config("register").engine_instance.engine

    page = Page(
        env.get_template(f"register/refusals/{name}").render(
            request=RequestFactory().get("/"), sentence="So."
        )
    )

    assert page.h1
    assert page.soup.select("form, input") == []


# Tokens


def test_a_form_holds_the_token_however_it_was_imported():
    source = '{% from "kit/forms.html" import csrf_field %}{% macro form() %}{{ csrf_field() }}{% endmacro %}{{ csrf_field() }}'

    page = in_layout(source, token='"t0ken"')

    assert (
        page.soup.select_one("input[type=hidden][name=csrf_token]")["value"]
        == '"t0ken"'
    )


def test_without_a_session_a_form_needs_no_token():
    assert in_layout("{{ csrf_field() }}").html == ""


# Answers


@pytest.fixture
async def shown():
    @get("/ask", sync_to_thread=False)
    def ask() -> pages.Template:
        form = Ask(FormData())
        form.validate()
        return pages.page("kit/lists.html", form=form)

    app = Litestar(
        [ask, pages.static_files()],
        template_config=pages.template_config("register"),
        openapi_config=None,
    )
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="https://register.example"
    ) as client:
        yield client


async def test_a_form_with_faults_is_answered_with_422(shown):
    assert (await shown.get("/ask")).status_code == 422


async def test_a_static_file_may_be_kept_for_ever(shown):
    answer = await shown.get(pages.static_url("app.css"))

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "max-age=31536000, public, immutable"


@pytest.mark.parametrize(
    "name",
    ["app.js", "app.css", "vendor/govuk-frontend.css", "vendor/moj-frontend.css"],
)
async def test_what_a_style_sheet_or_script_names_lies_beside_it(shown, name):
    address = pages.static_url(name)
    named = re.findall(
        r"""url\("?([^)"]+)|(?:from |import\(|URL\()"([^"]+)""",
        (await shown.get(address)).text,
    )

    answers = [
        (await shown.get(urljoin(address, one or other))).status_code
        for one, other in named
    ]

    assert set(answers) <= {200}


def test_a_static_file_that_is_not_there_fails():
    with pytest.raises(FileNotFoundError, match=r"nothing\.css"):
        pages.static_url("nothing.css")
