"""Reading a table of which we know what it holds but not how its headings are written this year."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from register.kit.errors import Refused

LARGEST_BYTES = 64 * 1024 * 1024
LONGEST_CELL = 500
ROWS_ABOVE_THE_HEADINGS = 10
WORKBOOKS = {
    b"PK\x03\x04": "an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
}


class SheetRefused(Refused):
    """The file as a whole cannot be read as such a table."""


class HeadingsMissing(SheetRefused):
    def __init__(self, missing: str) -> None:
        self.missing = missing
        super().__init__(
            f"The file has no column for: {missing}. `--template` shows the headings that we know."
        )


ABOUT = """The file is CSV in UTF-8, or as Excel on Windows writes it. Its columns stand in any order, below titles or not;
those marked * must be there. In brackets: what else a heading may be called."""


@dataclass(frozen=True)
class Column:
    """A thing that the table tells. `headings` are all that we have seen it called; the first is how our template calls it."""

    name: str
    headings: tuple[str, ...]
    holds: str
    required: bool = False

    @property
    def title(self) -> str:
        return self.headings[0]


@dataclass(frozen=True)
class Row:
    """`cells` by the names of the columns; one that the table does not have is empty."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")


@dataclass(frozen=True)
class Sheet:
    rows: Sequence[Row]
    columns: dict[str, str]
    ignored: list[str]


def template(columns: Sequence[Column]) -> str:
    """The headings of a table that is read without a fault."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([column.title for column in columns])
    return out.getvalue()


def described(columns: Sequence[Column]) -> str:
    """What a file to import looks like, as the help of a command shows it (the first line keeps the others as they are)."""
    lines = ["\b"]
    for column in columns:
        must = "*" if column.required else " "
        lines.append(f"{must} {column.title}: {column.holds}")
        if others := column.headings[1:]:
            lines.append(f"    [{', '.join(others)}]")
    return "\n".join([ABOUT, "", *lines])


def read_sheet(file: Path, columns: Sequence[Column]) -> Sheet:
    """Raises SheetRefused with a sentence that says how to put it right."""
    return sheet_of(_content(file), columns, name=file.name)


def sheet_of(raw: bytes, columns: Sequence[Column], *, name: str) -> Sheet:
    """As read_sheet, of a file whose content is here already; `name` is what sentences call it."""
    rows = _lines(_text(raw, name))
    places, headings, start = _headings(rows, columns)
    known = {name: headings[place] for name, place in places.items()}
    ignored = [
        heading
        for place, heading in enumerate(headings)
        if heading and place not in places.values()
    ]
    found = [
        Row(line, {name: _cell(cells, place) for name, place in places.items()})
        for line, cells in rows[start:]
    ]
    kept = [row for row in found if any(row.cells.values())]
    if not kept:
        raise SheetRefused("The file has headings and no rows below them.")
    return Sheet(kept, known, ignored)


def _content(file: Path) -> bytes:
    try:
        size = file.stat().st_size
        raw = file.read_bytes() if size <= LARGEST_BYTES else b""
    except OSError as error:
        raise SheetRefused(
            f"{file.name} cannot be read: {error.strerror or 'no such file'}."
        ) from error
    if size > LARGEST_BYTES:
        raise SheetRefused(
            f"{file.name} is larger than {LARGEST_BYTES // 1024 // 1024} MB. Import it in parts."
        )
    return raw


def _text(raw: bytes, name: str) -> str:
    if not raw.strip():
        raise SheetRefused(f"{name} is empty.")
    for start, kind in WORKBOOKS.items():
        if raw.startswith(start):
            raise SheetRefused(
                f"{name} is {kind}. Save it as CSV (UTF-8) and import that."
            )
    text = _decoded(raw, name)
    if "\0" in text:
        raise SheetRefused(
            f"{name} is not a text file. Save it as CSV (UTF-8) and import that."
        )
    return text


def _decoded(raw: bytes, name: str) -> str:
    """UTF-8, or what Excel on Windows writes; anything else would change names without a word."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SheetRefused(
        f"{name} is written in an encoding we cannot read. Save it as CSV (UTF-8)."
    )


def _lines(text: str) -> list[tuple[int, list[str]]]:
    table = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows = []
    try:
        for cells in table:
            rows.append((table.line_num, cells))  # noqa: PERF401 - the line is known only while reading
    except csv.Error as error:
        raise SheetRefused(f"Line {table.line_num} is not CSV: {error}.") from error
    return rows


def _headings(
    rows: list[tuple[int, list[str]]], columns: Sequence[Column]
) -> tuple[dict[str, int], list[str], int]:
    """Where each column stands. Published tables often have titles and notes above their headings."""
    best: dict[str, int] = {}
    for start, (_, cells) in enumerate(rows[:ROWS_ABOVE_THE_HEADINGS], start=1):
        places = _places(cells, columns)
        if all(column.name in places for column in columns if column.required):
            return places, [cell.strip() for cell in cells], start
        best = max(best, places, key=len)
    missing = ", ".join(
        column.title
        for column in columns
        if column.required and column.name not in best
    )
    raise HeadingsMissing(missing)


def _places(cells: list[str], columns: Sequence[Column]) -> dict[str, int]:
    plain = [_plain(cell) for cell in cells]
    places = {}
    for column in columns:
        for heading in map(_plain, column.headings):
            if heading in plain:
                places[column.name] = plain.index(heading)
                break
    return places


def _plain(heading: str) -> str:
    return "".join(c for c in heading.casefold() if c.isalnum())


def _cell(cells: list[str], place: int) -> str:
    return " ".join(cells[place].split()) if place < len(cells) else ""
