"""Learning: records of it, what was sent with them and said of them, whose texts are alike, who asked for less, and the rules.

The numbers of records and the time after which a newcomer owes none follow Social Work England; the other figures are the
register's own defaults.
"""

from alembic import op

revision = "2026_11_27_10"
down_revision = "2026_11_27_02"
branch_labels = None
depends_on = None

FIGURES = {
    "cpd_records": 2,
    "cpd_reflections": 1,
    "cpd_safeguarding": 1,
    "cpd_leadership": 0,
    "cpd_carry_over_months": 0,
    "cpd_joined_months": 3,
    "cpd_reflection_due_days": 28,
    "cpd_reflection_reminder_days": 7,
    "retention_cpd_years": 2,
}
OF_MANAGERS = 1
"""Records of leadership."""
REQUESTS = "'further_information', 'reference', 'representations', 'endorsement'"
WITH = "'peer', 'supervisor', 'manager', 'mentor'"

TABLES = f"""
create table learning_record (
  id uuid not null,
  person_id uuid not null,
  year_end date not null,
  kinds text[] not null,
  first_on date,
  last_on date,
  standards text[] not null,
  safeguarding boolean not null,
  leadership boolean not null,
  discussed_with varchar(40),
  discussed_on date,
  sealed bytea not null,
  complete boolean not null,
  sketch bigint[] not null,
  begun_at timestamptz not null,
  written_at timestamptz not null,
  frozen_at timestamptz,
  version bigint not null,
  constraint learning_record_pk primary key (id),
  constraint learning_record_person_id_fk foreign key (person_id) references person (id),
  constraint learning_record_code_ck check (discussed_with in ({WITH})),
  constraint learning_record_days_ck check (first_on <= last_on),
  constraint learning_record_year_ck check ((first_on is null) = (last_on is null) and last_on <= year_end),
  constraint learning_record_frozen_ck check (frozen_at is null or complete),
  constraint learning_record_discussed_ck check ((discussed_with is null) = (discussed_on is null))
);
create index learning_record_person_id_year_end_ix on learning_record (person_id, year_end);
create index learning_record_sketch on learning_record using gin (sketch);
create index learning_record_year_ix on learning_record (year_end, id);
create table learning_document (
  id uuid not null,
  record_id uuid not null,
  file_id uuid not null,
  added_at timestamptz not null,
  constraint learning_document_pk primary key (id),
  constraint learning_document_record_id_fk foreign key (record_id) references learning_record (id),
  constraint learning_document_file_id_fk foreign key (file_id) references stored_file (id),
  constraint learning_document_file_id_uq unique (file_id)
);
create index learning_document_record_id_ix on learning_document (record_id);
create table learning_peer (
  id uuid not null,
  record_id uuid not null,
  role varchar(40) not null,
  sealed bytea not null,
  named_at timestamptz not null,
  constraint learning_peer_pk primary key (id),
  constraint learning_peer_record_id_fk foreign key (record_id) references learning_record (id) on delete cascade,
  constraint learning_peer_code_ck check (role in ({WITH}))
);
create index learning_peer_record_id_ix on learning_peer (record_id);
create table learning_reflection (
  request_id uuid not null,
  process_id uuid not null,
  sealed bytea not null,
  received_at timestamptz not null,
  constraint learning_reflection_pk primary key (request_id),
  constraint learning_reflection_request_id_fk foreign key (request_id) references request (id),
  constraint learning_reflection_process_id_fk foreign key (process_id) references process (id)
);
revoke update, truncate on learning_reflection from register_app;
create trigger no_update before update on learning_reflection for each row execute function refuse_change();
alter table learning_reflection enable always trigger no_update;
create table learning_alike (
  record_id uuid not null,
  other_id uuid not null,
  percent bigint not null,
  noticed_at timestamptz not null,
  constraint learning_alike_pk primary key (record_id, other_id),
  constraint learning_alike_record_id_fk foreign key (record_id) references learning_record (id) on delete cascade,
  constraint learning_alike_other_id_fk foreign key (other_id) references learning_record (id) on delete cascade,
  constraint learning_alike_two_ck check (record_id <> other_id),
  constraint learning_alike_percent_ck check (percent between 1 and 100)
);
create index learning_alike_other_id_ix on learning_alike (other_id);
create index learning_alike_latest on learning_alike (noticed_at, record_id);
create table learning_less (
  id uuid not null,
  person_id uuid not null,
  year_end date not null,
  because varchar(40) not null,
  from_on date not null,
  until_on date not null,
  state varchar(40) not null,
  records bigint,
  asked_at timestamptz not null,
  decided_at timestamptz,
  process_id uuid not null,
  decided_in uuid,
  version bigint not null,
  constraint learning_less_pk primary key (id),
  constraint learning_less_person_id_fk foreign key (person_id) references person (id),
  constraint learning_less_process_id_fk foreign key (process_id) references process (id),
  constraint learning_less_decided_in_fk foreign key (decided_in) references process (id),
  constraint learning_less_code_ck check
    (because in ('parental_leave', 'sickness', 'caring', 'bereavement', 'other')),
  constraint learning_less_state_ck check (state in ('asked', 'granted', 'turned_down')),
  constraint learning_less_days_ck check (from_on <= until_on),
  constraint learning_less_records_ck check (records >= 0),
  constraint learning_less_decided_ck check (
    (state = 'granted') = (records is not null) and (state = 'asked') = (decided_at is null)
    and (decided_at is null) = (decided_in is null))
);
create index learning_less_person_id_ix on learning_less (person_id);
create unique index learning_less_one on learning_less (person_id, year_end) where state <> 'turned_down';
create index learning_less_waiting on learning_less (asked_at, id) where state = 'asked';
create table learning_year (
  person_id uuid not null,
  year_end date not null,
  submitted_at timestamptz not null,
  process_id uuid not null,
  cited uuid[] not null,
  spent uuid[] not null,
  constraint learning_year_pk primary key (person_id, year_end),
  constraint learning_year_person_id_fk foreign key (person_id) references person (id),
  constraint learning_year_process_id_fk foreign key (process_id) references process (id)
)
"""


def upgrade() -> None:
    for statement in TABLES.strip().split(";\n"):
        op.execute(statement)
    requests(f"{REQUESTS}, 'reflection', 'learning'")
    op.execute("alter table request drop constraint request_about_ck")
    op.execute("""
        alter table request add constraint request_about_ck check (num_nonnulls(application_id, entry_id) =
          case when kind in ('reflection', 'learning') then 0 else 1 end)""")
    op.execute("""
        alter table request add constraint request_about_what_ck check
          (kind not in ('reflection', 'learning') or about_id is not null)""")
    op.execute("""
        create index request_about_id_ix on request (about_id) where kind in ('reflection', 'learning')""")
    for figure, count in FIGURES.items():
        change_rules(
            f"data || jsonb_build_object('{figure}', {count})",
            f"jsonb_set(terms, '{{rules,{figure}}}', '{count}')",
        )
    change_rules(
        f"case when part = 'manager' then jsonb_set(data, '{{cpd_leadership}}', '{OF_MANAGERS}') else data end",
        f"case when part = 'manager' then jsonb_set(terms, '{{rules,cpd_leadership}}', '{OF_MANAGERS}') else terms end",
    )


def downgrade() -> None:
    for figure in FIGURES:
        change_rules(f"data - '{figure}'", f"terms #- '{{rules,{figure}}}'")
    for table in (
        "learning_year",
        "learning_less",
        "learning_alike",
        "learning_reflection",
        "learning_peer",
        "learning_document",
        "learning_record",
    ):
        op.execute(f"drop table {table}")
    op.execute("delete from request where kind in ('reflection', 'learning')")
    op.execute("drop index request_about_id_ix")
    op.execute("alter table request drop constraint request_about_what_ck")
    op.execute("alter table request drop constraint request_about_ck")
    op.execute("""
        alter table request add constraint request_about_ck check (num_nonnulls(application_id, entry_id) = 1)""")
    requests(REQUESTS)


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
