"""The program that makes pictures and PDFs anew: the file comes in, the new one goes out. It imports nothing of ours.

Its parsers read what strangers sent. Whatever they stumble over, the exit code is FAULTY and nothing has left.
"""

import resource
import sys
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Name
from pikepdf.sanitize import Sanitizer
from PIL import Image, ImageOps

MEMORY = 1024**3
SECONDS = 20
FAULTY = 3
MOST_PIXELS = 50_000_000
DEEPEST = 50

FORMS = {"image/jpeg": "JPEG", "image/png": "PNG"}
HARMLESS = (
    Sanitizer()
    .remove_javascript()
    .remove_external_access()
    .remove_attachments()
    .remove_multimedia()
    .remove_web_capture()
    .remove_private_app_data()
    .remove_search_index()
    .remove_collection()
    .remove_thumbnails()
)
ACTS = {
    Name.JavaScript,
    Name.Launch,
    Name.GoToE,
    Name.GoToR,
    Name.ImportData,
    Name.SubmitForm,
    Name.URI,
}


class TooLarge(Exception):
    """Unpacked it would be more than we bear."""


class StillActs(Exception):
    """Something in it acts, or hides another file, where it could not be taken out."""


def redrawn(content: bytes, form: str) -> bytes:
    """The picture's dots alone: no place, no camera, no small copy, no second file behind the first."""
    with Image.open(BytesIO(content), formats=[form]) as sent:
        if sent.width * sent.height > MOST_PIXELS:
            raise TooLarge
        upright = ImageOps.exif_transpose(sent)
        colours = "RGB" if form == "JPEG" else "RGBA"
        dots = upright if upright.mode in {"L", colours} else upright.convert(colours)
        made = BytesIO()
        Image.frombytes(dots.mode, dots.size, dots.tobytes()).save(
            made, form, quality=90
        )
    return made.getvalue()


def disarmed(content: bytes) -> bytes:
    with pikepdf.open(BytesIO(content)) as pdf:
        if not len(pdf.pages):
            raise StillActs
        HARMLESS.apply(pdf)
        if Name.AcroForm in pdf.Root and Name.XFA in pdf.Root.AcroForm:
            del pdf.Root.AcroForm.XFA
        made = BytesIO()
        pdf.save(made)
    with pikepdf.open(made) as pdf:
        for found in pdf.objects:
            must_be_harmless(found)
    return made.getvalue()


def must_be_harmless(found: Any, depth: int = 0) -> None:
    """Looks into what has no number of its own; what has one comes in its turn."""
    if depth > DEEPEST:
        raise StillActs
    if isinstance(found, pikepdf.Array):
        inner = list(found)
    elif isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
        if (
            found.get(Name.S) in ACTS
            or found.get(Name.Type) == Name.EmbeddedFile
            or Name.JS in found
        ):
            raise StillActs
        inner = [found[key] for key in found.keys()]  # noqa: SIM118 - iterating a stream is not over its keys
    else:
        return
    for one in inner:
        if not getattr(one, "is_indirect", False):
            must_be_harmless(one, depth + 1)


def main(kind: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        content = sys.stdin.buffer.read()
        made = (
            disarmed(content)
            if kind == "application/pdf"
            else redrawn(content, FORMS[kind])
        )
    except Exception:  # noqa: BLE001 - as the module says
        sys.exit(FAULTY)
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main(sys.argv[1])
