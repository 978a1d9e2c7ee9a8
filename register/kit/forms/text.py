"""What is typed on a line or into a box, with limits that count as people do."""

from typing import Any, ClassVar

import regex
from wtforms.utils import unset_value

from register.kit.forms.field import Question, plain_line_ends

HEAPED = regex.compile(r"\p{M}{7}")
"""More marks on one letter than any script writes; they run over the lines above and below."""

BYTES_PER_CHARACTER = 8
"""A Hebrew letter with its points takes 8; what takes more on average is not writing."""


def graphemes(text: str) -> int:
    """How many characters a person sees."""
    return len(regex.findall(r"\X", text))


class Text(Question):
    """One line."""

    def __init__(
        self, label: str, *, longest: int = 200, shortest: int = 0, **options: Any
    ) -> None:
        super().__init__(label, **options)
        self.longest = longest
        self.shortest = shortest

    def read(self, text: str) -> Any:
        return self.checked(" ".join(text.split()))

    def checked(self, text: str) -> str:
        if HEAPED.search(text):
            raise ValueError(
                f"{self.subject} must not have so many accents on one letter"
            )
        if graphemes(text) > self.longest:
            raise ValueError(
                f"{self.subject} must be {self.longest:,} characters or fewer"
            )
        if len(text.encode()) > self.longest * BYTES_PER_CHARACTER:
            raise ValueError(
                f"{self.subject} has too many accents or symbols. Use fewer"
            )
        if graphemes(text) < self.shortest:
            raise ValueError(
                f"{self.subject} must be {self.shortest:,} characters or more"
            )
        return text


class LongText(Text):
    """Several lines, with a limit that the page counts down to."""

    def __init__(self, label: str, *, longest: int = 4000, **options: Any) -> None:
        super().__init__(label, longest=longest, **options)

    def read(self, text: str) -> Any:
        return self.checked(plain_line_ends(text))


class Name(Text):
    """A person's name in any script, with apostrophes, hyphens, accents and full stops, and at least one letter."""

    WRITTEN: ClassVar = regex.compile(
        r"[\p{L}\p{M}\p{Nd} '\u2019\u2018\u02bc\u05f3\u05f4`\u00b4\-\u2010\u2011\u2013.,/()\u00b7\u200c\u200d]*"
    )

    def read(self, text: str) -> Any:
        # A mark of direction comes along when a right-to-left name is pasted. It shows nothing and changes nothing.
        name = super().read(text.replace("\u200e", "").replace("\u200f", ""))
        if not regex.search(r"\p{L}", name):
            raise ValueError(f"{self.subject} must include a letter")
        if not self.WRITTEN.fullmatch(name):
            raise ValueError(
                f"{self.subject} must only include letters, spaces, hyphens, apostrophes and full stops"
            )
        return name


class Digits(Text):
    """A number that is not a quantity (a URN, a code): digits only, spaces forgiven, leading zeros kept."""

    def __init__(
        self, label: str, *, exactly: int = 0, longest: int = 20, **options: Any
    ) -> None:
        super().__init__(label, longest=longest, **options)
        self.exactly = exactly

    def read(self, text: str) -> Any:
        squeezed = regex.sub(r"[\s\-]", "", super().read(text))
        if not regex.fullmatch(r"[0-9]+", squeezed):
            raise ValueError(f"{self.subject} must only include numbers")
        if self.exactly and len(squeezed) != self.exactly:
            raise ValueError(f"{self.subject} must be {self.exactly} numbers")
        return squeezed


class Number(Text):
    """A whole quantity."""

    empty = None

    def __init__(
        self, label: str, *, lowest: int = 0, highest: int = 999_999, **options: Any
    ) -> None:
        super().__init__(label, longest=20, **options)
        self.lowest = lowest
        self.highest = highest

    def read(self, text: str) -> Any:
        squeezed = super().read(text).replace(",", "").replace(" ", "")
        if not regex.fullmatch(r"-?[0-9]{1,15}", squeezed):
            raise ValueError(f"{self.subject} must be a whole number, like 12")
        if not self.lowest <= int(squeezed) <= self.highest:
            raise ValueError(
                f"{self.subject} must be between {self.lowest:,} and {self.highest:,}"
            )
        return int(squeezed)


class Password(Question):
    """Held exactly as sent (ASVS 6.2.8) and never shown again; a new one has a length, an old one only has to match."""

    LONGEST = 128

    def __init__(
        self,
        label: str = "Password",
        *,
        what: str = "your password",
        shortest: int = 0,
        **options: Any,
    ) -> None:
        super().__init__(label, what=what, **options)
        self.shortest = shortest

    @property
    def shown(self) -> str:
        return ""

    @property
    def blank(self) -> bool:
        return not any(self.raw_data or ())

    def process(
        self, formdata: Any, data: Any = unset_value, extra_filters: Any = None
    ) -> None:
        super().process(formdata, data, extra_filters)
        if formdata is not None:
            self.raw_data = formdata.exact(self.name)
            self._take(self.raw_data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Nothing yet: what WTForms hands over is in its normal form."""

    def _take(self, values: list[str]) -> None:
        self.data = values[0] if len(values) == 1 else ""
        if fault := self._fault(values):
            self.process_errors = [fault]

    def _fault(self, values: list[str]) -> str:
        if len(values) > 1:
            return f"{self.subject} was sent more than once. Enter it again"
        if self.data and len(self.data) < self.shortest:
            return f"{self.subject} must be {self.shortest} characters or more"
        if len(self.data) > self.LONGEST:
            return f"{self.subject} must be {self.LONGEST} characters or fewer"
        return ""


class Hidden(Text):
    """What the page carries for us; where it is missing, the page was not ours or is too old."""

    def __init__(self, label: str = "This page", **options: Any) -> None:
        missing = "This page is out of date. Open it again"
        super().__init__(label, **{"missing": missing, **options})
