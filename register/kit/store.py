"""Where files are kept: in a bucket where FILES_URL names one, else in a folder under the data folder."""

from functools import cache
from pathlib import Path

from obstore.store import LocalStore, ObjectStore, from_url

from register.kit.settings import settings


def store() -> ObjectStore:
    known = settings()
    return _store(known.files_url, known.data_dir / "files")


@cache
def _store(url: str, folder: Path) -> ObjectStore:
    if url:
        return from_url(url)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return LocalStore(folder)


async def keep(name: str, content: bytes) -> None:
    """Whole or not at all; what had the name before is replaced."""
    await store().put_async(name, content)


async def fetch(name: str) -> bytes:
    found = await store().get_async(name)
    return bytes(await found.bytes_async())
