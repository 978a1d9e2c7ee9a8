"""When a hearing begins: a day and a time of the clock in London."""

import re
from datetime import UTC, datetime, time
from typing import Any

from register.kit import forms
from register.kit.clock import LONDON

WRITTEN = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])")


class TimeOfDay(forms.Text):
    """14:30."""

    def read(self, text: str) -> Any:
        found = WRITTEN.fullmatch(super().read(text))
        if found is None:
            raise ValueError(f"{self.missing}, like 09:30 or 14:00")
        return time(int(found[1]), int(found[2]))

    def write(self, value: Any) -> str:
        return f"{value:%H:%M}"


class WhenForm(forms.Form):
    day = forms.Date("On which day does it begin?", what="the day", future=True)
    at = TimeOfDay(
        "At what time?", what="the time", hint="For example, 10:00", longest=5
    )
    last = forms.Date(
        "On which day does it end at the latest?",
        what="the last day",
        hint="Leave it empty if it lasts one day.",
        optional=True,
        future=True,
    )

    @property
    def starts_at(self) -> datetime:
        return datetime.combine(self.day.data, self.at.data, LONDON).astimezone(UTC)
