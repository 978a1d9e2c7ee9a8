"""The figures of a rule set as a form: each field is called as the figure is, and its label is what pages call it."""

from collections.abc import Mapping, Sequence
from typing import Any

from register.kit import forms

MONTHS, DAYS, HOURS, READS = 600, 3_660, 720, 10_000


class Versioned(forms.Form):
    """Carries the version of the draft that its page showed."""

    version = forms.Number(
        "This page", highest=2**31, missing="This page is out of date. Open it again"
    )


class Ladder(forms.Text):
    """Numbers of months or days, the highest first, as "12, 6, 3, 1"; none at all is one too."""

    empty = ()
    highest = MONTHS

    def write(self, value: Any) -> str:
        return ", ".join(map(str, value))

    def read(self, text: str) -> Any:
        parts = [part.strip() for part in super().read(text).split(",")]
        if not all(part.isascii() and part.isdigit() for part in parts):
            raise ValueError(f"{self.subject} must be numbers, like 12, 6, 3, 1")
        rungs = tuple(int(part) for part in parts)
        if list(rungs) != sorted(set(rungs), reverse=True) or rungs[-1] < 1:
            raise ValueError(
                f"{self.subject} must begin with the highest number, and have each once"
            )
        if rungs[0] > self.highest:
            raise ValueError(f"{self.subject} must be {self.highest} or fewer")
        return rungs


class LadderOfDays(Ladder):
    highest = DAYS


def months(label: str, *, hint: str = "In months", lowest: int = 0) -> Any:
    return forms.Number(label, hint=hint, lowest=lowest, highest=MONTHS)


def days(label: str, *, lowest: int = 0) -> Any:
    return forms.Number(label, hint="In days", lowest=lowest, highest=DAYS)


def records(label: str) -> Any:
    return forms.Number(label, hint="In a year", highest=20)


def reads(label: str) -> Any:
    return forms.Number(label, hint="In a day", lowest=1, highest=READS)


class FiguresForm(Versioned):
    open = forms.YesNo(
        "Can people apply for this part?", what="people can apply for this part"
    )
    title = forms.Text("Name of the part", longest=80)
    registrar_name = forms.Text("Who signs certificates", longest=120)
    minimum_age_years = forms.Number(
        "Lowest age", hint="In years", lowest=16, highest=99
    )
    register_by_months = months(
        "Time to be registered in", hint="In months from the start of the role"
    )
    qualification_deadline_months = months(
        "Time to be qualified in", hint="In months from the start of the role", lowest=1
    )
    qualification_reminder_months = Ladder(
        "Reminders before the qualification is due",
        hint="In months, like 12, 6, 3, 1",
        optional=True,
    )
    address_history_years = forms.Number(
        "Address history", hint="In years", lowest=1, highest=99
    )
    employment_gap_days = days("Longest time without a job that needs no explanation")
    draft_kept_days = days("How long an application that is not sent is kept", lowest=1)
    draft_reminder_days = days("Reminder before it is deleted")
    information_due_days = days("Time to answer when we ask for more", lowest=1)
    information_reminder_days = days("Reminder before the last day to answer")
    reference_due_days = days("Time for a referee to answer", lowest=1)
    reference_reminder_days = days("Reminder before the last day for a referee")
    endorsement_due_days = days("Time for an employer to endorse", lowest=1)
    endorsement_reminder_days = days("Reminder before the last day for an employer")
    status_certificate_days = days(
        "How old another register’s certificate may be", lowest=1
    )
    portfolio_care_months = months("Time in residential care before a portfolio counts")
    portfolio_care_within_months = months(
        "How far back that time may lie",
        hint="In months before the application was sent",
        lowest=1,
    )
    portfolio_supervising_months = months(
        "Time in which they supervised others before a portfolio counts"
    )
    portfolio_valid_months = months(
        "Longest time that a portfolio counts which meets part of the requirement",
        hint="In months from the verdict",
        lowest=1,
    )
    representations_days = days("Time to answer a notice", lowest=1)
    representations_reminder_days = days(
        "Reminder before the last day to answer a notice"
    )
    cpd_records = records("Records of learning with an impact on children")
    cpd_reflections = records("Records of learning with a peer’s reflection")
    cpd_safeguarding = records("Records of learning about safeguarding")
    cpd_leadership = records("Records of learning about leadership")
    cpd_carry_over_months = forms.Number(
        "Learning that may count in the next year",
        hint="In months before the end of a year",
        highest=12,
    )
    cpd_joined_months = forms.Number(
        "Who comes so late in a year owes no learning for it",
        hint="In months before its end",
        highest=12,
    )
    cpd_reflection_due_days = days("Time for a peer to reflect on learning", lowest=1)
    cpd_reflection_reminder_days = days("Reminder before the last day for a peer")
    cpd_sample_per_mille = forms.Number(
        "How many are drawn for an audit of their learning",
        hint="In a thousand",
        lowest=1,
        highest=1000,
    )
    cpd_grace_days = days("Time to add learning that an audit asks for", lowest=1)
    cpd_grace_reminder_days = days("Reminder before the last day to add learning")
    assessment_target_working_days = forms.Number(
        "Target for assessing an application",
        hint="In working days",
        lowest=1,
        highest=DAYS,
    )
    restricted_reads_warn = reads(
        "Health and criminal record sections after which a reader is warned"
    )
    restricted_reads_lock = reads(
        "Health and criminal record sections after which no more are shown"
    )
    payment_window_working_days = forms.Number(
        "Time to pay the fee", hint="In working days", lowest=1, highest=250
    )
    payment_reminder_days = days("Reminder before the last day to pay")
    refund_alone_pence = forms.Number(
        "Most that one finance officer refunds or credits alone",
        hint="In pence",
        highest=10_000_000,
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
    renewal_opens_month = forms.Number(
        "Month in which renewal opens", hint="1 to 12", lowest=1, highest=12
    )
    renewal_opens_day = forms.Number(
        "Day of that month on which it opens", lowest=1, highest=31
    )
    renewal_reminder_days = LadderOfDays(
        "Reminders before the last day to renew",
        hint="In days, like 60, 30, 14, 7, 3, 1",
        optional=True,
    )
    renewal_notice_days = days(
        "Notice before an entry lapses, counted back from the last day to renew",
        lowest=1,
    )
    renewal_notice_least_days = days(
        "Least time between the service of that notice and the last day to renew",
        lowest=1,
    )
    renewal_release_hours = forms.Number(
        "Time after the last day to renew before lapses may be released",
        hint="In hours",
        lowest=0,
        highest=HOURS,
    )
    renewal_cure_days = days("Time in which somebody who lapsed may still renew")
    renewal_extension_days = days(
        "Longest time by which the last day to renew is moved for one person"
    )
    publication_former_months = months("How long a former entry is shown")
    publication_order_months = months("How long a removal by order is shown")
    concern_draft_days = days("How long a concern that was not sent is kept", lowest=1)
    concern_screen_working_days = forms.Number(
        "Time to look at a concern for immediate risk",
        hint="In working days",
        lowest=1,
        highest=DAYS,
    )
    concern_acknowledge_days = days("Time to acknowledge a concern", lowest=1)
    allegation_age_months = months(
        "Age from which an allegation is not looked into unless the public interest asks for it",
        lowest=1,
    )
    triage_target_days = days("Target for deciding what becomes of a concern", lowest=1)
    investigation_notice_days = days(
        "Time to tell a registrant of an investigation", lowest=1
    )
    investigation_target_days = days("Target for an investigation", lowest=1)
    investigation_comment_days = days(
        "Time for a registrant to comment on what was found", lowest=1
    )
    case_escalation_months = Ladder(
        "Ages at which a case is told to those who answer for it",
        hint="In months, like 18, 12, 6",
        optional=True,
    )
    examination_target_days = days(
        "Target for the decision of case examiners", lowest=1
    )
    proposal_answer_days = days(
        "Time for a registrant to answer a proposed disposal", lowest=1
    )
    proposal_reminder_days = days(
        "Reminder before the last day to answer a proposal of the case examiners"
    )
    interim_notice_days = days("Notice of a hearing for an interim order", lowest=1)
    hearing_notice_days = days("Notice of a final hearing", lowest=1)
    review_notice_days = days("Notice of a hearing that reviews an order", lowest=1)
    early_review_answer_days = days(
        "To answer whoever asks for an early review of an order", lowest=1
    )
    hearing_listed_days = days("How long before a hearing the public list names it")
    hearing_shown_months = months("How long after a hearing the public list names it")
    panel_members = forms.Number("Adjudicators on a panel", lowest=2, highest=9)
    panel_quorum = forms.Number(
        "Adjudicators with whom a panel may still decide", lowest=2, highest=9
    )
    conflict_employer_months = months(
        "Time after working for the same provider group in which nobody decides"
    )
    conflict_area_months = months(
        "Time after working in the same area in which a conflict is asked about"
    )
    interim_order_months = months("Longest term of an interim order", lowest=1)
    check_in_reminder_days = days(
        "Reminder before the last day to show how an order is kept"
    )
    interim_review_months = months(
        "Time within which an interim order is reviewed", lowest=1
    )
    advice_months = months("How long advice is shown", lowest=1)
    warning_months = Ladder("Terms of a warning", hint="In months, like 60, 36, 12")
    conditions_months = months("Longest term of an order of conditions", lowest=1)
    suspension_months = months("Longest term of an order of suspension", lowest=1)
    order_appeal_days = days("Time to appeal against an order of a panel", lowest=1)
    publication_advice_months = months(
        "How long a decision to advise is published", lowest=1
    )
    publication_after_months = months("How long an order is published after its term")
    appeal_days = days("Time to appeal", lowest=1)
    further_appeal = forms.Text("Who decides after an appeal", longest=120)
    restoration_after_order_months = months(
        "Time after a removal by order before somebody may ask to come back"
    )
    restoration_retry_months = months(
        "Time after a refusal before somebody may ask again to come back"
    )
    restoration_practice_after_months = months(
        "Time away after which somebody who comes back shows practice"
    )
    restoration_practice_hours = forms.Number(
        "Practice to show after a longer time away",
        hint="In hours",
        lowest=0,
        highest=10_000,
    )
    restoration_decide_days = days(
        "Target for deciding on somebody who asks to come back", lowest=1
    )
    retention_granted_months = months(
        "How long the application of a former registrant is kept",
        hint="In months after the registration",
        lowest=12,
    )
    retention_ended_months = months(
        "How long an application that led to no registration is kept", lowest=12
    )
    retention_health_months = months(
        "How long answers about health are kept after the decision", lowest=12
    )
    retention_equality_months = months(
        "How long single answers about equality are kept", lowest=12
    )
    retention_cpd_years = forms.Number(
        "How long records of learning are kept",
        hint="In years after the year of the learning",
        lowest=1,
        highest=50,
    )
    retention_fees_months = months(
        "How long invoices and payments are kept",
        hint="In months after the tax year",
        lowest=12,
    )
    retention_enquiries_months = months(
        "How long messages to us and our answers are kept",
        hint="In months after the last one",
        lowest=12,
    )
    retention_letters_months = months(
        "How long letters that belong to no application are kept", lowest=12
    )
    standards_version = forms.Text("Version of the standards", longest=40)
    declaration_version = forms.Text("Version of the declaration", longest=40)

    def validate(
        self, extra_validators: Mapping[str, Sequence[Any]] | None = None
    ) -> bool:
        """Days of the year are such as every year has, and nobody is locked out before they are warned."""
        sound = super().validate(extra_validators)
        for month, day, does in (
            (self.period_end_month, self.period_end_day, "ends"),
            (self.renewal_opens_month, self.renewal_opens_day, "opens"),
        ):
            if month.data and day.data and day.data > LONGEST[month.data - 1]:
                self.add_error(
                    day.name, f"Day of that month on which it {does} must be in it"
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
