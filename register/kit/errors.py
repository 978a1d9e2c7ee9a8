"""The two ways in which an act is turned down; everything else that is raised is a bug."""


class Refused(Exception):
    """The rules say no (409). Its text is a whole sentence, fit for the page."""


class NotFound(Exception):
    """Not there, or not for you (404): the two must look the same."""


class TooMany(Exception):
    """A limit has been reached (429)."""

    def __init__(self, retry_after: float) -> None:
        self.retry_after = max(1, round(retry_after))
        super().__init__("Too many tries. Wait a while, then try again.")
