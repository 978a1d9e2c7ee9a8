"""The questions of the sections that are one form each. How the answers are called stands in templates/apply/words.html."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Any

from register.application.answers import (
    EnglishShownBy,
    ManagingAs,
    NoEmployer,
    Sex,
)
from register.application.equality import QUESTIONS
from register.application.faults import FAR_AHEAD
from register.kit import forms
from register.person import read_number

YES, NO = "yes", "no"
MOST_NAMES = 20


def codes(values: Iterable[StrEnum]) -> list[tuple[str, str]]:
    """Choices whose words the template gives."""
    return [(value.value, value.value) for value in values]


class Names(forms.Name):
    """Several names, one to a line."""

    empty: Any = ()

    def read(self, text: str) -> Any:
        lines = [line for line in text.replace("\r", "\n").split("\n") if line.strip()]
        if len(lines) > MOST_NAMES:
            raise ValueError(f"Enter {MOST_NAMES} names or fewer")
        return [super(Names, self).read(line) for line in lines]

    def write(self, value: Any) -> str:
        return "\n".join(value)


class FormerNumber(forms.Text):
    """A number of ours, however it is typed."""

    def read(self, text: str) -> Any:
        number = read_number(super().read(text))
        if number is None:
            raise ValueError(
                "Enter your registration number in the correct format, like CH-0000123-J"
            )
        return number


class SectionForm(forms.Form):
    """`opened_on` tells whether the answers were changed elsewhere while this page was open."""

    opened_on = forms.Hidden(optional=True)


def a_year_ahead(today: date) -> date:
    return today + FAR_AHEAD


class EligibilityForm(SectionForm):
    in_role = forms.YesNo(
        "Do you manage a children’s home, or have a day on which you will start?",
        what="you manage a children’s home or have a day on which you will start",
    )
    managing_as = forms.Radios(
        "What do you manage it as?",
        what="what you manage it as",
        choices=codes(ManagingAs),
        only_if=("in_role", YES),
    )
    started_on = forms.Date(
        "When did you start, or when will you start, managing it?",
        what="the day you started or will start",
        latest=a_year_ahead,
        only_if=("in_role", YES),
    )
    urn = forms.Text(
        "Ofsted number (URN) of the home",
        longest=20,
        optional=True,
        only_if=("in_role", YES),
    )
    unlisted = forms.Confirm(
        "The number is right, although you do not have it",
        missing="Confirm that the number is right",
        optional=True,
        only_if=("in_role", YES),
    )
    home_name = forms.Text(
        "Name of the home",
        longest=200,
        optional=True,
        only_if=("in_role", YES),
    )
    registered_before = forms.YesNo(
        "Have you been on this register before?",
        what="you have been on this register before",
    )
    former_number = FormerNumber(
        "Registration number",
        optional=True,
        only_if=("registered_before", YES),
    )
    regulated_elsewhere = forms.YesNo(
        "Are you, or have you been, on the register of another regulator?",
        what="you are or have been on the register of another regulator",
    )


class IdentityForm(SectionForm):
    title = forms.Text("Title", longest=40, optional=True)
    given_names = forms.Name("Given names", what="your given names", optional=True)
    family_name = forms.Name("Family name", what="your family name")
    preferred_name = forms.Name("Preferred name", optional=True)
    has_former_names = forms.YesNo(
        "Have you ever had another legal name?",
        what="you have ever had another legal name",
    )
    former_names = Names(
        "Your former names",
        what="your former names",
        only_if=("has_former_names", YES),
    )
    has_aliases = forms.YesNo(
        "Are you known by any other name, for example at work?",
        what="you are known by any other name",
    )
    aliases = Names(
        "The other names you are known by",
        what="the other names you are known by",
        only_if=("has_aliases", YES),
    )
    birth_date = forms.Date("Date of birth", what="your date of birth", past=True)
    sex = forms.Radios(
        "Sex, as on your birth or gender recognition certificate",
        what="your sex",
        choices=codes(Sex),
    )
    nationality = forms.Text("Nationality", what="your nationality", longest=100)
    has_ni_number = forms.YesNo(
        "Do you have a National Insurance number?",
        what="you have a National Insurance number",
    )
    ni_number = forms.NationalInsurance(only_if=("has_ni_number", YES))


class AddressFields(SectionForm):
    line_1 = forms.Text(
        "Address line 1", what="the first line of the address", longest=100
    )
    line_2 = forms.Text("Address line 2", longest=100, optional=True)
    town = forms.Text("Town or city", what="the town or city", longest=100)
    in_uk = forms.YesNo(
        "Is it in the United Kingdom?", what="the address is in the United Kingdom"
    )
    postcode = forms.Postcode(only_if=("in_uk", YES))
    country = forms.Text(
        "Country", what="the country", longest=100, only_if=("in_uk", NO)
    )


class ContactForm(AddressFields):
    mobile = forms.Phone("Mobile telephone number", what="a mobile telephone number")


class DbsForm(SectionForm):
    certificate_number = forms.Digits(
        "DBS certificate number", what="the DBS certificate number", exactly=12
    )
    issued_on = forms.Date("Date of issue", what="the day it was issued", past=True)
    enhanced = forms.YesNo(
        "Is it an enhanced certificate?", what="it is an enhanced certificate"
    )
    child_workforce = forms.YesNo(
        "Is it for the child workforce?", what="it is for the child workforce"
    )
    children_barred_list = forms.YesNo(
        "Did it include a check of the children’s barred list?",
        what="it included a check of the children’s barred list",
    )
    update_service = forms.YesNo(
        "Do you subscribe to the DBS Update Service?",
        what="you subscribe to the DBS Update Service",
    )
    update_consent = forms.YesNo(
        "May we check your certificate there?",
        what="we may check your certificate there",
        only_if=("update_service", YES),
    )


def yes_no(label: str, what: str) -> forms.YesNo:
    return forms.YesNo(label, what=what)


def details(question: str) -> forms.LongText:
    return forms.LongText(
        "Give details",
        what="what happened, when, and how it ended",
        only_if=(question, YES),
    )


class CriminalForm(SectionForm):
    convictions = yes_no(
        "Do you have any convictions that are not protected?",
        "you have a conviction that is not protected",
    )
    convictions_details = details("convictions")
    cautions = yes_no(
        "Do you have any cautions that are not protected?",
        "you have a caution that is not protected",
    )
    cautions_details = details("cautions")
    charges = yes_no(
        "Are you charged with an offence, or waiting for a trial?", "you are charged"
    )
    charges_details = details("charges")
    investigations = yes_no(
        "Are you being investigated by the police?",
        "you are being investigated by the police",
    )
    investigations_details = details("investigations")
    overseas = yes_no(
        "Has any of these happened to you outside the United Kingdom?",
        "any of these has happened to you outside the United Kingdom",
    )
    overseas_details = details("overseas")


class ConductForm(SectionForm):
    disciplinary = yes_no(
        "Has an employer taken disciplinary action against you?",
        "an employer has taken disciplinary action against you",
    )
    disciplinary_details = details("disciplinary")
    dismissed = yes_no(
        "Have you been dismissed from a post?", "you have been dismissed"
    )
    dismissed_details = details("dismissed")
    resigned = yes_no(
        "Have you left a post while you were being investigated, or before an investigation could begin?",
        "you have left a post while you were being investigated",
    )
    resigned_details = details("resigned")
    safeguarding = yes_no(
        "Has an allegation that you harmed a child or an adult at risk been investigated?",
        "an allegation against you has been investigated",
    )
    safeguarding_details = details("safeguarding")
    civil = yes_no(
        "Has a civil or family court made a finding against you that bears on your work with children?",
        "a court has made a finding against you",
    )
    civil_details = details("civil")
    prohibited = yes_no(
        "Have you been prohibited or restricted from teaching, or from managing a school?",
        "you have been prohibited or restricted",
    )
    prohibited_details = details("prohibited")
    disqualified = yes_no(
        "Have you been disqualified from caring for children or from registration as a childminder or foster carer?",
        "you have been disqualified from caring for children",
    )
    disqualified_details = details("disqualified")
    ofsted = yes_no(
        "Has Ofsted, or another inspectorate, refused or cancelled a registration of yours or of a service you ran?",
        "a registration of yours has been refused or cancelled",
    )
    ofsted_details = details("ofsted")


class HealthForm(SectionForm):
    affects_practice = forms.YesNo(
        "Do you have a health condition that may affect your ability to work safely with children?",
        what="you have a health condition that may affect your ability to work safely with children",
    )
    details = forms.LongText(
        "How it may affect your work, and what you do about it",
        what="how it may affect your work",
        only_if=("affects_practice", YES),
    )
    adjustments = forms.LongText(
        "Adjustments you need from us while we deal with your application",
        longest=2000,
        optional=True,
    )


class EnglishForm(SectionForm):
    shown_by = forms.Radios(
        "How can you show that your English is good enough for your work?",
        what="how you can show your English",
        choices=codes(EnglishShownBy),
    )
    details = forms.LongText(
        "The test you passed, or the work you did in English",
        longest=2000,
        optional=True,
    )


class EndorserForm(SectionForm):
    has_employer = forms.YesNo(
        "Is there somebody at your employer who can endorse your application?",
        what="there is somebody at your employer who can endorse your application",
    )
    name = forms.Name(
        "Their full name", what="their full name", only_if=("has_employer", YES)
    )
    job = forms.Text(
        "Their job title",
        what="their job title",
        longest=100,
        only_if=("has_employer", YES),
    )
    email = forms.Email(
        "Their work email address",
        what="their work email address",
        only_if=("has_employer", YES),
    )
    none_because = forms.Radios(
        "Why not?",
        what="why nobody can endorse your application",
        choices=codes(NoEmployer),
        only_if=("has_employer", NO),
    )


class SkillsForm(SectionForm):
    practice_hours = forms.Number(
        "How many hours of work like that of the role have you done since you left?",
        what="how many hours of work you have done since you left",
        lowest=0,
        highest=100_000,
    )
    learning = forms.LongText(
        "What else have you done to keep your skills up to date?",
        what="what you have done to keep your skills up to date",
    )
    vouched_by = forms.LongText(
        "Who can confirm that you are ready to practise again?",
        what="who can confirm that you are ready to practise again",
        longest=1000,
        optional=True,
    )


class StandardsForm(SectionForm):
    agreed = forms.Confirm(
        "I have read and understood the professional standards, and I will meet them",
        missing="Confirm that you have read and will meet the standards",
    )


class EqualityForm(forms.Form):
    age = forms.Radios("Age", choices=codes(QUESTIONS["age"]), optional=True)
    ethnicity = forms.Radios(
        "Ethnic group", choices=codes(QUESTIONS["ethnicity"]), optional=True
    )
    disabled = forms.Radios(
        "Do you consider yourself disabled?",
        what="whether you consider yourself disabled",
        choices=codes(QUESTIONS["disabled"]),
        optional=True,
    )
    gender = forms.Radios("Gender", choices=codes(QUESTIONS["gender"]), optional=True)
    religion = forms.Radios(
        "Religion or belief", choices=codes(QUESTIONS["religion"]), optional=True
    )
    orientation = forms.Radios(
        "Sexual orientation", choices=codes(QUESTIONS["orientation"]), optional=True
    )


class DeclarationForm(forms.Form):
    """`version` is that of the sentences on the page: who declares has read the words of today."""

    version = forms.Hidden(optional=True)
    privacy = forms.Confirm(
        "I have read the privacy notice",
        missing="Confirm that you have read the privacy notice",
    )
    true = forms.Confirm(
        "I declare all of this", missing="Confirm that you declare all of this"
    )
    signature = forms.Name("Type your full name to sign", what="your full name to sign")
