"""How somebody is reached and known: e-mail, telephone, postcode, National Insurance number."""

from typing import Any, ClassVar

import phonenumbers
import regex
from email_validator import EmailNotValidError, validate_email

from register.kit.forms.text import Text


class Email(Text):
    def __init__(
        self,
        label: str = "Email address",
        *,
        what: str = "an email address",
        **options: Any,
    ) -> None:
        super().__init__(label, what=what, longest=254, **options)

    def read(self, text: str) -> Any:
        try:
            return validate_email(
                super().read(text), check_deliverability=False
            ).normalized
        except EmailNotValidError:
            raise ValueError(
                f"{self.missing} in the correct format, like name@example.com"
            ) from None


class Phone(Text):
    """A telephone number, held as +447700900123; UK numbers need no country code."""

    def __init__(
        self,
        label: str = "UK telephone number",
        *,
        what: str = "a telephone number",
        **options: Any,
    ) -> None:
        super().__init__(label, what=what, longest=40, **options)

    def read(self, text: str) -> Any:
        try:
            number = phonenumbers.parse(super().read(text), "GB")
        except phonenumbers.NumberParseException:
            number = None
        if (
            number is None
            or number.extension
            or not phonenumbers.is_possible_number(number)
        ):
            raise ValueError(
                f"{self.missing}, like 01632 960 001, 07700 900 982 or +44 808 157 0192"
            )
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def write(self, value: Any) -> str:
        return phone(str(value))


def phone(held: str) -> str:
    """A held number as people write it: UK numbers without the country code."""
    number = phonenumbers.parse(held, "GB")
    home = number.country_code == phonenumbers.country_code_for_region("GB")
    style = (
        phonenumbers.PhoneNumberFormat.NATIONAL
        if home
        else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    return str(phonenumbers.format_number(number, style))


class Postcode(Text):
    """A UK postcode, held as "SW1A 2AA"."""

    OUTWARD = r"[A-PR-UWYZ](?:[A-HK-Y]?[0-9]{1,2}|[0-9][A-HJKPSTUW]|[A-HK-Y][0-9][ABEHMNPRVWXY])"
    WRITTEN: ClassVar = regex.compile(
        rf"(GIR|{OUTWARD})(0AA|[0-9][ABD-HJLNP-UW-Z]{{2}})"
    )

    def __init__(
        self, label: str = "Postcode", *, what: str = "a postcode", **options: Any
    ) -> None:
        super().__init__(label, what=what, longest=20, **options)

    def read(self, text: str) -> Any:
        postcode = read_postcode(super().read(text))
        if postcode is None:
            raise ValueError("Enter a full UK postcode, like SW1A 2AA")
        return postcode


def read_postcode(text: str) -> str | None:
    """The postcode that was written, as we hold it; None when it can be none."""
    found = Postcode.WRITTEN.fullmatch(regex.sub(r"[\s\-.]", "", text.upper()))
    if not found or (found[1] == "GIR" and found[2] != "0AA"):
        return None
    return f"{found[1]} {found[2]}"


class NationalInsurance(Text):
    """A National Insurance number, held as "QQ123456C"."""

    WRITTEN: ClassVar = regex.compile(
        r"(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][0-9]{6}[A-D]"
    )

    def __init__(
        self,
        label: str = "National Insurance number",
        *,
        what: str = "a National Insurance number",
        **options: Any,
    ) -> None:
        super().__init__(label, what=what, longest=20, **options)

    def read(self, text: str) -> Any:
        squeezed = regex.sub(r"[\s\-]", "", super().read(text).upper())
        if not self.WRITTEN.fullmatch(squeezed):
            raise ValueError(
                f"{self.missing} in the correct format, like QQ 12 34 56 C"
            )
        return squeezed

    def write(self, value: Any) -> str:
        return " ".join((value[:2], value[2:4], value[4:6], value[6:8], value[8:]))
