"""Applications, their sections, checks and evidence."""

from alembic import op

revision = "2026_11_22_07"
down_revision = "2026_11_22_06"
branch_labels = None
depends_on = None

APPLICATIONS = """
create table application (
  id uuid not null,
  reference text not null,
  account_id uuid not null,
  person_id uuid not null,
  part varchar(40) not null,
  state varchar(40) not null,
  rule_set_id uuid not null,
  created_at timestamptz not null,
  draft_until date not null,
  warned_at timestamptz,
  register_by date,
  submitted_at timestamptz,
  assigned_to_id uuid,
  decided_at timestamptz,
  approved_at timestamptz,
  pay_by date,
  conditions jsonb not null,
  closed_at timestamptz,
  version bigint not null,
  constraint application_pk primary key (id),
  constraint application_reference_ck check (reference ~ '^A-[0-9A-HJKMNP-TV-Z]{8}$'),
  constraint application_sent_ck check ((state in ('draft', 'expired')) = (submitted_at is null) or state = 'withdrawn'),
  constraint application_approved_ck check (state not in ('approved', 'granted', 'closed_unpaid') or (approved_at is not null and pay_by is not null)),
  constraint application_reference_uq unique (reference),
  constraint application_account_id_fk foreign key(account_id) references account (id),
  constraint application_person_id_fk foreign key(person_id) references person (id),
  constraint application_code_ck check (part in ('manager', 'deputy', 'residential_worker', 'responsible_individual', 'trainee')),
  constraint application_state_ck check (state in ('draft', 'submitted', 'under_assessment', 'information_requested', 'proposed', 'approved', 'granted', 'refused', 'withdrawn', 'expired', 'closed_unpaid')),
  constraint application_rule_set_id_fk foreign key(rule_set_id) references rule_set (id),
  constraint application_assigned_to_id_fk foreign key(assigned_to_id) references account (id)
);
create index application_account_id_ix on application (account_id);
create index application_assigned_to_id_ix on application (assigned_to_id);
create unique index application_open_uq on application (person_id, part) where state not in ('granted', 'refused', 'withdrawn', 'expired', 'closed_unpaid');
create index application_person_id_ix on application (person_id);
create index application_queue_ix on application (submitted_at, id) where state in ('submitted', 'under_assessment', 'information_requested', 'proposed');
create table application_section (
  application_id uuid not null,
  name varchar(40) not null,
  sealed bytea not null,
  saved_at timestamptz not null,
  version bigint not null,
  constraint application_section_pk primary key (application_id, name),
  constraint application_section_application_id_fk foreign key(application_id) references application (id),
  constraint application_section_code_ck check (name in ('eligibility', 'identity', 'contact', 'addresses', 'qualifications', 'employment', 'registrations', 'dbs', 'criminal', 'conduct', 'health', 'english', 'references', 'standards', 'equality'))
);
create table sent_section (
  id uuid not null,
  application_id uuid not null,
  name varchar(40) not null,
  sealed bytea not null,
  sent_at timestamptz not null,
  constraint sent_section_pk primary key (id),
  constraint sent_section_application_id_fk foreign key(application_id) references application (id),
  constraint sent_section_code_ck check (name in ('eligibility', 'identity', 'contact', 'addresses', 'qualifications', 'employment', 'registrations', 'dbs', 'criminal', 'conduct', 'health', 'english', 'references', 'standards', 'equality'))
);
create index sent_section_application_id_ix on sent_section (application_id);
create table evidence (
  id uuid not null,
  application_id uuid not null,
  section varchar(40) not null,
  item_id uuid,
  kind varchar(40) not null,
  file_id uuid not null,
  added_at timestamptz not null,
  constraint evidence_pk primary key (id),
  constraint evidence_application_id_fk foreign key(application_id) references application (id),
  constraint evidence_section_ck check (section in ('eligibility', 'identity', 'contact', 'addresses', 'qualifications', 'employment', 'registrations', 'dbs', 'criminal', 'conduct', 'health', 'english', 'references', 'standards', 'equality')),
  constraint evidence_kind_ck check (kind in ('passport', 'driving_licence', 'residence_permit', 'proof_of_age', 'birth_certificate', 'name_change', 'bank_statement', 'utility_bill', 'photograph', 'certificate', 'translation', 'english_test', 'letter', 'other')),
  constraint evidence_file_id_uq unique (file_id),
  constraint evidence_file_id_fk foreign key(file_id) references stored_file (id)
);
create index evidence_application_id_ix on evidence (application_id);
create table equality_answer (
  id uuid not null,
  part varchar(40) not null,
  month date not null,
  age varchar(40),
  ethnicity varchar(40),
  disabled varchar(40),
  gender varchar(40),
  religion varchar(40),
  orientation varchar(40),
  constraint equality_answer_pk primary key (id),
  constraint equality_answer_first_of_month_ck check (extract(day from month) = 1),
  constraint equality_answer_code_ck check (part in ('manager', 'deputy', 'residential_worker', 'responsible_individual', 'trainee')),
  constraint equality_answer_age_ck check (age in ('to_24', 'to_34', 'to_44', 'to_54', 'to_64', 'over_64', 'not_said')),
  constraint equality_answer_ethnicity_ck check (ethnicity in ('asian', 'black', 'mixed', 'white', 'other', 'not_said')),
  constraint equality_answer_disabled_ck check (disabled in ('yes', 'no', 'not_said')),
  constraint equality_answer_gender_ck check (gender in ('woman', 'man', 'another', 'not_said')),
  constraint equality_answer_religion_ck check (religion in ('none', 'buddhist', 'christian', 'hindu', 'jewish', 'muslim', 'sikh', 'other', 'not_said')),
  constraint equality_answer_orientation_ck check (orientation in ('heterosexual', 'gay', 'bisexual', 'other', 'not_said'))
)
"""

CHECKS = """
create table section_check (
  id bigint generated always as identity,
  application_id uuid not null,
  section varchar(40) not null,
  outcome varchar(40) not null,
  reasons text[] not null,
  sent_id uuid not null,
  at timestamptz not null,
  account_id uuid not null,
  process_id uuid not null,
  constraint section_check_pk primary key (id),
  constraint section_check_reasons_ck check ((outcome = 'met') = (reasons = '{}')),
  constraint section_check_application_id_fk foreign key(application_id) references application (id),
  constraint section_check_code_ck check (section in ('eligibility', 'identity', 'contact', 'addresses', 'qualifications', 'employment', 'registrations', 'dbs', 'criminal', 'conduct', 'health', 'english', 'references', 'standards', 'equality')),
  constraint section_check_outcome_ck check (outcome in ('met', 'not_met', 'ask')),
  constraint section_check_sent_id_fk foreign key(sent_id) references sent_section (id),
  constraint section_check_account_id_fk foreign key(account_id) references account (id),
  constraint section_check_process_id_uq unique (process_id),
  constraint section_check_process_id_fk foreign key(process_id) references process (id)
);
create index section_check_latest_ix on section_check (application_id, section, id)
"""


def upgrade() -> None:
    for statement in APPLICATIONS.split(";"):
        op.execute(statement)
    # What somebody declared stays what they declared; only its time to be kept ends it.
    op.execute("revoke update, truncate on sent_section from register_app")
    op.execute("""
        create trigger no_update before update on sent_section for each row execute function refuse_change()""")
    op.execute("alter table sent_section enable always trigger no_update")
    keep_checks()


def keep_checks() -> None:
    """What an officer found is never changed: another check is added."""
    for statement in CHECKS.split(";"):
        op.execute(statement)
    op.execute("revoke update, delete, truncate on section_check from register_app")
    for name, what, each in (
        ("no_change", "update or delete", "row"),
        ("no_truncate", "truncate", "statement"),
    ):
        op.execute(
            f"create trigger {name} before {what} on section_check for each {each} execute function refuse_change()"
        )
        op.execute(f"alter table section_check enable always trigger {name}")


def downgrade() -> None:
    op.execute(
        "drop table section_check, equality_answer, evidence, sent_section, application_section, application"
    )
