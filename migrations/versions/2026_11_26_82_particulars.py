"""Registrants' requests to change their name or date of birth, and until when a former name was theirs."""

from alembic import op

revision = "2026_11_26_82"
down_revision = "2026_11_26_81"
branch_labels = None
depends_on = None

KINDS = (
    "'grant', 'grant_with_conditions', 'refuse', 'change_rules', 'show_again', 'undo_death', 'agree_to_leave', "
    "'pause_clock', 'extend_condition', 'discharge_condition', 'merge', "
    "'minded_to_refuse', 'minded_to_condition', 'minded_to_remove', 'remove'"
)

TABLE = """
create table particulars_change (
  id uuid not null,
  person_id uuid not null,
  kind varchar(40) not null,
  because varchar(40) not null,
  given_names text,
  family_name text,
  since date,
  birth_date date,
  file_id uuid not null,
  asked_at timestamptz not null,
  state varchar(40) not null,
  ended_at timestamptz,
  ended_in uuid,
  version bigint not null,
  constraint particulars_change_pk primary key (id),
  constraint particulars_change_person_id_fk foreign key (person_id) references person (id),
  constraint particulars_change_file_id_fk foreign key (file_id) references stored_file (id),
  constraint particulars_change_file_id_uq unique (file_id),
  constraint particulars_change_ended_in_fk foreign key (ended_in) references process (id),
  constraint particulars_change_code_ck check (kind in ('name', 'birth_date')),
  constraint particulars_change_because_ck check (
    because in ('marriage', 'separation', 'deed_poll', 'recorded_wrongly', 'other')),
  constraint particulars_change_state_ck check (state in ('asked', 'withdrawn', 'made', 'turned_down')),
  constraint particulars_change_asked_for_ck check (
    case kind
      when 'name' then num_nulls(given_names, family_name, since) = 0 and birth_date is null
      else num_nonnulls(given_names, family_name, since) = 0 and birth_date is not null
    end),
  constraint particulars_change_ended_ck check (
    (state = 'asked') = (ended_at is null) and (ended_at is null) = (ended_in is null))
);
create index particulars_change_person_id_ix on particulars_change (person_id);
create unique index particulars_change_one_open on particulars_change (person_id, kind) where state = 'asked';
create index particulars_change_open on particulars_change (asked_at, id) where state = 'asked'
"""


def upgrade() -> None:
    op.execute("alter table person_name add column until_on date")
    for statement in TABLE.strip().split(";\n"):
        op.execute(statement)
    kinds(f"{KINDS}, 'change_particulars'")


def downgrade() -> None:
    op.execute("delete from proposal where kind = 'change_particulars'")
    kinds(KINDS)
    op.execute("drop table particulars_change")
    op.execute("alter table person_name drop column until_on")


def kinds(allowed: str) -> None:
    op.execute("alter table proposal drop constraint proposal_code_ck")
    op.execute(
        f"alter table proposal add constraint proposal_code_ck check (kind in ({allowed}))"
    )
