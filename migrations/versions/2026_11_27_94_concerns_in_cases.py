"""Concerns in cases: known then to whoever may know of the case alone."""

from alembic import op

revision = "2026_11_27_94"
down_revision = "2026_11_27_93"
branch_labels = None
depends_on = None

EVENTS = (
    "opened moved factor_weighed triaged to_be_told risk_rated linked unlinked joined restricted restriction_lifted "
    "member_joined member_left noted closed"
)
OURS = "concern_taken"
SERVICE = "(select fitness_capacity()) = 'service'"
DRAFT = "(select fitness_capacity()) = 'referrer' and id = (select fitness_reader()) and state = 'draft'"
NOT_ABOUT_THEM = "state <> 'draft' and (person_id is null or person_id <> all ((select fitness_own_persons())::uuid[]))"
READERS = (
    "(select fitness_has_role('investigator', 'team_manager', 'registrar', 'auditor'))"
)
TAKERS = "(select fitness_has_role('investigator', 'team_manager', 'registrar'))"
IN_A_CASE = "(case_id is null or case_id in (select id from fitness_case))"


def upgrade() -> None:
    op.execute(
        "alter table concern add constraint concern_case_id_fk foreign key (case_id) references fitness_case (id)"
    )
    see, change = f"{READERS} and {NOT_ABOUT_THEM}", f"{TAKERS} and {NOT_ABOUT_THEM}"
    fence(f"{see} and {IN_A_CASE}", f"{change} and {IN_A_CASE}")
    events(f"{EVENTS} {OURS}")


def downgrade() -> None:
    op.execute(f"delete from case_event where kind = '{OURS}'")
    events(EVENTS)
    fence(f"{READERS} and {NOT_ABOUT_THEM}", f"{TAKERS} and {NOT_ABOUT_THEM}")
    op.execute("alter table concern drop constraint concern_case_id_fk")


def fence(see: str, change: str) -> None:
    op.execute(
        f"alter policy concern_select on concern using ({SERVICE} or {DRAFT} or {see})"
    )
    holds = f"{SERVICE} or {DRAFT} or {change}"
    op.execute(
        f"alter policy concern_update on concern using ({holds}) with check ({holds})"
    )


def events(kinds: str) -> None:
    allowed = ", ".join(f"'{kind}'" for kind in kinds.split())
    op.execute("alter table case_event drop constraint case_event_code_ck")
    op.execute(
        f"alter table case_event add constraint case_event_code_ck check (kind in ({allowed}))"
    )
