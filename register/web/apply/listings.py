"""The sections that list several things, each of which is added, changed and removed on a page of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID, uuid4

import msgspec
from litestar.response import Redirect, Template
from typing_extensions import override

from register.application import (
    Application,
    Filled,
    SectionName,
    keep,
    open_for_change,
    open_sections,
    section_of,
    stamp,
)
from register.application.answers import HOLDS, Proof
from register.application.evidence import evidence_of, forget_item
from register.application.formats import unlike
from register.kit import forms
from register.kit.clock import day_of
from register.kit.errors import NotFound
from register.kit.pages import page
from register.kit.security.input import FormData
from register.rule_set import AcceptedQualification, by_portfolio, renewed
from register.web.apply.items import (
    OTHER,
)
from register.web.apply.own import (
    answers_from,
    both_versions,
    find_faults,
    find_home,
    of_home,
    overtaken,
    rules_shown,
    standing,
)
from register.web.apply.questions import SectionForm
from register.web.needs import Acting

MOST_ITEMS = 60


@dataclass(frozen=True)
class Listing:
    name: SectionName
    item: type[msgspec.Struct]
    form: type[SectionForm]
    head: type[SectionForm] = SectionForm
    """What is asked of the section as a whole."""
    then: str = ""

    # The section

    async def ask(self, act: Acting, application: Application) -> Template | Redirect:
        if self.name not in await open_sections(act.session, application):
            return Redirect(f"/apply/{application.reference}/check", status_code=303)
        saved = await self._saved(act, application)
        head = self.prepare_head(
            application, self.head(data=self._of_head(saved), today=day_of(act.now))
        )
        head.opened_on.data = stamp(self._of_head(saved))
        return await self._section_page(act, application, head, saved)

    async def keep(
        self, act: Acting, application: Application, sent: FormData
    ) -> Template | Redirect:
        """Go on: keep what is asked of the section as a whole, and stay where something is missing."""
        saved = await self._locked(act, application)
        head = self.prepare_head(application, self.head(sent, today=day_of(act.now)))
        if not head.validate():
            return await self._section_page(act, application, head, saved)
        answers = msgspec.structs.replace(saved, **self._given(head))
        if self._is_overtaken(head, saved, answers):
            return both_versions(
                application,
                self.name,
                sent=sent,
                saved=saved,
                saved_stamp=stamp(self._of_head(saved)),
                typed=answers,
                keep_saved=self._address(application, self.name),
            )
        await keep(act.session, application, self.name, answers, now=act.now)
        self.tell_problems(await standing(act, application), head)
        if head.faults:
            return await self._section_page(act, application, head, answers)
        return Redirect(self._address(application, self.then), status_code=303)

    def tell_problems(self, state: Filled, head: SectionForm) -> None:
        for fault in state.problems(self.name):
            head.add_error(fault.field if fault.field in head else "", fault.sentence)

    # An item

    async def ask_item(
        self, act: Acting, application: Application, item_id: UUID | None
    ) -> Template:
        if self.name not in await open_sections(act.session, application):
            raise NotFound
        item = _found(await self._saved(act, application), item_id)
        if item_id and item is None:
            raise NotFound
        form = self.form(data=self.shown(item) if item else {}, today=day_of(act.now))
        await self.prepare(act, application, form)
        form.opened_on.data = stamp(item)
        return self._item_page(application, form, item_id)

    async def keep_item(
        self,
        act: Acting,
        application: Application,
        item_id: UUID | None,
        sent: FormData,
    ) -> Template | Redirect:
        saved = await self._locked(act, application)
        before = _found(saved, item_id)
        form = self.form(sent, today=day_of(act.now))
        item = await self.answers(act, application, form, before)
        if item is None:
            return self._item_page(application, form, item_id)
        if item_id and overtaken(form, before, item):
            return both_versions(
                application,
                self.name,
                sent=sent,
                saved=before,
                typed=item,
                keep_saved=self._address(application, self.name),
                save_typed=""
                if before
                else self._address(application, f"{self.name}/items/new"),
            )
        if before is None and (again := _same(saved, item)):
            return Redirect(self.after(application, again), status_code=303)
        if before is None and len(saved.items) >= MOST_ITEMS:
            form.add_error("", f"You can list {MOST_ITEMS} at most. Remove one first")
            return self._item_page(application, form, item_id)
        answers = _with(saved, item)
        await keep(act.session, application, self.name, answers, now=act.now)
        return Redirect(self.after(application, item), status_code=303)

    async def answers(
        self, act: Acting, application: Application, form: SectionForm, before: Any
    ) -> Any:
        """The item that the form describes, if it is sound."""
        await self.prepare(act, application, form)
        sound = form.validate()
        known = await self.known(act, form)
        if not sound or form.faults:
            return None
        item_id = before.id if before else uuid4()
        item = answers_from(form, self.item, id=item_id, **known)
        state = await standing(act, application)
        return None if find_faults(form, item, state) else item

    async def ask_removal(
        self, act: Acting, application: Application, item_id: UUID
    ) -> Template:
        item = _found(await self._saved(act, application), item_id)
        if item is None or self.name not in await open_sections(
            act.session, application
        ):
            raise NotFound
        return page(
            "register/apply/remove.html",
            application=application,
            section=self.name,
            item=item,
        )

    async def remove(
        self, act: Acting, application: Application, item_id: UUID
    ) -> Redirect:
        saved = await self._locked(act, application)
        left = [item for item in saved.items if item.id != item_id]
        if len(left) < len(saved.items):
            await forget_item(act.session, application.id, item_id)
            answers = msgspec.structs.replace(saved, items=left)
            await keep(act.session, application, self.name, answers, now=act.now)
        return Redirect(self._address(application, self.name), status_code=303)

    # What the kinds differ in

    def shown(self, item: Any) -> dict[str, Any]:
        """What stands in the form of an item when it is opened."""
        known: dict[str, Any] = msgspec.structs.asdict(item)
        return known

    def prepare_head(self, application: Application, head: SectionForm) -> SectionForm:  # noqa: ARG002 - for those who ask not all of everybody
        return head

    async def prepare(
        self, act: Acting, application: Application, form: SectionForm
    ) -> None:
        """Give the form the choices that are data."""

    async def known(
        self,
        act: Acting,  # noqa: ARG002 - for those who look something up
        form: SectionForm,  # noqa: ARG002
    ) -> dict[str, Any]:
        """What we add to an item; may find faults of its own."""
        return {}

    def after(self, application: Application, item: Any) -> str:  # noqa: ARG002 - for those who ask for evidence
        return self._address(application, self.name)

    # Within

    def _address(self, application: Application, *rest: str) -> str:
        return "/".join((f"/apply/{application.reference}", *filter(None, rest)))

    async def _saved(self, act: Acting, application: Application) -> Any:
        row = await section_of(act.session, application.id, self.name)
        return row.answers if row else HOLDS[self.name]()

    async def _locked(self, act: Acting, application: Application) -> Any:
        saved = await open_for_change(act.session, application, self.name)
        return saved or HOLDS[self.name]()

    @property
    def _head_names(self) -> list[str]:
        return [
            name
            for name in HOLDS[self.name].__struct_fields__
            if hasattr(self.head, name)
        ]

    def _of_head(self, saved: Any) -> dict[str, Any]:
        return {name: getattr(saved, name) for name in self._head_names}

    def _given(self, head: SectionForm) -> dict[str, Any]:
        return {name: head.data[name] for name in self._head_names if name in head}

    def _is_overtaken(self, head: SectionForm, saved: Any, answers: Any) -> bool:
        now = self._of_head(saved)
        opened_on = head.opened_on.data or stamp(self._of_head(HOLDS[self.name]()))
        return stamp(now) != opened_on and now != self._of_head(answers)

    async def _section_page(
        self, act: Acting, application: Application, head: SectionForm, saved: Any
    ) -> Template:
        return page(
            f"register/apply/{self.name}.html",
            form=head,
            application=application,
            section=self.name,
            items=self.in_order(saved.items),
            saved=saved,
            evidence=await evidence_of(act.session, application.id, self.name),
            unlike=unlike,
            **await self.beside(act, application, saved),
        )

    async def beside(
        self,
        act: Acting,  # noqa: ARG002 - for those who look something up
        application: Application,  # noqa: ARG002
        saved: Any,  # noqa: ARG002
    ) -> dict[str, Any]:
        """What the page shows beside the items."""
        return {}

    def in_order(self, items: Sequence[Any]) -> list[Any]:
        """Newest first where there are days."""
        return sorted(
            items, key=lambda item: getattr(item, "since", date.min), reverse=True
        )

    def _item_page(
        self, application: Application, form: SectionForm, item_id: UUID | None
    ) -> Template:
        return page(
            f"register/apply/{self.name}_item.html",
            form=form,
            application=application,
            section=self.name,
            is_new=item_id is None,
        )


def _found(saved: Any, item_id: UUID | None) -> Any:
    return next((item for item in saved.items if item.id == item_id), None)


def _same(saved: Any, item: Any) -> Any:
    """The item that a form sent twice has added already."""
    return next(
        (
            other
            for other in saved.items
            if msgspec.structs.replace(item, id=other.id) == other
        ),
        None,
    )


def _with(saved: Any, item: Any) -> Any:
    items = [item if other.id == item.id else other for other in saved.items]
    if item not in items:
        items.append(item)
    return msgspec.structs.replace(saved, items=items)


class AddressListing(Listing):
    @override
    def shown(self, item: Any) -> dict[str, Any]:
        return super().shown(item) | {
            "in_uk": not item.country,
            "here_now": item.until is None,
        }


class QualificationListing(Listing):
    @override
    def shown(self, item: Any) -> dict[str, Any]:
        return super().shown(item) | {
            "accepted": str(item.accepted_id) if item.accepted_id else OTHER
        }

    @override
    async def prepare(
        self, act: Acting, application: Application, form: SectionForm
    ) -> None:
        rows = await _accepted(act, application)
        field = cast("forms.Select", form["accepted"])
        field.choices = [
            *((str(row.id), row.title) for row in rows),
            (OTHER, "Another qualification"),
        ]
        if field.raw_data is not None and await _is_portfolio(act, field.data):
            for name in OF_AN_AWARD:
                del form[name]
        saved = field.data if field.raw_data is None else None
        if saved and saved != OTHER and rows:
            now = await renewed(act.session, rows[0].rule_set_id, {UUID(saved)})
            field.data = str(now.get(UUID(saved), ""))

    @override
    async def known(self, act: Acting, form: SectionForm) -> dict[str, Any]:
        chosen = form["accepted"].data
        if chosen in ("", OTHER) or form["accepted"].errors:
            return {}
        choices = cast("forms.Select", form["accepted"]).choices
        title = next(choice[1] for choice in choices if choice[0] == chosen)
        known = {"accepted_id": UUID(chosen), "title": title}
        if "awarded" in form:
            return known
        return known | {
            "awarding_body": "",
            "country": "England",
            "awarded": False,
            "proof": Proof.PORTFOLIO,
        }

    @override
    async def beside(
        self,
        act: Acting,
        application: Application,
        saved: Any,
    ) -> dict[str, Any]:
        """Which of them are claimed by a portfolio."""
        claimed = await by_portfolio(act.session, saved.accepted_ids)
        return {
            "claimed": {item.id for item in saved.items if item.accepted_id in claimed}
        }

    @override
    def after(self, application: Application, item: Any) -> str:
        if item.proof is Proof.PORTFOLIO:
            return self._address(application, SectionName.PORTFOLIO)
        if item.awarded and item.proof is Proof.CERTIFICATE:
            return self._address(application, "evidence", self.name)
        return super().after(application, item)


OF_AN_AWARD = (
    "awarding_body",
    "level",
    "country",
    "credits",
    "learner_number",
    "awarded",
    "awarded_on",
    "certificate_number",
    "proof",
    "enrolled_on",
    "expected_on",
)
"""What is not asked of a portfolio."""


async def _is_portfolio(act: Acting, accepted: str) -> bool:
    try:
        return bool(await by_portfolio(act.session, {UUID(accepted)}))
    except ValueError:
        return False


async def _accepted(
    act: Acting, application: Application
) -> Sequence[AcceptedQualification]:
    rule_set = await rules_shown(act, application)
    return rule_set.accepted


class PostListing(Listing):
    @override
    def prepare_head(self, application: Application, head: SectionForm) -> SectionForm:
        """What somebody who comes back did before they left is known."""
        if application.left_on:
            del head["left_education_on"]
        return head

    @override
    def shown(self, item: Any) -> dict[str, Any]:
        return super().shown(item) | {
            "part": item.part or OTHER,
            "there_now": item.until is None,
            "unlisted": bool(item.urn) and item.home_id is None,
        }

    @override
    async def known(self, act: Acting, form: SectionForm) -> dict[str, Any]:
        home = await find_home(act.session, form)
        part = form["part"].data
        return of_home(form, home) | {"part": None if part == OTHER else part}

    @override
    def tell_problems(self, state: Filled, head: SectionForm) -> None:
        """What gaps there are is asked on the next page."""
        for fault in state.problems(self.name):
            if fault.field != "gaps":
                head.add_error(
                    fault.field if fault.field in head else "", fault.sentence
                )
