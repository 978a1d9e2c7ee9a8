"""Hearings: who may decide, applications, hearings with their panels, directions, findings and decisions, and the court's extensions.

Those who decide read what is laid before them at the hearings on which they sit, and of other hearings nothing; what they write
the service writes for them. The registrant sees a hearing from the day on which they were served with notice of it, and what
was found and decided once it is decided.
"""

from alembic import op

from migrations.steps import allow, policy, refuse

revision = "2026_11_27_97"
down_revision = "2026_11_27_96b"
branch_labels = None
depends_on = None

EVENTS = (
    "order_reviewed order_extended interim_applied hearing_listed hearing_adjourned hearing_vacated hearing_begun "
    "hearing_decided panel_seated panel_released directed direction_met found ground_found decision_drawn_up decision_signed"
)
READS = "hearings"
SERVED = "hearing panel decision"
MEASURES = (
    "'advice', 'warning', 'conditions_order', 'suspension_order', 'removal_order', 'interim_conditions', "
    "'interim_suspension'"
)
INTERIM = "measure in ('interim_conditions', 'interim_suspension')"
GROUNDS = (
    '["misconduct", "competence", "conviction", "foreign_conviction", "health", "other_regulator", "barred", '
    '"english"]'
)
TABLES = f"""
create table decider (
  account_id uuid not null,
  side varchar(40) not null,
  may_chair boolean not null,
  areas jsonb not null,
  process_id uuid not null,
  constraint decider_pk primary key (account_id),
  constraint decider_side_ck check (side in ('lay', 'registrant')),
  constraint decider_chair_ck check (side = 'lay' or not may_chair),
  constraint decider_account_id_fk foreign key (account_id) references account (id),
  constraint decider_process_id_fk foreign key (process_id) references process (id)
);
create table declared_interest (
  id uuid not null,
  account_id uuid not null,
  person_id uuid,
  home_id uuid,
  from_on date not null,
  until_on date,
  declared_at timestamptz not null,
  process_id uuid not null,
  sealed bytea not null,
  taken_back_at timestamptz,
  constraint declared_interest_pk primary key (id),
  constraint declared_interest_order_ck check (from_on <= until_on),
  constraint declared_interest_one_ck check (num_nonnulls(person_id, home_id) <= 1),
  constraint declared_interest_account_id_fk foreign key (account_id) references account (id),
  constraint declared_interest_person_id_fk foreign key (person_id) references person (id),
  constraint declared_interest_home_id_fk foreign key (home_id) references home (id),
  constraint declared_interest_process_id_fk foreign key (process_id) references process (id)
);
create index declared_interest_account_id_ix on declared_interest (account_id);
create table free_days (
  id uuid not null,
  account_id uuid not null,
  from_on date not null,
  until_on date not null,
  process_id uuid not null,
  taken_back_at timestamptz,
  constraint free_days_pk primary key (id),
  constraint free_days_order_ck check (from_on <= until_on),
  constraint free_days_account_id_fk foreign key (account_id) references account (id),
  constraint free_days_process_id_fk foreign key (process_id) references process (id)
);
create index free_days_account_id_ix on free_days (account_id);
create table interim_application (
  id uuid not null,
  case_id uuid not null,
  number bigint not null,
  process_id uuid not null,
  applied_at timestamptz not null,
  text_id uuid,
  evidence jsonb not null,
  ended_at timestamptz,
  constraint interim_application_pk primary key (id),
  constraint interim_application_case_id_number_uq unique (case_id, number),
  constraint interim_application_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint interim_application_process_id_fk foreign key (process_id) references process (id),
  constraint interim_application_text_id_fk foreign key (text_id) references case_text (id) on delete set null
);
create unique index interim_application_one on interim_application (case_id) where ended_at is null;
create table hearing (
  id uuid not null,
  case_id uuid not null,
  number bigint not null,
  kind varchar(40) not null,
  state varchar(40) not null,
  process_id uuid not null,
  application_id uuid,
  order_id uuid,
  set_at timestamptz not null,
  starts_at timestamptz not null,
  last_on date not null,
  remote boolean not null,
  place_id uuid,
  privacy varchar(40) not null,
  private_because varchar(40),
  told_in_the_room boolean not null,
  begun_at timestamptz,
  attendance varchar(40),
  decided_at timestamptz,
  version bigint not null,
  constraint hearing_pk primary key (id),
  constraint hearing_case_id_number_uq unique (case_id, number),
  constraint hearing_kind_ck check (kind in ('interim_order', 'interim_review', 'final', 'order_review')),
  constraint hearing_state_ck check (state in ('listed', 'adjourned', 'vacated', 'decided')),
  constraint hearing_privacy_ck check (privacy in ('public', 'partly', 'private')),
  constraint hearing_private_because_ck check (private_because in ('health', 'child', 'third_party', 'interim')),
  constraint hearing_attendance_ck check (attendance in ('present', 'represented', 'absent')),
  constraint hearing_decided_ck check ((state = 'decided') = (decided_at is not null)),
  constraint hearing_days_ck check (last_on >= (starts_at at time zone 'Europe/London')::date),
  constraint hearing_reviewed_ck check ((kind in ('interim_review', 'order_review')) = (order_id is not null)),
  constraint hearing_applied_ck check ((kind = 'interim_order') = (application_id is not null)),
  constraint hearing_private_ck check ((privacy = 'public') = (private_because is null)),
  constraint hearing_begun_ck check ((begun_at is null) = (attendance is null) and begun_at >= starts_at
    and decided_at >= begun_at and (state <> 'decided' or begun_at is not null)),
  constraint hearing_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint hearing_process_id_fk foreign key (process_id) references process (id),
  constraint hearing_application_id_fk foreign key (application_id) references interim_application (id),
  constraint hearing_order_id_fk foreign key (order_id) references case_order (id),
  constraint hearing_place_id_fk foreign key (place_id) references case_text (id) on delete set null
);
create unique index hearing_one_open on hearing (case_id, kind) where state in ('listed', 'adjourned');
create index hearing_starts_at_ix on hearing (starts_at);
create table hearing_member (
  id uuid not null,
  hearing_id uuid not null,
  case_id uuid not null,
  account_id uuid not null,
  seat varchar(40) not null,
  side varchar(40),
  first_on date not null,
  last_on date not null,
  weighed jsonb not null,
  joined_at timestamptz not null,
  process_id uuid not null,
  text_id uuid,
  released_at timestamptz,
  released_for varchar(40),
  signed_at timestamptz,
  over_at timestamptz,
  constraint hearing_member_pk primary key (id),
  constraint hearing_member_seat_ck check (seat in ('chair', 'member', 'adviser')),
  constraint hearing_member_side_code_ck check (side in ('lay', 'registrant')),
  constraint hearing_member_released_for_ck check (released_for in ('conflict', 'cannot_come', 'other')),
  constraint hearing_member_days_ck check (first_on <= last_on),
  constraint hearing_member_side_ck check ((seat = 'adviser') = (side is null)),
  constraint hearing_member_released_ck check ((released_at is null) = (released_for is null)),
  constraint hearing_member_signed_ck check (seat <> 'adviser' or signed_at is null),
  constraint hearing_member_one_place_ex exclude using gist (account_id with =, daterange(first_on, last_on, '[]') with &&)
    where (released_at is null and over_at is null),
  constraint hearing_member_hearing_id_fk foreign key (hearing_id) references hearing (id),
  constraint hearing_member_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint hearing_member_account_id_fk foreign key (account_id) references account (id),
  constraint hearing_member_process_id_fk foreign key (process_id) references process (id),
  constraint hearing_member_text_id_fk foreign key (text_id) references case_text (id) on delete set null
);
create index hearing_member_hearing_id_ix on hearing_member (hearing_id);
create index hearing_member_case_id_ix on hearing_member (case_id);
create unique index hearing_member_seats on hearing_member (hearing_id, seat) where released_at is null and seat <> 'member';
create table hearing_direction (
  id uuid not null,
  hearing_id uuid not null,
  case_id uuid not null,
  number bigint not null,
  directed varchar(40) not null,
  due_on date not null,
  given_at timestamptz not null,
  met_at timestamptz,
  process_id uuid not null,
  text_id uuid,
  constraint hearing_direction_pk primary key (id),
  constraint hearing_direction_hearing_id_number_uq unique (hearing_id, number),
  constraint hearing_direction_directed_ck check (directed in ('us', 'registrant', 'both')),
  constraint hearing_direction_order_ck check (met_at >= given_at),
  constraint hearing_direction_hearing_id_fk foreign key (hearing_id) references hearing (id),
  constraint hearing_direction_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint hearing_direction_process_id_fk foreign key (process_id) references process (id),
  constraint hearing_direction_text_id_fk foreign key (text_id) references case_text (id) on delete set null
);
create index hearing_direction_case_id_ix on hearing_direction (case_id);
create table hearing_finding (
  id uuid not null,
  hearing_id uuid not null,
  case_id uuid not null,
  particular_id uuid not null,
  found varchar(40) not null,
  found_at timestamptz not null,
  process_id uuid not null,
  text_id uuid,
  constraint hearing_finding_pk primary key (id),
  constraint hearing_finding_hearing_id_particular_id_uq unique (hearing_id, particular_id),
  constraint hearing_finding_found_ck check (found in ('admitted', 'proved', 'not_proved', 'no_case')),
  constraint hearing_finding_hearing_id_fk foreign key (hearing_id) references hearing (id),
  constraint hearing_finding_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint hearing_finding_particular_id_fk foreign key (particular_id) references particular (id),
  constraint hearing_finding_process_id_fk foreign key (process_id) references process (id),
  constraint hearing_finding_text_id_fk foreign key (text_id) references case_text (id) on delete set null
);
create index hearing_finding_case_id_ix on hearing_finding (case_id);
create table hearing_ground (
  id uuid not null,
  hearing_id uuid not null,
  case_id uuid not null,
  allegation_id uuid not null,
  grounds jsonb not null,
  found_at timestamptz not null,
  process_id uuid not null,
  text_id uuid,
  constraint hearing_ground_pk primary key (id),
  constraint hearing_ground_hearing_id_allegation_id_uq unique (hearing_id, allegation_id),
  constraint hearing_ground_grounds_ck check (grounds <@ '{GROUNDS}'),
  constraint hearing_ground_hearing_id_fk foreign key (hearing_id) references hearing (id),
  constraint hearing_ground_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint hearing_ground_allegation_id_fk foreign key (allegation_id) references allegation (id),
  constraint hearing_ground_process_id_fk foreign key (process_id) references process (id),
  constraint hearing_ground_text_id_fk foreign key (text_id) references case_text (id) on delete set null
);
create index hearing_ground_case_id_ix on hearing_ground (case_id);
create table hearing_decision (
  hearing_id uuid not null,
  case_id uuid not null,
  drawn_at timestamptz not null,
  process_id uuid not null,
  outcome varchar(40) not null,
  protects_the_public boolean not null,
  in_their_interests boolean not null,
  measure varchar(40),
  months bigint,
  cover varchar(40),
  cover_months bigint,
  text_id uuid,
  wording_id uuid,
  cover_wording_id uuid,
  order_id uuid,
  cover_id uuid,
  constraint hearing_decision_pk primary key (hearing_id),
  constraint hearing_decision_outcome_ck check (outcome in ('no_order', 'order', 'continue', 'expire', 'extend', 'vary',
    'replace', 'revoke', 'not_proved', 'not_impaired', 'impaired')),
  constraint hearing_decision_measure_ck check (measure in ({MEASURES})),
  constraint hearing_decision_cover_code_ck check (cover in ({MEASURES})),
  constraint hearing_decision_order_ck check (measure is not null or order_id is null),
  constraint hearing_decision_cover_ck check (cover is not null or cover_id is null),
  constraint hearing_decision_hearing_id_fk foreign key (hearing_id) references hearing (id),
  constraint hearing_decision_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint hearing_decision_process_id_fk foreign key (process_id) references process (id),
  constraint hearing_decision_text_id_fk foreign key (text_id) references case_text (id) on delete set null,
  constraint hearing_decision_wording_id_fk foreign key (wording_id) references case_text (id) on delete set null,
  constraint hearing_decision_cover_wording_id_fk foreign key (cover_wording_id) references case_text (id) on delete set null,
  constraint hearing_decision_order_id_fk foreign key (order_id) references case_order (id),
  constraint hearing_decision_cover_id_fk foreign key (cover_id) references case_order (id)
);
create index hearing_decision_case_id_ix on hearing_decision (case_id);
create table court_extension (
  order_id uuid not null,
  case_id uuid not null,
  ordered_on date not null,
  process_id uuid not null,
  text_id uuid,
  constraint court_extension_pk primary key (order_id),
  constraint court_extension_order_id_fk foreign key (order_id) references case_order (id),
  constraint court_extension_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint court_extension_process_id_fk foreign key (process_id) references process (id),
  constraint court_extension_text_id_fk foreign key (text_id) references case_text (id) on delete set null
);
create index court_extension_case_id_ix on court_extension (case_id);
create table hearing_service (
  service_id uuid not null,
  hearing_id uuid not null,
  case_id uuid not null,
  starts_at timestamptz not null,
  last_on date not null,
  constraint hearing_service_pk primary key (service_id),
  constraint hearing_service_service_id_fk foreign key (service_id) references case_service (id),
  constraint hearing_service_hearing_id_fk foreign key (hearing_id) references hearing (id),
  constraint hearing_service_case_id_fk foreign key (case_id) references fitness_case (id)
);
create index hearing_service_hearing_id_ix on hearing_service (hearing_id);
create index hearing_service_case_id_ix on hearing_service (case_id);
alter table case_order add column replaces_id uuid;
alter table case_order add constraint case_order_replaces_id_fk foreign key (replaces_id) references case_order (id);
alter table case_order drop constraint case_order_term_ck;
alter table case_order add constraint case_order_term_ck check ((measure = 'removal_order') = (ends_at is null)
  and (ends_at is null or decided_by = 'court') = (months is null) and ends_at > starts_at);
alter table case_order drop constraint case_order_interim_ck;
alter table case_order add constraint case_order_interim_ck check (
  ({INTERIM} or decided_by not in ('interim_panel', 'court'))
  and (not ({INTERIM}) or decided_by in ('interim_panel', 'panel', 'court')))
"""
UNDONE = f"""
alter table case_order disable trigger user;
delete from order_fact where order_id in (select id from case_order where decided_by = 'court' or {INTERIM} and decided_by = 'panel');
delete from case_order where decided_by = 'court' or {INTERIM} and decided_by = 'panel';
alter table case_order enable trigger user;
alter table case_order drop constraint case_order_interim_ck;
alter table case_order add constraint case_order_interim_ck check (({INTERIM}) = (decided_by = 'interim_panel'));
alter table case_order drop constraint case_order_term_ck;
alter table case_order add constraint case_order_term_ck check (
  (measure = 'removal_order') = (ends_at is null) and (ends_at is null) = (months is null) and ends_at > starts_at);
alter table case_order drop column replaces_id
"""
ORDERS = """
create or replace function case_order_decided() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  {court}if (select count(distinct account_id) from case_member where case_id = new.case_id and place = case new.decided_by
    when 'interim_panel' then 'interim_panel' when 'panel' then 'panel' else 'examiner' end) < 2 then
    raise exception 'nobody is there who may decide on an order' using errcode = 'check_violation';
  end if;
  return new;
end $$"""
COURT = """if new.decided_by = 'court' then
    return new;
  end if;
  """
DECIDED = """
create function hearing_decided() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if new.state = 'decided' and old.state is distinct from 'decided' and (
    select count(*) < 2 or bool_or(signed_at is null) or not bool_or(seat = 'chair')
    from hearing_member where hearing_id = new.id and seat <> 'adviser' and released_at is null
  ) then
    raise exception 'a hearing is decided by its chair and its members, each of whom signs' using errcode = 'check_violation';
  end if;
  if old.state in ('decided', 'vacated') and new.state <> old.state then
    raise exception 'a hearing that is over stays as it is' using errcode = 'check_violation';
  end if;
  return new;
end $$"""
OVER = """
create function hearing_over() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform from hearing where id = new.hearing_id and state = 'decided';
  if found and not (tg_table_name = 'hearing_decision' and tg_op = 'UPDATE') then
    raise exception 'what was found at a hearing stays as it is once it is decided' using errcode = 'check_violation';
  end if;
  return new;
end $$"""
SITTING = """
create function fitness_own_hearings() returns uuid[] language sql stable security definer
  set search_path = public, pg_temp as $$
  select coalesce(array_agg(hearing_id), '{}') from hearing_member
  where fitness_capacity() = 'staff' and account_id = fitness_account() and released_at is null
$$"""
FOUND = """
create function fitness_found_versions() returns uuid[] language sql stable security definer
  set search_path = public, pg_temp as $$
  select coalesce(array_agg(distinct particular.version_id), '{}')
  from hearing_finding join hearing on hearing.id = hearing_id join particular on particular.id = particular_id
    join fitness_case on fitness_case.id = hearing.case_id
  where fitness_capacity() = 'own' and decided_at is not null and told_at is not null
    and person_id = any (fitness_own_persons())
$$"""
SERVICE = "(select fitness_capacity()) = 'service'"
OUR_PEOPLE = "'investigator', 'team_manager', 'registrar', 'hearings_officer'"
STAFF = f"({SERVICE} or (select fitness_has_role({OUR_PEOPLE}, 'auditor')))"
WRITERS = f"({SERVICE} or (select fitness_has_role({OUR_PEOPLE})))"
HAD_WRITERS = f"({SERVICE} or (select fitness_has_role('investigator', 'team_manager', 'registrar')))"
OFFICERS = (
    f"({SERVICE} or (select fitness_has_role('hearings_officer', 'team_manager')))"
)
OFFICE = f"({SERVICE} or (select fitness_has_role('hearings_officer', 'team_manager', 'registrar')))"
PANEL = "(select fitness_has_role('adjudicator', 'legal_adviser'))"
OWN = "(select fitness_capacity()) = 'own'"
OF_A_CASE = "case_id in (select id from fitness_case)"
OF_A_HEARING = "hearing_id in (select id from hearing)"
THEY_SIT = "id = any ((select fitness_own_hearings())::uuid[])"
SERVED_WITH = "id in (select hearing_id from hearing_service)"
OF_DECIDED = "hearing_id in (select id from hearing where decided_at is not null)"
OF_A_HEARING_TOO = (
    "hearing_direction",
    "hearing_finding",
    "hearing_ground",
    "hearing_decision",
)
OF_CASES = (
    "interim_application",
    "hearing",
    "hearing_service",
    "hearing_member",
    *OF_A_HEARING_TOO,
    "court_extension",
)
ONLY_ADDED = ("hearing_service", "court_extension")
OF_OFFICE = ("decider", "declared_interest", "free_days")
WORDS = """id in (select place_id from hearing) or id in (select text_id from hearing_direction)
  or id in (select text_id from hearing_finding) or id in (select text_id from hearing_ground)
  or id in (select text_id from hearing_decision) or id in (select wording_id from hearing_decision)
  or id in (select cover_wording_id from hearing_decision)"""
LAID_BEFORE = f"{WORDS} or id in (select text_id from interim_application)"


def upgrade() -> None:
    for statement in TABLES.strip().split(";\n"):
        op.execute(statement)
    allow("case_event", "case_event_code_ck", "kind", EVENTS)
    allow("case_read", "case_read_what_ck", "what", READS)
    allow("case_service", "case_service_kind_ck", "kind", SERVED)
    allow("case_order", "case_order_decided_by_ck", "decided_by", "court")
    op.execute(ORDERS.replace("{court}", COURT))
    op.execute(DECIDED)
    op.execute(OVER)
    op.execute(SITTING)
    op.execute(FOUND)
    op.execute(
        "create trigger decided before update on hearing for each row execute function hearing_decided()"
    )
    for table in ("hearing_finding", "hearing_ground", "hearing_decision"):
        op.execute(
            f"create trigger over before insert or update on {table} for each row execute function hearing_over()"
        )
    for table in (*OF_CASES, *OF_OFFICE):
        op.execute(f"revoke delete, truncate on {table} from register_app")
    for table in ONLY_ADDED:
        op.execute(f"revoke update on {table} from register_app")
    who_reads()
    who_writes()


def who_reads() -> None:
    for table in OF_CASES:
        policy(table, "select", f"{STAFF} and {OF_A_CASE}")
    for table in OF_OFFICE:
        policy(table, "select", OFFICE)
    policy("interim_application", "select", f"{PANEL} and {OF_A_CASE}", name="panel")
    policy("hearing_member", "select", f"{PANEL} and {OF_A_CASE}", name="panel")
    policy("hearing", "select", f"{PANEL} and {OF_A_CASE} and {THEY_SIT}", name="panel")
    for table in OF_A_HEARING_TOO:
        policy(table, "select", f"{PANEL} and {OF_A_HEARING}", name="panel")
    policy("case_comment", "select", f"{PANEL} and {OF_A_CASE}", name="panel")
    policy("case_text", "select", f"{PANEL} and ({LAID_BEFORE})", name="panel")
    policy("hearing_service", "select", f"{OWN} and {OF_A_CASE}", name="own")
    policy("hearing_service", "select", f"{PANEL} and {OF_A_CASE}", name="panel")
    policy("hearing", "select", f"{OWN} and {OF_A_CASE} and {SERVED_WITH}", name="own")
    policy("hearing_member", "select", f"{OWN} and {OF_A_HEARING}", name="own")
    policy("hearing_direction", "select", f"{OWN} and {OF_A_HEARING}", name="own")
    for table in ("hearing_finding", "hearing_ground", "hearing_decision"):
        policy(table, "select", f"{OWN} and {OF_DECIDED}", name="own")
    # What was found is found of what was alleged: they read it with that, whether or not it was disclosed before.
    policy(
        "allegation_version",
        "select",
        "id = any ((select fitness_found_versions())::uuid[])",
        name="own_found",
    )
    policy("case_text", "select", f"{OWN} and ({WORDS})", name="own_hearings")


def who_writes() -> None:
    for table in OF_CASES:
        policy(table, "insert", f"{WRITERS} and {OF_A_CASE}")
        if table not in ONLY_ADDED:
            policy(table, "update", f"{WRITERS} and {OF_A_CASE}")
    for table in OF_OFFICE:
        policy(table, "insert", OFFICERS)
        policy(table, "update", OFFICERS)
    op.execute(
        f"alter policy case_member_update_ours on case_member using ({WRITERS} and {OF_A_CASE}) with check ({WRITERS} and {OF_A_CASE})"
    )


def downgrade() -> None:
    op.execute(
        f"alter policy case_member_update_ours on case_member using ({HAD_WRITERS} and {OF_A_CASE}) with check ({HAD_WRITERS} and {OF_A_CASE})"
    )
    for name, table in (
        ("own_hearings", "case_text"),
        ("own_found", "allegation_version"),
        ("panel", "case_text"),
        ("panel", "case_comment"),
    ):
        op.execute(f"drop policy {table}_select_{name} on {table}")
    op.execute("drop policy hearing_select_own on hearing")
    for table in (*reversed(OF_CASES), *OF_OFFICE):
        op.execute(f"drop table {table} cascade")
    for function in (
        "fitness_found_versions",
        "fitness_own_hearings",
        "hearing_over",
        "hearing_decided",
    ):
        op.execute(f"drop function {function}")
    op.execute(ORDERS.replace("{court}", ""))
    for statement in UNDONE.strip().split(";\n"):
        op.execute(statement)
    refuse("case_order", "case_order_decided_by_ck", "decided_by", "court")
    refuse("case_service", "case_service_kind_ck", "kind", SERVED)
    refuse("case_read", "case_read_what_ck", "what", READS)
    refuse("case_event", "case_event_code_ck", "kind", EVENTS)
