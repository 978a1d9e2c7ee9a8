"""What `register` uses on one machine where the environment says nothing: made-up keys, kept, and addresses next to PORT."""

import fcntl
import secrets
from pathlib import Path
from uuid import uuid4

KEYS_FILE = "secrets.env"


def local_environment(data_dir: Path, port: int) -> dict[str, str]:
    """The variables of a demo in this folder; its keys are made on the first call and are the same ever after."""
    sandbox = f"http://127.0.0.1:{port + 1}"
    return {
        "ENVIRONMENT": "demo",
        "PORT": str(port),
        "DATA_DIR": str(data_dir),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PAY_URL": f"{sandbox}/pay",
        "NOTIFY_URL": f"{sandbox}/notify",
        "REGISTRAR_NAME": "Eleanor Whitcombe",
        "SCANNER_PORT": str(port + 3),
    } | _kept_keys(data_dir / KEYS_FILE)


def _kept_keys(file: Path) -> dict[str, str]:
    """What the file holds, and from now on also what it lacks; locked, for two commands may come first at once."""
    file.touch(mode=0o600)
    with file.open("r+", encoding="utf-8") as kept:
        fcntl.flock(kept, fcntl.LOCK_EX)
        keys = dict(line.rstrip("\n").split("=", 1) for line in kept if "=" in line)
        for name, value in _new_keys().items():
            if name not in keys:
                keys[name] = value
                kept.write(f"{name}={value}\n")
    return keys


def _new_keys() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "ENCRYPTION_KEY": secrets.token_urlsafe(48),
        "PAY_API_KEY": f"api_sandbox_{secrets.token_hex(24)}",
        "PAY_WEBHOOK_SECRET": secrets.token_urlsafe(32),
        "NOTIFY_API_KEY": f"demo-{uuid4()}-{uuid4()}",
    }
