"""Employers' endorsements: a section that names who gives one, what they say, in whose queue it waits, and going on without.

Both figures are the register's own defaults.
"""

from alembic import op

revision = "2026_11_26_91"
down_revision = "2026_11_26_90"
branch_labels = None
depends_on = None

FIGURES = {"endorsement_due_days": 30, "endorsement_reminder_days": 7}
SECTIONS = """'eligibility', 'identity', 'contact', 'addresses', 'qualifications', 'employment', 'registrations', 'dbs', 'criminal',
    'conduct', 'health', 'english', 'references', 'standards', 'equality', 'skills'"""
HELD = {
    "application_section": ("application_section_code_ck", "name"),
    "sent_section": ("sent_section_code_ck", "name"),
    "evidence": ("evidence_section_ck", "section"),
    "section_check": ("section_check_code_ck", "section"),
}
REQUESTS = "'further_information', 'reference', 'representations'"

TABLES = """
create table endorsement (
  request_id uuid not null,
  process_id uuid not null,
  sealed bytea not null,
  received_at timestamptz not null,
  constraint endorsement_pk primary key (request_id),
  constraint endorsement_request_id_fk foreign key (request_id) references request (id),
  constraint endorsement_process_id_fk foreign key (process_id) references process (id)
);
revoke update, truncate on endorsement from register_app;
create trigger no_update before update on endorsement for each row execute function refuse_change();
alter table endorsement enable always trigger no_update;
create table queued_endorsement (
  request_id uuid not null,
  organisation_id uuid not null,
  user_id uuid,
  constraint queued_endorsement_pk primary key (request_id),
  constraint queued_endorsement_request_id_fk foreign key (request_id) references request (id),
  constraint queued_endorsement_organisation_id_fk foreign key (organisation_id) references organisation (id),
  constraint queued_endorsement_user_id_fk foreign key (user_id) references organisation_user (id)
);
create index queued_endorsement_organisation_id_ix on queued_endorsement (organisation_id);
create table endorsement_waiver (
  id uuid not null,
  application_id uuid not null,
  because varchar(40) not null,
  process_id uuid not null,
  waived_at timestamptz not null,
  constraint endorsement_waiver_pk primary key (id),
  constraint endorsement_waiver_application_id_fk foreign key (application_id) references application (id),
  constraint endorsement_waiver_process_id_fk foreign key (process_id) references process (id),
  constraint endorsement_waiver_code_ck
    check (because in ('no_employer', 'self_employed', 'agency', 'not_given', 'other'))
);
create index endorsement_waiver_application_id_ix on endorsement_waiver (application_id)
"""


def upgrade() -> None:
    for statement in TABLES.strip().split(";\n"):
        op.execute(statement)
    sections(f"{SECTIONS}, 'endorsement'")
    requests(f"{REQUESTS}, 'endorsement'")
    for figure, days in FIGURES.items():
        change_rules(
            f"data || jsonb_build_object('{figure}', {days})",
            f"jsonb_set(terms, '{{rules,{figure}}}', '{days}')",
        )


def downgrade() -> None:
    for figure in FIGURES:
        change_rules(f"data - '{figure}'", f"terms #- '{{rules,{figure}}}'")
    for table in ("endorsement_waiver", "queued_endorsement", "endorsement"):
        op.execute(f"drop table {table}")
    op.execute("delete from request where kind = 'endorsement'")
    requests(REQUESTS)
    for table in ("section_check", "evidence", "sent_section", "application_section"):
        op.execute(f"delete from {table} where {HELD[table][1]} = 'endorsement'")
    sections(SECTIONS)


def sections(allowed: str) -> None:
    for table, (check, column) in HELD.items():
        op.execute(f"alter table {table} drop constraint {check}")
        op.execute(
            f"alter table {table} add constraint {check} check ({column} in ({allowed}))"
        )


def requests(allowed: str) -> None:
    op.execute("alter table request drop constraint request_code_ck")
    op.execute(
        f"alter table request add constraint request_code_ck check (kind in ({allowed}))"
    )


def change_rules(data: str, terms: str) -> None:
    """A figure that is new to all versions, and to the drafts of the next, is no change of what one said."""
    op.execute("alter table rule_set disable trigger user")
    op.execute(f"update rule_set set data = {data}")
    for trigger in ("no_update", "no_delete", "no_truncate"):
        op.execute(f"alter table rule_set enable always trigger {trigger}")
    op.execute(f"update rule_draft set terms = {terms}")
