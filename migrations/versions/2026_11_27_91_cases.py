"""Cases, who works on them, their history, and the fence around them: what no statement may see, whatever it forgets to ask."""

from alembic import op

revision = "2026_11_27_91"
down_revision = "2026_11_27_90"
branch_labels = None
depends_on = None

TABLES = """
create table fitness_case (
  id uuid not null,
  reference text not null,
  person_id uuid not null,
  rule_set_id uuid not null,
  stage varchar(40) not null,
  stage_since timestamptz not null,
  restricted boolean not null,
  opened_at timestamptz not null,
  tell_by date,
  told_at timestamptz,
  closed_at timestamptz,
  because varchar(40),
  joined_to uuid,
  version bigint not null,
  constraint fitness_case_pk primary key (id),
  constraint fitness_case_reference_uq unique (reference),
  constraint fitness_case_stage_ck check (stage in ('triage', 'investigation', 'closed')),
  constraint fitness_case_because_ck check (because in ('triage_closed', 'triage_advice', 'triage_passed_on', 'joined')),
  constraint fitness_case_closed_ck check (
    (stage = 'closed') = (closed_at is not null) and (closed_at is null) = (because is null)),
  constraint fitness_case_joined_ck check (
    (because = 'joined') is true = (joined_to is not null) and joined_to <> id),
  constraint fitness_case_told_ck check (
    (stage <> 'triage' or tell_by is null) and (tell_by is not null or told_at is null)),
  constraint fitness_case_order_ck check (closed_at >= opened_at),
  constraint fitness_case_person_id_fk foreign key (person_id) references person (id),
  constraint fitness_case_rule_set_id_fk foreign key (rule_set_id) references rule_set (id),
  constraint fitness_case_joined_to_fk foreign key (joined_to) references fitness_case (id)
);
create index fitness_case_person_id_ix on fitness_case (person_id);
create index fitness_case_open on fitness_case (stage_since, id) where stage <> 'closed';
create table case_member (
  id uuid not null,
  case_id uuid not null,
  account_id uuid not null,
  place varchar(40) not null,
  joined_at timestamptz not null,
  left_at timestamptz,
  process_id uuid not null,
  constraint case_member_pk primary key (id),
  constraint case_member_place_ck check (place in ('investigator', 'manager')),
  constraint case_member_order_ck check (left_at >= joined_at),
  constraint case_member_one_place_ex exclude using gist (case_id with =, account_id with =, place with <>),
  constraint case_member_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint case_member_account_id_fk foreign key (account_id) references account (id),
  constraint case_member_process_id_fk foreign key (process_id) references process (id)
);
create index case_member_account_id_ix on case_member (account_id);
create unique index case_member_now on case_member (case_id, account_id) where left_at is null;
create table case_event (
  id bigint not null generated always as identity,
  case_id uuid not null,
  process_id uuid not null,
  kind varchar(40) not null,
  at timestamptz not null,
  data jsonb not null,
  constraint case_event_pk primary key (id),
  constraint case_event_code_ck check (kind in ({events})),
  constraint case_event_no_words_ck check (
    not jsonb_path_exists(data, '$.** ? (@.type() == "string" && @ like_regex "[[:space:]]")')),
  constraint case_event_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint case_event_process_id_fk foreign key (process_id) references process (id)
);
create index case_event_case_id_ix on case_event (case_id);
create table case_text (
  id uuid not null,
  case_id uuid not null,
  process_id uuid not null,
  words text not null,
  constraint case_text_pk primary key (id),
  constraint case_text_some_words_ck check (words <> ''),
  constraint case_text_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint case_text_process_id_fk foreign key (process_id) references process (id)
);
create index case_text_case_id_ix on case_text (case_id);
create table case_read (
  id bigint not null generated always as identity,
  case_id uuid not null,
  account_id uuid not null,
  what varchar(40) not null,
  at timestamptz not null,
  constraint case_read_pk primary key (id),
  constraint case_read_what_ck check (what in ('case', 'history')),
  constraint case_read_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint case_read_account_id_fk foreign key (account_id) references account (id)
);
create index case_read_case_id_id_ix on case_read (case_id, id);
create table case_hold (
  hold_id uuid not null,
  case_id uuid not null,
  entry_id uuid not null,
  constraint case_hold_pk primary key (hold_id),
  constraint case_hold_hold_id_fk foreign key (hold_id) references hold (id),
  constraint case_hold_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint case_hold_entry_id_fk foreign key (entry_id) references entry (id)
);
create index case_hold_case_id_ix on case_hold (case_id);
create table case_risk (
  id uuid not null,
  case_id uuid not null,
  process_id uuid not null,
  rated_at timestamptz not null,
  likelihood bigint not null,
  harm bigint not null,
  text_id uuid,
  constraint case_risk_pk primary key (id),
  constraint case_risk_likelihood_ck check (likelihood between 1 and 5),
  constraint case_risk_harm_ck check (harm between 1 and 5),
  constraint case_risk_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint case_risk_process_id_fk foreign key (process_id) references process (id),
  constraint case_risk_text_id_fk foreign key (text_id) references case_text (id) on delete set null
);
create index case_risk_case_id_ix on case_risk (case_id);
create table case_link (
  id uuid not null,
  case_id uuid not null,
  other_id uuid not null,
  process_id uuid not null,
  linked_at timestamptz not null,
  ended_at timestamptz,
  constraint case_link_pk primary key (id),
  constraint case_link_order_ck check (case_id < other_id),
  constraint case_link_ended_ck check (ended_at >= linked_at),
  constraint case_link_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint case_link_other_id_fk foreign key (other_id) references fitness_case (id),
  constraint case_link_process_id_fk foreign key (process_id) references process (id)
);
create index case_link_other_id_ix on case_link (other_id);
create unique index case_link_once on case_link (case_id, other_id) where ended_at is null;
create table triage_factor (
  id uuid not null,
  case_id uuid not null,
  process_id uuid not null,
  factor varchar(40) not null,
  weight varchar(40) not null,
  happened_on date,
  weighed_at timestamptz not null,
  text_id uuid,
  constraint triage_factor_pk primary key (id),
  constraint triage_factor_factor_ck check (
    factor in ('seriousness', 'evidence', 'pattern', 'standards', 'public_confidence', 'age')),
  constraint triage_factor_weight_ck check (weight in ('for', 'against', 'unclear')),
  constraint triage_factor_happened_ck check (factor = 'age' or happened_on is null),
  constraint triage_factor_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint triage_factor_process_id_fk foreign key (process_id) references process (id),
  constraint triage_factor_text_id_fk foreign key (text_id) references case_text (id) on delete set null
);
create index triage_factor_case_id_ix on triage_factor (case_id);
create table triage_decision (
  id uuid not null,
  case_id uuid not null,
  process_id uuid not null,
  outcome varchar(40) not null,
  passed_to jsonb not null,
  until date,
  decided_at timestamptz not null,
  text_id uuid,
  constraint triage_decision_pk primary key (id),
  constraint triage_decision_outcome_ck check (outcome in ('opened', 'closed', 'advice', 'passed_on', 'enquiries')),
  constraint triage_decision_until_ck check ((outcome = 'enquiries') = (until is not null)),
  constraint triage_decision_passed_to_ck check ((outcome = 'passed_on') = (jsonb_array_length(passed_to) > 0)),
  constraint triage_decision_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint triage_decision_process_id_fk foreign key (process_id) references process (id),
  constraint triage_decision_text_id_fk foreign key (text_id) references case_text (id) on delete set null
);
create index triage_decision_case_id_ix on triage_decision (case_id)
"""
EVENTS = (
    "opened moved factor_weighed triaged to_be_told risk_rated linked unlinked joined restricted restriction_lifted "
    "member_joined member_left noted closed"
)
ONLY_ADDED = (
    "case_event",
    "case_text",
    "case_read",
    "case_hold",
    "case_risk",
    "triage_factor",
    "triage_decision",
)

# Definers' functions, for the policies of a table may not ask the table itself; each is asked once a statement.
FENCE = (
    """
create function fitness_capacity() returns text language sql stable parallel safe set search_path = pg_catalog as $$
  select nullif(current_setting('fitness.capacity', true), '')
$$""",
    """
create function fitness_reader() returns uuid language sql stable parallel safe set search_path = pg_catalog as $$
  select nullif(current_setting('fitness.reader', true), '')::uuid
$$""",
    """
create function fitness_account() returns uuid language sql stable security definer set search_path = public, pg_temp as $$
  select id from account
  where fitness_capacity() in ('staff', 'own') and id = fitness_reader() and disabled_at is null and confirmed_at is not null
$$""",
    """
create function fitness_has_role(variadic wanted text[]) returns boolean language sql stable security definer
  set search_path = public, pg_temp as $$
  select fitness_capacity() = 'staff'
    and exists (select from role_grant where account_id = fitness_account() and role = any (wanted))
$$""",
    """
create function fitness_own_persons() returns uuid[] language sql stable security definer
  set search_path = public, pg_temp as $$
  with recursive up as (
    select person.id, person.merged_into from person join account on account.person_id = person.id
    where account.id = fitness_account()
    union all select person.id, person.merged_into from person join up on person.id = up.merged_into
  ), down as (
    select id from up where merged_into is null
    union all select person.id from person join down on person.merged_into = down.id
  ) select coalesce(array_agg(id), '{}') from down
$$""",
    """
create function fitness_own_cases() returns uuid[] language sql stable security definer
  set search_path = public, pg_temp as $$
  select coalesce(array_agg(case_id), '{}') from case_member
  where fitness_capacity() = 'staff' and account_id = fitness_account() and left_at is null
$$""",
    """
create function fitness_unclaimed(of_case uuid) returns boolean language sql stable security definer
  set search_path = public, pg_temp as $$
  select not exists (select from case_member where case_id = of_case)
$$""",
    """
create function case_member_fits() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform from role_grant where account_id = new.account_id
    and role = any (case new.place when 'investigator' then '{investigator}'::text[]
      when 'manager' then '{team_manager,registrar}'::text[] end);
  if not found then
    raise exception 'account % does not hold the role of a %', new.account_id, new.place using errcode = 'check_violation';
  end if;
  perform from account a join fitness_case c on c.person_id = a.person_id where a.id = new.account_id and c.id = new.case_id;
  if found then
    raise exception 'a case is about its own member' using errcode = 'check_violation';
  end if;
  return new;
end $$""",
)
SERVICE = "(select fitness_capacity()) = 'service'"
NOT_ABOUT_THEM = "person_id <> all ((select fitness_own_persons())::uuid[])"
THEIRS = "id = any ((select fitness_own_cases())::uuid[])"
ANSWERING = "(select fitness_has_role('team_manager', 'registrar'))"
AUDITORS = "(select fitness_has_role('auditor'))"
TAKERS = "(select fitness_has_role('investigator'))"
SEEN = f"{SERVICE} or {NOT_ABOUT_THEM} and ({THEIRS} or {AUDITORS} or {ANSWERING} and not restricted)"
OWN = "(select fitness_capacity()) = 'own' and told_at is not null and person_id = any ((select fitness_own_persons())::uuid[])"
CHANGERS = "(select fitness_has_role('investigator', 'team_manager', 'registrar'))"
CHANGED = f"{SERVICE} or {NOT_ABOUT_THEM} and {CHANGERS} and ({THEIRS} or {ANSWERING} and not restricted)"
OF_A_CASE = "case_id in (select id from fitness_case)"
STAFF = "(select fitness_capacity()) in ('staff', 'service')"
WRITERS = f"({SERVICE} or {CHANGERS})"
CHILDREN = (
    "case_member",
    "case_event",
    "case_text",
    "case_hold",
    "case_risk",
    "triage_factor",
    "triage_decision",
)


def upgrade() -> None:
    events = ", ".join(f"'{kind}'" for kind in EVENTS.split())
    for statement in TABLES.replace("{events}", events).split(";\n"):
        op.execute(statement)
    for table in ONLY_ADDED:
        op.execute(f"revoke update, delete, truncate on {table} from register_app")
    op.execute("revoke delete, truncate on fitness_case, case_member from register_app")
    for function in FENCE:
        op.execute(function)
    op.execute(
        "create trigger fits before insert or update on case_member for each row execute function case_member_fits()"
    )
    policy("fitness_case", "select", SEEN)
    policy("fitness_case", "select", OWN, name="own")
    policy("fitness_case", "insert", f"{SERVICE} or {NOT_ABOUT_THEM} and {TAKERS}")
    policy("fitness_case", "update", CHANGED)
    for table in CHILDREN:
        policy(table, "select", f"{STAFF} and {OF_A_CASE}")
        policy(table, "insert", f"{WRITERS} and {OF_A_CASE}")
    # Whoever opens a case takes it: until then nobody's place in it shows it to them.
    policy(
        "case_member",
        "insert",
        f"{TAKERS} and account_id = (select fitness_account()) and fitness_unclaimed(case_id)",
        name="first",
    )
    both = f"{OF_A_CASE} and other_id in (select id from fitness_case)"
    policy("case_link", "select", f"{STAFF} and {both}")
    policy("case_link", "insert", f"{WRITERS} and {both}")
    policy("case_link", "update", f"{WRITERS} and {both}")
    op.execute("revoke delete, truncate on case_link from register_app")
    policy("case_member", "update", f"{WRITERS} and {OF_A_CASE}")
    policy("case_read", "select", f"{STAFF} and {OF_A_CASE}")
    # Whoever reads writes that they did, auditors too.
    policy(
        "case_read",
        "insert",
        f"account_id = (select fitness_account()) and {OF_A_CASE}",
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


def downgrade() -> None:
    for table in (
        "triage_decision",
        "triage_factor",
        "case_link",
        "case_risk",
        "case_hold",
        "case_read",
        "case_text",
        "case_event",
        "case_member",
        "fitness_case",
    ):
        op.execute(f"drop table {table}")
    for function in (
        "case_member_fits()",
        "fitness_unclaimed(uuid)",
        "fitness_own_cases()",
        "fitness_own_persons()",
        "fitness_has_role(text[])",
        "fitness_account()",
        "fitness_reader()",
        "fitness_capacity()",
    ):
        op.execute(f"drop function {function}")
