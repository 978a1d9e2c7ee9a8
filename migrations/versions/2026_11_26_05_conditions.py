"""Clocks of conditions that stand still, and what is sent for a condition.

Source of the pauses: regulations 28 and 32 of the Children's Homes (England) Regulations 2015 let the day be deferred for a
break or part-time work. The ladder of reminders is the register's own default.
"""

from alembic import op

revision = "2026_11_26_05"
down_revision = "2026_11_26_04"
branch_labels = None
depends_on = None

KINDS = "'grant', 'grant_with_conditions', 'refuse', 'change_rules', 'show_again', 'undo_death', 'agree_to_leave'"
MORE = "'pause_clock', 'extend_condition', 'discharge_condition'"
LADDER = "'{\"qualification_reminder_months\": [12, 6, 3, 1]}'"

TABLES = """
create table condition_pause (
  id uuid not null,
  condition_id uuid not null,
  entry_id uuid not null,
  because varchar(40) not null,
  from_on date not null,
  until_on date,
  process_id uuid not null,
  recorded_at timestamptz not null,
  constraint condition_pause_pk primary key (id),
  constraint condition_pause_entry_id_fk foreign key (entry_id) references entry (id),
  constraint condition_pause_process_id_fk foreign key (process_id) references process (id),
  constraint condition_pause_code_ck check (because in ('parental_leave', 'sickness', 'break', 'part_time', 'other')),
  constraint condition_pause_order_ck check (from_on <= until_on)
);
create index condition_pause_condition_id_ix on condition_pause (condition_id);
create index condition_pause_entry_id_ix on condition_pause (entry_id);
create unique index condition_pause_one_open on condition_pause (condition_id) where until_on is null;
create table condition_evidence (
  id uuid not null,
  condition_id uuid not null,
  file_id uuid not null,
  added_at timestamptz not null,
  constraint condition_evidence_pk primary key (id),
  constraint condition_evidence_file_id_fk foreign key (file_id) references stored_file (id),
  constraint condition_evidence_file_id_uq unique (file_id)
);
create index condition_evidence_condition_id_ix on condition_evidence (condition_id)
"""


def upgrade() -> None:
    for statement in TABLES.strip().split(";\n"):
        op.execute(statement)
    kinds(f"{KINDS}, {MORE}")
    rules(f"data || {LADDER}::jsonb")
    op.execute(
        "update rule_draft set terms = jsonb_set(terms, '{rules,qualification_reminder_months}', '[12, 6, 3, 1]')"
    )


def downgrade() -> None:
    op.execute(
        "update rule_draft set terms = terms #- '{rules,qualification_reminder_months}'"
    )
    rules("data - 'qualification_reminder_months'")
    op.execute(f"delete from proposal where kind in ({MORE})")
    kinds(KINDS)
    op.execute("drop table condition_evidence")
    op.execute("drop table condition_pause")


def kinds(allowed: str) -> None:
    op.execute("alter table proposal drop constraint proposal_code_ck")
    op.execute(
        f"alter table proposal add constraint proposal_code_ck check (kind in ({allowed}))"
    )


def rules(data: str) -> None:
    """A figure that every version has from now on; no other change of a version is ever made."""
    op.execute("alter table rule_set disable trigger no_update")
    op.execute(f"update rule_set set data = {data}")
    op.execute("alter table rule_set enable always trigger no_update")
