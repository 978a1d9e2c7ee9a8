"""The questions of a concern, a page each: to a child in other words than to an employer, and answered alike."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

import msgspec

from fitness.concern import Body, Referrer
from fitness.concern.referral import Allegation, Harm, Incident, Removal
from fitness.concern.told import (
    NONE,
    Danger,
    Ground,
    Looked,
    Section,
    Speaker,
    Told,
    Trigger,
)
from register.kit import forms
from register.person import read_number

LONGEST = 10_000
NONE_OF_THESE = (NONE, "None of these")
TOLD_BY_ANYBODY = (Body.POLICE, Body.LADO, Body.OFSTED, Body.EMPLOYER, Body.OTHER)


def codes(kind: type[StrEnum]) -> list[tuple[str, str]]:
    """Their words stand in the template."""
    return [(one, one) for one in kind]


class StartForm(forms.Form):
    referrer = forms.Radios("Who are you?", what="who you are", choices=codes(Referrer))


class ReturnForm(forms.Form):
    reference = forms.Text(
        "Your reference",
        longest=40,
        hint="It begins with C, for example C-7K2M9QXD",
    )
    code = forms.Text(
        "Your secret code",
        longest=40,
        hint="12 letters and numbers, for example 4TQ8-HW2K-9MZC",
    )


class TriggerForm(forms.Form):
    because = forms.Checkboxes(
        "What has happened?",
        what="what has happened",
        hint="Select all that apply.",
        choices=codes(Trigger),
        none=(NONE, NONE),
    )
    grounds = forms.Checkboxes(
        "What makes it serious?",
        what="what makes the suspension serious",
        choices=codes(Ground),
        none=NONE_OF_THESE,
        only_if=("because", Trigger.SUSPENDED),
    )


class SubjectForm(forms.Form):
    name = forms.Text("Their name", hint="As much of it as you know", optional=True)
    number = forms.Text(
        "Their registration number",
        hint="It begins with CH. You find it by searching the register.",
        longest=40,
        optional=True,
    )
    role = forms.Text("Their job", optional=True)
    home = forms.Text(
        "The children’s home where they work or worked",
        hint="Its name, its URN or the town",
        optional=True,
    )
    more = forms.LongText(
        "Anything else that helps us to find them",
        longest=1000,
        optional=True,
    )

    def validate(
        self, extra_validators: Mapping[str, Sequence[Any]] | None = None
    ) -> bool:
        """A name or a description, so that somebody can be looked for."""
        sound = super().validate(extra_validators)
        if self.number.data and not read_number(self.number.data):
            self.add_error(
                "number",
                "Enter a registration number like CH-0000123-J, or leave it empty",
            )
            sound = False
        if not (self.name.data or self.number.data or self.more.data):
            self.add_error("name", self.nobody)
            sound = False
        return sound

    nobody = "Enter a name, or say something else by which we can find them"


class ChildSubjectForm(SubjectForm):
    name = forms.Text(
        "What is their name?",
        what="their name",
        hint="A first name or a nickname is fine",
        optional=True,
    )
    number = forms.Text("Their registration number", longest=40, optional=True)
    role = forms.Text("What do they do at the home?", what="their job", optional=True)
    home = forms.Text(
        "Which home is it?", what="the home", hint="Its name or the town", optional=True
    )
    more = forms.LongText(
        "What else can you say about them?",
        what="what else you can say about them",
        hint="For example what they look like, or when they work",
        longest=1000,
        optional=True,
    )


class WhatForm(forms.Form):
    words = forms.LongText(
        "What happened?",
        what="what happened",
        hint="Say what you saw, heard or were told, and where. Say which of it you know yourself.",
        longest=LONGEST,
    )


class ChildWhatForm(forms.Form):
    words = forms.LongText(
        "What do you want to tell us?",
        what="what you want to tell us",
        hint="Use your own words. You do not have to spell everything right.",
        longest=LONGEST,
    )


class WhenForm(forms.Form):
    words = forms.LongText(
        "When did it happen?",
        what="when it happened",
        hint="If you do not know the day, say roughly when. Say if it happened more than once.",
        longest=1000,
    )
    last_on = forms.Date(
        "The last day on which it happened, if you know it",
        what="the last day",
        past=True,
        optional=True,
    )


class SafetyForm(forms.Form):
    danger = forms.Radios(
        "Is a child in danger now, or could one be soon?",
        what="whether a child is in danger",
        choices=codes(Danger),
    )
    details = forms.LongText(
        "What could happen?",
        what="what could happen",
        longest=2000,
        only_if=("danger", Danger.NOW),
        optional=True,
    )


class ChildSafetyForm(forms.Form):
    danger = forms.Radios(
        "Are you, or is another child, in danger now?",
        what="whether somebody is in danger",
        choices=codes(Danger),
    )
    details = forms.LongText(
        "What are you afraid of?",
        what="what you are afraid of",
        longest=2000,
        only_if=("danger", Danger.NOW),
        optional=True,
    )


class WitnessesForm(forms.Form):
    words = forms.LongText(
        "Who else saw it, or knows of it?",
        what="who else saw it or knows of it",
        hint="Leave it empty if there is nobody. Use a child’s initials, not the whole name.",
        longest=2000,
        optional=True,
    )


class ElsewhereForm(forms.Form):
    bodies = forms.Checkboxes(
        "Whom else have you told?",
        what="whom else you have told",
        choices=[(one, one) for one in TOLD_BY_ANYBODY],
        none=(NONE, "Nobody"),
    )
    details = forms.LongText(
        "When did you tell them, and what came of it?",
        what="when you told them and what came of it",
        longest=2000,
        optional=True,
    )


class InvestigationForm(forms.Form):
    looked = forms.Radios(
        "Have you looked into it yourselves?",
        what="how far your own investigation is",
        choices=codes(Looked),
    )
    outcome = forms.LongText(
        "What did you find, and what did you decide?",
        what="what you found and decided",
        longest=LONGEST,
        only_if=("looked", Looked.FINISHED),
    )


class RemovalForm(forms.Form):
    removal = forms.Radios(
        "Did you end their work with children?",
        what="whether you ended their work with children",
        choices=codes(Removal),
    )


class HarmForm(forms.Form):
    harm = forms.Checkboxes(
        "Why did you, or would you have?",
        what="why",
        hint="These are the tests of the law on barring. Select all that you think are met, whether or not it is proved.",
        choices=codes(Harm),
        none=NONE_OF_THESE,
    )


class AllegationForm(forms.Form):
    allegation = forms.Checkboxes(
        "What do people say that they did?",
        what="what people say that they did",
        hint="Select all that apply, whether or not it is proved.",
        choices=codes(Allegation),
        none=NONE_OF_THESE,
    )


class IncidentForm(forms.Form):
    incident = forms.Checkboxes(
        "Was it, or did it lead to, any of these?",
        what="what it was or led to",
        hint="Regulation 40 says what a home must tell Ofsted of.",
        choices=codes(Incident),
        none=NONE_OF_THESE,
    )


class CrimeForm(forms.Form):
    crime = forms.YesNo(
        "Could it be a crime?",
        what="it could be a crime",
        hint="Also if you are not sure",
    )


class TeacherForm(forms.Form):
    teacher = forms.YesNo(
        "Are they a teacher, or did they teach at your home or school?",
        what="they are a teacher or taught",
    )


class AdvocateForm(forms.Form):
    speaker = forms.Radios(
        "Do you want somebody to speak for you?",
        what="whether you want somebody to speak for you",
        hint="An advocate is on your side. They help you to say what you want to say, and it costs you nothing.",
        choices=codes(Speaker),
    )
    name = forms.Text(
        "What is your advocate’s name?",
        what="your advocate’s name",
        only_if=("speaker", Speaker.HAVE),
    )
    contact = forms.Text(
        "How can we reach them?",
        what="how we can reach your advocate",
        hint="A telephone number or an email address",
        only_if=("speaker", Speaker.HAVE),
    )


class YouForm(forms.Form):
    """`nobody` is said where somebody gives a name and no way to reach them."""

    given = forms.YesNo(
        "Will you tell us who you are?",
        what="you will tell us who you are",
        yes="Yes",
        no="No, I want to stay unknown",
    )
    name = forms.Name("Your name", only_if=("given", "yes"))
    email = forms.Email(
        "Your email address",
        what="your email address",
        hint="Leave it empty if somebody else reads your emails and must not know. We write to you that we have your concern.",
        only_if=("given", "yes"),
        optional=True,
    )
    phone = forms.Phone(
        "Your telephone number",
        what="your telephone number",
        only_if=("given", "yes"),
        optional=True,
    )

    def validate(
        self, extra_validators: Mapping[str, Sequence[Any]] | None = None
    ) -> bool:
        """Whoever gives a name can be reached."""
        sound = super().validate(extra_validators)
        reached = self.email.data or self.phone.data
        if self.given.data is True and not reached and not self.email.errors:
            self.add_error("email", "Enter an email address or a telephone number")
            sound = False
        return sound


class ChildYouForm(YouForm):
    given = forms.YesNo(
        "Do you want to tell us your name?",
        what="you want to tell us your name",
        yes="Yes",
        no="No",
    )


class EmployerForm(forms.Form):
    organisation = forms.Text("Organisation", what="the name of your organisation")
    urn = forms.Text(
        "URN of the home", what="the URN of the home", longest=20, optional=True
    )
    name = forms.Name("Your name")
    job = forms.Text("Your job title", longest=100)
    email = forms.Email("Your email address", what="your email address")
    phone = forms.Phone("Your telephone number", what="your telephone number")


class NamingForm(forms.Form):
    may_be_named = forms.YesNo(
        "May we tell the person whom it is about that it came from you?",
        what="we may tell them that it came from you",
    )
    why = forms.LongText(
        "What are you worried about?",
        what="what you are worried about",
        longest=1000,
        only_if=("may_be_named", "no"),
        optional=True,
    )


class FileForm(forms.Form):
    file = forms.Upload("Document", accept=".pdf,.jpg,.jpeg,.png", optional=True)


def told_on(body: str) -> forms.Date:
    return forms.Date(
        f"When did you tell {body}?",
        what=f"the day on which you told {body}",
        hint="Leave it empty if you have not told them yet.",
        past=True,
        optional=True,
    )


def whom(body: str) -> forms.Text:
    return forms.Text(
        f"Whom did you tell at {body}, or under which number?",
        what=f"whom you told at {body}",
        optional=True,
    )


class DutiesForm(forms.Form):
    """A day and a name for each body; those that need not be told are taken off."""

    police_on, police_whom = told_on("the police"), whom("the police")
    lado_on, lado_whom = told_on("the LADO"), whom("the LADO’s office")
    ofsted_on, ofsted_whom = told_on("Ofsted"), whom("Ofsted")
    dbs_on, dbs_whom = told_on("the DBS"), whom("the DBS")
    tra_on, tra_whom = told_on("the TRA"), whom("the TRA")

    def validate(
        self, extra_validators: Mapping[str, Sequence[Any]] | None = None
    ) -> bool:
        """Whoever was told was told on a day."""
        sound = super().validate(extra_validators)
        for field in list(self):
            body = field.name.removesuffix("_whom")
            if body == field.name or not field.data:
                continue
            day: Any = self[f"{body}_on"]
            if not day.data and not day.errors:
                self.add_error(day.name, day.missing)
                sound = False
        return sound


ASKING: Mapping[Section, type[forms.Form]] = {
    Section.TRIGGER: TriggerForm,
    Section.SUBJECT: SubjectForm,
    Section.WHAT: WhatForm,
    Section.WHEN: WhenForm,
    Section.SAFETY: SafetyForm,
    Section.WITNESSES: WitnessesForm,
    Section.ELSEWHERE: ElsewhereForm,
    Section.INVESTIGATION: InvestigationForm,
    Section.REMOVAL: RemovalForm,
    Section.HARM: HarmForm,
    Section.ALLEGATION: AllegationForm,
    Section.INCIDENT: IncidentForm,
    Section.CRIME: CrimeForm,
    Section.TEACHER: TeacherForm,
    Section.ADVOCATE: AdvocateForm,
    Section.YOU: YouForm,
    Section.NAMING: NamingForm,
}
OF_A_CHILD: Mapping[Section, type[forms.Form]] = {
    Section.SUBJECT: ChildSubjectForm,
    Section.WHAT: ChildWhatForm,
    Section.SAFETY: ChildSafetyForm,
    Section.YOU: ChildYouForm,
}


def form_for(referrer: Referrer, section: Section) -> type[forms.Form]:
    if referrer is Referrer.EMPLOYER and section is Section.YOU:
        return EmployerForm
    if referrer is Referrer.CHILD:
        return OF_A_CHILD.get(section, ASKING[section])
    return ASKING[section]


def filled(referrer: Referrer, section: Section, said: Told) -> forms.Form:
    """The page as it was answered."""
    return form_for(referrer, section)(data=msgspec.structs.asdict(said))
