"""Appeals against decisions, who decides them, and decisions that we reverse ourselves.

Source of where an appeal goes next: the Social Workers Regulations 2018, whose second tier is the High Court. It is a default
that each part's rules may change.
"""

from alembic import op

revision = "2026_11_26_88"
down_revision = "2026_11_26_87"
branch_labels = None
depends_on = None

KINDS = (
    "'grant', 'grant_with_conditions', 'refuse', 'change_rules', 'show_again', 'undo_death', 'agree_to_leave', "
    "'pause_clock', 'extend_condition', 'discharge_condition', 'merge', "
    "'minded_to_refuse', 'minded_to_condition', 'minded_to_remove', 'remove', 'change_particulars', 'correct_entry', "
    "'take_back_approval', 'grant_after_order'"
)
MORE = "'reverse', 'appeal_outcome'"
ROLES = (
    "'caseworker', 'team_manager', 'registrar', 'finance_officer', 'auditor', 'admin'"
)
ADJUDICATOR = "'adjudicator'"
PARTS = "'manager', 'deputy', 'residential_worker', 'responsible_individual', 'trainee'"

TABLES = f"""
create table appeal (
  id uuid not null,
  kind varchar(40) not null,
  against varchar(40) not null,
  decision_id uuid not null,
  about_id uuid not null,
  part varchar(40) not null,
  person_id uuid not null,
  account_id uuid not null,
  application_id uuid,
  entry_id uuid,
  last_day date not null,
  lodged_at timestamptz not null,
  lodged_in uuid not null,
  state varchar(40) not null,
  acknowledged_at timestamptz,
  hearing_on date,
  outcome varchar(40),
  reasons_id uuid,
  ended_at timestamptz,
  ended_in uuid,
  version bigint not null,
  constraint appeal_pk primary key (id),
  constraint appeal_decision_id_fk foreign key (decision_id) references process (id),
  constraint appeal_person_id_fk foreign key (person_id) references person (id),
  constraint appeal_account_id_fk foreign key (account_id) references account (id),
  constraint appeal_application_id_fk foreign key (application_id) references application (id),
  constraint appeal_entry_id_fk foreign key (entry_id) references entry (id),
  constraint appeal_lodged_in_fk foreign key (lodged_in) references process (id),
  constraint appeal_ended_in_fk foreign key (ended_in) references process (id),
  constraint appeal_code_ck check (kind in ('reconsideration', 'appeal')),
  constraint appeal_against_ck check (against in ('refusal', 'condition', 'removal')),
  constraint appeal_part_ck check (part in ({PARTS})),
  constraint appeal_state_ck check (state in ('late', 'open', 'decided', 'withdrawn', 'turned_away')),
  constraint appeal_outcome_ck check (outcome in ('stands', 'changed', 'allowed', 'dismissed', 'remitted')),
  constraint appeal_ended_ck check ((state in ('late', 'open')) = (ended_at is null) and (ended_at is null) = (ended_in is null)),
  constraint appeal_decided_ck check ((state = 'decided') = (outcome is not null)),
  constraint appeal_about_ck check ((against = 'refusal') = (application_id is not null) and (application_id is null) = (entry_id is not null)),
  constraint appeal_reconsidered_ck check (kind = 'appeal' or (against = 'refusal' and hearing_on is null))
);
create index appeal_person_id_ix on appeal (person_id);
create unique index appeal_one_open on appeal (about_id) where state in ('late', 'open');
create index appeal_open on appeal (lodged_at, id) where state in ('late', 'open');
create table appeal_document (
  id uuid not null,
  appeal_id uuid not null,
  file_id uuid not null,
  added_at timestamptz not null,
  constraint appeal_document_pk primary key (id),
  constraint appeal_document_appeal_id_fk foreign key (appeal_id) references appeal (id),
  constraint appeal_document_file_id_fk foreign key (file_id) references stored_file (id),
  constraint appeal_document_file_id_uq unique (file_id)
);
create index appeal_document_appeal_id_ix on appeal_document (appeal_id)
"""
FURTHER = '\'{"further_appeal": "the High Court"}\''


def upgrade() -> None:
    for statement in TABLES.strip().split(";\n"):
        op.execute(statement)
    codes("proposal", "kind", f"{KINDS}, {MORE}")
    codes("role_grant", "role", f"{ROLES}, {ADJUDICATOR}")
    rules(f"data || {FURTHER}::jsonb")
    op.execute(
        "update rule_draft set terms = jsonb_set(terms, '{rules,further_appeal}', '\"the High Court\"')"
    )


def downgrade() -> None:
    op.execute("update rule_draft set terms = terms #- '{rules,further_appeal}'")
    rules("data - 'further_appeal'")
    op.execute(f"delete from role_grant where role = {ADJUDICATOR}")
    codes("role_grant", "role", ROLES)
    op.execute(f"delete from proposal where kind in ({MORE})")
    codes("proposal", "kind", KINDS)
    op.execute("drop table appeal_document")
    op.execute("drop table appeal")


def codes(table: str, column: str, allowed: str) -> None:
    op.execute(f"alter table {table} drop constraint {table}_code_ck")
    op.execute(
        f"alter table {table} add constraint {table}_code_ck check ({column} in ({allowed}))"
    )


def rules(data: str) -> None:
    """A figure that every version has from now on; no other change of a version is ever made."""
    op.execute("alter table rule_set disable trigger no_update")
    op.execute(f"update rule_set set data = {data}")
    op.execute("alter table rule_set enable always trigger no_update")
