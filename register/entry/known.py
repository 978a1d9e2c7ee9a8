"""What the register said on a day gone by: its facts in the form in which we held them then."""

from collections.abc import Collection
from dataclasses import fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from register.entry.entry import FACTS
from register.entry.facts import KINDS
from register.entry.status import Facts


def known_at(held: Facts, superseded: Facts, moment: datetime) -> Facts:
    """The facts as we held them at a moment: what was recorded, changed or taken back since is as it was."""
    return Facts(
        **{
            kind.name: [
                *(f for f in getattr(held, kind.name) if f.recorded_at <= moment),
                *(
                    f
                    for f in getattr(superseded, kind.name)
                    if f.recorded.contains(moment)
                ),
            ]
            for kind in fields(Facts)
        }
    )


async def superseded_facts(
    session: AsyncSession, entry_ids: Collection[UUID]
) -> dict[UUID, Facts]:
    """Every form in which we once held facts of the entries."""
    rows: dict[UUID, dict[str, list[object]]] = {
        entry_id: {name: [] for name in FACTS} for entry_id in entry_ids
    }
    for name, kind in FACTS.items():
        once = KINDS[kind]
        for fact in await session.scalars(
            select(once).where(once.entry_id.in_(entry_ids)).order_by(once.recorded)
        ):
            rows[fact.entry_id][name].append(fact)
    return {entry_id: Facts(**of_entry) for entry_id, of_entry in rows.items()}  # type: ignore[arg-type]  # each list is of its kind
