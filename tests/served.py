"""An app on a real port of this machine, for clients that cannot be handed one in the test's own loop."""

import socket
import time
from contextlib import contextmanager
from threading import Thread

import uvicorn


@contextmanager
def served(app):
    """Gives its address; stops when left."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(
            app, log_level="critical", ws="none", timeout_graceful_shutdown=2
        )
    )
    thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("The app did not start")
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listener.close()
