"""What is said of a match: that they are two people and why, or one, and whose word is taken for each field."""

from collections.abc import Iterator
from typing import Self
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account
from register.kit import forms
from register.kit.security.input import FormData
from register.matching import Match
from register.merging import Choice, accounts_of
from register.person import Person
from register.web import returning

LARGEST = 2**53


class Shown(forms.Form):
    """Carries what the page showed, so that nobody decides on what they have not seen."""

    version = forms.Number(
        "This page",
        highest=LARGEST,
        missing="This page is out of date. Open it again",
    )


class DifferenceForm(Shown):
    words = forms.LongText(
        "Why they are not the same person",
        what="why they are not the same person",
        hint="What you compared, or whom you asked. Staff read this; the two do not.",
        longest=2000,
    )


class ReturnForm(Shown, returning.ReturnForm):
    """Carries what the page showed too."""


class MergeForm(Shown):
    keep = forms.Radios("Which record to keep", what="which record to keep")
    given_names = forms.Radios("Given names", what="the given names that are right")
    family_name = forms.Radios("Family name", what="the family name that is right")
    birth_date = forms.Radios("Date of birth", what="the date of birth that is right")
    account = forms.Radios("Which account stays open", what="which account stays open")
    because = forms.LongText(
        "Why they are the same person",
        what="why they are the same person",
        hint="What you compared, or whom you asked. The registrar reads this; the person does not.",
        longest=2000,
    )

    @classmethod
    async def of(
        cls, session: AsyncSession, match: Match, sent: FormData | None = None
    ) -> Self:
        """Asks only where the two differ; the record with the only number is kept in any case."""
        form = cls(sent)
        both = (match.one, match.other)
        numbered = [person for person in both if person.number]
        form.kept = numbered[0] if len(numbered) == 1 else match.one
        if len(numbered) == 1:
            del form.keep
        else:
            form.keep.choices = [(str(p.id), _called(p)) for p in both]
        form._offer(form.given_names, {p: p.given_names or "None" for p in both})
        form._offer(form.family_name, {p: p.family_name for p in both})
        form._offer(form.birth_date, {p: _born(p) for p in both})
        accounts = await accounts_of(session, match)
        form._offer(form.account, _addresses(both, accounts))
        return form

    kept: Person
    """Unless another is chosen."""

    def _offer(self, field: forms.Radios, said: dict[Person, str]) -> None:
        if len(set(said.values())) < 2:
            del self[field.name]
        else:
            field.choices = [(str(person.id), told) for person, told in said.items()]

    @property
    def chosen(self) -> Iterator[forms.Radios]:
        return (field for field in self if isinstance(field, forms.Radios))

    @property
    def choice(self) -> Choice:
        keep = self._person("keep", self.kept.id)
        names = ("given_names", "family_name", "birth_date", "account")
        return Choice(keep, *(self._person(name, keep) for name in names))

    def _person(self, name: str, otherwise: UUID) -> UUID:
        return UUID(self[name].data) if name in self else otherwise


def _called(person: Person) -> str:
    return f"{person.name}, {person.number}" if person.number else person.name


def _born(person: Person) -> str:
    return forms.written(person.birth_date) if person.birth_date else "Not known"


def _addresses(
    both: tuple[Person, Person], accounts: dict[UUID, Account]
) -> dict[Person, str]:
    return {p: accounts[p.id].email for p in both if p.id in accounts}
