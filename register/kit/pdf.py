"""Prints HTML as PDF that archives keep (PDF/A-3a) and screen readers read (PDF/UA-1).

Each page is set in our own faces (fonts.conf) and no other, so that a document comes
out the same, byte for byte, on every machine.
"""

import ctypes
import importlib
import os
import unicodedata
import zlib
from contextlib import suppress
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import Any

import pydyf

from register.kit.errors import Refused

FONTS_CONF = Path(__file__).with_name("fonts.conf")
FONTS = Path(__file__).parents[1] / "static" / "vendor" / "fonts"

LIBRARIES = {
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    # WeasyPrint does without it, and then takes 300 times as long to subset fonts.
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}

# PDF/A knows only the properties that its own schemas name, so the claim of PDF/UA
# comes with a description of the property that makes it.
UA_CLAIM = b"""
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
  <pdfuaid:part>1</pdfuaid:part>
</rdf:Description>
<rdf:Description rdf:about=""
    xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
    xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
    xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
  <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
    <pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
    <pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
    <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
    <pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
      <pdfaProperty:name>part</pdfaProperty:name>
      <pdfaProperty:valueType>Integer</pdfaProperty:valueType>
      <pdfaProperty:category>internal</pdfaProperty:category>
      <pdfaProperty:description>The part of ISO 14289</pdfaProperty:description>
    </rdf:li></rdf:Seq></pdfaSchema:property>
  </rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF>"""

GRAPHEME_JOINER = 0x034F
"""Neither seen nor searched for."""

_one_at_a_time = Lock()
"""Pango's font map is not safe to share between threads."""


class CannotPrint(Refused):
    """The words have characters that none of our faces has."""

    def __init__(self, characters: set[str]) -> None:
        self.characters = sorted(characters)
        shown = ", ".join(self.characters)
        super().__init__(f"We cannot print these characters: {shown}.")


def missing_libraries() -> list[str]:
    """The Debian packages without which nothing, or nothing in time, is printed."""
    return [package for library, package in LIBRARIES.items() if not _loads(library)]


def missing_fonts() -> bool:
    """Whether set-up has yet to fetch the faces."""
    return not any(FONTS.glob("*.ttf"))


def _loads(library: str) -> bool:
    with suppress(OSError):
        ctypes.CDLL(library)
        return True
    return False


def base_direction(text: str) -> str:
    """ "rtl" where the first letter with a direction runs from right to left."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in {"L", "R", "AL"}:
            return "ltr" if direction == "L" else "rtl"
    return "ltr"


class Renderer:
    """One kind of document, ready to print: its style sheet read, its paper drawn.

    Made once a process and kept. The drawings lie beneath the pages, the first beneath
    the first and the last beneath all that follow, in points from the lower left.
    """

    def __init__(self, style: str, *paper: pydyf.Stream) -> None:
        self._weasyprint = _weasyprint()
        self._style = self._weasyprint.CSS(
            string=style, font_config=_faces(), url_fetcher=_fetch_nothing()
        )
        self._paper = [b"\n".join(map(_as_bytes, drawn.stream)) for drawn in paper]

    def render(self, html: str, *tighter: str, first_page: str = "") -> bytes:
        """The PDF of a whole HTML document; raises CannotPrint.

        Where the element with the id `first_page` falls on a later one, the first of
        the `tighter` versions that keeps it there is printed instead, else the last.
        The dates in it are those of the document's `dcterms` metadata, not the clock's.
        """
        with _one_at_a_time:
            for version in (html, *tighter):
                document = self._lay_out(version)
                if not first_page or first_page in document.pages[0].anchors:
                    break
            return self._write(document)

    def _lay_out(self, html: str) -> Any:
        return self._weasyprint.HTML(string=html, url_fetcher=_fetch_nothing()).render(
            stylesheets=[self._style], font_config=_faces()
        )

    def _write(self, document: Any) -> bytes:
        _claim_ua(document)
        document.color_profiles["srgb"] = _srgb()
        pdf: bytes = document.write_pdf(
            pdf_variant="pdf/a-3a",
            # Not "srgb": at that name WeasyPrint opens its profile anew each time
            # and leaves the file open. It takes the one given above.
            output_intent="held",
            uncompressed_pdf=True,
            finisher=self._finish,
        )
        return pdf

    def _finish(self, document: Any, pdf: pydyf.PDF) -> None:
        _refuse_missing_glyphs(document)
        _name_every_glyph(pdf)
        if self._paper:
            _lay_beneath(pdf, self._paper)
        pdf.objects[:] = [_deflated(found) for found in pdf.objects]


@cache
def _weasyprint() -> ModuleType:
    """WeasyPrint with our faces, imported by the first who prints.

    It takes a second and 50 MB that a web process need not spend, and reads
    FONTCONFIG_FILE while it is imported.
    """
    if packages := missing_libraries():
        raise RuntimeError(f"Printing needs: apt-get install {' '.join(packages)}")
    if missing_fonts():
        raise RuntimeError("Printing needs the fonts that `make` fetches: run it first")
    os.environ["FONTCONFIG_FILE"] = str(FONTS_CONF)
    return importlib.import_module("weasyprint")


@cache
def _faces() -> Any:
    return importlib.import_module("weasyprint.text.fonts").FontConfiguration()


@cache
def _srgb() -> Any:
    profile = files("weasyprint.pdf").joinpath("sRGB2014.icc").read_bytes()
    return importlib.import_module("weasyprint.css").ColorProfile(
        BytesIO(profile),
        "sRGB2014.icc",
        "relative-colorimetric",
        (["r"], ["g"], ["b"]),
    )


@cache
def _fetch_nothing() -> Any:
    """What is printed stands in the document; no name or reason in it loads a thing."""
    fetcher = importlib.import_module("weasyprint.urls").URLFetcher
    return fetcher(allowed_protocols=())


def _claim_ua(document: Any) -> None:
    described = document.metadata.generate_rdf_metadata

    def with_claim(*variant: Any) -> bytes:
        rdf: bytes = described(*variant)
        return rdf.replace(b"</rdf:RDF>", UA_CLAIM)

    document.metadata.generate_rdf_metadata = with_claim


def _refuse_missing_glyphs(document: Any) -> None:
    missing = {chr(code) for font in document.fonts.values() for code in font.missing}
    if missing:
        raise CannotPrint(missing)


def _name_every_glyph(pdf: pydyf.PDF) -> None:
    """Say of the dots of an Arabic letter that they belong to the letter.

    A letter drawn in several pieces is named by the last; the others would stand for
    no character at all, which PDF/A does not allow.
    """
    for stream in pdf.objects:
        if isinstance(stream, pydyf.Stream) and b"begincmap" in stream.stream:
            stream.stream = [
                _as_bytes(line).replace(b"> <>", b"> <%04x>" % GRAPHEME_JOINER)
                for line in stream.stream
            ]


def _lay_beneath(pdf: pydyf.PDF, paper: list[bytes]) -> None:
    """Each drawing once, shown as decoration that screen readers pass over."""
    pages = [o for o in pdf.objects if isinstance(o, dict) and o.get("Type") == "/Page"]
    forms = [_form(pdf, drawn, pages[0]["MediaBox"]) for drawn in paper[: len(pages)]]
    drawings = _referred(pdf, pages[0]["Resources"])["XObject"]
    drawings |= {f"Paper{at}": form.reference for at, form in enumerate(forms)}
    for at, page in enumerate(pages):
        show = b"/Artifact BMC q /Paper%d Do Q EMC" % min(at, len(forms) - 1)
        _referred(pdf, page["Contents"]).stream.insert(0, show)


def _form(pdf: pydyf.PDF, drawn: bytes, box: pydyf.Array) -> pydyf.Stream:
    form = pydyf.Stream(
        [drawn],
        {
            "Type": "/XObject",
            "Subtype": "/Form",
            "BBox": box,
            "Resources": pydyf.Dictionary(),
        },
    )
    pdf.add_object(form)
    return form


def _referred(pdf: pydyf.PDF, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]


class _Deflated(pydyf.Object):  # type: ignore[misc]  # pydyf has no types
    """A stream compressed once; pydyf does it for every time that it is asked.

    It ends in CR LF: compressed data may end in CR, and with a bare LF after it a
    strict reader takes both for the end of the line and the length for wrong.
    """

    def __init__(self, stream: pydyf.Stream) -> None:
        super().__init__()
        self.number, self.generation = stream.number, stream.generation
        packed = zlib.compress(b"\n".join(map(_as_bytes, stream.stream)))
        extra = {**stream.extra, "Filter": "/FlateDecode", "Length": len(packed)}
        head = pydyf.Dictionary(extra).data
        self._data = b"%b\nstream\n%b\r\nendstream" % (head, packed)

    @property
    def data(self) -> bytes:
        return self._data


def _deflated(found: Any) -> Any:
    """The object ready to write; metadata stays legible to archives that scan for it."""
    if not isinstance(found, pydyf.Stream) or found.extra.get("Type") == "/Metadata":
        return found
    return found if "Filter" in found.extra else _Deflated(found)


def _as_bytes(line: Any) -> bytes:
    if isinstance(line, pydyf.Object):
        return bytes(line.data)
    return line if isinstance(line, bytes) else str(line).encode("ascii")
