"""The program that binds a bundle: the index and our own documents, and between them the pages that came of uploads.

It works in the folder in which it is started, and imports nothing of ours. The same files give the same bytes: nothing in a
bundle comes of a clock, a name that was drawn or the place where it was bound.
"""

import json
import resource
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pikepdf
from fontTools import subset
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name, OutlineItem, Pdf, String

MEMORY = 1024**3
SECONDS = 300
FAULTY = 3
BASE, BOUND = "base.pdf", "bound.pdf"
LINKS = "https://docket.invalid/"
"""What the index is linked to until it is known which page that is: the place of a document in the bundle."""
ASCII = range(32, 127)
STAMP_SIZE, WITHHELD_SIZE = 8.5, 12
STAMP_UP = 17.0
XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>en-GB</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>{at}</xmp:CreateDate><xmp:ModifyDate>{at}</xmp:ModifyDate>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


class Letters:
    """The face in which pages are numbered, once in the bundle, with as much of it as that needs."""

    def __init__(self, pdf: Pdf, path: str) -> None:
        face = TTFont(path, recalcTimestamp=False)
        self._forget_the_rest(face)
        self._of_em = 1000 / face["head"].unitsPerEm
        cmap, sizes = face.getBestCmap(), face["hmtx"]
        self.widths = [sizes[cmap[code]][0] * self._of_em for code in ASCII]
        self.font = pdf.make_indirect(self._font(pdf, face))

    def _forget_the_rest(self, face: TTFont) -> None:
        wanted = subset.Options(
            hinting=False, layout_features=[], name_IDs=[], notdef_outline=True
        )
        cutter = subset.Subsetter(wanted)
        cutter.populate(unicodes=ASCII)
        cutter.subset(face)

    def _font(self, pdf: Pdf, face: TTFont) -> Dictionary:
        cut = BytesIO()
        face.save(cut)
        head, line = face["head"], face["hhea"]
        corners = (head.xMin, head.yMin, head.xMax, head.yMax)
        described = Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name("/DOCKET+Inter-Regular"),
            Flags=32,
            FontBBox=Array([round(corner * self._of_em) for corner in corners]),
            ItalicAngle=0,
            Ascent=round(line.ascent * self._of_em),
            Descent=round(line.descent * self._of_em),
            CapHeight=727,
            StemV=80,
            FontFile2=pdf.make_stream(cut.getvalue(), Length1=len(cut.getvalue())),
        )
        return Dictionary(
            Type=Name.Font,
            Subtype=Name.TrueType,
            BaseFont=Name("/DOCKET+Inter-Regular"),
            Encoding=Name.WinAnsiEncoding,
            FirstChar=ASCII.start,
            LastChar=ASCII.stop - 1,
            Widths=Array([round(width) for width in self.widths]),
            FontDescriptor=pdf.make_indirect(described),
        )

    def written(self, words: str, *, size: float, right: float, up: float) -> bytes:
        """Ending where it is said."""
        width = sum(self.widths[ord(letter) - ASCII.start] for letter in words)
        left = right - width * size / 1000
        said = words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        return f"BT /Stamp {size} Tf 0 g 1 0 0 1 {left:.2f} {up:.2f} Tm ({said}) Tj ET".encode()

    def middle(self, words: str, *, size: float, across: float, up: float) -> bytes:
        width = sum(self.widths[ord(letter) - ASCII.start] for letter in words)
        right = across / 2 + width * size / 2000
        return self.written(words, size=size, right=right, up=up)


@dataclass
class Bound:
    """A document in the bundle: its title in the outline, and where it begins."""

    title: str
    first: int
    element: Any


@dataclass
class Binder:
    order: dict[str, Any]
    pdf: Pdf
    files: ExitStack
    letters: Letters = field(init=False)
    bound: list[Bound] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.letters = Letters(self.pdf, self.order["face"])
        self.tree = self.pdf.Root.StructTreeRoot
        self.document = self.tree.K[0]
        self.sections = list(self.document.K)
        self.parents = self.tree.ParentTree.Nums
        self.next_parent = 1 + int(self.parents[len(self.parents) - 2])

    def bind(self) -> None:
        """Each document in its turn: ours stand in the base already, in the same order."""
        at = self.order["index_pages"]
        self.bound.append(Bound("Index", 1, self.sections[0]))
        own = iter(self.sections[1:])
        for piece in self.order["pieces"]:
            element = self._insert(piece, at) if piece["file"] else next(own)
            self.bound.append(Bound(piece["title"], at + 1, element))
            at += piece["pages"]
        self.document.K = Array([one.element for one in self.bound])
        for number, page in enumerate(self.pdf.pages, start=1):
            self._stamp(page, number)
        self._link_index()
        self._write_outline()
        self._say_what_it_is()

    def _insert(self, piece: dict[str, Any], at: int) -> Any:
        part = self.files.enter_context(
            pikepdf.open(piece["file"], access_mode=pikepdf.AccessMode.stream)
        )
        section = self.pdf.make_indirect(
            Dictionary(
                Type=Name.StructElem,
                S=Name.Sect,
                P=self.document,
                T=String(piece["title"]),
            )
        )
        told = []
        for nth, page in enumerate(part.pages):
            self.pdf.pages.insert(at + nth, page)
            told.append(self._tell(self.pdf.pages[at + nth], section))
        section.K = Array(told)
        return section

    def _tell(self, page: pikepdf.Page, section: Any) -> Any:
        """To whoever cannot see it: a drawing by its own letters, a picture by what is told of it."""
        leaf = page.obj
        element = Dictionary(
            Type=Name.StructElem, S=Name.P, P=section, Pg=leaf, K=Array([0])
        )
        if Name.Withheld in leaf:
            drawn = self._withheld(page, str(leaf.Withheld))
            del leaf.Withheld
        else:
            drawn = leaf.Contents.read_bytes()
        if Name.Told in leaf:
            element.S, element.Alt = Name.Figure, leaf.Told
            del leaf.Told
        kind = str(element.S).encode()
        leaf.Contents = self.pdf.make_stream(
            kind + b" <</MCID 0>> BDC " + drawn + b" EMC"
        )
        element = self.pdf.make_indirect(element)
        leaf.StructParents, leaf.Tabs = self.next_parent, Name.S
        self.parents.append(self.next_parent)
        self.parents.append(Array([element]))
        self.next_parent += 1
        return element

    def _withheld(self, page: pikepdf.Page, words: str) -> bytes:
        self._give_letters(page)
        box = page.mediabox
        return self.letters.middle(
            words, size=WITHHELD_SIZE, across=float(box[2]), up=float(box[3]) / 2
        )

    def _give_letters(self, page: pikepdf.Page) -> None:
        leaf = page.obj
        if Name.Resources not in leaf:
            leaf.Resources = Dictionary()
        if Name.Font not in leaf.Resources:
            leaf.Resources.Font = Dictionary()
        leaf.Resources.Font.Stamp = self.letters.font

    def _stamp(self, page: pikepdf.Page, number: int) -> None:
        self._give_letters(page)
        words = f"{self.order['stamp']} {number}"
        right = float(page.mediabox[2]) - 57
        stamp = self.letters.written(words, size=STAMP_SIZE, right=right, up=STAMP_UP)
        page.contents_add(b"q", prepend=True)
        page.contents_add(
            b"Q /Artifact <</Type /Pagination /Subtype /Footer>> BDC " + stamp + b" EMC"
        )

    def _link_index(self) -> None:
        for number in range(self.order["index_pages"]):
            for link in self.pdf.pages[number].obj.get(Name.Annots, ()):
                at = self.bound[int(str(link.A.URI).removeprefix(LINKS))]
                del link.A
                link.Dest = self._top_of(at.first)
                link.Contents = String(f"{at.title}, page {at.first}")

    def _top_of(self, number: int) -> Array:
        page = self.pdf.pages[number - 1]
        return Array([page.obj, Name.XYZ, 0, page.mediabox[3], 0])

    def _write_outline(self) -> None:
        with self.pdf.open_outline() as outline:
            outline.root.clear()
            outline.root.extend(
                OutlineItem(one.title, self._top_of(one.first)) for one in self.bound
            )

    def _say_what_it_is(self) -> None:
        root, told = self.pdf.Root, self.order
        del root.OutputIntents
        root.Lang = String("en-GB")
        root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        root.PageMode = Name.UseOutlines
        root.PageLabels = Dictionary(Nums=Array([0, Dictionary(S=Name.D, St=1)]))
        xmp = XMP.format(
            title=escape(told["title"]), author=escape(told["author"]), at=told["at"]
        )
        root.Metadata = self.pdf.make_stream(
            xmp.encode(), Type=Name.Metadata, Subtype=Name.XML
        )
        moment = "D:" + "".join(c for c in told["at"] if c.isdigit()) + "Z"
        for name in list(self.pdf.docinfo.keys()):
            del self.pdf.docinfo[name]
        self.pdf.docinfo.Title = String(told["title"])
        self.pdf.docinfo.Author = String(told["author"])
        self.pdf.docinfo.CreationDate = self.pdf.docinfo.ModDate = String(moment)


def bind(order: dict[str, Any]) -> None:
    with ExitStack() as files:
        pdf = files.enter_context(pikepdf.open(BASE))
        Binder(order, pdf, files).bind()
        pdf.save(
            BOUND,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            min_version="1.7",
        )


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    try:
        bind(json.loads(Path("order.json").read_text("utf-8")))
    except Exception:  # noqa: BLE001 - what strangers sent is in the parts, and may be told to nobody
        sys.exit(FAULTY)


if __name__ == "__main__":
    main()
