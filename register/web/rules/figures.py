"""The figures of a rule set as a form: each field is called as the figure is, and its label is what pages call it."""

from collections.abc import Mapping, Sequence
from typing import Any

from register.kit import forms

MONTHS, DAYS, READS = 600, 3_660, 10_000


class Versioned(forms.Form):
    """Carries the version of the draft that its page showed."""

    version = forms.Number(
        "This page", highest=2**31, missing="This page is out of date. Open it again"
    )


class Ladder(forms.Text):
    """Numbers of months, the highest first, as "12, 6, 3, 1"; none at all is one too."""

    empty = ()

    def write(self, value: Any) -> str:
        return ", ".join(map(str, value))

    def read(self, text: str) -> Any:
        parts = [part.strip() for part in super().read(text).split(",")]
        if not all(part.isascii() and part.isdigit() for part in parts):
            raise ValueError(f"{self.subject} must be numbers, like 12, 6, 3, 1")
        months = tuple(int(part) for part in parts)
        if list(months) != sorted(set(months), reverse=True) or months[-1] < 1:
            raise ValueError(
                f"{self.subject} must begin with the highest number, and have each once"
            )
        if months[0] > MONTHS:
            raise ValueError(f"{self.subject} must be {MONTHS} or fewer")
        return months


class FiguresForm(Versioned):
    open = forms.YesNo(
        "Can people apply for this part?", what="people can apply for this part"
    )
    title = forms.Text("Name of the part", longest=80)
    registrar_name = forms.Text("Who signs certificates", longest=120)
    minimum_age_years = forms.Number(
        "Lowest age", hint="In years", lowest=16, highest=99
    )
    register_by_months = forms.Number(
        "Time to be registered in",
        hint="In months from the start of the role",
        highest=MONTHS,
    )
    qualification_deadline_months = forms.Number(
        "Time to be qualified in",
        hint="In months from the start of the role",
        lowest=1,
        highest=MONTHS,
    )
    qualification_reminder_months = Ladder(
        "Reminders before the qualification is due",
        hint="In months, like 12, 6, 3, 1",
        optional=True,
    )
    address_history_years = forms.Number(
        "Address history", hint="In years", lowest=1, highest=99
    )
    employment_gap_days = forms.Number(
        "Longest time without a job that needs no explanation",
        hint="In days",
        highest=DAYS,
    )
    draft_kept_days = forms.Number(
        "How long an application that is not sent is kept",
        hint="In days",
        lowest=1,
        highest=DAYS,
    )
    draft_reminder_days = forms.Number(
        "Reminder before it is deleted", hint="In days", highest=DAYS
    )
    information_due_days = forms.Number(
        "Time to answer when we ask for more", hint="In days", lowest=1, highest=DAYS
    )
    information_reminder_days = forms.Number(
        "Reminder before the last day to answer", hint="In days", highest=DAYS
    )
    reference_due_days = forms.Number(
        "Time for a referee to answer", hint="In days", lowest=1, highest=DAYS
    )
    reference_reminder_days = forms.Number(
        "Reminder before the last day for a referee", hint="In days", highest=DAYS
    )
    endorsement_due_days = forms.Number(
        "Time for an employer to endorse", hint="In days", lowest=1, highest=DAYS
    )
    endorsement_reminder_days = forms.Number(
        "Reminder before the last day for an employer", hint="In days", highest=DAYS
    )
    status_certificate_days = forms.Number(
        "How old another register’s certificate may be",
        hint="In days",
        lowest=1,
        highest=DAYS,
    )
    portfolio_care_months = forms.Number(
        "Time in residential care before a portfolio counts",
        hint="In months",
        highest=MONTHS,
    )
    portfolio_care_within_months = forms.Number(
        "How far back that time may lie",
        hint="In months before the application was sent",
        lowest=1,
        highest=MONTHS,
    )
    portfolio_supervising_months = forms.Number(
        "Time in which they supervised others before a portfolio counts",
        hint="In months",
        highest=MONTHS,
    )
    portfolio_valid_months = forms.Number(
        "Longest time that a portfolio counts which meets part of the requirement",
        hint="In months from the verdict",
        lowest=1,
        highest=MONTHS,
    )
    representations_days = forms.Number(
        "Time to answer a notice", hint="In days", lowest=1, highest=DAYS
    )
    representations_reminder_days = forms.Number(
        "Reminder before the last day to answer a notice", hint="In days", highest=DAYS
    )
    assessment_target_working_days = forms.Number(
        "Target for assessing an application",
        hint="In working days",
        lowest=1,
        highest=DAYS,
    )
    restricted_reads_warn = forms.Number(
        "Health and criminal record sections after which a reader is warned",
        hint="In a day",
        lowest=1,
        highest=READS,
    )
    restricted_reads_lock = forms.Number(
        "Health and criminal record sections after which no more are shown",
        hint="In a day",
        lowest=1,
        highest=READS,
    )
    payment_window_working_days = forms.Number(
        "Time to pay the fee", hint="In working days", lowest=1, highest=250
    )
    payment_reminder_days = forms.Number(
        "Reminder before the last day to pay", hint="In days", highest=DAYS
    )
    period_end_month = forms.Number(
        "Month in which a registration period ends",
        hint="1 to 12",
        lowest=1,
        highest=12,
    )
    period_end_day = forms.Number(
        "Day of that month on which it ends", lowest=1, highest=31
    )
    publication_former_months = forms.Number(
        "How long a former entry is shown", hint="In months", highest=MONTHS
    )
    publication_order_months = forms.Number(
        "How long a removal by order is shown", hint="In months", highest=MONTHS
    )
    appeal_days = forms.Number("Time to appeal", hint="In days", lowest=1, highest=DAYS)
    further_appeal = forms.Text("Who decides after an appeal", longest=120)
    restoration_after_order_months = forms.Number(
        "Time after a removal by order before somebody may ask to come back",
        hint="In months",
        highest=MONTHS,
    )
    restoration_retry_months = forms.Number(
        "Time after a refusal before somebody may ask again to come back",
        hint="In months",
        highest=MONTHS,
    )
    restoration_decide_days = forms.Number(
        "Target for deciding on somebody who asks to come back",
        hint="In days",
        lowest=1,
        highest=DAYS,
    )
    retention_granted_months = forms.Number(
        "How long the application of a former registrant is kept",
        hint="In months after the registration",
        lowest=12,
        highest=MONTHS,
    )
    retention_ended_months = forms.Number(
        "How long an application that led to no registration is kept",
        hint="In months",
        lowest=12,
        highest=MONTHS,
    )
    retention_health_months = forms.Number(
        "How long answers about health are kept after the decision",
        hint="In months",
        lowest=12,
        highest=MONTHS,
    )
    retention_equality_months = forms.Number(
        "How long single answers about equality are kept",
        hint="In months",
        lowest=12,
        highest=MONTHS,
    )
    standards_version = forms.Text("Version of the standards", longest=40)
    declaration_version = forms.Text("Version of the declaration", longest=40)

    def validate(
        self, extra_validators: Mapping[str, Sequence[Any]] | None = None
    ) -> bool:
        """The last day of a period is one that every year has, and nobody is locked out before they are warned."""
        sound = super().validate(extra_validators)
        month, day = self.period_end_month.data, self.period_end_day.data
        if month and day and day > LONGEST[month - 1]:
            self.add_error(
                "period_end_day", "Day of that month on which it ends must be in it"
            )
            sound = False
        warn, lock = self.restricted_reads_warn.data, self.restricted_reads_lock.data
        if warn and lock and lock <= warn:
            self.add_error(
                "restricted_reads_lock",
                "The number after which no more are shown must be higher than that of the warning",
            )
            sound = False
        return sound


LONGEST = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
"""The days of each month that come every year."""

FIGURES = {
    field.name: str(field.label.text)
    for field in FiguresForm()
    if field.name != "version"
}
"""What pages call each figure, in their order."""

UNITS = {
    field.name: str(getattr(field, "hint", "")).partition(",")[0].lower()
    for field in FiguresForm()
    if field.name in FIGURES
}
"""What each is counted in, as "in months"; empty for words."""
