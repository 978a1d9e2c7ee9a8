"""Investigations: plan, allegations, evidence, witnesses, requests, proceedings, holds, and what was served and disclosed.

Source of the target (domain.md 7.2): the 49 weeks of Social Work England. The registrant sees what was served on them or
disclosed to them, and holds of which they may know; the fence is that of the case itself.
"""

from alembic import op

revision = "2026_11_27_95"
down_revision = "2026_11_27_94"
branch_labels = None
depends_on = None

TARGET = "343"
SOURCES = (
    "'employer', 'registrant', 'referrer', 'witness', 'police', 'lado', 'ofsted', 'dbs', 'regulator', 'court', 'expert', "
    "'ourselves', 'other'"
)
TABLES = """
create table plan_step (
  id uuid not null,
  case_id uuid not null,
  number bigint not null,
  account_id uuid not null,
  due_on date not null,
  ended_at timestamptz,
  ended_as varchar(40),
  process_id uuid not null,
  text_id uuid,
  constraint plan_step_pk primary key (id),
  constraint plan_step_case_id_number_uq unique (case_id, number),
  constraint plan_step_ended_as_ck check (ended_as in ('done', 'dropped')),
  constraint plan_step_ended_ck check ((ended_at is null) = (ended_as is null)),
  constraint plan_step_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint plan_step_account_id_fk foreign key (account_id) references account (id),
  constraint plan_step_process_id_fk foreign key (process_id) references process (id),
  constraint plan_step_text_id_fk foreign key (text_id) references case_text (id) on delete set null
);
create table allegation (
  id uuid not null,
  case_id uuid not null,
  number bigint not null,
  process_id uuid not null,
  withdrawn_at timestamptz,
  constraint allegation_pk primary key (id),
  constraint allegation_case_id_number_uq unique (case_id, number),
  constraint allegation_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint allegation_process_id_fk foreign key (process_id) references process (id)
);
create table allegation_version (
  id uuid not null,
  case_id uuid not null,
  allegation_id uuid not null,
  version bigint not null,
  process_id uuid not null,
  drawn_at timestamptz not null,
  grounds jsonb not null,
  standards jsonb not null,
  constraint allegation_version_pk primary key (id),
  constraint allegation_version_allegation_id_version_uq unique (allegation_id, version),
  constraint allegation_version_grounds_ck check (grounds <@ '["misconduct", "competence", "conviction",
    "foreign_conviction", "health", "other_regulator", "barred", "english"]' and jsonb_array_length(grounds) > 0),
  constraint allegation_version_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint allegation_version_allegation_id_fk foreign key (allegation_id) references allegation (id),
  constraint allegation_version_process_id_fk foreign key (process_id) references process (id)
);
create index allegation_version_case_id_ix on allegation_version (case_id);
create table particular (
  id uuid not null,
  case_id uuid not null,
  version_id uuid not null,
  number bigint not null,
  from_on date,
  until_on date,
  home_id uuid,
  place_id uuid,
  text_id uuid,
  constraint particular_pk primary key (id),
  constraint particular_version_id_number_uq unique (version_id, number),
  constraint particular_dates_ck check ((from_on is null) = (until_on is null) and from_on <= until_on),
  constraint particular_place_ck check (num_nonnulls(home_id, place_id) <= 1),
  constraint particular_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint particular_version_id_fk foreign key (version_id) references allegation_version (id),
  constraint particular_home_id_fk foreign key (home_id) references home (id),
  constraint particular_place_id_fk foreign key (place_id) references case_text (id) on delete set null,
  constraint particular_text_id_fk foreign key (text_id) references case_text (id) on delete set null
);
create index particular_case_id_ix on particular (case_id);
create table witness (
  id uuid not null,
  case_id uuid not null,
  number bigint not null,
  standing varchar(40) not null,
  process_id uuid not null,
  sealed_name bytea not null,
  sealed_contact bytea not null,
  named_at timestamptz not null,
  constraint witness_pk primary key (id),
  constraint witness_case_id_number_uq unique (case_id, number),
  constraint witness_standing_ck check (standing in ('child', 'family', 'colleague', 'professional', 'other')),
  constraint witness_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint witness_process_id_fk foreign key (process_id) references process (id)
);
create table case_evidence (
  id uuid not null,
  case_id uuid not null,
  number bigint not null,
  source varchar(40) not null,
  witness_id uuid,
  dated_on date,
  received_on date not null,
  logged_at timestamptz not null,
  kept varchar(40),
  file_id uuid,
  process_id uuid not null,
  text_id uuid,
  constraint case_evidence_pk primary key (id),
  constraint case_evidence_case_id_number_uq unique (case_id, number),
  constraint case_evidence_file_id_uq unique (file_id),
  constraint case_evidence_source_ck check (source in ({sources})),
  constraint case_evidence_kept_ck check (
    kept in ('health', 'third_party', 'child', 'referrer', 'legal_advice', 'police', 'not_relevant')),
  constraint case_evidence_said_ck check ((source = 'witness') = (witness_id is not null)),
  constraint case_evidence_order_ck check (dated_on <= received_on),
  constraint case_evidence_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint case_evidence_witness_id_fk foreign key (witness_id) references witness (id),
  constraint case_evidence_file_id_fk foreign key (file_id) references stored_file (id),
  constraint case_evidence_process_id_fk foreign key (process_id) references process (id),
  constraint case_evidence_text_id_fk foreign key (text_id) references case_text (id) on delete set null
);
create table information_request (
  id uuid not null,
  case_id uuid not null,
  number bigint not null,
  asked_of varchar(40) not null,
  process_id uuid not null,
  to_id uuid,
  text_id uuid,
  asked_at timestamptz not null,
  due_on date not null,
  reminded_at timestamptz,
  ended_at timestamptz,
  outcome varchar(40),
  replaces_id uuid,
  constraint information_request_pk primary key (id),
  constraint information_request_case_id_number_uq unique (case_id, number),
  constraint information_request_asked_of_ck check (asked_of in ({sources})),
  constraint information_request_outcome_ck check (outcome in ('received', 'declined', 'expired', 'replaced', 'waived')),
  constraint information_request_ended_ck check ((ended_at is null) = (outcome is null)),
  constraint information_request_order_ck check (ended_at >= asked_at),
  constraint information_request_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint information_request_process_id_fk foreign key (process_id) references process (id),
  constraint information_request_to_id_fk foreign key (to_id) references case_text (id) on delete set null,
  constraint information_request_text_id_fk foreign key (text_id) references case_text (id) on delete set null,
  constraint information_request_replaces_id_fk foreign key (replaces_id) references information_request (id)
);
create index information_request_open on information_request (due_on, case_id) where ended_at is null;
create table proceeding (
  id uuid not null,
  case_id uuid not null,
  number bigint not null,
  kind varchar(40) not null,
  state varchar(40) not null,
  opened_on date,
  known_at timestamptz not null,
  sealed_contact bytea not null,
  check_on date,
  ended_on date,
  process_id uuid not null,
  text_id uuid,
  constraint proceeding_pk primary key (id),
  constraint proceeding_case_id_number_uq unique (case_id, number),
  constraint proceeding_kind_ck check (
    kind in ('police', 'court', 'lado', 'dbs', 'ofsted', 'employer', 'regulator', 'other')),
  constraint proceeding_state_ck check (state in ('expected', 'open', 'waiting', 'over')),
  constraint proceeding_over_ck check (
    (state = 'over') = (ended_on is not null) and (ended_on is null) = (check_on is not null)),
  constraint proceeding_order_ck check (opened_on <= ended_on),
  constraint proceeding_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint proceeding_process_id_fk foreign key (process_id) references process (id),
  constraint proceeding_text_id_fk foreign key (text_id) references case_text (id) on delete set null
);
create table investigation_hold (
  id uuid not null,
  case_id uuid not null,
  because varchar(40) not null,
  told boolean not null,
  from_on date not null,
  until_on date,
  review_on date not null,
  began_at timestamptz not null,
  process_id uuid not null,
  text_id uuid,
  constraint investigation_hold_pk primary key (id),
  constraint investigation_hold_because_ck check (
    because in ('police', 'court', 'other_body', 'health', 'witness', 'legal_advice')),
  constraint investigation_hold_order_ck check (from_on <= until_on),
  constraint investigation_hold_review_ck check (review_on > from_on),
  constraint investigation_hold_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint investigation_hold_process_id_fk foreign key (process_id) references process (id),
  constraint investigation_hold_text_id_fk foreign key (text_id) references case_text (id) on delete set null
);
create index investigation_hold_case_id_ix on investigation_hold (case_id);
create unique index investigation_hold_one_open on investigation_hold (case_id) where until_on is null;
create table disclosure (
  id uuid not null,
  case_id uuid not null,
  number bigint not null,
  process_id uuid not null,
  disclosed_at timestamptz not null,
  comment_by date not null,
  constraint disclosure_pk primary key (id),
  constraint disclosure_case_id_number_uq unique (case_id, number),
  constraint disclosure_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint disclosure_process_id_fk foreign key (process_id) references process (id)
);
create table disclosure_allegation (
  disclosure_id uuid not null,
  case_id uuid not null,
  version_id uuid not null,
  constraint disclosure_allegation_pk primary key (disclosure_id, version_id),
  constraint disclosure_allegation_disclosure_id_fk foreign key (disclosure_id) references disclosure (id),
  constraint disclosure_allegation_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint disclosure_allegation_version_id_fk foreign key (version_id) references allegation_version (id)
);
create index disclosure_allegation_version_id_ix on disclosure_allegation (version_id);
create table disclosure_evidence (
  disclosure_id uuid not null,
  case_id uuid not null,
  evidence_id uuid not null,
  constraint disclosure_evidence_pk primary key (disclosure_id, evidence_id),
  constraint disclosure_evidence_disclosure_id_fk foreign key (disclosure_id) references disclosure (id),
  constraint disclosure_evidence_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint disclosure_evidence_evidence_id_fk foreign key (evidence_id) references case_evidence (id)
);
create index disclosure_evidence_evidence_id_ix on disclosure_evidence (evidence_id);
create table case_service (
  id uuid not null,
  case_id uuid not null,
  kind varchar(40) not null,
  disclosure_id uuid,
  process_id uuid not null,
  text_id uuid,
  method varchar(40) not null,
  message_id uuid not null,
  handed_over_at timestamptz not null,
  deemed_on date not null,
  constraint case_service_pk primary key (id),
  constraint case_service_kind_ck check (kind in ('notice', 'disclosure')),
  constraint case_service_method_ck check (method in ('email', 'post')),
  constraint case_service_disclosure_ck check ((kind = 'disclosure') = (disclosure_id is not null)),
  constraint case_service_served_ck check (deemed_on > (handed_over_at at time zone 'Europe/London')::date),
  constraint case_service_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint case_service_disclosure_id_fk foreign key (disclosure_id) references disclosure (id),
  constraint case_service_process_id_fk foreign key (process_id) references process (id),
  constraint case_service_text_id_fk foreign key (text_id) references case_text (id) on delete set null
);
create index case_service_case_id_ix on case_service (case_id);
create index case_service_disclosure_id_ix on case_service (disclosure_id);
create table case_comment (
  id uuid not null,
  case_id uuid not null,
  disclosure_id uuid not null,
  process_id uuid not null,
  sent_at timestamptz not null,
  came_on date,
  late boolean not null,
  sealed bytea not null,
  file_id uuid,
  constraint case_comment_pk primary key (id),
  constraint case_comment_file_id_uq unique (file_id),
  constraint case_comment_came_ck check (came_on <= (sent_at at time zone 'Europe/London')::date),
  constraint case_comment_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint case_comment_disclosure_id_fk foreign key (disclosure_id) references disclosure (id),
  constraint case_comment_process_id_fk foreign key (process_id) references process (id),
  constraint case_comment_file_id_fk foreign key (file_id) references stored_file (id)
);
create index case_comment_case_id_ix on case_comment (case_id);
create index case_comment_disclosure_id_ix on case_comment (disclosure_id)
"""
CHANGED = (
    "plan_step",
    "allegation",
    "witness",
    "case_evidence",
    "information_request",
    "proceeding",
    "investigation_hold",
    "disclosure",
)
ONLY_ADDED = (
    "allegation_version",
    "particular",
    "disclosure_allegation",
    "disclosure_evidence",
    "case_service",
    "case_comment",
)
EVENTS = (
    "step_planned step_ended allegation_drawn allegation_withdrawn evidence_logged evidence_restricted witness_named "
    "witness_moved information_asked information_reminded information_ended proceeding_logged proceeding_heard held "
    "hold_reviewed hold_ended served disclosed time_given commented"
)
READS = "plan allegations evidence evidence_file witnesses requests proceedings chronology disclosure comment_file"

SERVICE = "(select fitness_capacity()) = 'service'"
STAFF = "(select fitness_capacity()) in ('staff', 'service')"
WRITERS = f"({SERVICE} or (select fitness_has_role('investigator', 'team_manager', 'registrar')))"
OF_A_CASE = "case_id in (select id from fitness_case)"
OWN = "(select fitness_capacity()) = 'own'"
# What the registrant sees of a table is what they see of the one before it: each is asked under its own policies.
THEIRS = {
    "case_service": OF_A_CASE,
    "disclosure": OF_A_CASE,
    "investigation_hold": f"told and {OF_A_CASE}",
    "case_comment": OF_A_CASE,
    "disclosure_allegation": "disclosure_id in (select id from disclosure)",
    "disclosure_evidence": "disclosure_id in (select id from disclosure)",
    "allegation_version": "id in (select version_id from disclosure_allegation)",
    "allegation": "id in (select allegation_id from allegation_version)",
    "particular": "version_id in (select id from allegation_version)",
    "case_evidence": "id in (select evidence_id from disclosure_evidence)",
    "case_text": (
        "(id in (select text_id from case_service) or id in (select text_id from particular) "
        "or id in (select place_id from particular) or id in (select text_id from case_evidence))"
    ),
    # That they said something is theirs; the line is written as they say it.
    "case_event": f"kind = 'commented' and {OF_A_CASE}",
}


def upgrade() -> None:
    for statement in TABLES.replace("{sources}", SOURCES).split(";\n"):
        op.execute(statement)
    for table in ONLY_ADDED:
        op.execute(f"revoke update, delete, truncate on {table} from register_app")
    for table in CHANGED:
        op.execute(f"revoke delete, truncate on {table} from register_app")
    # What evidence is, and from whom, stays as it was logged.
    op.execute("revoke update on case_evidence from register_app")
    op.execute("grant update (kept) on case_evidence to register_app")
    for table in (*CHANGED, *ONLY_ADDED):
        policy(table, "select", f"{STAFF} and {OF_A_CASE}")
        policy(table, "insert", f"{WRITERS} and {OF_A_CASE}")
    for table in CHANGED:
        policy(table, "update", f"{WRITERS} and {OF_A_CASE}")
    for table, theirs in THEIRS.items():
        policy(table, "select", f"{OWN} and {theirs}", name="own")
    policy(
        "case_comment",
        "insert",
        f"{OWN} and {OF_A_CASE} and disclosure_id in (select id from disclosure)",
        name="own",
    )
    policy("case_event", "insert", f"{OWN} and {THEIRS['case_event']}", name="own")
    allow("case_event", "case_event_code_ck", "kind", EVENTS)
    allow("case_read", "case_read_what_ck", "what", READS)
    change_rules(
        f"data || jsonb_build_object('investigation_target_days', {TARGET})",
        f"jsonb_set(terms, '{{rules,investigation_target_days}}', '{TARGET}')",
    )


def policy(table: str, doing: str, holds: str, *, name: str = "ours") -> None:
    op.execute(f"alter table {table} enable row level security")
    clauses = {
        "select": f"using ({holds})",
        "insert": f"with check ({holds})",
        "update": f"using ({holds}) with check ({holds})",
    }
    op.execute(
        f"create policy {table}_{doing}_{name} on {table} for {doing} to register_app {clauses[doing]}"
    )


def allow(table: str, check: str, column: str, codes: str) -> None:
    """Besides what is allowed already, whatever that is."""
    either = ", ".join(f"''{code}''" for code in codes.split())
    op.execute(f"""
do $$
declare before text := (select regexp_replace(pg_get_constraintdef(oid), '^CHECK ', '') from pg_constraint where conname = '{check}');
begin
  alter table {table} drop constraint {check};
  execute 'alter table {table} add constraint {check} check (' || before || ' or {column} in ({either}))';
end $$""")


def change_rules(data: str, terms: str) -> None:
    """A figure that is new to all versions, and to the drafts of the next, is no change of what one said."""
    op.execute("alter table rule_set disable trigger user")
    op.execute(f"update rule_set set data = {data}")
    for trigger in ("no_update", "no_delete", "no_truncate"):
        op.execute(f"alter table rule_set enable always trigger {trigger}")
    op.execute(f"update rule_draft set terms = {terms}")


def downgrade() -> None:
    change_rules(
        "data - 'investigation_target_days'",
        "terms #- '{rules,investigation_target_days}'",
    )
    for table in ("case_text", "case_event"):
        op.execute(f"drop policy {table}_select_own on {table}")
    op.execute("drop policy case_event_insert_own on case_event")
    for table in (
        "case_comment",
        "case_service",
        "disclosure_evidence",
        "disclosure_allegation",
        "disclosure",
        "investigation_hold",
        "proceeding",
        "information_request",
        "case_evidence",
        "witness",
        "particular",
        "allegation_version",
        "allegation",
        "plan_step",
    ):
        op.execute(f"drop table {table} cascade")
    refuse("case_event", "case_event_code_ck", "kind", EVENTS)
    refuse("case_read", "case_read_what_ck", "what", READS)


def refuse(table: str, check: str, column: str, codes: str) -> None:
    """What `allow` allowed; the lines that say so go with what they told of."""
    either = ", ".join(f"'{code}'" for code in codes.split())
    op.execute(f"delete from {table} where {column} in ({either})")
    op.execute(f"""
do $$
declare before text := (select regexp_replace(pg_get_constraintdef(oid), '^CHECK ', '') from pg_constraint where conname = '{check}');
begin
  alter table {table} drop constraint {check};
  execute 'alter table {table} add constraint {check} check (' || before || ' and {column} not in ('
    || $codes${either}$codes$ || '))';
end $$""")
