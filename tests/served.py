"""An app on a real port of this machine, for clients that cannot be handed one in the test's own loop."""

import socket
import time
from contextlib import contextmanager
from threading import Thread

import uvicorn

PATIENCE = 30


@contextmanager
def served(app, *, port=0, **options):
    """Gives its address; stops when left."""
    listener = socket.create_server(("127.0.0.1", port))
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_level="critical",
            ws="none",
            timeout_graceful_shutdown=2,
            **options,
        )
    )
    thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    until = time.monotonic() + PATIENCE
    try:
        while not server.started:
            if not thread.is_alive() or time.monotonic() > until:
                raise RuntimeError("The app did not start")
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        listener.close()
    assert not thread.is_alive(), "The app did not stop"
