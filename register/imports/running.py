"""An import as a command: in one transaction, with what it found told line by line."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import click
from sqlalchemy.ext.asyncio import AsyncSession

from register.imports.report import Report, Step
from register.kit.db import connect, sessions_of


class Importer(Protocol):
    def __call__(
        self, session: AsyncSession, file: Path, *, now: datetime, step: Step
    ) -> Awaitable[Report]: ...


def import_options(
    template: str, described: str
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """FILE, --dry-run, and --template, which prints the headings of a file that can be imported; the help says what they hold."""

    def show(context: click.Context, _: click.Parameter, wanted: bool) -> None:
        if wanted:
            click.echo(template, nl=False)
            context.exit()

    shown = click.option(
        "--template",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=show,
        help="Print the headings of a file to fill in.",
    )
    dry = click.option("--dry-run", is_flag=True, help="Only say what would be done.")
    file = click.argument("file", type=click.Path(path_type=Path))

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        command.__doc__ = f"{command.__doc__}\n\n{described}"
        return file(dry(shown(command)))

    return add


async def carry_out(
    importer: Importer,
    url: str,
    file: Path,
    *,
    now: datetime,
    step: Step,
    dry_run: bool,
) -> Report:
    """Committed only where there is no fault and it is no dry run."""
    engine = connect(url)
    try:
        async with sessions_of(engine)() as session:
            report = await importer(session, file, now=now, step=step)
            if not (report.faults or dry_run):
                await session.commit()
        return report
    finally:
        await engine.dispose()


def tell(report: Report, *, dry_run: bool) -> None:
    """Raises ClickException, so that a file with a fault ends with a non-zero exit code."""
    for name, heading in report.columns.items():
        click.echo(f"Read as {name}: {heading}")
    if report.ignored:
        click.echo(f"Not read: {', '.join(report.ignored)}")
    for fault in report.faults:
        click.echo(f"  {fault}")
    if report.faults:
        raise click.ClickException(
            f"{len(report.faults)} faults: nothing was imported. Put them right and import the file again."
        )
    would = "would be " if dry_run else ""
    click.echo(
        f"{report.new} {would}new, {report.changed} {would}changed, {report.same} the same."
    )
    if report.alike:
        click.echo(
            f"{report.alike} of the new may be people whom we know: look at the matches."
        )
