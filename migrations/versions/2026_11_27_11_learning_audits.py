"""Audits of learning: the draw, a case for each who is drawn, who assesses it and what they find; and the figures.

The share that is drawn and the time to add learning follow Social Work England; the reminder is the register's own.
"""

from alembic import op

revision = "2026_11_27_11"
down_revision = "2026_11_27_10"
branch_labels = None
depends_on = None

FIGURES = {
    "cpd_sample_per_mille": 25,
    "cpd_grace_days": 21,
    "cpd_grace_reminder_days": 7,
}
KINDS = """'grant', 'grant_with_conditions', 'refuse', 'change_rules', 'show_again', 'undo_death', 'agree_to_leave',
    'pause_clock', 'extend_condition', 'discharge_condition', 'merge', 'minded_to_refuse', 'minded_to_condition',
    'minded_to_remove', 'remove', 'change_particulars', 'correct_entry', 'take_back_approval', 'grant_after_order',
    'reverse', 'appeal_outcome', 'open_organisation', 'confirm_verdict'"""
PARTS = "'manager', 'deputy', 'residential_worker', 'responsible_individual', 'trainee'"

TABLES = f"""
create table learning_audit (
  id uuid not null,
  part varchar(40) not null,
  year_end date not null,
  commitment text not null,
  sealed_seed bytea not null,
  announced_at timestamptz not null,
  rule_set_id uuid,
  drawn_at timestamptz,
  seed text,
  per_mille bigint,
  population bigint,
  population_hash text,
  numbers text[],
  newly_joined bigint,
  under_order bigint,
  size bigint,
  repeated bigint,
  last_rank text,
  version bigint not null,
  constraint learning_audit_pk primary key (id),
  constraint learning_audit_rule_set_id_fk foreign key (rule_set_id) references rule_set (id),
  constraint learning_audit_part_year_end_uq unique (part, year_end),
  constraint learning_audit_code_ck check (part in ({PARTS})),
  constraint learning_audit_commitment_ck check (commitment ~ '^[0-9a-f]{{64}}$'),
  constraint learning_audit_drawn_ck check (
    num_nulls(drawn_at, seed, per_mille, population, population_hash, numbers, newly_joined, under_order, size,
      repeated, last_rank, rule_set_id) in (0, 12)),
  constraint learning_audit_seed_ck check (
    seed is null or encode(sha256(convert_to(seed, 'UTF8')), 'hex') = commitment)
);
revoke delete, truncate on learning_audit from register_app;
create table audit_case (
  id uuid not null,
  reference text not null,
  audit_id uuid not null,
  person_id uuid not null,
  by_chance boolean not null,
  state varchar(40) not null,
  turn bigint not null,
  opened_at timestamptz not null,
  failed_at timestamptz,
  ended_at timestamptz,
  condition_id uuid,
  version bigint not null,
  constraint audit_case_pk primary key (id),
  constraint audit_case_reference_uq unique (reference),
  constraint audit_case_audit_id_fk foreign key (audit_id) references learning_audit (id),
  constraint audit_case_person_id_fk foreign key (person_id) references person (id),
  constraint audit_case_audit_id_person_id_uq unique (audit_id, person_id),
  constraint audit_case_state_ck check
    (state in ('assessed', 'awaited', 'again', 'not_met', 'conditional', 'accepted', 'advised', 'set_aside')),
  constraint audit_case_turn_ck check (turn in (1, 2)),
  constraint audit_case_failed_ck check (turn = 1 or failed_at is not null),
  constraint audit_case_condition_ck check ((state = 'conditional') = (condition_id is not null)),
  constraint audit_case_ended_ck check (
    (state in ('conditional', 'accepted', 'advised', 'set_aside')) = (ended_at is not null))
);
create index audit_case_audit_id_ix on audit_case (audit_id);
create index audit_case_person_id_ix on audit_case (person_id);
create index audit_case_condition_id_ix on audit_case (condition_id);
create table audit_assignment (
  id uuid not null,
  case_id uuid not null,
  turn bigint not null,
  account_id uuid not null,
  assigned_at timestamptz not null,
  process_id uuid not null,
  constraint audit_assignment_pk primary key (id),
  constraint audit_assignment_case_id_fk foreign key (case_id) references audit_case (id),
  constraint audit_assignment_account_id_fk foreign key (account_id) references account (id),
  constraint audit_assignment_process_id_fk foreign key (process_id) references process (id),
  constraint audit_assignment_case_id_turn_account_id_uq unique (case_id, turn, account_id)
);
create index audit_assignment_account_id_ix on audit_assignment (account_id);
create table audit_assessment (
  id uuid not null,
  case_id uuid not null,
  turn bigint not null,
  account_id uuid not null,
  finding varchar(40) not null,
  words_id uuid,
  found_at timestamptz not null,
  process_id uuid not null,
  constraint audit_assessment_pk primary key (id),
  constraint audit_assessment_case_id_fk foreign key (case_id) references audit_case (id),
  constraint audit_assessment_account_id_fk foreign key (account_id) references account (id),
  constraint audit_assessment_process_id_fk foreign key (process_id) references process (id),
  constraint audit_assessment_code_ck check (finding in ('accept', 'advise', 'not_met')),
  constraint audit_assessment_case_id_turn_account_id_uq unique (case_id, turn, account_id)
);
create index audit_assessment_case_id_turn_found_at_ix on audit_assessment (case_id, turn, found_at);
revoke update, delete, truncate on audit_assessment from register_app;
create trigger no_update before update or delete on audit_assessment for each row execute function refuse_change();
alter table audit_assessment enable always trigger no_update
"""


def upgrade() -> None:
    for statement in TABLES.strip().split(";\n"):
        op.execute(statement)
    kinds(f"{KINDS}, 'draw_audit', 'renew_conditionally'")
    for figure, count in FIGURES.items():
        change_rules(
            f"data || jsonb_build_object('{figure}', {count})",
            f"jsonb_set(terms, '{{rules,{figure}}}', '{count}')",
        )


def downgrade() -> None:
    for figure in FIGURES:
        change_rules(f"data - '{figure}'", f"terms #- '{{rules,{figure}}}'")
    op.execute(
        "delete from proposal where kind in ('draw_audit', 'renew_conditionally')"
    )
    kinds(KINDS)
    for table in (
        "audit_assessment",
        "audit_assignment",
        "audit_case",
        "learning_audit",
    ):
        op.execute(f"drop table {table}")


def kinds(allowed: str) -> None:
    op.execute("alter table proposal drop constraint proposal_code_ck")
    op.execute(
        f"alter table proposal add constraint proposal_code_ck check (kind in ({allowed}))"
    )


def change_rules(data: str, terms: str) -> None:
    """A figure that is new to all versions, and to the drafts of the next, is no change of what one said."""
    op.execute("alter table rule_set disable trigger user")
    op.execute(f"update rule_set set data = {data}")
    for trigger in ("no_update", "no_delete", "no_truncate"):
        op.execute(f"alter table rule_set enable always trigger {trigger}")
    op.execute(f"update rule_draft set terms = {terms}")
