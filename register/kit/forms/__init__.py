"""Forms as people fill them in: every fault is found at once, and each is a sentence that says what to do.

Used as `from register.kit import forms`, then `forms.Form`, `forms.Text`, `forms.Date` and so on.
"""

from register.kit.forms.choice import Checkboxes, Choice, Confirm, Radios, Select, YesNo
from register.kit.forms.contact import Email, NationalInsurance, Phone, Postcode, phone
from register.kit.forms.day import Date, days_after, written, years_before
from register.kit.forms.field import Form, Question, Upload
from register.kit.forms.text import (
    Digits,
    Hidden,
    LongText,
    Name,
    Number,
    Password,
    Text,
    graphemes,
)

__all__ = [
    "Checkboxes",
    "Choice",
    "Confirm",
    "Date",
    "Digits",
    "Email",
    "Form",
    "Hidden",
    "LongText",
    "Name",
    "NationalInsurance",
    "Number",
    "Password",
    "Phone",
    "Postcode",
    "Question",
    "Radios",
    "Select",
    "Text",
    "Upload",
    "YesNo",
    "days_after",
    "graphemes",
    "phone",
    "written",
    "years_before",
]
