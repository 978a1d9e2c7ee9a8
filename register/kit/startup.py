"""What must hold before a command starts; what does not is told in one line, never as a traceback."""

import errno
import socket
import tempfile
from pathlib import Path

from register.kit.pdf import missing_fonts, missing_libraries


class CannotStart(Exception):
    """A command cannot do its work here. Its text is the one line that says what to change."""


def require_port(
    host: str, port: int, *, because: str = "set PORT to a free one"
) -> None:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise CannotStart(
            f"{host} is no address of this machine ({error.strerror}): set HOST to one."
        ) from error
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            reason = (
                "is in use"
                if error.errno == errno.EADDRINUSE
                else f"cannot be used ({error.strerror})"
            )
            raise CannotStart(f"Port {port} on {host} {reason}: {because}.") from error


def require_folder(folder: Path) -> None:
    """The data folder exists and takes files; it is made, for us alone, where it is missing."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise CannotStart(
            f"The data folder {folder} cannot be written ({error.strerror}): set DATA_DIR."
        ) from error


def require_printing() -> None:
    """Without libharfbuzz-subset0 each PDF takes some 300 times as long, and nothing says so."""
    if packages := missing_libraries():
        raise CannotStart(
            f"PDFs need what is missing here: apt-get install {' '.join(packages)}."
        )
    if missing_fonts():
        raise CannotStart("PDFs need fonts that are missing here: run `make assets`.")
