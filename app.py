"""The composition root: puts the register and fees together as one service, and is its command line."""

import asyncio
import http.client
import os
import sys
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import date, datetime
from functools import partial
from pathlib import Path

import click
import uvicorn
from litestar import Litestar

import fees.web
import fitness.web
import register.web
from fees.bench import BENCHMARKS as FEES_BENCHMARKS
from fees.demo import take_fees
from fees.govuk_pay import page_origins
from fitness.bench import BENCHMARKS as FITNESS_BENCHMARKS
from fitness.demo import open_cases
from register.bench import BENCHMARKS as REGISTER_BENCHMARKS
from register.bench import Broken, Place
from register.bench import carry_out as carry_out_bench
from register.demo import steps_of
from register.demo.running import fill, is_wanted, told_again
from register.imports import (
    ENTRIES_DESCRIBED,
    ENTRIES_TEMPLATE,
    HOMES_DESCRIBED,
    HOMES_TEMPLATE,
    import_entries,
    import_homes,
)
from register.imports.running import Importer, carry_out, import_options, tell
from register.kit import commands, logs
from register.kit.clock import Now, day_of, start_of, system_clock
from register.kit.commands import Commands, database, installation, progress
from register.kit.db import Sessions, connect, sessions_of
from register.kit.garbage import spare_what_is_there
from register.kit.jobs import LONGEST_WORK, Outcome, run_due, run_worker
from register.kit.life import require_life, showing_life
from register.kit.modules import import_all
from register.kit.pages import (
    INLINE_SCRIPT_HASH,
    plural,
    static_files,
    template_config,
)
from register.kit.schema import Schema
from register.kit.security.csrf import CsrfMiddleware
from register.kit.security.headers import Shell, content_policy, origin_of
from register.kit.security.sessions import SessionMiddleware
from register.kit.server import Cluster
from register.kit.settings import Environment, Settings
from register.kit.settings import settings as configured
from register.kit.startup import (
    CannotStart,
    require_folder,
    require_port,
    require_printing,
)
from register.kit.supervisor import AskedToStop, Child, supervise
from register.self_check.running import check_everybody, how_many, last_report
from register.web.guards import PUBLIC, AccessMiddleware, require_declared_access
from register.web.needs import dependencies, load_viewer, of_request
from register.web.refusals import refuse

MIGRATIONS = Path(__file__).parent / "migrations"
LOG = "service.log"
REGISTRANTS, SEED = 2500, 1
"""Of the demo, unless told otherwise."""
BENCHMARKS = {**REGISTER_BENCHMARKS, **FEES_BENCHMARKS, **FITNESS_BENCHMARKS}


def create_app(
    sessions: Sessions | None = None,
    now: Now | None = None,
    settings: Settings | None = None,
) -> Litestar:
    """The whole service. Tests hand in their own database and clock."""
    import_all(register, fees, fitness)
    known = settings or configured()
    engine = connect(known.database_url) if sessions is None else None
    database = sessions or sessions_of(engine)  # type: ignore[arg-type]  # one of the two is there
    clock = now or system_clock(known.clock_offset)

    @asynccontextmanager
    async def life(_: Litestar) -> AsyncGenerator[None, None]:
        if engine is None:
            yield
            return
        spare_what_is_there()
        try:
            yield
        finally:
            await engine.dispose()

    app = Litestar(
        route_handlers=[
            *register.web.pages,
            *fees.web.pages,
            *fitness.web.pages,
            static_files(access=PUBLIC, csrf="exempt"),
        ],
        dependencies=dependencies(database, clock),
        middleware=[
            SessionMiddleware(database, load_viewer, clock),
            AccessMiddleware(database),
            CsrfMiddleware(origin_of(known.public_url)),
        ],
        exception_handlers={Exception: refuse},
        template_config=template_config(
            "register",
            "fees",
            "fitness",
            of_request=of_request(),
            demo=known.environment is Environment.DEMO,
            contact_email=known.contact_email,
            keep=known.compiled_dir or known.data_dir / "templates",
        ),
        lifespan=[life],
        logging_config=None,
        openapi_config=None,
        request_max_body_size=None,  # counted in register/kit/security/input.py, by route
        signature_types=[datetime],
    )
    require_declared_access(app)
    app.asgi_handler = Shell(
        app.asgi_handler,
        refuse=refuse,
        policy=content_policy(INLINE_SCRIPT_HASH, page_origins(known.pay_url)),
        trusted_proxies=known.trusted_proxies,
    )
    return app


# The command line. Each command finds its settings and its database through `installation()`.


@click.group(cls=Commands)
def cli() -> None:
    """The Children's Homes Workforce Register."""


def main() -> None:
    cli(prog_name="register")


@cli.command()
def run() -> None:
    """Serve everything on this machine.

    The pages on PORT, the sandboxes for payment and messages on the port after it, the worker,
    and the database in DATA_DIR unless DATABASE_URL names another. An empty register is filled
    with the demo's people first, unless ENVIRONMENT says that it is no demo.
    """
    require_printing()
    for port in (commands.port(), commands.port() + 1):
        require_port(commands.host(), port)
    embedded = not os.environ.get("DATABASE_URL")
    with installation(local=True) as known:
        require_port(
            known.scanner_host,
            known.scanner_port,
            because="set SCANNER_PORT to a free one",
        )
        Schema(MIGRATIONS, known.database_url).upgrade()
        accounts = _accounts(known)
        own = Cluster(known.data_dir / "postgres") if embedded else None
        with (known.data_dir / LOG).open("ab") as log:
            children = [
                Child(
                    "The sandboxes", [sys.executable, "-m", "register.kit.sandbox"], log
                ),
                Child("The worker", [sys.executable, __file__, "worker"], log),
                Child("The web", [sys.executable, __file__, "serve"], log),
            ]
            watch = Watch(known, own, accounts)
            supervise(children, each_tick=watch, say=click.echo)
    click.echo("Stopped.")


@cli.command()
def serve() -> None:
    """Serve the pages and the API on HOST and PORT."""
    logs.configure()
    with installation() as known:
        require_port(known.host, known.port)
        Schema(MIGRATIONS, known.database_url).require_current()
        with suppress(AskedToStop):
            uvicorn.run(
                "app:create_app",
                factory=True,
                host=known.host,
                port=known.port,
                log_level="warning",
                access_log=False,  # addresses hold numbers, and searches hold names
                server_header=False,
                proxy_headers=False,  # TRUSTED_PROXIES says whose are believed
                timeout_graceful_shutdown=10,
            )


@cli.command()
@click.option(
    "--check", is_flag=True, help="Only tell whether DATA_DIR's worker lives."
)
def worker(*, check: bool) -> None:
    """Do what waits: send the post, make documents, and all that falls due by time."""
    if check:
        require_life(commands.data_dir())
        return
    logs.configure()
    require_printing()
    require_folder(commands.data_dir())
    import_all(register, fees, fitness)
    with installation() as known:
        Schema(MIGRATIONS, known.database_url).require_current()
        with suppress(AskedToStop):
            asyncio.run(_work(known))


@cli.command()
def migrate() -> None:
    """Bring the database to what this code needs."""
    with database() as url:
        click.echo(f"The database is at {Schema(MIGRATIONS, url).upgrade()}.")


@cli.command()
@click.option(
    "--registrants",
    type=click.IntRange(1, 100_000),
    default=REGISTRANTS,
    show_default=True,
    help="How many; the fewest that show every state are there in any case.",
)
@click.option(
    "--seed",
    type=int,
    default=SEED,
    show_default=True,
    help="Another seed, other people.",
)
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day that begins once all has happened.  [default: today]",
)
def demo(*, registrants: int, seed: int, on: datetime | None) -> None:
    """Fill an empty register with made-up people, in every state.

    The same for the same seed and day. Prints the few accounts that can be signed in to, and keeps
    them in DATA_DIR; never in production.
    """
    with installation(local=True) as known:
        if known.environment is Environment.PRODUCTION:
            raise CannotStart(
                "A demo's passwords are no secret, so none is made where ENVIRONMENT is production."
            )
        Schema(MIGRATIONS, known.database_url).require_current()
        click.echo(_demo(known, registrants, seed, on.date() if on else None))


def _demo(known: Settings, registrants: int, seed: int, on: date | None) -> str:
    import_all(register, fees, fitness)
    with progress("The demo's people", steps_of(registrants)) as step:
        return asyncio.run(
            fill(
                known.database_url,
                known.data_dir,
                registrants=registrants,
                seed=seed,
                on=on or day_of(system_clock(known.clock_offset)()),
                step=step,
                take_fees=take_fees,
                open_cases=open_cases,
            )
        )


def _accounts(known: Settings) -> str | None:
    """What `run` tells of the demo, which it makes on its first start."""
    if known.environment is not Environment.DEMO:
        return None
    if asyncio.run(is_wanted(known.database_url)):
        return _demo(known, REGISTRANTS, SEED, None)
    return asyncio.run(told_again(known.database_url, known.data_dir))


@cli.group("import")
def import_() -> None:
    """Bring in a list from elsewhere: all of it, or nothing where a row has a fault."""


@import_.command("homes")
@import_options(HOMES_TEMPLATE, HOMES_DESCRIBED)
def homes_(file: Path, *, dry_run: bool) -> None:
    """Bring in Ofsted's list of children's homes, a CSV file."""
    _import(import_homes, file, dry_run=dry_run)


@import_.command("entries")
@import_options(ENTRIES_TEMPLATE, ENTRIES_DESCRIBED)
def entries_(file: Path, *, dry_run: bool) -> None:
    """Bring in people who are registered already, a CSV file."""
    _import(import_entries, file, dry_run=dry_run)


def _import(importer: Importer, file: Path, *, dry_run: bool) -> None:
    with installation() as known:
        Schema(MIGRATIONS, known.database_url).require_current()
        now = system_clock(known.clock_offset)()
        with progress(file.name) as step:
            report = asyncio.run(
                carry_out(
                    importer,
                    known.database_url,
                    file,
                    now=now,
                    step=step,
                    dry_run=dry_run,
                )
            )
    tell(report, dry_run=dry_run)


@cli.command()
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="As if that day began just now; in production not a day to come.  [default: today, now]",
)
def nightly(*, on: datetime | None) -> None:
    """Do now what falls due each night.

    What a worker does by itself: reminders, what expires, what is swept away, and the self-check.
    Whatever else waits is done too. Exit code 1 where something failed, or the register differs
    from itself.
    """
    logs.configure()
    require_printing()
    require_folder(commands.data_dir())
    import_all(register, fees, fitness)
    with installation() as known:
        Schema(MIGRATIONS, known.database_url).require_current()
        with progress("Jobs") as step:
            night = asyncio.run(_night(known, _night_of(known, on), step))
        report = asyncio.run(last_report(known.database_url))
    click.echo(f"{plural(night.done, 'job')} done.")
    for difference in report.differences if report else ():
        click.echo(difference)
    found = report.found if report else 0
    if night.failures or found:
        raise click.ClickException(
            f"{plural(len(night.failures), 'job')} failed, and the self-check found {plural(found, 'difference')}."
        )


def _night_of(known: Settings, on: datetime | None) -> Now:
    clock = system_clock(known.clock_offset)
    today = day_of(clock())
    if on is None or on.date() == today:
        return clock
    if on.date() > today and known.environment is Environment.PRODUCTION:
        raise CannotStart(
            "In production nobody lapses before the day has come: choose today or a day in the past."
        )
    moment = start_of(on.date())
    return lambda: moment


async def _night(known: Settings, now: Now, step: Callable[[int], None]) -> Outcome:
    engine = connect(known.database_url, idle=LONGEST_WORK)
    try:
        return await run_due(sessions_of(engine), now, step=step)
    finally:
        await engine.dispose()


@cli.command("self-check")
def self_check() -> None:
    """Hold everybody in the register against every surface.

    What the facts give is compared with the projection, the rules in SQL, search, the API, its
    answer for a day gone by, and the last certificate. One line a difference: surface, number and
    field. Exit code 1 where there is any.
    """
    import_all(register, fees, fitness)
    with installation() as known:
        Schema(MIGRATIONS, known.database_url).require_current()
        people = asyncio.run(how_many(known.database_url))
        with progress("People", people) as step:
            found = asyncio.run(
                check_everybody(
                    known.database_url,
                    now=system_clock(known.clock_offset),
                    step=step,
                    tell=click.echo,
                )
            )
    if found:
        raise click.ClickException(
            f"{plural(found, 'difference')} among {plural(people, 'person', 'people')}."
        )
    click.echo(f"No difference among {plural(people, 'person', 'people')}.")


@cli.command()
@click.argument("name", type=click.Choice(sorted(BENCHMARKS)))
@click.option(
    "--scale", type=click.IntRange(1), help="How many people or rows it is tried on."
)
def bench(*, name: str, scale: int | None) -> None:
    """Measure one of the promises of the design.

    Prints a table, and last one line of JSON. What it needs a database for is made in one of its
    own, which is thrown away.
    """
    wanted = BENCHMARKS[name]
    with installation(local=True) as known, progress(name) as step:
        place = Place(
            known.database_url,
            partial(Schema, MIGRATIONS),
            scale or wanted.scale,
            step,
        )
        try:
            told = asyncio.run(carry_out_bench(wanted, place))
        except Broken as error:
            raise click.ClickException(str(error)) from error
    click.echo(told)


async def _work(known: Settings) -> None:
    spare_what_is_there()
    async with showing_life(known.data_dir):
        await run_worker(known.database_url, system_clock(known.clock_offset))


class Watch:
    """What `run` does beside its children: keeps the database up, and says when all is there."""

    def __init__(
        self, known: Settings, own: Cluster | None, accounts: str | None
    ) -> None:
        self.known = known
        self.own = own
        self.accounts = accounts
        self.told = False
        self.next = 0.0

    def __call__(self) -> None:
        if time.monotonic() < self.next:
            return
        self.next = time.monotonic() + 1
        if self.own:
            self.own.start()
        if not self.told and self._answers():
            self.told = True
            self._tell()

    def _answers(self) -> bool:
        web = http.client.HTTPConnection(self.known.host, self.known.port, timeout=1)
        with suppress(OSError, http.client.HTTPException):
            web.request("GET", "/health/live")
            return web.getresponse().status == http.HTTPStatus.OK
        return False

    def _tell(self) -> None:
        if self.accounts:
            click.echo(self.accounts)
        click.echo(f"The register      {self.known.public_url}")
        click.echo(f"Its sandboxes     http://{self.known.host}:{self.known.port + 1}")
        click.echo(f"Its data          {self.known.data_dir}")
        click.echo(f"Its log           {self.known.data_dir / LOG}")
        click.echo("Ctrl-C stops it.")


if __name__ == "__main__":
    main()
