"""Where somebody stands, in one page."""

from tests.leaks.rows import own

ROWS = [own("GET", "/your-registration")]
