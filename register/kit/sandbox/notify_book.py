"""What the pretended GOV.UK Notify remembers: the messages it took, in the order in which they came."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

DELIVERED_AFTER = timedelta(seconds=2)
FATES = {
    "temp-fail@simulator.notify": "temporary-failure",
    "perm-fail@simulator.notify": "permanent-failure",
    "07700900003": "temporary-failure",
    "07700900002": "permanent-failure",
}
"""The addresses for which the real service, too, pretends."""


@dataclass
class Taken:
    """A message that was handed over."""

    kind: str
    to: str
    subject: str
    body: str
    template: str
    reference: str | None
    created_at: str
    id: str = field(default_factory=lambda: str(uuid4()))
    fate: str = ""
    """As the outbox page ordered it."""

    def status(self, now: datetime) -> str:
        """Of a letter: accepted until it is printed, and received by the post after that; nobody tells that it arrived."""
        letter = self.kind == "letter"
        if not self._over(now):
            return "accepted" if letter else "sending"
        usual = "received" if letter else FATES.get(self.to.lower(), "delivered")
        return self.fate or usual

    def _over(self, now: datetime) -> bool:
        return now - datetime.fromisoformat(self.created_at) >= DELIVERED_AFTER

    def settled_at(self, now: datetime) -> str | None:
        if not self._over(now):
            return None
        return (datetime.fromisoformat(self.created_at) + DELIVERED_AFTER).isoformat()


class Book:
    """One line of JSON a message, so that a restart forgets nothing."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / "messages.jsonl"
        kept = self._file.read_text("utf-8").splitlines() if self._file.exists() else []
        # A line cut off by a kill was never answered for.
        self.messages = [
            Taken(**json.loads(line)) for line in kept if line.endswith("}")
        ]

    def take(self, message: Taken) -> None:
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(message)) + "\n")
        self.messages.append(message)

    def find(self, number: str) -> Taken | None:
        return next(
            (message for message in self.messages if message.id == number), None
        )

    def newest_first(self, *, to: str = "") -> list[Taken]:
        """Those to an address, of which a part is enough."""
        return [
            message
            for message in reversed(self.messages)
            if to.lower() in message.to.lower()
        ]
