"""Proxies before PostgreSQL and the payment service: every message that passes is counted, and one of them may be the last.

A message is what makes the other side act. To PostgreSQL: the start of a connection, and each request, which is a query or
what ends in a sync; whatever comes before the sync is undone by the server when no sync follows. From PostgreSQL: that it is
ready again, and a notification; its client believes nothing before. Of HTTP: a request, an answer.
"""

import asyncio
import struct
from contextlib import aclosing, suppress
from threading import Thread

SSL_REQUEST, CANCEL_REQUEST = 80877103, 80877102
ASKS, ANSWERS = b"QS", b"ZA"
CHUNK = 2**16
PATIENCE = 60
"""More than a cut may take, for which everything waits."""


class Wires:
    """All proxies of one process, on a thread of their own; both directions of all of them are one row of messages."""

    def __init__(self):
        self._passed, self._counting = 0, False
        self._last = self._cut = None
        self._servers = []
        self._open, self._carried = set(), set()
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        try:
            self._do(self._close())
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(PATIENCE)
            self._loop.close()

    def postgres(self, socket_path):
        """Gives the port that leads to the server's socket."""
        return self._listen(
            lambda: asyncio.open_unix_connection(socket_path),
            postgres_requests,
            postgres_answers,
        )

    def http(self, port):
        """Gives the port that leads to that port."""
        return self._listen(
            lambda: asyncio.open_connection("127.0.0.1", port), http_said, http_said
        )

    def count(self, *, last=None, cut=None):
        """Count from now on. Message number `last` does not arrive: `cut()` is called instead, and then all lines are dead."""

        async def count():
            self._passed, self._last, self._cut = 0, last, cut
            self._counting = True

        self._do(count())

    def stop(self):
        """How many messages there were. From now on nothing is cut, and what was begun to be cut has been."""

        async def stop():
            self._counting = False
            return self._passed

        return self._do(stop())

    def _listen(self, connect, requests, answers):
        async def listen():
            async def client(reader, writer):
                self._carried.add(asyncio.current_task())
                await self._carry(reader, writer, connect, requests, answers)
                self._carried.discard(asyncio.current_task())

            server = await asyncio.start_server(client, "127.0.0.1", 0)
            self._servers.append(server)
            return server.sockets[0].getsockname()[1]

        return self._do(listen())

    async def _carry(self, reader, writer, connect, requests, answers):
        try:
            far_reader, far_writer = await connect()
        except OSError:
            writer.transport.abort()
            return
        line = (writer, far_writer)
        self._open.add(line)
        forth = self._pump(line, requests(reader, writer), far_writer)
        back = self._pump(line, answers(far_reader, far_writer), writer)
        await asyncio.gather(forth, back)

    async def _pump(self, line, messages, to):
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                async with aclosing(messages):
                    await self._pass(line, messages, to)
        finally:
            self._drop(line)

    async def _pass(self, line, messages, to):
        async for message, counts in messages:
            if line not in self._open or (counts and not self._may_pass()):
                return
            to.write(message)
            await to.drain()

    def _may_pass(self):
        if not self._counting:
            return True
        self._passed += 1
        if self._passed != self._last:
            return True
        self._cut()
        for line in list(self._open):
            self._drop(line)
        return False

    def _drop(self, line):
        self._open.discard(line)
        for writer in line:
            # What a pump has handed over before still arrives; nothing else does.
            writer.close()

    async def _close(self):
        for server in self._servers:
            server.close()
        for line in list(self._open):
            self._drop(line)
        # Whoever broke on a message that we do not know is still among them, and says so here.
        await asyncio.gather(*self._carried)

    def _do(self, what):
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(PATIENCE)


async def postgres_requests(reader, writer):
    async for first in _openings(reader, writer):
        yield first, True
    async for piece in _typed(reader, ASKS):
        yield piece


async def postgres_answers(reader, _):
    async for piece in _typed(reader, ANSWERS):
        yield piece


async def _openings(reader, writer):
    """The first message has no type. Asked for TLS we say no, as the server's socket would."""
    while True:
        head = await reader.readexactly(8)
        length, code = struct.unpack("!ii", head)
        if code == SSL_REQUEST:
            writer.write(b"N")
            continue
        yield head + await reader.readexactly(length - 8)
        if code != CANCEL_REQUEST:
            return


async def _typed(reader, counted):
    left = b""
    while came := await reader.read(CHUNK):
        pieces, left = _pieces(left + came, counted)
        for piece in pieces:
            yield piece


def _pieces(data, counted):
    """Each message that counts, what stands before and after them, and what has not come to its end."""
    pieces, start, at = [], 0, 0
    while (end := _end(data, at)) <= len(data):
        if data[at] in counted:
            pieces += [(data[start:at], False), (data[at:end], True)]
            start = end
        at = end
    return [*pieces, (data[start:at], False)], data[at:]


def _end(data, at):
    """A byte for its type, then its length without that byte."""
    return at + 1 + max(4, int.from_bytes(data[at + 1 : at + 5], "big"))


async def http_said(reader, _):
    while True:
        head = await reader.readuntil(b"\r\n\r\n")
        yield head + await reader.readexactly(_body_length(head)), True


def _body_length(head):
    lines = head.decode("latin-1").split("\r\n")[1:]
    fields = {
        name.lower(): value.strip()
        for name, _, value in (line.partition(":") for line in lines)
    }
    if "transfer-encoding" in fields:
        raise NotImplementedError("This proxy knows bodies by their length only")
    return int(fields.get("content-length", 0))
