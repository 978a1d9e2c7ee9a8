"""Notices of what we are minded to decide, with their service, and what people answer."""

from alembic import op

revision = "2026_11_26_81"
down_revision = "2026_11_26_80"
branch_labels = None
depends_on = None

TABLES = """
create table notice (
  id uuid not null,
  kind varchar(40) not null,
  application_id uuid,
  entry_id uuid,
  person_id uuid not null,
  because varchar(40),
  condition_id uuid,
  grounds jsonb not null,
  text_id uuid,
  proposal_id uuid not null,
  request_id uuid not null,
  rule_set_id uuid not null,
  method varchar(40) not null,
  message_id uuid not null,
  sent_at timestamptz not null,
  deemed_on date not null,
  outcome varchar(40),
  ended_at timestamptz,
  version bigint not null,
  constraint notice_pk primary key (id),
  constraint notice_entry_id_fk foreign key (entry_id) references entry (id),
  constraint notice_person_id_fk foreign key (person_id) references person (id),
  constraint notice_text_id_fk foreign key (text_id) references process_text (id) on delete set null,
  constraint notice_proposal_id_fk foreign key (proposal_id) references proposal (id),
  constraint notice_request_id_fk foreign key (request_id) references request (id),
  constraint notice_request_id_uq unique (request_id),
  constraint notice_rule_set_id_fk foreign key (rule_set_id) references rule_set (id),
  constraint notice_code_ck check (kind in ('minded_to_refuse', 'minded_to_condition', 'minded_to_remove')),
  constraint notice_because_ck check (because in ('voluntary', 'voluntary_during_case', 'condition', 'cpd', 'error', 'order', 'automatic')),
  constraint notice_method_ck check (method in ('email', 'post')),
  constraint notice_outcome_ck check (outcome in ('carried_out', 'changed', 'dropped')),
  constraint notice_about_ck check (num_nonnulls(application_id, entry_id) = 1),
  constraint notice_removal_ck check ((kind = 'minded_to_remove') = (entry_id is not null) and (entry_id is null) = (because is null)),
  constraint notice_ended_ck check ((ended_at is null) = (outcome is null)),
  constraint notice_served_ck check (deemed_on > (sent_at at time zone 'Europe/London')::date)
);
create index notice_application_id_ix on notice (application_id);
create index notice_entry_id_ix on notice (entry_id);
create index notice_person_id_ix on notice (person_id);
create unique index notice_one_open on notice (application_id, entry_id) nulls not distinct where ended_at is null;
create index notice_open on notice (deemed_on, id) where ended_at is null;
create table representation (
  id uuid not null,
  notice_id uuid not null,
  process_id uuid not null,
  sealed bytea not null,
  sent_at timestamptz not null,
  constraint representation_pk primary key (id),
  constraint representation_notice_id_fk foreign key (notice_id) references notice (id),
  constraint representation_process_id_fk foreign key (process_id) references process (id)
);
create index representation_notice_id_ix on representation (notice_id);
create table notice_document (
  id uuid not null,
  notice_id uuid not null,
  file_id uuid not null,
  added_at timestamptz not null,
  constraint notice_document_pk primary key (id),
  constraint notice_document_notice_id_fk foreign key (notice_id) references notice (id),
  constraint notice_document_file_id_fk foreign key (file_id) references stored_file (id),
  constraint notice_document_file_id_uq unique (file_id)
);
create index notice_document_notice_id_ix on notice_document (notice_id)
"""


def upgrade() -> None:
    for statement in TABLES.strip().split(";\n"):
        op.execute(statement)
    # What somebody said stays what they said; only its time to be kept ends it.
    op.execute("revoke update, truncate on representation from register_app")
    op.execute("""
        create trigger no_update before update on representation for each row execute function refuse_change()""")
    op.execute("alter table representation enable always trigger no_update")


def downgrade() -> None:
    op.execute("drop table notice_document")
    op.execute("drop table representation")
    op.execute("drop table notice")
