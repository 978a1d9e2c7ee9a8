"""Enquiries: threads of messages between somebody with an account and us."""

from alembic import op

revision = "2026_11_26_95"
down_revision = "2026_11_26_93"
branch_labels = None
depends_on = None

TABLES = """
create table enquiry (
  id uuid not null,
  account_id uuid not null,
  subject varchar(40) not null,
  begun_at timestamptz not null,
  waiting_since timestamptz,
  answered_at timestamptz,
  version bigint not null,
  constraint enquiry_pk primary key (id),
  constraint enquiry_account_id_fk foreign key (account_id) references account (id),
  constraint enquiry_code_ck check (
    subject in ('application', 'registration', 'details', 'fees', 'certificate', 'service', 'other'))
);
create index enquiry_account_id_ix on enquiry (account_id);
create index enquiry_waiting on enquiry (waiting_since, id) where waiting_since is not null;
create table enquiry_message (
  id uuid not null,
  enquiry_id uuid not null,
  process_id uuid not null,
  from_us boolean not null,
  sealed bytea not null,
  sent_at timestamptz not null,
  file_id uuid,
  constraint enquiry_message_pk primary key (id),
  constraint enquiry_message_enquiry_id_fk foreign key (enquiry_id) references enquiry (id),
  constraint enquiry_message_process_id_fk foreign key (process_id) references process (id),
  constraint enquiry_message_file_id_fk foreign key (file_id) references stored_file (id),
  constraint enquiry_message_file_id_uq unique (file_id)
);
create index enquiry_message_enquiry_id_ix on enquiry_message (enquiry_id);
revoke update, truncate on enquiry_message from register_app;
create trigger no_update before update on enquiry_message for each row execute function refuse_change();
alter table enquiry_message enable always trigger no_update
"""


def upgrade() -> None:
    for statement in TABLES.strip().split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table enquiry_message")
    op.execute("drop table enquiry")
