"""What becomes of registrants: one story for each way, and how often it is told."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from register.demo.draw import Draw
from register.demo.entries import registered_until
from register.demo.life import Life
from register.demo.wordings import (
    ADVICE,
    CONDITIONS_OF_REGISTRATION,
    QUALIFICATION,
    WARNINGS,
)
from register.entry import (
    ConditionKind,
    LapseReason,
    NewCondition,
    OrderKind,
    RemovalReason,
    WarningKind,
)
from register.kit.clock import day_of, months_after, since, start_of

Tell = Callable[[Life], Awaitable[None]]


async def qualification_to_come(life: Life) -> None:
    due_on = life.draw.on + timedelta(days=life.draw.between(40, 700))
    await _condition(life, life.registered_on, ConditionKind.QUALIFICATION, due_on)


async def qualification_overdue(life: Life) -> None:
    await _condition(
        life, life.registered_on, ConditionKind.QUALIFICATION, life.ago(5, 90)
    )


async def qualification_gained(life: Life) -> None:
    due_on = life.draw.on + timedelta(days=life.draw.between(40, 700))
    await _condition(life, life.registered_on, ConditionKind.QUALIFICATION, due_on)
    await _discharge(life, life.ago(20, 300))


async def condition_of_registration(life: Life) -> None:
    await _condition(life, life.registered_on, ConditionKind.REGISTRATION)


async def condition_discharged(life: Life) -> None:
    await _condition(life, life.registered_on, ConditionKind.REGISTRATION)
    await _discharge(life, life.ago(20, 300))


async def interim_suspension(life: Life) -> None:
    await life.order(OrderKind.INTERIM_SUSPENSION, life.ago(5, 150), lasts=18)


async def suspension(life: Life) -> None:
    """First in the interim, then for good: the two overlap, and neither shortens the other."""
    await life.order(OrderKind.INTERIM_SUSPENSION, life.ago(250, 400), lasts=18)
    await life.order(OrderKind.SUSPENSION_ORDER, life.ago(20, 120), lasts=12)


async def suspension_over(life: Life) -> None:
    await life.order(OrderKind.SUSPENSION_ORDER, life.ago(300, 400), lasts=6)


async def interim_conditions(life: Life) -> None:
    await life.order(OrderKind.INTERIM_CONDITIONS, life.ago(5, 150), lasts=18)


async def conditions_order(life: Life) -> None:
    await life.order(OrderKind.CONDITIONS_ORDER, life.ago(20, 300), lasts=24)


async def conditions_order_over(life: Life) -> None:
    await life.order(OrderKind.CONDITIONS_ORDER, life.ago(390, 410), lasts=12)


async def conditions_order_to_come(life: Life) -> None:
    """Announced, and not in force yet."""
    begins = life.draw.on + timedelta(days=life.draw.between(3, 25))
    await life.order(OrderKind.CONDITIONS_ORDER, begins, lasts=12, told=life.ago(1, 3))


async def warned(life: Life) -> None:
    await _warn(life, WarningKind.WARNING, WARNINGS, 36)


async def advised(life: Life) -> None:
    await _warn(life, WarningKind.ADVICE, ADVICE, 12)


async def warning_over(life: Life) -> None:
    await _warn(life, WarningKind.ADVICE, ADVICE, 6, day=life.ago(250, 400))


async def much_at_once(life: Life) -> None:
    """A condition of registration, a warning and an order together."""
    await _condition(life, life.registered_on, ConditionKind.REGISTRATION)
    await _warn(life, WarningKind.WARNING, WARNINGS, 60, day=life.ago(200, 300))
    await life.order(OrderKind.CONDITIONS_ORDER, life.ago(20, 150), lasts=18)


async def not_renewed(life: Life) -> None:
    await life.lapse(_day_after_period(life), LapseReason.NOT_RENEWED)


async def not_paid(life: Life) -> None:
    await life.lapse(_day_after_period(life), LapseReason.NON_PAYMENT)


async def came_back(life: Life) -> None:
    """Lapsed, and restored some weeks later: there is an earlier period, and a time between the two."""
    lapsed = _day_after_period(life)
    await life.lapse(lapsed, LapseReason.NOT_RENEWED)
    by = life.by(lapsed + timedelta(days=life.draw.between(2, 80)))
    await life.entry.restore(
        life.session,
        on=start_of(day_of(by.at)),
        rule_set=life.terms.of_part[life.entry.part],
        until=registered_until(life.draw, life.terms.rules[life.entry.part]),
        by=by,
    )


async def cured(life: Life) -> None:
    """Lapsed, and paid within the days of the cure: registered again, and the condition stands again."""
    await _condition(life, life.registered_on, ConditionKind.REGISTRATION)
    lapsed = _day_after_period(life)
    await life.lapse(lapsed, LapseReason.NON_PAYMENT)
    by = life.by(lapsed + timedelta(days=life.draw.between(2, 12)))
    await life.entry.cure(
        life.session,
        on=by.at,
        rule_set=life.terms.of_part[life.entry.part],
        until=registered_until(life.draw, life.terms.rules[life.entry.part]),
        by=by,
    )


def removed(because: RemovalReason) -> Tell:
    async def tell(life: Life) -> None:
        await life.remove(life.ago(10, 200), because)

    return tell


async def removed_after_suspension(life: Life) -> None:
    await life.order(OrderKind.INTERIM_SUSPENSION, life.ago(210, 400), lasts=18)
    await life.remove(life.ago(10, 200), RemovalReason.ORDER)


async def held_in_secret(life: Life) -> None:
    """Registered, and kept from lapsing: nobody outside may tell."""
    await life.entry.hold(
        life.session, on=start_of(day := life.ago(30, 200)), by=life.by(day)
    )


async def held(life: Life) -> None:
    ended = _day_after_period(life)
    begun = ended - timedelta(days=20)
    await life.entry.hold(life.session, on=start_of(begun), by=life.by(begun))
    await life.entry.end_period(life.session, on=start_of(ended), by=life.by(ended))


async def withheld(life: Life) -> None:
    life.entry.person.withheld = True


async def deceased(life: Life) -> None:
    life.entry.person.deceased_on = life.ago(20, 300)


async def merged(life: Life) -> None:
    """Entered twice by mistake: the later number leads to the earlier."""
    if life.before is None:
        return
    person = life.entry.person
    person.call(life.before.given_names, life.before.family_name)
    person.birth_date = life.before.birth_date
    person.merged_into = life.before.id


async def nothing(_: Life) -> None:
    """A life as most are; of somebody whose period has ended, that the renewal is being processed."""


async def began_on_another_day(life: Life) -> None:
    """The first day was written down wrongly, and put right a month later."""
    (registration,) = life.entry.registrations
    day = life.registered_on
    await life.entry.correct(
        life.session,
        registration,
        valid=since(start_of(day - timedelta(days=14))),
        by=life.by(day + timedelta(days=30)),
    )


async def warned_by_mistake(life: Life) -> None:
    """A warning that was meant for somebody else, and taken back."""
    day = life.ago(100, 200)
    await _warn(life, WarningKind.WARNING, WARNINGS, 12, day=day)
    (warning,) = life.entry.warnings
    await life.entry.withdraw(
        life.session, warning, by=life.by(day + timedelta(days=9))
    )


def _day_after_period(life: Life) -> date:
    return life.entry.registrations[0].until_on + timedelta(days=1)


async def _condition(
    life: Life, day: date, kind: ConditionKind, due_on: date | None = None
) -> None:
    """Set in an act of its own, minutes after the entry was made."""
    wording = (
        QUALIFICATION
        if kind is ConditionKind.QUALIFICATION
        else life.draw.one(CONDITIONS_OF_REGISTRATION)
    )
    await life.entry.set_condition(
        life.session,
        NewCondition(kind=kind, wording=wording, due_on=due_on),
        on=start_of(day),
        by=life.by(day),
    )


async def _discharge(life: Life, day: date) -> None:
    (condition,) = life.entry.conditions
    await life.entry.end(life.session, condition, on=start_of(day), by=life.by(day))


async def _warn(
    life: Life,
    kind: WarningKind,
    wordings: Sequence[str],
    lasts: int,
    *,
    day: date | None = None,
) -> None:
    day = day or life.ago(20, 150)
    await life.entry.warn(
        life.session,
        kind,
        on=start_of(day),
        until=start_of(months_after(day, lasts)),
        wording=life.draw.one(wordings),
        by=life.by(day),
    )


@dataclass(frozen=True)
class Plot:
    """How a life goes, and how many of a hundred go so. `ended`: registered in the period that ended so many years ago."""

    tell: Tell
    share: int
    ended: int = 0
    qualified: bool = True


PLOTS = (
    Plot(nothing, 1),
    Plot(nothing, 1, ended=1),
    Plot(merged, 2),
    Plot(qualification_to_come, 8, qualified=False),
    Plot(qualification_overdue, 2, qualified=False),
    Plot(qualification_gained, 4),
    Plot(condition_of_registration, 4),
    Plot(condition_discharged, 2),
    Plot(interim_suspension, 4),
    Plot(suspension, 3),
    Plot(suspension_over, 3),
    Plot(interim_conditions, 4),
    Plot(conditions_order, 5),
    Plot(conditions_order_over, 2),
    Plot(conditions_order_to_come, 1),
    Plot(warned, 5),
    Plot(advised, 3),
    Plot(warning_over, 2),
    Plot(much_at_once, 1),
    Plot(not_renewed, 8, ended=1),
    Plot(not_paid, 4, ended=1),
    Plot(came_back, 5, ended=2),
    Plot(cured, 3, ended=2),
    Plot(removed(RemovalReason.VOLUNTARY), 6),
    Plot(removed(RemovalReason.VOLUNTARY_DURING_CASE), 2),
    Plot(removed(RemovalReason.CONDITION), 2),
    Plot(removed(RemovalReason.CPD), 2),
    Plot(removed(RemovalReason.ERROR), 1),
    Plot(removed(RemovalReason.AUTOMATIC), 1),
    Plot(removed_after_suspension, 3),
    Plot(held_in_secret, 1),
    Plot(held, 2, ended=1),
    Plot(withheld, 2),
    Plot(deceased, 2),
    Plot(not_renewed, 2, ended=2),
    Plot(began_on_another_day, 1),
    Plot(warned_by_mistake, 1),
)


def plots_for(draw: Draw, count: int) -> list[Plot]:
    """Each at least once, in the order in which they stand, then as often as their shares say."""
    more = draw.random.choices(
        PLOTS, [plot.share for plot in PLOTS], k=max(0, count - len(PLOTS))
    )
    return [*PLOTS, *more]
