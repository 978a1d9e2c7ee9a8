"""Pages: where templates are found, what every template may ask, and how dates and moments are written."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from datetime import date, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from types import CodeType
from typing import Any, ClassVar

from jinja2 import (
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    Undefined,
    pass_context,
)
from jinja2.bccache import Bucket
from jinja2.runtime import Context
from jinja2.utils import missing, select_autoescape
from litestar import Request, Router
from litestar.datastructures import CacheControlHeader
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Template
from litestar.static_files import create_static_files_router
from litestar.template import TemplateConfig
from markupsafe import Markup

from register.kit.clock import LONDON
from register.kit.forms import Form, phone, written
from register.kit.forms.field import in_a_sentence

INLINE_SCRIPT_HASH = "sha256-GUQ5ad8JK5KmEWmROf3LZd9ge94daqNvd8xy9YS1iDw="
"""The one inline script, in layout.html, as the content security policy names it."""

STATIC = Path(str(resources.files("register") / "static"))


class NameStrictUndefined(Undefined):
    """A misspelt name fails; an absent key does not, because the GOV.UK macros ask for keys that nobody gave."""

    def _is_a_misspelling(self) -> bool:
        return self._undefined_obj is missing and self._undefined_name != "caller"

    def _refuse(self) -> None:
        if self._is_a_misspelling():
            self._fail_with_undefined_error()

    def __bool__(self) -> bool:
        self._refuse()
        return False

    def __str__(self) -> str:
        self._refuse()
        return ""

    def __iter__(self) -> Iterator[Any]:
        self._refuse()
        return iter(())

    def __len__(self) -> int:
        self._refuse()
        return 0

    def __eq__(self, other: object) -> bool:
        self._refuse()
        return super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        self._refuse()
        return super().__hash__()


# What the GOV.UK macros take to be there because JavaScript has it or their own page template sets it.
ASSUMED_BY_MACROS: Mapping[str, Any] = {
    "undefined": NameStrictUndefined(obj=None),
    "null": None,
    "successBanner": False,
    "typeClass": "",
}


def moment(value: datetime) -> str:
    """12 March 2027 at 3:04pm, in Europe/London."""
    local = value.astimezone(LONDON)
    hour = local.hour % 12 or 12
    return f"{written(local.date())} at {hour}:{local:%M}{'am' if local.hour < 12 else 'pm'}"


def day(value: date | datetime | str) -> str:
    """12 March 2027; a moment is shown as its day in Europe/London, and a day may come as the API writes it."""
    if isinstance(value, str):
        value = date.fromisoformat(value)
    return written(
        value.astimezone(LONDON).date() if isinstance(value, datetime) else value
    )


def number(value: int) -> str:
    return f"{value:,}"


def plural(count: int, one: str, many: str = "") -> str:
    """`3 | plural("entry", "entries")`: 3 entries."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def capped(count: int, most: int = 1000) -> str:
    """1,000+ where the counting stopped."""
    return f"{most:,}+" if count > most else f"{count:,}"


def paragraphs(text: str) -> Markup:
    """What a person wrote in a box, with its line breaks; everything in it is text."""
    blocks = [
        block.strip() for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n"))
    ]
    drawn = Markup('<p class="govuk-body">{}</p>')
    lines = (Markup("<br>").join(block.split("\n")) for block in blocks if block)
    return Markup("").join(drawn.format(line) for line in lines)


def opened_by_style(radios: Markup) -> Markup:
    """Radios whose answers open more questions, without the script's part in it: app.css shows and hides them.

    The script would put aria-expanded on a radio button, where ARIA does not allow it; and this works without scripts.
    """
    return Markup(CONTROLLED.sub("", radios))  # noqa: S704 - less of the same


CONTROLLED = re.compile(
    r' data-aria-controls="[^"]*"| govuk-radios__conditional--hidden(?=")'
)


@cache
def release() -> str:
    """A hash over all static files: the folder they are served from, so that whatever one names of another is as fresh."""
    digest = hashlib.sha256()
    for file in sorted(STATIC.rglob("*")):
        if file.is_file():
            digest.update(file.relative_to(STATIC).as_posix().encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def static_url(name: str) -> str:
    """The address of a static file, which may be kept for ever. A name that is not there fails."""
    if not (STATIC / name).is_file():
        raise FileNotFoundError(f"No static file {name}: has `make assets` been run?")
    return f"/static/{release()}/{name}"


def static_files(**opt: Any) -> Router:
    """The handlers of `static_url`; `opt` is what our guards ask of a handler."""
    return create_static_files_router(
        path=f"/static/{release()}",
        directories=[STATIC],
        name="static",
        cache_control=CacheControlHeader(
            public=True, max_age=365 * 24 * 3600, immutable=True
        ),
        opt=opt,
    )


class Kept(FileSystemBytecodeCache):
    """Compiled templates, in a folder for those who come after, and in memory for the next app of this process."""

    loaded: ClassVar[dict[tuple[str, str], CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.loaded.get((bucket.key, bucket.checksum))
        if bucket.code is None:
            super().load_bytecode(bucket)
            self._remember(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        super().dump_bytecode(bucket)
        self._remember(bucket)

    def _remember(self, bucket: Bucket) -> None:
        if bucket.code:
            self.loaded[bucket.key, bucket.checksum] = bucket.code


class SharedGlobals(Environment):
    """No template has globals of its own. Every import compares them, which takes long where each has a map of maps."""

    def make_globals(
        self, d: MutableMapping[str, Any] | None
    ) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals


def environment(*packages: str, keep: Path | None = None, **known: Any) -> Environment:
    """The templates of each package under its own name, and those of the kit and of GOV.UK.

    `keep` is a folder for compiled templates (a cold page takes a second without it); `known` is what every page may name.
    """
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
    folders = {
        package: Path(str(resources.files(package))) / "templates"
        for package in packages
    }
    env = SharedGlobals(
        loader=PrefixLoader(
            {
                **{
                    package: FileSystemLoader(folder)
                    for package, folder in folders.items()
                },
                "kit": FileSystemLoader(Path(__file__).parent / "templates"),
                "govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja"),
            }
        ),
        autoescape=select_autoescape(
            default=True, default_for_string=True, disabled_extensions=("txt",)
        ),
        undefined=NameStrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        bytecode_cache=Kept(str(keep)) if keep else None,
        extensions=["jinja2.ext.do"],
    )
    env.filters |= {
        "date": day,
        "moment": moment,
        "number": number,
        "plural": plural,
        "capped": capped,
        "in_a_sentence": in_a_sentence,
        "opened_by_style": opened_by_style,
        "paragraphs": paragraphs,
        "phone": phone,
    }
    env.globals |= {
        **ASSUMED_BY_MACROS,
        "static_url": static_url,
        "csrf_field": csrf_field,
        "demo": False,
        "contact_email": "",
        "packages": packages,
        **known,
    }
    return env


Ask = Callable[[Request[Any, Any, Any]], Any]

OF_NO_REQUEST: Mapping[str, Ask] = {
    "csrf_token": lambda _: "",
    "get_flashes": lambda _: (),
    "get_viewer": lambda _: None,
}


def template_config(
    *packages: str,
    keep: Path | None = None,
    of_request: Mapping[str, Ask] | None = None,
    **known: Any,
) -> TemplateConfig[JinjaTemplateEngine]:
    """Templates for the framework. Each of `of_request` is a function of the request that any template may call.

    The layout calls `get_viewer()` and `get_flashes()`, csrf_field() calls `csrf_token()`. They serve the error pages
    of addresses that we do not have too, where no session was opened, so they must answer without one.
    """
    asked = {**OF_NO_REQUEST, **(of_request or {})}
    env = environment(*packages, keep=keep, **known)
    # It sets a csrf_token of the framework's, which ours replaces.
    engine = JinjaTemplateEngine.from_environment(env)
    env.globals |= {name: _of_request(ask) for name, ask in asked.items()}
    return TemplateConfig(instance=engine)


def _of_request(ask: Ask) -> Callable[..., Any]:
    @pass_context
    def asked(context: Mapping[str, Any]) -> Any:
        return ask(context["request"])

    return asked


@pass_context
def csrf_field(context: Context) -> Markup:
    """The hidden field that every form which posts must hold, and an upload before any other."""
    token = context.call(context["csrf_token"])
    field = Markup('<input type="hidden" name="csrf_token" value="{}">')
    return field.format(token) if token else Markup()


def page(
    name: str,
    /,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **context: Any,
) -> Template:
    """A page; where its `form` has faults, it is the same page again with 422."""
    form = context.get("form")
    if isinstance(form, Form) and form.faults and status == 200:
        status = 422
    return Template(name, context=context, status_code=status, headers=headers)
