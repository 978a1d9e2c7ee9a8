"""Every section's page, its items, and the gaps of an employment history."""

from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from register.application import Application, SectionName
from register.application.answers import (
    Address,
    HeldQualification,
    OtherRegistration,
    Post,
    Referee,
)
from register.kit.errors import NotFound
from register.web.apply.items import (
    AddressForm,
    EmploymentHead,
    PostForm,
    QualificationForm,
    QualificationsHead,
    RefereeForm,
    RegisterForm,
    RegistrationsHead,
)
from register.web.apply.listings import (
    AddressListing,
    Listing,
    PostListing,
    QualificationListing,
)
from register.web.apply.own import item_named, own, section_named
from register.web.apply.questions import (
    ConductForm,
    ContactForm,
    CriminalForm,
    DbsForm,
    EligibilityForm,
    EndorserForm,
    EnglishForm,
    HealthForm,
    IdentityForm,
    SkillsForm,
    StandardsForm,
)
from register.web.apply.sheets import (
    AddressSheet,
    DeclaredSheet,
    EligibilitySheet,
    EnglishSheet,
    EqualitySheet,
    IdentitySheet,
    Sheet,
    SkillsSheet,
    StandardsSheet,
)
from register.web.guards import SIGNED_IN
from register.web.needs import Act, Form

SECTIONS: dict[SectionName, Sheet | Listing | EqualitySheet] = {
    page.name: page
    for page in (
        EligibilitySheet(SectionName.ELIGIBILITY, EligibilityForm, then="register-by"),
        IdentitySheet(SectionName.IDENTITY, IdentityForm, then="evidence/identity"),
        AddressSheet(SectionName.CONTACT, ContactForm),
        AddressListing(SectionName.ADDRESSES, Address, AddressForm),
        QualificationListing(
            SectionName.QUALIFICATIONS,
            HeldQualification,
            QualificationForm,
            QualificationsHead,
        ),
        PostListing(
            SectionName.EMPLOYMENT,
            Post,
            PostForm,
            EmploymentHead,
            then="employment-gaps",
        ),
        Listing(
            SectionName.REGISTRATIONS,
            OtherRegistration,
            RegisterForm,
            RegistrationsHead,
        ),
        SkillsSheet(SectionName.SKILLS, SkillsForm),
        Sheet(SectionName.DBS, DbsForm),
        DeclaredSheet(SectionName.CRIMINAL, CriminalForm),
        DeclaredSheet(SectionName.CONDUCT, ConductForm),
        DeclaredSheet(SectionName.HEALTH, HealthForm),
        EnglishSheet(SectionName.ENGLISH, EnglishForm),
        Listing(SectionName.REFERENCES, Referee, RefereeForm),
        Sheet(SectionName.ENDORSEMENT, EndorserForm),
        StandardsSheet(SectionName.STANDARDS, StandardsForm),
        EqualitySheet(),
    )
}


class SectionPages(Controller):
    path = "/apply/{reference:str}/{section:str}"

    @get(access=SIGNED_IN)
    async def ask(
        self, act: Act, reference: FromPath[str], section: FromPath[str]
    ) -> Template | Redirect:
        application = await own(act, reference)
        name = section_named(section, application)
        return await SECTIONS[name].ask(act, application)

    @post(access=SIGNED_IN)
    async def keep(
        self,
        *,
        act: Act,
        form: Form,
        reference: FromPath[str],
        section: FromPath[str],
    ) -> Template | Redirect:
        application = await own(act, reference)
        name = section_named(section, application)
        return await SECTIONS[name].keep(act, application, form)


def listing_named(section: str, application: Application) -> Listing:
    found = SECTIONS[section_named(section, application)]
    if not isinstance(found, Listing):
        raise NotFound
    return found


class ItemPages(Controller):
    path = "/apply/{reference:str}/{section:str}/items"

    @get("/{item:str}", access=SIGNED_IN)
    async def ask(
        self,
        act: Act,
        reference: FromPath[str],
        section: FromPath[str],
        item: FromPath[str],
    ) -> Template:
        application = await own(act, reference)
        listing = listing_named(section, application)
        return await listing.ask_item(act, application, item_or_new(item))

    @post("/{item:str}", access=SIGNED_IN)
    async def keep(
        self,
        *,
        act: Act,
        form: Form,
        reference: FromPath[str],
        section: FromPath[str],
        item: FromPath[str],
    ) -> Template | Redirect:
        application = await own(act, reference)
        listing = listing_named(section, application)
        return await listing.keep_item(act, application, item_or_new(item), form)

    @get("/{item:str}/remove", access=SIGNED_IN)
    async def ask_removal(
        self,
        act: Act,
        reference: FromPath[str],
        section: FromPath[str],
        item: FromPath[str],
    ) -> Template:
        application = await own(act, reference)
        listing = listing_named(section, application)
        return await listing.ask_removal(act, application, item_named(item))

    @post("/{item:str}/remove", access=SIGNED_IN)
    async def remove(
        self,
        act: Act,
        reference: FromPath[str],
        section: FromPath[str],
        item: FromPath[str],
    ) -> Redirect:
        application = await own(act, reference)
        listing = listing_named(section, application)
        return await listing.remove(act, application, item_named(item))


def item_or_new(text: str) -> UUID | None:
    return None if text == "new" else item_named(text)
