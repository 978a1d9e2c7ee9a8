"""Tests speak to this machine only, whatever they are about."""

import asyncio
import socket

import pytest
from pytest_socket import SocketConnectBlockedError

ELSEWHERE = ("192.0.2.1", 80)


@pytest.mark.filterwarnings("ignore:A test tried")
async def test_nothing_elsewhere_is_reached():
    connect = asyncio.get_running_loop().sock_connect
    with socket.socket() as plain, pytest.raises(SocketConnectBlockedError):
        plain.connect(ELSEWHERE)
    with socket.socket() as waiting:
        waiting.setblocking(False)
        with pytest.raises(SocketConnectBlockedError):
            await connect(waiting, ELSEWHERE)


async def test_this_machine_is_reached():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
