"""ClamAV: a file is clean when clamd has said so, and not before."""

from io import BytesIO

from aioclamd import ClamdAsyncClient, ClamdError

from register.kit.settings import settings

PATIENCE = 60.0


class ScannerAway(Exception):
    """No verdict: clamd is not there, is slow, or did not understand."""


def address() -> tuple[str, int]:
    return settings().scanner_host, settings().scanner_port


async def is_infected(content: bytes) -> bool:
    scanner = ClamdAsyncClient(*address(), timeout=PATIENCE)
    try:
        answer = await scanner.instream(BytesIO(content))
    except (ClamdError, OSError) as error:
        raise ScannerAway from error
    verdict, _ = answer["stream"]
    if verdict not in {"OK", "FOUND"}:
        raise ScannerAway
    return bool(verdict == "FOUND")
