"""What all forms and fields have in common: each field knows what it asks for, so that it can say what is missing."""

from datetime import date
from typing import Any, ClassVar, Protocol

import regex
import wtforms
from wtforms.meta import DefaultMeta
from wtforms.validators import StopValidation

Condition = tuple[str, str]
"""The name of another field and the answer at which this one is asked."""


HIDDEN = regex.compile(
    r"[\p{Cc}\p{Co}\p{Cs}\p{Noncharacter_Code_Point}\u202a-\u202e\u2066-\u2069--\t\r\n]",
    regex.V1,
)
"""Controls, noncharacters and overrides of direction, which make a page show something else than is stored."""


def plain_line_ends(text: str) -> str:
    """Browsers send two characters for each; shown again as they came, they would be two lines."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


class Sent(Protocol):
    """What a browser sent: any number of values to a name."""

    def getall(self, name: str, /) -> list[Any]: ...

    def __contains__(self, name: object, /) -> bool: ...


class Reader:
    """What was sent as WTForms asks for it."""

    def __init__(self, sent: Sent) -> None:
        self.sent = sent

    def __contains__(self, name: str) -> bool:
        return name in self.sent

    def getlist(self, name: str) -> list[str]:
        return (
            [str(value) for value in self.sent.getall(name)]
            if name in self.sent
            else []
        )

    def exact(self, name: str) -> list[str]:
        """To the byte, where the sender kept that (FormData does): passwords are taken as they are."""
        exact = getattr(self.sent, "exact", None)
        values = self.getlist(name)
        return [exact(name)] if exact and len(values) == 1 else values


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def in_a_sentence(label: str) -> str:
    """A label as it stands within a sentence: "URN" and "DBS number" keep their capitals."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


class Form(wtforms.Form):
    """The base of all forms: `today` is what the dates on it are measured by."""

    class Meta(DefaultMeta):
        def wrap_formdata(self, form: wtforms.form.BaseForm, formdata: Any) -> Any:  # noqa: ARG002 - as WTForms calls it
            return None if formdata is None else Reader(formdata)

    def __init__(
        self,
        sent: Sent | None = None,
        *,
        obj: object = None,
        data: dict[str, Any] | None = None,
        today: date | None = None,
        prefix: str = "",
    ) -> None:
        self.today = today
        super().__init__(sent, obj=obj, data=data, prefix=prefix)  # type: ignore[arg-type]  # a multidict is wrapped

    @property
    def faults(self) -> list[tuple[str, str]]:
        """For the error summary: where each faulty field is, and its first fault, in the order of the page."""
        said = [
            (f"#{_place(field)}", str(field.errors[0]))
            for field in self
            if field.errors
        ]
        return [*said, *(("", str(error)) for error in self.form_errors)]

    def add_error(self, name: str, sentence: str) -> None:
        """Say what only the handler can know, of one field or (with the name "") of the whole form."""
        if not name:
            self.form_errors = [*self.form_errors, sentence]
            return
        field = self[name]
        field.errors = [*field.errors, sentence]


def _place(field: wtforms.Field) -> str:
    return str(getattr(field, "place", field.id))


class Question(wtforms.Field):
    """A field that knows what it asks for, so that it can say what is missing.

    `what` is how the answer is called within a sentence ("your full name"); by default the label.
    `only_if` names the answer of another field at which this one is asked; otherwise it stays empty and unchecked.
    """

    missing_verb: ClassVar[str] = "Enter"
    empty: Any = ""

    def __init__(
        self,
        label: str,
        *,
        what: str = "",
        hint: str = "",
        optional: bool = False,
        only_if: Condition | None = None,
        missing: str = "",
        **options: Any,
    ) -> None:
        if label.endswith("?") and not (what or missing):
            raise TypeError(
                f"A question needs `what`, as in “{self.missing_verb} …”: {label}"
            )
        super().__init__(label, **options)
        self.what = what or in_a_sentence(label)
        self.hint = hint
        self.optional = optional
        self.only_if = only_if
        self.missing = missing or f"{self.missing_verb} {self.what}"

    @property
    def subject(self) -> str:
        """What the answer is called at the start of a sentence."""
        return capitalised(regex.sub(r"^(your|the|an?) ", "", self.what))

    @property
    def shown(self) -> str:
        """What stands in the box: what was typed, right or wrong, but for what hid in it; else what we hold."""
        if self.raw_data is not None:
            typed = str(self.raw_data[0]) if self.raw_data else ""
            return HIDDEN.sub("", plain_line_ends(typed))
        return "" if self.data in (None, "") else self.write(self.data)

    @property
    def blank(self) -> bool:
        return not any(str(value).strip() for value in self.raw_data or ())

    def write(self, value: Any) -> str:
        """What we hold, as a person would type it."""
        return str(value)

    def read(self, text: str) -> Any:
        """What was typed, as we hold it; raises ValueError with the sentence to show."""
        return text

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = self.empty
        if len(valuelist) > 1:
            raise ValueError(f"{self.subject} was sent more than once. Answer it again")
        if valuelist and (text := str(valuelist[0]).strip()):
            self.data = self.read(self.without_hidden(text))

    def without_hidden(self, text: str) -> str:
        """The text, where nothing hides in it. The box then shows it without, so that sending it again is enough."""
        if HIDDEN.search(text):
            raise ValueError(
                f"{self.subject} had hidden characters, which we have taken out. Check it, then continue"
            )
        return text

    def pre_validate(self, form: wtforms.form.BaseForm) -> None:
        if not self._is_asked(form):
            self.data, self.raw_data, self.errors = self.empty, [], []
            raise StopValidation
        if self.blank:
            raise StopValidation("" if self.optional else self.missing)
        if self.process_errors:
            raise StopValidation

    def _is_asked(self, form: wtforms.form.BaseForm) -> bool:
        if self.only_if is None:
            return True
        name, answer = self.only_if
        given = form[name].raw_data or []
        return answer in given


class Upload(Question):
    """A file. Its bytes are streamed by the handler (kit/files.py), which says here what was wrong with them."""

    missing_verb = "Select"

    def __init__(self, label: str, *, accept: str = "", **options: Any) -> None:
        super().__init__(label, **options)
        self.accept = accept

    @property
    def shown(self) -> str:
        return ""
