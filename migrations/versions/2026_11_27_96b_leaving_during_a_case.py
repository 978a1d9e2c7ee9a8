"""Leaving the register while a case goes on: proposed by one member of staff, decided by another."""

from alembic import op

from migrations.steps import allow, policy, refuse

revision = "2026_11_27_96b"
down_revision = "2026_11_27_96a"
branch_labels = None
depends_on = None

EVENTS = "leaving_proposed leaving_decided"
TABLES = """
create table case_leaving (
  id uuid not null,
  case_id uuid not null,
  asked_on date not null,
  for_health boolean not null,
  proposed_at timestamptz not null,
  process_id uuid not null,
  proposed_by uuid not null,
  text_id uuid,
  decision varchar(40),
  decided_at timestamptz,
  decided_by uuid,
  decision_text_id uuid,
  constraint case_leaving_pk primary key (id),
  constraint case_leaving_decision_ck check (decision in ('agreed', 'declined', 'withdrawn')),
  constraint case_leaving_decided_ck check (
    (decision is null) = (decided_at is null) and (decided_at is null) = (decided_by is null)),
  constraint case_leaving_two_ck check (decision = 'withdrawn' or decided_by <> proposed_by),
  constraint case_leaving_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint case_leaving_process_id_fk foreign key (process_id) references process (id),
  constraint case_leaving_proposed_by_fk foreign key (proposed_by) references account (id),
  constraint case_leaving_decided_by_fk foreign key (decided_by) references account (id),
  constraint case_leaving_text_id_fk foreign key (text_id) references case_text (id) on delete set null,
  constraint case_leaving_decision_text_id_fk foreign key (decision_text_id) references case_text (id) on delete set null
);
create index case_leaving_case_id_ix on case_leaving (case_id);
create unique index case_leaving_one_open on case_leaving (case_id) where decision is null
"""
PEOPLE = "'investigator', 'team_manager', 'registrar'"
SERVICE = "(select fitness_capacity()) = 'service'"
STAFF = (
    f"({SERVICE} or (select fitness_has_role({PEOPLE}, 'hearings_officer', 'auditor')))"
)
WRITERS = f"({SERVICE} or (select fitness_has_role({PEOPLE})))"
OF_A_CASE = "case_id in (select id from fitness_case)"


def upgrade() -> None:
    for statement in TABLES.strip().split(";\n"):
        op.execute(statement)
    op.execute("revoke delete, truncate on case_leaving from register_app")
    policy("case_leaving", "select", f"{STAFF} and {OF_A_CASE}")
    policy("case_leaving", "insert", f"{WRITERS} and {OF_A_CASE}")
    policy("case_leaving", "update", f"{WRITERS} and {OF_A_CASE}")
    allow("case_event", "case_event_code_ck", "kind", EVENTS)
    allow("case_read", "case_read_what_ck", "what", "leaving")


def downgrade() -> None:
    op.execute("drop table case_leaving")
    refuse("case_read", "case_read_what_ck", "what", "leaving")
    refuse("case_event", "case_event_code_ck", "kind", EVENTS)
