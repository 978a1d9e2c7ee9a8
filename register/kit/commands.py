"""What the commands of the command line share: their environment, their database and how they fail."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)

from register.kit.errors import NotFound, Refused
from register.kit.local import KEYS_FILE, local_environment
from register.kit.server import joined_or_started
from register.kit.settings import HIGHEST_PORT, Settings, settings
from register.kit.startup import CannotStart, require_folder
from register.kit.supervisor import AskedToStop, stopping_on_signals

STOPPED_BY_SIGNAL = 130


class Commands(click.Group):
    """What a command cannot do is one line and exit code 1, never a traceback."""

    def invoke(self, context: click.Context) -> Any:
        try:
            with stopping_on_signals():
                return super().invoke(context)
        except AskedToStop:
            context.exit(STOPPED_BY_SIGNAL)
        except ValidationError as error:
            raise click.ClickException(_wrong_settings(error)) from error
        except (CannotStart, Refused, NotFound) as error:
            raise click.ClickException(str(error)) from error
        except click.exceptions.NoArgsIsHelpError:
            raise
        except click.UsageError as error:
            raise click.ClickException(error.format_message()) from error


@contextmanager
def database() -> Iterator[str]:
    """The database of DATABASE_URL, else the data folder's: joined where it runs, else started for us."""
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    with joined_or_started(data_dir()) as url, _set_where_missing("DATABASE_URL", url):
        yield url


@contextmanager
def installation(*, local: bool = False) -> Iterator[Settings]:
    """The settings of this process, with its database there.

    Without DATABASE_URL, and where `run` has made keys in the data folder before, what a machine of
    its own needs completes the environment; a variable that is set always wins.
    """
    kept = (data_dir() / KEYS_FILE).exists()
    with ExitStack() as stack:
        if local or kept or not os.environ.get("DATABASE_URL"):
            require_folder(data_dir())
            for name, value in local_environment(data_dir(), port()).items():
                stack.enter_context(_set_where_missing(name, value))
        stack.enter_context(database())
        yield settings()


@contextmanager
def _set_where_missing(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = before or value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]


def data_dir() -> Path:
    return Path(os.environ.get("DATA_DIR") or ".data").absolute()


def host() -> str:
    return os.environ.get("HOST") or "127.0.0.1"


def port() -> int:
    """The first of four in a row: the service, the sandboxes, the figures, the pretended scanner."""
    said = os.environ.get("PORT") or "8000"
    if not said.isdecimal() or not 0 < int(said) <= HIGHEST_PORT:
        raise CannotStart(f"PORT must be a number from 1 to {HIGHEST_PORT}.")
    return int(said)


def _wrong_settings(error: ValidationError) -> str:
    """Names and rules only: a value may be a secret."""
    problems = error.errors(include_input=False, include_url=False)
    told = (
        f"{'.'.join(map(str, problem['loc'])).upper()} {problem['msg']}".strip()
        for problem in problems
    )
    return f"The environment will not do: {'; '.join(told)}."


@contextmanager
def progress(title: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A bar where somebody looks; call what it gives with how much more was done."""
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task(title, total=total)
        yield lambda more: bar.advance(task, more)
