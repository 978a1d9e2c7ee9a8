"""What somebody tells of their learning, as a form: all but the title may wait."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Self

from register.cpd import LearningKind, LearningRecord, Told, With, Words
from register.kit import forms
from register.kit.clock import months_after
from register.rule_set import Rules

LONGEST = 4000
SAFEGUARDING, LEADERSHIP = "safeguarding", "leadership"


class RecordForm(forms.Form):
    title = forms.Text("What was it?", what="what it was", longest=150)
    kinds = forms.Checkboxes(
        "What kind of learning was it?",
        what="what kind of learning it was",
        choices=[(kind, kind) for kind in LearningKind],
        optional=True,
    )
    first_on = forms.Date(
        "When was it, or when did it begin?",
        what="the day on which it was or began",
        past=True,
        optional=True,
    )
    last_on = forms.Date(
        "When did it end?",
        what="the day on which it ended",
        past=True,
        optional=True,
    )
    learnt = forms.LongText(
        "What did you learn?", what="what you learnt", longest=LONGEST, optional=True
    )
    impact = forms.LongText(
        "What do children have of it?",
        what="what children have of it",
        longest=LONGEST,
        optional=True,
    )
    reflection = forms.LongText(
        "What do you think about it now?",
        what="what you think about it now",
        longest=LONGEST,
        optional=True,
    )
    standards = forms.Checkboxes(
        "Which of the standards is it about?",
        what="which of the standards it is about",
        optional=True,
    )
    about = forms.Checkboxes(
        "Is it about one of these?",
        what="whether it is about one of these",
        choices=[(SAFEGUARDING, SAFEGUARDING), (LEADERSHIP, LEADERSHIP)],
        optional=True,
    )
    talked = forms.Radios(
        "Have you talked it over with somebody?",
        what="whether you have talked it over with somebody",
        choices=[("no", "no"), *((one, one) for one in With)],
        optional=True,
    )
    discussed_on = forms.Date(
        "When did you talk it over?",
        what="the day on which you talked it over",
        past=True,
        optional=True,
    )
    discussed = forms.LongText(
        "What came of it?", what="what came of it", longest=LONGEST, optional=True
    )

    def offering(
        self, standards: Mapping[str, str], rules: Rules, *, awaited: date | None
    ) -> Self:
        """The standards of the parts that they hold; days of this registration year and the one before.

        `awaited`: the first day of an earlier year, where an audit waits for more of it.
        """
        self.standards.choices = list(standards.items())
        self._rules, self._awaited = rules, awaited
        return self

    def validate(
        self, extra_validators: Mapping[str, Sequence[Any]] | None = None
    ) -> bool:
        """It ended when it began or later, lately enough, and what came of talking it over is said."""
        sound = super().validate(extra_validators)
        first, last = self.first_on.data, self.last_on.data
        if last and not first and not self.first_on.errors:
            self.add_error("first_on", "Enter the day on which it began")
        if first and last and last < first:
            self.add_error(
                "last_on",
                f"The day on which it ended must be on or after {forms.written(first)}",
            )
        elif (day := last or first) and day < self._earliest:
            self.add_error(
                "last_on" if last else "first_on",
                f"It must have ended on or after {forms.written(self._earliest)}: earlier years are closed",
            )
        if self.talks:
            if not self.discussed_on.data and not self.discussed_on.errors:
                self.add_error(
                    "discussed_on", "Enter the day on which you talked it over"
                )
            if not self.discussed.data and not self.discussed.errors:
                self.add_error("discussed", "Enter what came of it")
        return sound and not self.faults

    @property
    def talks(self) -> bool:
        return bool(self.talked.data) and self.talked.data != "no"

    @property
    def _earliest(self) -> date:
        """The first day of the year before this one, or of the earlier one of which more is awaited."""
        assert self.today is not None  # noqa: S101 - given by whoever shows the form
        usual = _first_day(self._rules, self.today)
        return min(usual, self._awaited or usual)

    @property
    def told(self) -> Told:
        first, talks = self.first_on.data, self.talks
        return Told(
            words=Words(
                title=self.title.data,
                learnt=self.learnt.data,
                impact=self.impact.data,
                reflection=self.reflection.data,
                discussed=self.discussed.data if talks else "",
            ),
            kinds=tuple(LearningKind(one) for one in self.kinds.data),
            first_on=first,
            last_on=self.last_on.data or first,
            standards=tuple(self.standards.data),
            safeguarding=SAFEGUARDING in self.about.data,
            leadership=LEADERSHIP in self.about.data,
            discussed_with=With(self.talked.data) if talks else None,
            discussed_on=self.discussed_on.data if talks else None,
        )


def _first_day(rules: Rules, today: date) -> date:
    return months_after(rules.period_end(today), -24) + timedelta(days=1)


def form_of(record: LearningRecord, today: date) -> RecordForm:
    """Filled in as it was last saved."""
    told = record.told
    about = [SAFEGUARDING] * told.safeguarding + [LEADERSHIP] * told.leadership
    return RecordForm(
        data={
            "title": told.words.title,
            "kinds": list(told.kinds),
            "first_on": told.first_on,
            "last_on": told.last_on if told.last_on != told.first_on else None,
            "learnt": told.words.learnt,
            "impact": told.words.impact,
            "reflection": told.words.reflection,
            "standards": list(told.standards),
            "about": about,
            "talked": told.discussed_with or "no",
            "discussed_on": told.discussed_on,
            "discussed": told.words.discussed,
        },
        today=today,
    )


def year_of(told: Told, rules: Rules, today: date) -> date:
    """In which registration year it counts: where it ended, or now while it has no day."""
    return rules.period_end(told.last_on or today)
