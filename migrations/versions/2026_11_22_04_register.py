"""Persons, accounts, processes, rule sets, homes, employment, entries with their facts, and the projection.

Tables and keys stand here as SQL because half of what they hold has no other form: keys without overlaps, keys by period, and
triggers that keep what was once written.
"""

from alembic import op

revision = "2026_11_22_04"
down_revision = "2026_11_22_03"
branch_labels = None
depends_on = None

TABLES = """
create table person (
  id uuid not null,
  number text,
  given_names text not null,
  family_name text not null,
  name_key text not null,
  birth_date date,
  ni_number_index bytea,
  deceased_on date,
  withheld boolean not null,
  merged_into uuid,
  created_at timestamptz not null,
  version bigint not null,
  constraint person_pk primary key (id),
  constraint person_number_ck check (number ~ '^CH-[0-9]{7}-[A-HJ-NP-RT-Z]$'),
  constraint person_not_itself_ck check (merged_into <> id),
  constraint person_number_uq unique (number),
  constraint person_merged_into_fk foreign key(merged_into) references person (id)
);
create index person_name_key_ix on person (name_key);
create index person_ni_number_index_ix on person (ni_number_index);
create table person_name (
  id uuid not null,
  person_id uuid not null,
  kind varchar(40) not null,
  name text not null,
  constraint person_name_pk primary key (id),
  constraint person_name_person_id_fk foreign key(person_id) references person (id),
  constraint person_name_code_ck check (kind in ('former', 'alias'))
);
create index person_name_person_id_ix on person_name (person_id);
create table issued_number (
  number text not null,
  person_id uuid not null,
  constraint issued_number_pk primary key (number),
  constraint issued_number_person_id_uq unique (person_id),
  constraint issued_number_person_id_fk foreign key(person_id) references person (id)
);
create table account (
  id uuid not null,
  email text not null,
  email_folded text not null,
  name text not null,
  password_hash text not null,
  created_at timestamptz not null,
  confirmed_at timestamptz,
  disabled_at timestamptz,
  totp_sealed bytea,
  totp_last_step bigint,
  person_id uuid,
  version bigint not null,
  constraint account_pk primary key (id),
  constraint account_email_folded_uq unique (email_folded),
  constraint account_person_id_uq unique (person_id),
  constraint account_person_id_fk foreign key(person_id) references person (id)
);
create table role_grant (
  account_id uuid not null,
  role varchar(40) not null,
  constraint role_grant_pk primary key (account_id, role),
  constraint role_grant_account_id_fk foreign key(account_id) references account (id),
  constraint role_grant_code_ck check (role in ('caseworker', 'team_manager', 'registrar', 'finance_officer', 'auditor', 'admin'))
);
create table process (
  id uuid not null,
  kind text not null,
  at timestamptz not null,
  actor_id uuid,
  approver_id uuid,
  reason text,
  constraint process_pk primary key (id),
  constraint process_two_people_ck check (approver_id <> actor_id),
  constraint process_kind_ck check (kind ~ '^[a-z0-9_:]+$'),
  constraint process_actor_id_fk foreign key(actor_id) references account (id),
  constraint process_approver_id_fk foreign key(approver_id) references account (id)
);
create table event (
  id bigint generated always as identity,
  process_id uuid not null,
  kind text not null,
  at timestamptz not null,
  person_id uuid,
  application_id uuid,
  data jsonb not null,
  constraint event_pk primary key (id),
  constraint event_kind_ck check (kind ~ '^[a-z0-9_:]+$'),
  constraint event_no_words_ck check (not jsonb_path_exists(data, '$.** ? (@.type() == "string" && @ like_regex "[[:space:]]")')),
  constraint event_process_id_fk foreign key(process_id) references process (id),
  constraint event_person_id_fk foreign key(person_id) references person (id)
);
create index event_application_id_ix on event (application_id);
create index event_person_id_ix on event (person_id);
create index event_process_id_ix on event (process_id);
create table process_text (
  id uuid not null,
  process_id uuid not null,
  kind varchar(40) not null,
  words text not null,
  constraint process_text_pk primary key (id),
  constraint process_text_some_words_ck check (words <> ''),
  constraint process_text_process_id_fk foreign key(process_id) references process (id),
  constraint process_text_code_ck check (kind in ('reason', 'note', 'internal', 'public'))
);
create index process_text_process_id_ix on process_text (process_id);
create table rule_set (
  id uuid not null,
  part varchar(40) not null,
  version bigint not null,
  valid tstzrange not null,
  data jsonb not null,
  constraint rule_set_pk primary key (id),
  constraint rule_set_part_version_uq unique (part, version),
  constraint rule_set_part_valid_key unique (part, valid without overlaps),
  constraint rule_set_version_ck check (version > 0),
  constraint rule_set_code_ck check (part in ('manager', 'deputy', 'residential_worker', 'responsible_individual', 'trainee'))
);
create table accepted_qualification (
  id uuid not null,
  rule_set_id uuid not null,
  position bigint not null,
  title text not null,
  level bigint,
  country text not null,
  verdict varchar(40) not null,
  constraint accepted_qualification_pk primary key (id),
  constraint accepted_qualification_rule_set_id_fk foreign key(rule_set_id) references rule_set (id),
  constraint accepted_qualification_code_ck check (verdict in ('full', 'partial', 'no'))
);
create index accepted_qualification_rule_set_id_ix on accepted_qualification (rule_set_id);
create table standard (
  id uuid not null,
  rule_set_id uuid not null,
  position bigint not null,
  code text not null,
  title text not null,
  meaning text not null,
  constraint standard_pk primary key (id),
  constraint standard_rule_set_id_code_uq unique (rule_set_id, code),
  constraint standard_rule_set_id_fk foreign key(rule_set_id) references rule_set (id)
);
create index standard_rule_set_id_ix on standard (rule_set_id);
create table provider_group (
  id uuid not null,
  name text not null,
  constraint provider_group_pk primary key (id),
  constraint provider_group_name_uq unique (name)
);
create table provider (
  id uuid not null,
  name text not null,
  group_id uuid,
  constraint provider_pk primary key (id),
  constraint provider_name_uq unique (name),
  constraint provider_group_id_fk foreign key(group_id) references provider_group (id)
);
create index provider_group_id_ix on provider (group_id);
create table home (
  id uuid not null,
  urn text not null,
  name text not null,
  provider_id uuid not null,
  kind text not null,
  local_authority text not null,
  region text not null,
  town text,
  places bigint,
  registration_status text not null,
  inspection_outcome text,
  constraint home_pk primary key (id),
  constraint home_urn_ck check (urn ~ '^([A-Z]{2})?[0-9]{4,8}$'),
  constraint home_places_ck check (places >= 0),
  constraint home_urn_uq unique (urn),
  constraint home_provider_id_fk foreign key(provider_id) references provider (id)
);
create index home_local_authority_ix on home (local_authority);
create index home_provider_id_ix on home (provider_id);
create index home_town_ix on home (town);
create table employment (
  id uuid not null,
  person_id uuid not null,
  home_id uuid,
  employer text not null,
  home_named text not null,
  urn_typed text,
  role text not null,
  part varchar(40),
  fte_percent bigint not null,
  care boolean not null,
  supervisory boolean not null,
  manages boolean not null,
  valid tstzrange not null,
  reason_for_leaving text,
  source varchar(40) not null,
  recorded_at timestamptz not null,
  constraint employment_pk primary key (id),
  constraint employment_fte_percent_ck check (fte_percent between 1 and 100),
  constraint employment_valid_ck check (not isempty(valid) and not lower_inf(valid)),
  constraint employment_person_id_fk foreign key(person_id) references person (id),
  constraint employment_home_id_fk foreign key(home_id) references home (id),
  constraint employment_code_ck check (part in ('manager', 'deputy', 'residential_worker', 'responsible_individual', 'trainee')),
  constraint employment_source_ck check (source in ('applicant', 'employer'))
);
create index employment_home_id_ix on employment (home_id);
create index employment_person_id_ix on employment (person_id);
create table employment_gap (
  id uuid not null,
  person_id uuid not null,
  valid tstzrange not null,
  explanation text not null,
  constraint employment_gap_pk primary key (id),
  constraint employment_gap_valid_ck check (not isempty(valid) and not lower_inf(valid)),
  constraint employment_gap_person_id_fk foreign key(person_id) references person (id)
);
create index employment_gap_person_id_ix on employment_gap (person_id);
create table qualification (
  id uuid not null,
  person_id uuid not null,
  title text not null,
  awarding_body text not null,
  level bigint,
  country text not null,
  credits bigint,
  certificate_number text,
  learner_number text,
  awarded_on date,
  enrolled_on date,
  expected_on date,
  accepted_id uuid,
  verdict varchar(40),
  verified_at timestamptz,
  constraint qualification_pk primary key (id),
  constraint qualification_awarded_or_enrolled_ck check (awarded_on is not null or enrolled_on is not null),
  constraint qualification_verified_ck check ((verdict is null) = (verified_at is null)),
  constraint qualification_person_id_fk foreign key(person_id) references person (id),
  constraint qualification_accepted_id_fk foreign key(accepted_id) references accepted_qualification (id),
  constraint qualification_code_ck check (verdict in ('full', 'partial', 'no'))
);
create index qualification_person_id_ix on qualification (person_id);
create table request (
  id uuid not null,
  kind varchar(40) not null,
  application_id uuid not null,
  person_id uuid not null,
  process_id uuid not null,
  items jsonb not null,
  asked_at timestamptz not null,
  due_on date not null,
  reminded_at timestamptz,
  ended_at timestamptz,
  outcome varchar(40),
  version bigint not null,
  constraint request_pk primary key (id),
  constraint request_ended_ck check ((ended_at is null) = (outcome is null)),
  constraint request_order_ck check (ended_at >= asked_at),
  constraint request_code_ck check (kind in ('further_information')),
  constraint request_person_id_fk foreign key(person_id) references person (id),
  constraint request_process_id_fk foreign key(process_id) references process (id),
  constraint request_outcome_ck check (outcome in ('received', 'expired'))
);
create index request_application_id_ix on request (application_id);
create unique index request_one_open on request (application_id, kind) where ended_at is null;
create table proposal (
  id uuid not null,
  kind varchar(40) not null,
  application_id uuid not null,
  person_id uuid not null,
  data jsonb not null,
  process_id uuid not null,
  proposer_id uuid not null,
  proposed_at timestamptz not null,
  touched uuid[] not null,
  state varchar(40) not null,
  approver_id uuid,
  decided_at timestamptz,
  decided_in uuid,
  version bigint not null,
  constraint proposal_pk primary key (id),
  constraint proposal_two_people_ck check (approver_id <> proposer_id),
  constraint proposal_fresh_eyes_ck check (approver_id <> all (touched)),
  constraint proposal_decided_ck check ((state in ('waiting', 'withdrawn')) = (approver_id is null) and (state = 'waiting') = (decided_at is null)),
  constraint proposal_code_ck check (kind in ('grant', 'grant_with_conditions', 'refuse')),
  constraint proposal_person_id_fk foreign key(person_id) references person (id),
  constraint proposal_process_id_fk foreign key(process_id) references process (id),
  constraint proposal_proposer_id_fk foreign key(proposer_id) references account (id),
  constraint proposal_state_ck check (state in ('waiting', 'approved', 'returned', 'withdrawn')),
  constraint proposal_approver_id_fk foreign key(approver_id) references account (id),
  constraint proposal_decided_in_fk foreign key(decided_in) references process (id)
);
create index proposal_application_id_ix on proposal (application_id);
create unique index proposal_one_waiting on proposal (application_id) where state = 'waiting';
create table entry (
  id uuid not null,
  person_id uuid not null,
  part varchar(40) not null,
  created_at timestamptz not null,
  version bigint not null,
  constraint entry_pk primary key (id),
  constraint entry_person_id_part_uq unique (person_id, part),
  constraint entry_person_id_fk foreign key(person_id) references person (id),
  constraint entry_code_ck check (part in ('manager', 'deputy', 'residential_worker', 'responsible_individual', 'trainee'))
);
create table registration (
  until_on date not null,
  rule_set_id uuid not null,
  id uuid not null,
  valid tstzrange not null,
  recorded_at timestamptz not null,
  entry_id uuid not null,
  process_id uuid not null,
  constraint registration_pk primary key (id),
  constraint registration_entry_id_valid_key unique (entry_id, valid without overlaps),
  constraint registration_valid_ck check (not isempty(valid) and not lower_inf(valid)),
  constraint registration_rule_set_id_fk foreign key(rule_set_id) references rule_set (id),
  constraint registration_entry_id_fk foreign key(entry_id) references entry (id),
  constraint registration_process_id_fk foreign key(process_id) references process (id)
);
create index registration_entry_id_ix on registration (entry_id);
create table lapse (
  because varchar(40) not null,
  id uuid not null,
  valid tstzrange not null,
  recorded_at timestamptz not null,
  entry_id uuid not null,
  process_id uuid not null,
  constraint lapse_pk primary key (id),
  constraint lapse_valid_ck check (not isempty(valid) and not lower_inf(valid)),
  constraint lapse_code_ck check (because in ('not_renewed', 'non_payment')),
  constraint lapse_entry_id_fk foreign key(entry_id) references entry (id),
  constraint lapse_process_id_fk foreign key(process_id) references process (id)
);
create index lapse_entry_id_ix on lapse (entry_id);
create table removal (
  because varchar(40) not null,
  id uuid not null,
  valid tstzrange not null,
  recorded_at timestamptz not null,
  entry_id uuid not null,
  process_id uuid not null,
  constraint removal_pk primary key (id),
  constraint removal_valid_ck check (not isempty(valid) and not lower_inf(valid)),
  constraint removal_code_ck check (because in ('voluntary', 'voluntary_during_case', 'condition', 'cpd', 'error', 'order', 'automatic')),
  constraint removal_entry_id_fk foreign key(entry_id) references entry (id),
  constraint removal_process_id_fk foreign key(process_id) references process (id)
);
create index removal_entry_id_ix on removal (entry_id);
create table practice_order (
  kind varchar(40) not null,
  text_id uuid,
  id uuid not null,
  valid tstzrange not null,
  recorded_at timestamptz not null,
  entry_id uuid not null,
  process_id uuid not null,
  constraint practice_order_pk primary key (id),
  constraint practice_order_valid_ck check (not isempty(valid) and not lower_inf(valid)),
  constraint practice_order_code_ck check (kind in ('interim_conditions', 'interim_suspension', 'conditions_order', 'suspension_order')),
  constraint practice_order_text_id_fk foreign key(text_id) references process_text (id) on delete set null,
  constraint practice_order_entry_id_fk foreign key(entry_id) references entry (id),
  constraint practice_order_process_id_fk foreign key(process_id) references process (id)
);
create index practice_order_entry_id_ix on practice_order (entry_id);
create table condition (
  kind varchar(40) not null,
  due_on date,
  text_id uuid,
  id uuid not null,
  valid tstzrange not null,
  recorded_at timestamptz not null,
  entry_id uuid not null,
  process_id uuid not null,
  constraint condition_pk primary key (id),
  constraint condition_registration_fk foreign key (entry_id, period valid) references registration (entry_id, period valid) deferrable initially deferred,
  constraint condition_valid_ck check (not isempty(valid) and not lower_inf(valid)),
  constraint condition_due_on_ck check (kind <> 'qual_condition' or due_on is not null),
  constraint condition_code_ck check (kind in ('qual_condition', 'reg_condition')),
  constraint condition_text_id_fk foreign key(text_id) references process_text (id) on delete set null,
  constraint condition_entry_id_fk foreign key(entry_id) references entry (id),
  constraint condition_process_id_fk foreign key(process_id) references process (id)
);
create index condition_entry_id_ix on condition (entry_id);
create table warning (
  kind varchar(40) not null,
  text_id uuid,
  id uuid not null,
  valid tstzrange not null,
  recorded_at timestamptz not null,
  entry_id uuid not null,
  process_id uuid not null,
  constraint warning_pk primary key (id),
  constraint warning_valid_ck check (not isempty(valid) and not lower_inf(valid)),
  constraint warning_code_ck check (kind in ('warning', 'advice')),
  constraint warning_text_id_fk foreign key(text_id) references process_text (id) on delete set null,
  constraint warning_entry_id_fk foreign key(entry_id) references entry (id),
  constraint warning_process_id_fk foreign key(process_id) references process (id)
);
create index warning_entry_id_ix on warning (entry_id);
create table hold (
  id uuid not null,
  valid tstzrange not null,
  recorded_at timestamptz not null,
  entry_id uuid not null,
  process_id uuid not null,
  constraint hold_pk primary key (id),
  constraint hold_valid_ck check (not isempty(valid) and not lower_inf(valid)),
  constraint hold_entry_id_fk foreign key(entry_id) references entry (id),
  constraint hold_process_id_fk foreign key(process_id) references process (id)
);
create index hold_entry_id_ix on hold (entry_id);
create table entry_projection (
  entry_id uuid not null,
  person_id uuid not null,
  number text not null,
  part varchar(40) not null,
  name text not null,
  name_key text not null,
  status varchar(40),
  may_practise boolean not null,
  registered_from date,
  registered_until date,
  town text,
  qualifications text[] not null,
  restrictions jsonb not null,
  previous_periods jsonb not null,
  tokens text[] not null,
  published boolean not null,
  good_until timestamptz,
  constraint entry_projection_pk primary key (entry_id),
  constraint entry_projection_entry_id_fk foreign key(entry_id) references entry (id),
  constraint entry_projection_person_id_fk foreign key(person_id) references person (id),
  constraint entry_projection_code_ck check (part in ('manager', 'deputy', 'residential_worker', 'responsible_individual', 'trainee')),
  constraint entry_projection_status_ck check (status in ('registered', 'suspended', 'lapsed', 'removed', 'removed_voluntary', 'removed_by_order', 'held'))
);
create index entry_projection_good_until on entry_projection (good_until);
create index entry_projection_number_ix on entry_projection (number);
create index entry_projection_order on entry_projection (name_key, entry_id);
create index entry_projection_person_id_ix on entry_projection (person_id);
create index entry_projection_tokens on entry_projection using gin (tokens)
"""

MADE = (
    "person",
    "person_name",
    "issued_number",
    "account",
    "role_grant",
    "process",
    "event",
    "process_text",
    "rule_set",
    "accepted_qualification",
    "standard",
    "provider_group",
    "provider",
    "home",
    "employment",
    "employment_gap",
    "qualification",
    "request",
    "proposal",
    "entry",
    "registration",
    "lapse",
    "removal",
    "practice_order",
    "condition",
    "warning",
    "hold",
    "entry_projection",
)

FACTS = (
    "registration",
    "lapse",
    "removal",
    "practice_order",
    "condition",
    "warning",
    "hold",
)
KEPT = ("event", "issued_number", "rule_set", "accepted_qualification", "standard")
"""Rows of these are added and never changed."""

SUPERSEDE = """
create function supersede() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare moment timestamptz;
begin
  if tg_op = 'UPDATE' then
    moment := new.recorded_at;
  else
    moment := nullif(current_setting('register.moment', true), '')::timestamptz;
  end if;
  if moment is null or moment < old.recorded_at then
    raise exception '% is changed only by an act of its own, later than the last', tg_table_name using errcode = 'check_violation';
  end if;
  -- Changed twice in one act, the form between was never held.
  if moment > old.recorded_at then
    execute format(
      'insert into public.%1$I select (jsonb_populate_record(null::public.%1$I, $1)).*', tg_table_name || '_superseded'
    ) using to_jsonb(old) || jsonb_build_object('recorded', tstzrange(old.recorded_at, moment));
  end if;
  return coalesce(new, old);
end $$
"""

ERASE = """
create function erase_words(text_id uuid, moment timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare act uuid;
begin
  delete from public.process_text t where t.id = text_id returning t.process_id into act;
  if act is null then
    raise exception 'there are no such words' using errcode = 'no_data_found';
  end if;
  insert into public.event (process_id, kind, at, data) values (act, 'text:erased', moment, jsonb_build_object('text', text_id));
end $$
"""


def upgrade() -> None:
    for statement in TABLES.strip().split(";\n"):
        op.execute(statement)
    for table in KEPT:
        keep(table)
    op.execute(SUPERSEDE)
    for fact in FACTS:
        op.execute(f"""
            create table {fact}_superseded (
              like {fact}, recorded tstzrange not null,
              constraint {fact}_superseded_pk primary key (id, recorded),
              constraint {fact}_superseded_entry_id_fk foreign key (entry_id) references entry (id),
              constraint {fact}_superseded_process_id_fk foreign key (process_id) references process (id)
            )""")
        op.execute(
            f"create index {fact}_superseded_entry_id_ix on {fact}_superseded (entry_id)"
        )
        keep(f"{fact}_superseded")
        op.execute(
            f"create trigger superseded before update or delete on {fact} for each row execute function supersede()"
        )
        op.execute(f"alter table {fact} enable always trigger superseded")
        refuse(fact, "truncate", "statement")
    op.execute("""
        alter table registration_superseded add constraint registration_superseded_rule_set_id_fk
        foreign key (rule_set_id) references rule_set (id)""")
    let_only_the_eraser_delete_words()


def keep(table: str) -> None:
    """Refuse every change, to the owner too."""
    op.execute(f"revoke update, delete, truncate on {table} from register_app")
    refuse(table, "update or delete", "row")
    refuse(table, "truncate", "statement")


def refuse(table: str, what: str, each: str) -> None:
    name = f"no_{what.split(maxsplit=1)[0]}"
    op.execute(
        f"create trigger {name} before {what} on {table} for each {each} execute function refuse_change()"
    )
    # Fires under session_replication_role = replica too.
    op.execute(f"alter table {table} enable always trigger {name}")


def let_only_the_eraser_delete_words() -> None:
    op.execute("revoke update, delete, truncate on process_text from register_app")
    op.execute("""
        create trigger no_update before update or delete on process_text for each row
        when (current_user <> 'register_eraser') execute function refuse_change()""")
    op.execute("alter table process_text enable always trigger no_update")
    refuse("process_text", "truncate", "statement")
    op.execute("grant delete, select on process_text to register_eraser")
    op.execute("grant insert on event to register_eraser")
    op.execute(ERASE)
    op.execute("revoke execute on function erase_words from public")
    # The function acts as its owner, and only the eraser's own processes may call it. A role gets a function only in a
    # schema where it may create, so the right is lent for the hand-over.
    op.execute("grant create on schema public to register_eraser")
    op.execute("reset role")
    op.execute("alter function erase_words owner to register_eraser")
    op.execute("set role register_owner")
    op.execute("revoke create on schema public from register_eraser")


def downgrade() -> None:
    op.execute("drop function erase_words")
    for fact in reversed(FACTS):
        op.execute(f"drop table {fact}_superseded")
    for table in reversed(MADE):
        op.execute(f"drop table {table}")
    op.execute("drop function supersede")
