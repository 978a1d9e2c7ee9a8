"""Tests speak to this machine only, whatever they are about."""

import asyncio
import socket

import pytest
from pytest_socket import SocketConnectBlockedError

ELSEWHERE = ("192.0.2.1", 80)


@pytest.mark.filterwarnings("ignore:A test tried")
async def test_nothing_elsewhere_is_reached():
    with socket.socket() as plain, pytest.raises(SocketConnectBlockedError):
        plain.connect(ELSEWHERE)
    with pytest.raises(SocketConnectBlockedError):
        await asyncio.open_connection(*ELSEWHERE)


async def test_this_machine_is_reached():
    async with await asyncio.start_server(lambda *_: None, "127.0.0.1") as server:
        port = server.sockets[0].getsockname()[1]
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()
        await writer.wait_closed()
