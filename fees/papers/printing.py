"""Receipts and statements set as PDF: tagged, and the same bytes for the same facts."""

from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from fees.papers.statement import Statement
from fees.payment.standing import Record
from register.kit.pages import environment
from register.kit.pdf import CannotPrint, Renderer


def receipt_html(record: Record) -> str:
    """Of an invoice that is paid."""
    receipt = record.standing.receipt
    assert receipt  # noqa: S101 - the page asks for it first
    moments = [receipt.paid_at, *(note.given_at for note in record.credit_notes)]
    return _page("receipt", record=record, made_at=_utc(max(moments)))


def statement_html(statement: Statement, *, name: str) -> str:
    return _page(
        "statement", statement=statement, name=name, made_at=_utc(statement.last)
    )


def _utc(moment: datetime) -> datetime:
    """The document's own time is that of the last thing that it tells of."""
    return moment.astimezone(UTC)


def render(html: str) -> bytes:
    """Characters that none of our faces has stand as their code points."""
    try:
        return _renderer().render(html)
    except CannotPrint as refusal:
        codes = {ord(c): f"[U+{ord(c):04X}]" for c in refusal.characters}
        return _renderer().render(html.translate(codes))


def _page(paper: str, **context: Any) -> str:
    template = _environment().get_template(f"fees/papers/{paper}.html")
    return str(template.render(**context))


@cache
def _environment() -> Any:
    return environment("register", "fees")


@cache
def _renderer() -> Renderer:
    style = files("fees").joinpath("templates/papers/printed.css")
    return Renderer(style.read_text("utf-8"))
