"""A day in three boxes, with the wording that GOV.UK gives each way of getting it wrong."""

from calendar import month_name
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, ClassVar

import regex
from wtforms.form import BaseForm
from wtforms.utils import unset_value
from wtforms.validators import StopValidation

from register.kit.forms.field import HIDDEN, Question

EARLIEST_YEAR = 1900

Bound = date | Callable[[date], date] | None
"""A day, or how it is found from today."""


MONTHS = [name.lower() for name in month_name[1:]]


class Date(Question):
    """A day in three boxes. The boxes are named `name-day`, `name-month`, `name-year`.

    `past`: today or before; `earliest` and `latest` are days, or functions of the form's `today`.
    """

    empty = None
    PARTS: ClassVar = ("day", "month", "year")

    def __init__(
        self,
        label: str,
        *,
        past: bool = False,
        future: bool = False,
        earliest: Bound = None,
        latest: Bound = None,
        **options: Any,
    ) -> None:
        super().__init__(label, **options)
        self.past = past
        self.future = future
        self.earliest = earliest
        self.latest = latest
        self.typed: dict[str, str] | None = None
        self.wrong: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        return f"{self.id}-{(self.wrong or self.PARTS)[0]}"

    @property
    def boxes(self) -> dict[str, str]:
        """What stands in each box."""
        if self.typed is not None:
            return self.typed
        return {
            part: str(getattr(self.data, part)) if self.data else ""
            for part in self.PARTS
        }

    @property
    def faulty(self) -> tuple[str, ...]:
        """The boxes to mark: those at fault, else all of them."""
        return (self.wrong or tuple(self.PARTS)) if self.errors else ()

    @property
    def blank(self) -> bool:
        return not any(self.boxes.values())

    def process(
        self,
        formdata: Any,
        data: Any = unset_value,
        extra_filters: Any = None,
    ) -> None:
        super().process(None, data, extra_filters)
        if formdata is None:
            return
        sent = {part: formdata.getlist(f"{self.name}-{part}") for part in self.PARTS}
        self.typed = {
            part: " ".join(HIDDEN.sub("", "".join(values[:1])).split())
            for part, values in sent.items()
        }
        self.raw_data = [*self.typed.values()]
        self.data = None
        try:
            self.data = self._day(
                self.typed, twice=any(len(values) > 1 for values in sent.values())
            )
        except ValueError as error:
            self.process_errors = [str(error)]

    def pre_validate(self, form: BaseForm) -> None:
        try:
            super().pre_validate(form)
        finally:
            if not self._is_asked(form):
                self.typed = None
        if fault := self._out_of_range(getattr(form, "today", None)):
            raise StopValidation(fault)

    def _day(self, typed: dict[str, str], *, twice: bool) -> date | None:
        if self.blank:
            return None
        if twice:
            raise ValueError(f"{self.subject} was sent more than once. Enter it again")
        if absent := tuple(part for part in self.PARTS if not typed[part]):
            self.wrong = absent
            raise ValueError(f"{self.subject} must include a {' and '.join(absent)}")
        if regex.fullmatch(r"[0-9]{1,3}|[0-9]{5,}", typed["year"]):
            self.wrong = ("year",)
            raise ValueError("Year must include 4 numbers")
        return self._real(
            _whole(typed["day"]), _month(typed["month"]), _whole(typed["year"])
        )

    def _real(self, day: int, month: int, year: int) -> date:
        try:
            return date(year, month, day)
        except ValueError:
            self.wrong = self._unreal(day, month, year)
            raise ValueError(f"{self.subject} must be a real date") from None

    def _unreal(self, day: int, month: int, year: int) -> tuple[str, ...]:
        """The one box that cannot be right; none where it is the three together."""
        good = {"day": 1 <= day <= 31, "month": 1 <= month <= 12, "year": year >= 1}
        bad = tuple(part for part in self.PARTS if not good[part])
        return bad if len(bad) == 1 else ()

    def _out_of_range(self, today: date | None) -> str:
        day: date = self.data
        if day.year < EARLIEST_YEAR:
            self.wrong = ("year",)
            return f"{self.subject} must be in {EARLIEST_YEAR} or after"
        if self.past and day > _known(today):
            return f"{self.subject} must be today or in the past"
        if self.future and day < _known(today):
            return f"{self.subject} must be today or in the future"
        first, last = _bound(self.earliest, today), _bound(self.latest, today)
        if first and day < first:
            return f"{self.subject} must be on or after {written(first)}"
        if last and day > last:
            return f"{self.subject} must be on or before {written(last)}"
        return ""


def _known(today: date | None) -> date:
    if today is None:
        raise TypeError("This form measures dates by today: give it `today=`")
    return today


def _bound(bound: Bound, today: date | None) -> date | None:
    return bound(_known(today)) if callable(bound) else bound


def _whole(text: str) -> int:
    return int(text) if regex.fullmatch(r"[0-9]{1,6}", text) else 0


def _month(text: str) -> int:
    """3, 03, Mar and March are all March."""
    named = [
        n
        for n, name in enumerate(MONTHS, 1)
        if len(text) >= 3 and name.startswith(text.lower())
    ]
    return named[0] if named else _whole(text)


def written(day: date) -> str:
    """12 March 2027."""
    return f"{day.day} {MONTHS[day.month - 1].capitalize()} {day.year}"


def years_before(years: int) -> Callable[[date], date]:
    """A bound so many years before today; 29 February counts from 28."""

    def bound(today: date) -> date:
        try:
            return today.replace(year=today.year - years)
        except ValueError:
            return today.replace(year=today.year - years, day=28)

    return bound


def days_after(days: int) -> Callable[[date], date]:
    return lambda today: today + timedelta(days=days)
