"""clamd, pretended: takes a stream as the real one does, and knows one signature, the EICAR test string."""

import asyncio
import struct
from contextlib import suppress

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
LONGEST_STREAM = 25 * 1024 * 1024
LONGEST_COMMAND = 1024
ENDS = {b"n": b"\n", b"z": b"\0"}


async def serve_scanner(host: str, port: int) -> asyncio.Server:
    return await asyncio.start_server(_converse, host, port)


async def _converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(
        asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError
    ):
        end = ENDS.get(await reader.readexactly(1), b"\n")
        command = (await reader.readuntil(end)).rstrip(end)
        writer.write(await _answer(command, reader) + end)
        await writer.drain()
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


async def _answer(command: bytes, reader: asyncio.StreamReader) -> bytes:
    if command == b"PING":
        return b"PONG"
    if command == b"VERSION":
        return b"ClamAV 1.4.3/27000/sandbox"
    if command == b"INSTREAM":
        return await _scan(reader)
    return b"UNKNOWN COMMAND"


async def _scan(reader: asyncio.StreamReader) -> bytes:
    """The chunks each come after their length, the last is empty; the string may lie across two of them."""
    tail, found, total = b"", False, 0
    while length := struct.unpack("!L", await reader.readexactly(4))[0]:
        total += length
        if total > LONGEST_STREAM:
            return b"INSTREAM size limit exceeded. ERROR"
        seen = tail + await reader.readexactly(length)
        found = found or EICAR in seen
        tail = seen[-len(EICAR) :]
    return b"stream: Eicar-Test-Signature FOUND" if found else b"stream: OK"
