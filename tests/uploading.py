"""Files to send, and a body to send them in."""

from contextlib import asynccontextmanager
from io import BytesIO

import pikepdf
from PIL import Image

from register.kit.sandbox.scanner import EICAR, serve_scanner

BOUNDARY = "a-boundary"
CONTENT_TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def body(*parts):
    """Each a name and a text, or a name, a file name and the file's bytes."""
    made = b""
    for name, *rest in parts:
        filename = f'; filename="{rest[0]}"' if len(rest) == 2 else ""
        content = rest[-1] if isinstance(rest[-1], bytes) else rest[-1].encode()
        made += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{filename}\r\n'.encode()
        made += (
            (b"Content-Type: application/octet-stream\r\n\r\n" if filename else b"\r\n")
            + content
            + b"\r\n"
        )
    return made + f"--{BOUNDARY}--\r\n".encode()


def picture(form="PNG", size=(64, 48), **saved):
    made = BytesIO()
    Image.effect_noise(size, 50).convert("RGB").save(made, form, **saved)
    return made.getvalue()


def pdf(change=None, **saved):
    made = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        if change:
            change(document)
        document.save(made, **saved)
    return made.getvalue()


def infected():
    return pdf() + b"\n% " + EICAR + b"\n%%EOF\n"


@asynccontextmanager
async def scanner(monkeypatch):
    """A pretended clamd, to which the code under test is sent."""
    server = await serve_scanner("127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        monkeypatch.setattr("register.kit.scan.address", lambda: ("127.0.0.1", port))
        yield server
