"""Dockets: the numbered documents of a case, what of them is withheld by two people, and the bundles that were made of them."""

from alembic import op

from migrations.steps import allow, policy, refuse

revision = "2026_11_27_99"
down_revision = "2026_11_27_98"
branch_labels = None
depends_on = None

TABLES = """
create table docket_document (
  id uuid not null,
  case_id uuid not null,
  number bigint not null,
  made_from varchar(40) not null,
  evidence_id uuid,
  comment_id uuid,
  disclosure_id uuid,
  level varchar(40) not null,
  dated_on date,
  sealed bytea,
  added_at timestamptz not null,
  taken_out_at timestamptz,
  process_id uuid not null,
  title_id uuid,
  constraint docket_document_pk primary key (id),
  constraint docket_document_case_id_number_uq unique (case_id, number),
  constraint docket_document_made_from_ck check (
    made_from in ('evidence', 'comment', 'allegations', 'disclosure', 'chronology')),
  constraint docket_document_level_ck check (
    level in ('open', 'deciders', 'interim_notes', 'referrer', 'legal_advice', 'staff')),
  constraint docket_document_source_ck check (
    (made_from = 'evidence') = (evidence_id is not null) and (made_from = 'comment') = (comment_id is not null)
    and (made_from = 'disclosure') = (disclosure_id is not null)),
  constraint docket_document_ours_ck check ((made_from in ('evidence', 'comment')) = (sealed is null)),
  constraint docket_document_order_ck check (taken_out_at >= added_at),
  constraint docket_document_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint docket_document_evidence_id_fk foreign key (evidence_id) references case_evidence (id),
  constraint docket_document_comment_id_fk foreign key (comment_id) references case_comment (id),
  constraint docket_document_disclosure_id_fk foreign key (disclosure_id) references disclosure (id),
  constraint docket_document_process_id_fk foreign key (process_id) references process (id),
  constraint docket_document_title_id_fk foreign key (title_id) references case_text (id) on delete set null
);
create table docket_redaction (
  id uuid not null,
  case_id uuid not null,
  document_id uuid not null,
  number bigint not null,
  page bigint,
  places jsonb not null,
  because varchar(40) not null,
  author_id uuid not null,
  proposed_at timestamptz not null,
  approver_id uuid,
  settled_at timestamptz,
  verdict varchar(40),
  process_id uuid not null,
  text_id uuid,
  constraint docket_redaction_pk primary key (id),
  constraint docket_redaction_document_id_number_uq unique (document_id, number),
  constraint docket_redaction_because_ck check (
    because in ('health', 'third_party', 'child', 'referrer', 'legal_advice', 'police', 'not_relevant')),
  constraint docket_redaction_verdict_ck check (verdict in ('acknowledged', 'returned')),
  constraint docket_redaction_two_people_ck check (approver_id <> author_id),
  constraint docket_redaction_settled_ck check (
    (settled_at is null) = (verdict is null) and (settled_at is null) = (approver_id is null)),
  constraint docket_redaction_order_ck check (settled_at >= proposed_at),
  constraint docket_redaction_places_ck check (page > 0 or page is null and jsonb_array_length(places) > 0),
  constraint docket_redaction_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint docket_redaction_document_id_fk foreign key (document_id) references docket_document (id),
  constraint docket_redaction_author_id_fk foreign key (author_id) references account (id),
  constraint docket_redaction_approver_id_fk foreign key (approver_id) references account (id),
  constraint docket_redaction_process_id_fk foreign key (process_id) references process (id),
  constraint docket_redaction_text_id_fk foreign key (text_id) references case_text (id) on delete set null
);
create index docket_redaction_case_id_ix on docket_redaction (case_id);
create table docket_bundle (
  id uuid not null,
  case_id uuid not null,
  number bigint not null,
  audience varchar(40) not null,
  state varchar(40) not null,
  asked_at timestamptz not null,
  process_id uuid not null,
  inputs bytea not null,
  files bigint not null,
  done bigint not null,
  fault varchar(40),
  fault_in bigint,
  settled_at timestamptz,
  kept_as text,
  sha256 bytea,
  size bigint,
  pages bigint,
  constraint docket_bundle_pk primary key (id),
  constraint docket_bundle_case_id_number_uq unique (case_id, number),
  constraint docket_bundle_kept_as_uq unique (kept_as),
  constraint docket_bundle_audience_ck check (audience in ('panel', 'registrant', 'examiners')),
  constraint docket_bundle_state_ck check (state in ('building', 'ready', 'failed')),
  constraint docket_bundle_fault_ck check (fault in ('changed', 'unreadable', 'too_long')),
  constraint docket_bundle_settled_ck check ((state = 'building') = (settled_at is null)),
  constraint docket_bundle_failed_ck check ((state = 'failed') = (fault is not null)),
  constraint docket_bundle_ready_ck check (
    (state = 'ready') = (kept_as is not null) and num_nulls(kept_as, sha256, size, pages) in (0, 4)),
  constraint docket_bundle_hashes_ck check (length(sha256) = 32 and length(inputs) = 32),
  constraint docket_bundle_pages_ck check (pages between 1 and 2000),
  constraint docket_bundle_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint docket_bundle_process_id_fk foreign key (process_id) references process (id)
);
create unique index docket_bundle_one_building on docket_bundle (case_id, audience) where state = 'building';
create table docket_bundle_document (
  bundle_id uuid not null,
  document_id uuid not null,
  case_id uuid not null,
  position bigint not null,
  pages bigint,
  part_as text,
  constraint docket_bundle_document_pk primary key (bundle_id, document_id),
  constraint docket_bundle_document_bundle_id_position_uq unique (bundle_id, position),
  constraint docket_bundle_document_bundle_id_fk foreign key (bundle_id) references docket_bundle (id),
  constraint docket_bundle_document_document_id_fk foreign key (document_id) references docket_document (id),
  constraint docket_bundle_document_case_id_fk foreign key (case_id) references fitness_case (id)
)
"""
MADE = (
    "docket_document",
    "docket_redaction",
    "docket_bundle",
    "docket_bundle_document",
)
# What each says stays as it was said; only how it goes on may be written.
CHANGES = {
    "docket_document": "level, taken_out_at, title_id",
    "docket_redaction": "approver_id, settled_at, verdict, text_id",
    "docket_bundle": "state, done, fault, fault_in, settled_at, kept_as, sha256, size, pages",
    "docket_bundle_document": "pages, part_as",
}
EVENTS = (
    "document_added document_level_set document_taken_out redaction_proposed redaction_acknowledged redaction_returned "
    "bundle_asked"
)
READS = "docket docket_document bundle"

SERVICE = "(select fitness_capacity()) = 'service'"
PEOPLE = "'investigator', 'team_manager', 'registrar', 'hearings_officer'"
STAFF = f"({SERVICE} or (select fitness_has_role({PEOPLE}, 'auditor')))"
WRITERS = f"({SERVICE} or (select fitness_has_role({PEOPLE})))"
OF_A_CASE = "case_id in (select id from fitness_case)"


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)
    for table in MADE:
        op.execute(f"revoke update, delete, truncate on {table} from register_app")
        op.execute(f"grant update ({CHANGES[table]}) on {table} to register_app")
        policy(table, "select", f"{STAFF} and {OF_A_CASE}")
        policy(table, "insert", f"{WRITERS} and {OF_A_CASE}")
        policy(table, "update", f"{WRITERS} and {OF_A_CASE}")
    op.execute("""
create function docket_redaction_stays() returns trigger language plpgsql as $$
begin
  if old.verdict is not null and
    (new.verdict, new.approver_id, new.settled_at) is distinct from (old.verdict, old.approver_id, old.settled_at)
  then
    raise exception 'redaction % is settled', old.id using errcode = 'check_violation';
  end if;
  return new;
end $$""")
    op.execute(
        "create trigger stays before update on docket_redaction for each row execute function docket_redaction_stays()"
    )
    allow("case_event", "case_event_code_ck", "kind", EVENTS)
    allow("case_read", "case_read_what_ck", "what", READS)


def downgrade() -> None:
    for table in reversed(MADE):
        op.execute(f"drop table {table} cascade")
    op.execute("drop function docket_redaction_stays()")
    refuse("case_event", "case_event_code_ck", "kind", EVENTS)
    refuse("case_read", "case_read_what_ck", "what", READS)
