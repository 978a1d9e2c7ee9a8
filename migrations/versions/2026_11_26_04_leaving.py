"""Registrants' requests to leave a part of the register."""

from alembic import op

revision = "2026_11_26_04"
down_revision = "2026_11_26_03"
branch_labels = None
depends_on = None

KINDS = "'grant', 'grant_with_conditions', 'refuse', 'change_rules', 'show_again', 'undo_death'"

TABLE = """
create table leaving (
  id uuid not null,
  entry_id uuid not null,
  person_id uuid not null,
  because varchar(40) not null,
  last_day date not null,
  asked_at timestamptz not null,
  state varchar(40) not null,
  ended_at timestamptz,
  version bigint not null,
  constraint leaving_pk primary key (id),
  constraint leaving_entry_id_fk foreign key (entry_id) references entry (id),
  constraint leaving_person_id_fk foreign key (person_id) references person (id),
  constraint leaving_code_ck check (because in ('retired', 'other_work', 'abroad', 'break', 'other')),
  constraint leaving_state_ck check (state in ('asked', 'withdrawn', 'agreed', 'turned_down')),
  constraint leaving_ended_ck check ((state = 'asked') = (ended_at is null))
);
create index leaving_entry_id_ix on leaving (entry_id);
create index leaving_person_id_ix on leaving (person_id);
create unique index leaving_one_open on leaving (entry_id) where state = 'asked';
create index leaving_open on leaving (asked_at, id) where state = 'asked'
"""


def upgrade() -> None:
    for statement in TABLE.strip().split(";\n"):
        op.execute(statement)
    kinds(f"{KINDS}, 'agree_to_leave'")


def downgrade() -> None:
    op.execute("delete from proposal where kind = 'agree_to_leave'")
    kinds(KINDS)
    op.execute("drop table leaving")


def kinds(allowed: str) -> None:
    op.execute("alter table proposal drop constraint proposal_code_ck")
    op.execute(
        f"alter table proposal add constraint proposal_code_ck check (kind in ({allowed}))"
    )
