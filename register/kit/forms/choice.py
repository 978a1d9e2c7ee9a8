"""One of several, any of several, yes or no; what is not on the list is refused in a sentence too."""

from collections.abc import Iterable, Sequence
from typing import Any

from wtforms.form import BaseForm
from wtforms.validators import StopValidation

from register.kit.forms.field import Question

Choice = tuple[str, str] | tuple[str, str, str]
"""What is sent, what is shown, and perhaps a hint."""


class Radios(Question):
    """One of several; `choices` may be set or changed on the bound field before it is validated."""

    missing_verb = "Select"

    def __init__(
        self, label: str, *, choices: Iterable[Choice] = (), **options: Any
    ) -> None:
        super().__init__(label, **options)
        self.choices: Sequence[Choice] = tuple(choices)

    @property
    def codes(self) -> list[str]:
        return [choice[0] for choice in self.choices]

    @property
    def unlisted(self) -> str:
        return f"{self.missing} from the list"

    @property
    def place(self) -> str:
        """Where the error summary leads to."""
        return self.id

    def pre_validate(self, form: BaseForm) -> None:
        super().pre_validate(form)
        if self.data not in self.codes:
            raise StopValidation(self.unlisted)


class Select(Radios):
    """One of many, from a list that opens."""

    def __init__(
        self, label: str, *, blank_choice: str = "Choose one", **options: Any
    ) -> None:
        super().__init__(label, **options)
        self.blank_choice = blank_choice


class YesNo(Radios):
    """Held as True, False or None."""

    empty = None

    def __init__(
        self,
        label: str,
        *,
        yes: str = "Yes",
        no: str = "No",
        what: str = "",
        **options: Any,
    ) -> None:
        super().__init__(
            label, what=what, choices=[("yes", yes), ("no", no)], **options
        )
        if not options.get("missing"):
            self.missing = (
                f"Select yes if {what}" if what else f"Select yes or no for {self.what}"
            )

    @property
    def unlisted(self) -> str:
        return self.missing

    def read(self, text: str) -> Any:
        return {"yes": True, "no": False}.get(text, text)

    def write(self, value: Any) -> str:
        return "yes" if value else "no"

    @property
    def codes(self) -> list[Any]:
        return [True, False]


class Checkboxes(Radios):
    """Any of several, held as a list of codes; `none` is the choice that excludes the others."""

    empty = ()

    def __init__(
        self, label: str, *, none: Choice | None = None, **options: Any
    ) -> None:
        super().__init__(label, **options)
        self.none = none

    @property
    def codes(self) -> list[str]:
        return [*super().codes, *([self.none[0]] if self.none else [])]

    @property
    def ticked(self) -> list[str]:
        return [str(code) for code in self.data or ()]

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = []
        sent = [self.without_hidden(str(value)) for value in valuelist]
        self.data = list(dict.fromkeys(sent))

    def pre_validate(self, form: BaseForm) -> None:
        self.errors = list(self.process_errors)
        if not self._is_asked(form):
            self.data, self.raw_data = [], []
            raise StopValidation
        if self.blank:
            raise StopValidation("" if self.optional else self.missing)
        if not set(self.data) <= set(self.codes):
            raise StopValidation(self.unlisted)
        if self.none and self.none[0] in self.data and len(self.data) > 1:
            raise StopValidation(f"{self.missing}, or select “{self.none[1]}”")


class Confirm(Question):
    """A single box that has to be ticked: a declaration."""

    missing_verb = "Confirm that"
    empty = False

    def __init__(self, label: str, *, missing: str, **options: Any) -> None:
        super().__init__(label, missing=missing, **options)

    @property
    def ticked(self) -> bool:
        return self.shown == "yes"

    def read(self, text: str) -> Any:
        return text == "yes"

    def write(self, value: Any) -> str:
        return "yes" if value else ""

    def pre_validate(self, form: BaseForm) -> None:
        super().pre_validate(form)
        if not self.data:
            raise StopValidation(self.missing)
