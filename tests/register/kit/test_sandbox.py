"""The pretended services stand together on one port, and the pretended scanner on another."""

import asyncio
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest
from aioclamd import ClamdAsyncClient, ClamdError

from register.kit import notify
from register.kit.clock import system_clock
from register.kit.notify import Channel
from register.kit.sandbox import create_sandbox
from register.kit.sandbox.scanner import EICAR, serve_scanner
from register.kit.settings import Settings
from tests.reading import Page
from tests.served import served

ROOT = Path(__file__).parents[3]


@pytest.fixture
def known(tmp_path):
    return Settings(data_dir=tmp_path)


@pytest.fixture
async def clamd():
    server = await serve_scanner("127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def test_the_first_page_says_what_is_pretended(known):
    with served(create_sandbox(known, system_clock())) as url:
        page = Page(httpx2.get(url).text)
        outbox = httpx2.get(url + page.link("Outbox"))

    assert page.h1 == "What is pretended here"
    assert "Sandbox: nothing is really sent." in page.text
    assert Page(outbox.text).h1 == "Outbox"


async def test_both_services_are_at_the_paths_of_the_settings(known):
    with served(create_sandbox(known, system_clock())) as url:
        client = notify.Notify(
            url + "/notify",
            known.notify_api_key.get_secret_value(),
            {Channel.EMAIL: known.notify_template_email},
        )
        assert not (
            await asyncio.to_thread(httpx2.get, url + "/pay/v1/payments/1")
        ).is_success
        number = await client.send(
            Channel.EMAIL,
            "ada@example.org",
            subject="S",
            body="B",
            reference="0b1e0b6a-7ac1-4a6c-8d38-4d0a1b2c3d4e",
        )
        await client.close()

    assert number


async def test_the_scanner_finds_the_test_string(clamd):
    answer = await scan(clamd, b"before" + EICAR + b"after")

    assert answer == {"stream": ("FOUND", "Eicar-Test-Signature")}


async def test_the_scanner_finds_it_across_two_chunks(clamd):
    answer = await scan(clamd, b"x" * 1000 + EICAR, chunk=1030)

    assert answer == {"stream": ("FOUND", "Eicar-Test-Signature")}


async def test_the_scanner_lets_the_rest_be(clamd):
    assert await scan(clamd, b"nothing bad") == {"stream": ("OK", None)}
    assert await scan(clamd, b"") == {"stream": ("OK", None)}


async def test_the_scanner_takes_no_endless_stream(clamd):
    with pytest.raises(ClamdError):
        await scan(clamd, b"x" * (26 * 1024**2))


async def test_the_scanner_answers_its_other_commands(clamd):
    client = ClamdAsyncClient("127.0.0.1", clamd)

    assert await client.ping() == "PONG"
    assert "ClamAV" in await client.version()


@pytest.mark.parametrize(
    "said",
    [b"", b"nNONSENSE\n", b"x" * 100_000, b"zINSTREAM\0\0\0\0\5ab", b"\xff\xff\n"],
)
async def test_the_scanner_survives_what_is_no_command(clamd, said):
    _, writer = await asyncio.open_connection("127.0.0.1", clamd)
    writer.write(said)
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()

    assert await scan(clamd, b"still here") == {"stream": ("OK", None)}


async def scan(port, content, chunk=4096):
    """By the protocol itself, so that the chunks are of a known size."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"zINSTREAM\0")
    for start in range(0, len(content), chunk):
        piece = content[start : start + chunk]
        writer.write(len(piece).to_bytes(4) + piece)
    writer.write(bytes(4))
    answer = (await reader.readuntil(b"\0"))[:-1].decode()
    writer.close()
    if answer.endswith("ERROR"):
        raise ClamdError(answer)
    verdict = answer.removeprefix("stream: ").split(" ")
    return {"stream": (verdict[-1], verdict[0] if len(verdict) > 1 else None)}


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


async def start(tmp_path, port, scanner_port):
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "register.kit.sandbox"),
        cwd=ROOT,
        env=os.environ
        | {
            "PORT": str(port - 1),
            "SCANNER_PORT": str(scanner_port),
            "DATA_DIR": str(tmp_path),
        },
        stderr=asyncio.subprocess.PIPE,
    )


async def test_the_command_serves_them_all_and_stops_when_told(tmp_path):
    port, scanner_port = free_port(), free_port()
    process = await start(tmp_path, port, scanner_port)
    async with asyncio.timeout(30), httpx2.AsyncClient(trust_env=False) as client:
        while True:
            with suppress(httpx2.ConnectError):
                assert (
                    await client.get(f"http://127.0.0.1:{port}/outbox")
                ).status_code == 200
                break
            await asyncio.sleep(0.1)
    assert await scan(scanner_port, EICAR) == {
        "stream": ("FOUND", "Eicar-Test-Signature")
    }

    process.terminate()
    _, told = await process.communicate()

    assert b"Traceback" not in told


async def test_a_port_that_is_taken_is_told_in_one_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = await start(tmp_path, free_port(), taken.getsockname()[1])
        _, told = await process.communicate()

    assert process.returncode == 1
    assert b"The sandboxes cannot start" in told
    assert b"Traceback" not in told
