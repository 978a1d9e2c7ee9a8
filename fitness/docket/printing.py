"""What we print ourselves of a bundle: its index, and our own documents with what is withheld of them left out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from io import BytesIO
from typing import Any

import pikepdf

from fitness.docket.document import DocketDocument
from fitness.docket.level import Audience
from fitness.docket.paper import Paper, pieces
from register.kit import paper

TRIES = 3


class DoesNotSettle(Exception):
    """The index is another number of pages each time the pages it names are counted: a bug."""


@dataclass(frozen=True)
class Bundled:
    """A document as the index names it."""

    document: DocketDocument
    position: int
    pages: int
    """Of ours: none yet where it has not been printed."""
    first: int = 0

    @cached_property
    def paper(self) -> Paper:
        """Of ours: what it says, unsealed once."""
        return self.document.paper

    def shown(self, nth: int) -> list[tuple[str, str]]:
        """What of one of its texts is left, and between that why something is not."""
        return pieces(
            self.paper.texts[nth],
            [
                (start, end, held.because)
                for held in self.document.withheld
                for of, start, end in held.places
                if of == nth
            ],
        )


@dataclass(frozen=True)
class Printed:
    """The index and our own documents in one file."""

    pdf: bytes
    index_pages: int
    documents: Sequence[Bundled]

    @property
    def pages(self) -> int:
        return self.index_pages + sum(one.pages for one in self.documents)


def print_own(
    reference: str,
    audience: Audience,
    documents: Sequence[Bundled],
    *,
    at: datetime,
) -> Printed:
    """Again, until the index names the pages on which things are."""
    for _ in range(TRIES):
        pdf = _rendered(reference, audience, documents, at)
        index_pages, own = _lengths(pdf)
        counted = _numbered(documents, index_pages, own)
        if counted == documents:
            return Printed(pdf, index_pages, documents)
        documents = counted
    raise DoesNotSettle


def _rendered(
    reference: str, audience: Audience, documents: Sequence[Bundled], at: datetime
) -> bytes:
    html = paper.html_of(
        "fitness/docket/papers/bundle.html",
        made_at=at,
        reference=reference,
        audience=audience,
        documents=documents,
    )
    return paper.render(html)


def _lengths(pdf: bytes) -> tuple[int, list[int]]:
    """How many pages the index has, and each of our documents: every one has a heading that the outline knows."""
    with pikepdf.open(BytesIO(pdf)) as printed:
        with printed.open_outline() as outline:
            tops: list[Any] = [item.destination for item in outline.root]
        firsts = [printed.pages.index(pikepdf.Page(top[0])) for top in tops]
        ends = [*firsts[1:], len(printed.pages)]
    index, *own = [end - first for first, end in zip(firsts, ends, strict=True)]
    return index, own


def _numbered(
    documents: Iterable[Bundled], index_pages: int, own: Iterable[int]
) -> list[Bundled]:
    lengths, first, numbered = iter(own), index_pages + 1, []
    for one in documents:
        pages = next(lengths) if one.document.made_from.ours else one.pages
        numbered.append(replace(one, pages=pages, first=first))
        first += pages
    return numbered


def words() -> Any:
    """What our codes are called."""
    return paper.template("fitness/docket/words.html").module
