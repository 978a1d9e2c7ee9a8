"""Where an application begins: what it takes, and the draft that is kept from then on."""

from litestar import Controller, get, post
from litestar.response import Redirect, Template
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.application import ApplicationAct, applications_of, start, ways_back
from register.entry import parts_of
from register.kit import forms
from register.kit.clock import day_of, start_of
from register.kit.pages import page
from register.part import Part
from register.rule_set import RuleSet
from register.web.guards import PUBLIC, SIGNED_IN
from register.web.needs import Act, Acting, Form, Moment, Session, Viewer


class PartForm(forms.Form):
    part = forms.Radios(
        "Which part of the register do you want to join?",
        what="the part of the register you want to join",
    )


class StartPages(Controller):
    path = "/apply"

    @get(access=PUBLIC)
    async def about(self, session: Session, viewer: Viewer, now: Moment) -> Template:
        begun = await applications_of(session, viewer.account) if viewer.account else []
        going_on = {one.part for one in begun if not one.state.over}
        ways = (
            await ways_back(session, viewer.account, now=now) if viewer.account else []
        )
        left = {way.part for way in ways}
        person_id = viewer.account.person_id if viewer.account else None
        return page(
            "register/apply/start.html",
            applications=begun,
            underway=bool(going_on),
            other_parts=await parts_of(session, person_id, at=now) if person_id else [],
            ways=[way for way in ways if way.part not in going_on],
            today=day_of(now),
            open=[
                part for part in await open_parts(session, now=now) if part not in left
            ],
            rules=(await RuleSet.on(session, Part.MANAGER, day_of(now))).rules,
        )

    @get("/begin", access=SIGNED_IN)
    async def ask(self, act: Act) -> Template:
        return await begin_page(act, PartForm())

    @post("/begin", access=SIGNED_IN)
    async def begin(self, act: Act, form: Form) -> Template | Redirect:
        chosen = PartForm(form)
        chosen.part.choices = [(part.value, part.value) for part in Part]
        if not chosen.validate():
            return await begin_page(act, chosen)
        application = await start(
            act.session,
            act.account,
            Part(chosen.part.data),
            by=act.process(ApplicationAct.START),
        )
        return Redirect(f"/apply/{application.reference}", status_code=303)


async def begin_page(act: Acting, form: PartForm) -> Template:
    parts = await open_parts(act.session, now=act.now)
    form.part.choices = [(part.value, part.value) for part in parts]
    return page("register/apply/begin.html", form=form, parts=parts)


async def open_parts(session: AsyncSession, *, now: Moment) -> list[Part]:
    """The parts that take applications today."""
    in_force = await session.scalars(
        select(RuleSet).where(RuleSet.valid.contains(start_of(day_of(now))))
    )
    parts = [rule_set.part for rule_set in in_force if rule_set.rules.open]
    return sorted(parts, key=lambda part: part.position)
