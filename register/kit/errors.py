"""How an act is turned down; everything else that is raised is a bug."""


class Refused(Exception):
    """The rules say no (409). Its text is a whole sentence, fit for the page."""


class NotFound(Exception):
    """Not there, or not for you (404): the two must look the same."""


class Gone(Exception):
    """It was here once and is public no longer (410); nothing of it is told."""


class MovedTo(Exception):
    """It has another address for good (308)."""

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__("It has another address")


class TooMany(Exception):
    """A limit has been reached (429)."""

    def __init__(self, retry_after: float) -> None:
        self.retry_after = max(1, round(retry_after))
        super().__init__("Too many tries. Wait a while, then try again.")
