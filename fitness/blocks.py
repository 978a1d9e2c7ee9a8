"""Words that somebody else reads: plain text in paragraphs, under headings that stand on lines of their own."""

from dataclasses import dataclass
from itertools import groupby

MARK = "# "
"""Begins a line that is a heading."""


@dataclass(frozen=True)
class Block:
    text: str
    heading: bool


def blocks(words: str) -> list[Block]:
    """In order. An empty line ends a paragraph, which keeps its other line breaks."""
    found: list[Block] = []
    for kind, lines in groupby(words.splitlines(), _kind_of):
        if kind == MARK:
            found += [
                Block(line.removeprefix(MARK).strip(), heading=True) for line in lines
            ]
        elif kind:
            found.append(
                Block("\n".join(line.strip() for line in lines), heading=False)
            )
    return found


def _kind_of(line: str) -> str:
    """Empty for a line that is."""
    if line.startswith(MARK) and line.removeprefix(MARK).strip():
        return MARK
    return "text" if line.strip() else ""
