"""The questions asked of each item that a section lists: an address, a qualification, a post, a register, a referee."""

from register.application.answers import Body, Knows, Proof
from register.kit import forms
from register.part import Part
from register.web.apply.questions import NO, YES, AddressFields, SectionForm, codes

OTHER = "other"


class AddressForm(AddressFields):
    since = forms.Date("When did you move in?", what="the day you moved in", past=True)
    here_now = forms.YesNo("Do you live there now?", what="you live there now")
    until = forms.Date(
        "When did you move out?",
        what="the day you moved out",
        past=True,
        only_if=("here_now", NO),
    )


class QualificationForm(SectionForm):
    accepted = forms.Select(
        "Qualification", what="the qualification", blank_choice="Choose a qualification"
    )
    title = forms.Text(
        "Name of the qualification",
        what="the name of the qualification",
        only_if=("accepted", OTHER),
    )
    awarding_body = forms.Text("Awarding body", what="the awarding body")
    level = forms.Number("Level", what="the level", lowest=1, highest=12, optional=True)
    country = forms.Text(
        "Country where you studied",
        what="the country where you studied",
        longest=100,
    )
    credits = forms.Number("Credits", lowest=1, highest=1000, optional=True)
    learner_number = forms.Digits(
        "Unique Learner Number (ULN)", exactly=10, optional=True
    )
    awarded = forms.YesNo("Have you been awarded it?", what="you have been awarded it")
    awarded_on = forms.Date(
        "When was it awarded?",
        what="the day it was awarded",
        past=True,
        only_if=("awarded", YES),
    )
    certificate_number = forms.Text(
        "Certificate number", longest=60, optional=True, only_if=("awarded", YES)
    )
    proof = forms.Radios(
        "How can we check it?",
        what="how we can check it",
        choices=codes([Proof.CERTIFICATE, Proof.AWARDING_BODY]),
        only_if=("awarded", YES),
    )
    enrolled_on = forms.Date(
        "When did you enrol?",
        what="the day you enrolled",
        past=True,
        only_if=("awarded", NO),
    )
    expected_on = forms.Date(
        "When do you expect to finish?",
        what="the day you expect to finish",
        future=True,
        only_if=("awarded", NO),
    )


class WorkForm(SectionForm):
    """What is asked of every post, whether it is told in an application or later."""

    employer = forms.Text("Employer", what="the employer")
    urn = forms.Text("Ofsted number (URN)", longest=20, optional=True)
    unlisted = forms.Confirm(
        "The number is right, although you do not have it",
        missing="Confirm that the number is right",
        optional=True,
    )
    home_name = forms.Text("Name of the home or workplace", optional=True)
    role = forms.Text("Your role", what="your role")
    part = forms.Radios(
        "Which of these is closest to the role?",
        what="which of these is closest to the role",
        choices=[*codes(Part), (OTHER, OTHER)],
    )
    fte_percent = forms.Number(
        "Working time, as a percentage of full time",
        what="your working time as a percentage of full time",
        lowest=1,
        highest=100,
    )
    care = forms.YesNo(
        "Did you, or do you, care for children there?",
        what="you care or cared for children there",
    )
    supervisory = forms.YesNo(
        "Did you, or do you, supervise care staff?",
        what="you supervise or supervised care staff",
    )
    manages = forms.YesNo(
        "Did you, or do you, manage the home?",
        what="you manage or managed the home",
    )


class PostForm(WorkForm):
    since = forms.Date("When did you start?", what="the day you started", past=True)
    there_now = forms.YesNo("Do you work there now?", what="you work there now")
    until = forms.Date(
        "When did you leave?",
        what="the day you left",
        past=True,
        only_if=("there_now", NO),
    )
    reason_for_leaving = forms.LongText(
        "Why did you leave?",
        what="why you left",
        longest=1000,
        only_if=("there_now", NO),
    )


class RegisterForm(SectionForm):
    body = forms.Select("Register", what="the register", choices=codes(Body))
    body_name = forms.Text(
        "Name of the register",
        what="the name of the register",
        only_if=("body", OTHER),
    )
    number = forms.Text(
        "Registration number", what="your registration number", longest=40
    )
    current = forms.YesNo(
        "Are you on that register now?", what="you are on that register now"
    )


class RefereeForm(SectionForm):
    knows_from = forms.Radios(
        "Where does the referee know you from?",
        what="where the referee knows you from",
        choices=codes(Knows),
    )
    name = forms.Name("Full name", what="the referee’s full name")
    job = forms.Text("Job title", what="the referee’s job title", longest=100)
    organisation = forms.Text(
        "Organisation", what="the referee’s organisation", longest=200
    )
    email = forms.Email("Work email address", what="the referee’s email address")
    phone = forms.Phone("Telephone number", what="the referee’s telephone number")


class QualificationsHead(SectionForm):
    none = forms.Confirm(
        "I have no qualification and am not studying for one",
        missing="Confirm that you have no qualification",
        optional=True,
    )


class EmploymentHead(SectionForm):
    left_education_on = forms.Date(
        "When did you leave full-time education?",
        what="the day you left full-time education",
        past=True,
    )


class RegistrationsHead(SectionForm):
    registered = forms.YesNo(
        "Are you, or have you been, on the register of another regulator?",
        what="you are or have been on another register",
    )
    acted_against = forms.YesNo(
        "Has a register or regulator anywhere ever refused, removed, suspended, restricted or warned you?",
        what="a register or regulator has ever acted against you",
    )
    acted_against_details = forms.LongText(
        "What happened, when and with which body",
        what="what happened, when and with which body",
        only_if=("acted_against", YES),
    )
