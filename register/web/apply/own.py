"""What the pages of an application share: whose it is, what was typed, and what was saved meanwhile."""

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from litestar.response import Template
from sqlalchemy.ext.asyncio import AsyncSession

from register.application import (
    Application,
    Filled,
    SectionName,
    application_of,
    filled,
    stamp,
)
from register.application.faults import faults
from register.application.formats import URN, plain_urn
from register.employment import Home, home_by_urn
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.pages import page
from register.kit.security.csrf import FIELD
from register.kit.security.input import FormData
from register.rule_set import LISTS, RuleSet
from register.web.apply.questions import SectionForm
from register.web.needs import Acting

S = TypeVar("S", bound=msgspec.Struct)


async def own(act: Acting, reference: str) -> Application:
    """The signed-in person's application; raises NotFound for anybody else's."""
    return await application_of(act.session, act.account, reference)


async def standing(act: Acting, application: Application) -> Filled:
    return await filled(act.session, application, now=act.now)


async def rules_shown(act: Acting, application: Application) -> RuleSet:
    """The rules, with their lists, that count for a draft today, and for what was sent the day it was sent."""
    rule_set = (
        await act.session.get_one(RuleSet, application.rule_set_id)
        if application.submitted_at
        else await RuleSet.on(act.session, application.part, day_of(act.now))
    )
    await act.session.refresh(rule_set, LISTS)
    return rule_set


def section_named(name: str, application: Application) -> SectionName:
    """Raises NotFound for one that the application does not ask."""
    if name not in application.kind.sections:
        raise NotFound
    return SectionName(name)


def item_named(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def answers_from(form: forms.Form, kind: type[S], **known: Any) -> S:
    """The struct that a sound form fills: what was left empty is left out."""
    given = {
        name: value
        for name, value in form.data.items()
        if value is not None and value != "" and name in kind.__struct_fields__
    }
    return msgspec.convert(given | known, kind)


def find_faults(form: forms.Form, answers: msgspec.Struct, state: Filled) -> bool:
    """Tell the form what the rules say of its answers; says whether there is something."""
    found = list(faults(answers, state.facts(answers)))
    for fault in found:
        form.add_error(fault.field if fault.field in form else "", fault.sentence)
    return bool(found)


async def find_home(session: AsyncSession, form: SectionForm) -> Home | None:
    """The home whose number was typed; one that we do not have may be confirmed by a tick."""
    urn = plain_urn(form["urn"].data or "")
    if not urn:
        return None
    if not URN.fullmatch(urn):
        form.add_error(
            "urn", "Enter the Ofsted number as 4 to 8 numbers, like 2612345 or SC123456"
        )
        return None
    home = await home_by_urn(session, urn)
    if home is None and not form["unlisted"].data:
        form.add_error(
            "urn",
            "We do not have a home with this number. Check it, or confirm that it is right",
        )
    return home


def of_home(form: SectionForm, home: Home | None) -> dict[str, Any]:
    """What is kept of a home: ours where we know it, else what was typed."""
    urn = plain_urn(form["urn"].data or "")
    if home is None:
        return {"urn": urn, "home_name": form["home_name"].data or ""}
    return {
        "urn": home.urn,
        "home_id": home.id,
        "home_name": home.name or form["home_name"].data or "",
    }


def overtaken(
    form: SectionForm, saved: msgspec.Struct | None, answers: msgspec.Struct
) -> bool:
    """Whether the answers were changed elsewhere while the page was open, and to something else."""
    return stamp(saved) != (form.opened_on.data or "new") and saved != answers


def both_versions(
    application: Application,
    section: SectionName,
    *,
    sent: FormData,
    saved: msgspec.Struct | None,
    typed: msgspec.Struct,
    keep_saved: str,
    save_typed: str = "",
    saved_stamp: str = "",
) -> Template:
    """Two tabs: show what is saved and what has just come, and lose neither."""
    return page(
        "register/apply/overtaken.html",
        status=409,
        application=application,
        section=section,
        saved=saved,
        typed=typed,
        told=told,
        fields=_resent(sent),
        stamp=saved_stamp or stamp(saved),
        keep_saved=keep_saved,
        save_typed=save_typed,
    )


def _resent(sent: FormData) -> Sequence[tuple[str, str]]:
    return [
        (name, value)
        for name in dict.fromkeys(sent)
        if name not in (FIELD, "opened_on")
        for value in sent.getall(name)
    ]


NOT_TOLD = {
    "id",
    "home_id",
    "accepted_id",
    "items",
    "gaps",
    "version",
    "code",
    "evidence",
    "outcomes",
}
LASTS = "until"
"""Empty, it is an answer too: it lasts."""


def told(answers: msgspec.Struct | None) -> list[tuple[str, Any]]:
    """The answers that were given, by the names under which words.html knows them."""
    if answers is None:
        return []
    given = ((name, getattr(answers, name)) for name in answers.__struct_fields__)
    return [
        (name, value)
        for name, value in given
        if name == LASTS or not (name in NOT_TOLD or _is_empty(name, value))
    ]


ASKED_OF_SOME = {"none", "update_consent"}
"""Where they are not true, most have never been asked."""


def _is_empty(name: str, value: Any) -> bool:
    return value is None or value in ("", []) or (name in ASKED_OF_SOME and not value)
