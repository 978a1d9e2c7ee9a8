"""Orders, by whom they were decided, which entries they reached, appeals against them, and who else works on a case.

Sources (domain.md 7.2, 7.3 and 15): terms, reviews and notices of interim orders, hearings and reviews of Social Work England, the
terms of warnings, the times of conflicts of interest and of publication the register's own proposals. What those who decide see of
a case is not what its investigator sees: they read what is laid before them, and no note, line or rating besides.
"""

from alembic import op

from migrations.steps import add_figures, allow, policy, refuse, take_figures

revision = "2026_11_27_96"
down_revision = "2026_11_27_95"
branch_labels = None
depends_on = None

ROLES = "case_examiner hearings_officer legal_adviser"
PLACES = "examiner hearings_officer interim_panel panel legal_adviser"
STAGES = "examination hearing monitoring"
CLOSED = "no_action advice warning not_proved not_impaired order_ended removed left"
EVENTS = (
    "order_made order_in_force order_reached order_ended appeal_lodged appeal_ended"
)
READS = "orders"
FIGURES = {
    "examination_target_days": "84",
    "proposal_answer_days": "28",
    "interim_notice_days": "7",
    "hearing_notice_days": "28",
    "review_notice_days": "28",
    "hearing_listed_days": "7",
    "hearing_shown_months": "1",
    "panel_members": "3",
    "panel_quorum": "2",
    "conflict_employer_months": "60",
    "conflict_area_months": "36",
    "interim_order_months": "18",
    "interim_review_months": "6",
    "advice_months": "12",
    "warning_months": "[60, 36, 12]",
    "conditions_months": "36",
    "suspension_months": "36",
    "order_appeal_days": "28",
    "publication_advice_months": "12",
    "publication_after_months": "12",
}

TABLES = """
create table case_order (
  id uuid not null,
  case_id uuid not null,
  number bigint not null,
  measure varchar(40) not null,
  decided_by varchar(40) not null,
  months bigint,
  made_at timestamptz not null,
  process_id uuid not null,
  text_id uuid,
  appeal_by date,
  starts_at timestamptz not null,
  ends_at timestamptz,
  review_by date,
  in_force_at timestamptz,
  ended_at timestamptz,
  because varchar(40),
  version bigint not null,
  constraint case_order_pk primary key (id),
  constraint case_order_case_id_number_uq unique (case_id, number),
  constraint case_order_measure_ck check (measure in (
    'advice', 'warning', 'conditions_order', 'suspension_order', 'removal_order', 'interim_conditions', 'interim_suspension')),
  constraint case_order_decided_by_ck check (decided_by in ('interim_panel', 'examiners', 'agreement', 'panel')),
  constraint case_order_because_ck check (because in ('expired', 'revoked', 'replaced', 'overtaken', 'quashed')),
  constraint case_order_ended_ck check ((ended_at is null) = (because is null)),
  constraint case_order_term_ck check (
    (measure = 'removal_order') = (ends_at is null) and (ends_at is null) = (months is null) and ends_at > starts_at),
  constraint case_order_interim_ck check (
    (measure in ('interim_conditions', 'interim_suspension')) = (decided_by = 'interim_panel')),
  constraint case_order_force_ck check (in_force_at >= starts_at and (appeal_by is null or starts_at > made_at)),
  constraint case_order_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint case_order_process_id_fk foreign key (process_id) references process (id),
  constraint case_order_text_id_fk foreign key (text_id) references case_text (id) on delete set null
);
create index case_order_waiting on case_order (starts_at) where in_force_at is null and ended_at is null;
create index case_order_standing on case_order (review_by) where ended_at is null;
create table order_fact (
  order_id uuid not null,
  case_id uuid not null,
  entry_id uuid not null,
  fact_id uuid not null,
  constraint order_fact_pk primary key (order_id, entry_id),
  constraint order_fact_order_id_fk foreign key (order_id) references case_order (id),
  constraint order_fact_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint order_fact_entry_id_fk foreign key (entry_id) references entry (id)
);
create index order_fact_case_id_ix on order_fact (case_id);
create table order_appeal (
  id uuid not null,
  order_id uuid not null,
  case_id uuid not null,
  lodged_on date not null,
  process_id uuid not null,
  text_id uuid,
  ended_on date,
  outcome varchar(40),
  constraint order_appeal_pk primary key (id),
  constraint order_appeal_outcome_ck check (outcome in ('allowed', 'dismissed', 'remitted', 'withdrawn')),
  constraint order_appeal_ended_ck check ((ended_on is null) = (outcome is null) and ended_on >= lodged_on),
  constraint order_appeal_order_id_fk foreign key (order_id) references case_order (id),
  constraint order_appeal_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint order_appeal_process_id_fk foreign key (process_id) references process (id),
  constraint order_appeal_text_id_fk foreign key (text_id) references case_text (id) on delete set null
);
create index order_appeal_case_id_ix on order_appeal (case_id);
create unique index order_appeal_once on order_appeal (order_id)
"""
FITS = """
create or replace function case_member_fits() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare wanted text[] := case new.place {places} end;
begin
  perform from role_grant where account_id = new.account_id and role = any (wanted);
  if not found then
    raise exception 'account % does not hold the role of a %', new.account_id, new.place using errcode = 'check_violation';
  end if;{apart}
  perform from account a join fitness_case c on c.person_id = a.person_id where a.id = new.account_id and c.id = new.case_id;
  if found then
    raise exception 'a case is about its own member' using errcode = 'check_violation';
  end if;
  return new;
end $$"""
BEFORE = """when 'investigator' then '{investigator}'::text[] when 'manager' then '{team_manager,registrar}'::text[]"""
SINCE = """
    when 'examiner' then '{case_examiner}'::text[] when 'hearings_officer' then '{hearings_officer}'::text[]
    when 'interim_panel' then '{adjudicator}'::text[] when 'panel' then '{adjudicator}'::text[]
    when 'legal_adviser' then '{legal_adviser}'::text[]"""
APART = """
  perform from role_grant where account_id = new.account_id and role <> all (wanted)
    and new.place in ('examiner', 'interim_panel', 'panel', 'legal_adviser');
  if found then
    raise exception 'account % is other staff too, and decides nothing', new.account_id using errcode = 'check_violation';
  end if;"""
DECIDED = """
create function case_order_decided() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if (select count(distinct account_id) from case_member where case_id = new.case_id and place = case new.decided_by
    when 'interim_panel' then 'interim_panel' when 'panel' then 'panel' else 'examiner' end) < 2 then
    raise exception 'nobody is there who may decide on an order' using errcode = 'check_violation';
  end if;
  return new;
end $$"""
NOT_ABOUT_THEM = "person_id <> all ((select fitness_own_persons())::uuid[])"
THEIRS = "id = any ((select fitness_own_cases())::uuid[])"
ANSWERING = "(select fitness_has_role('team_manager', 'registrar'))"
OUR_PEOPLE = "'investigator', 'team_manager', 'registrar', 'hearings_officer'"
SERVICE = "(select fitness_capacity()) = 'service'"
STAFF = f"({SERVICE} or (select fitness_has_role({OUR_PEOPLE}, 'auditor')))"
WRITERS = f"({SERVICE} or (select fitness_has_role({OUR_PEOPLE})))"
DECIDERS = "(select fitness_has_role('case_examiner', 'adjudicator', 'legal_adviser'))"
OWN = "(select fitness_capacity()) = 'own'"
OF_A_CASE = "case_id in (select id from fitness_case)"
HAD = "(select fitness_capacity()) in ('staff', 'service')"
HAD_WRITERS = f"({SERVICE} or (select fitness_has_role('investigator', 'team_manager', 'registrar')))"
SEEN_BY_STAFF = [
    "case_member",
    "case_event",
    "case_text",
    "case_hold",
    "case_risk",
    "triage_factor",
    "triage_decision",
    "plan_step",
    "allegation",
    "allegation_version",
    "particular",
    "witness",
    "case_evidence",
    "information_request",
    "proceeding",
    "investigation_hold",
    "disclosure",
    "disclosure_allegation",
    "disclosure_evidence",
    "case_service",
    "case_comment",
]
WRITTEN_BY_HEARINGS_OFFICERS = [
    "case_member",
    "case_event",
    "case_text",
    "case_service",
]
CHANGED = f"{SERVICE} or {NOT_ABOUT_THEM} and {{people}} and ({THEIRS} or {ANSWERING} and not restricted)"
# What is alleged, and what was said to it, whoever decides on it reads too; of who works on the case, who decides with them.
WHO_DECIDE = "place in ('examiner', 'interim_panel', 'panel', 'legal_adviser')"
LAID_BEFORE = [
    "allegation",
    "allegation_version",
    "particular",
    "disclosure",
    "disclosure_allegation",
    "case_service",
]
THEIR_WORDS = "id in (select text_id from particular) or id in (select place_id from particular) or id in (select text_id from case_order)"


def upgrade() -> None:
    allow("role_grant", "role_grant_code_ck", "role", ROLES)
    allow("fitness_case", "fitness_case_stage_ck", "stage", STAGES)
    allow("fitness_case", "fitness_case_because_ck", "because", CLOSED)
    allow("case_member", "case_member_place_ck", "place", PLACES)
    allow("case_event", "case_event_code_ck", "kind", EVENTS)
    allow("case_read", "case_read_what_ck", "what", READS)
    for statement in TABLES.strip().split(";\n"):
        op.execute(statement)
    op.execute(FITS.replace("{places}", BEFORE + SINCE).replace("{apart}", APART))
    op.execute(DECIDED)
    op.execute(
        "create trigger decided before insert on case_order for each row execute function case_order_decided()"
    )
    op.execute("revoke delete, truncate on case_order, order_appeal from register_app")
    op.execute("revoke update, delete, truncate on order_fact from register_app")
    for table in SEEN_BY_STAFF:
        op.execute(
            f"alter policy {table}_select_ours on {table} using ({STAFF} and {OF_A_CASE})"
        )
    op.execute(
        f"alter policy fitness_case_update_ours on fitness_case using ({changed(WRITERS)}) with check ({changed(WRITERS)})"
    )
    for table in WRITTEN_BY_HEARINGS_OFFICERS:
        op.execute(
            f"alter policy {table}_insert_ours on {table} with check ({WRITERS} and {OF_A_CASE})"
        )
    for table in LAID_BEFORE:
        policy(table, "select", f"{DECIDERS} and {OF_A_CASE}", name="deciders")
    policy(
        "case_member",
        "select",
        f"{DECIDERS} and {OF_A_CASE} and {WHO_DECIDE}",
        name="deciders",
    )
    for table in ("case_order", "order_fact", "order_appeal"):
        policy(table, "select", f"{STAFF} and {OF_A_CASE}")
        policy(table, "select", f"{OWN} and {OF_A_CASE}", name="own")
        policy(table, "insert", f"{WRITERS} and {OF_A_CASE}")
    for table in ("case_order", "order_appeal"):
        policy(table, "update", f"{WRITERS} and {OF_A_CASE}")
    policy("case_order", "select", f"{DECIDERS} and {OF_A_CASE}", name="deciders")
    policy(
        "case_text",
        "select",
        f"{DECIDERS} and {OF_A_CASE} and ({THEIR_WORDS})",
        name="deciders",
    )
    policy(
        "case_text",
        "select",
        f"{OWN} and id in (select text_id from case_order)",
        name="own_orders",
    )
    add_figures(FIGURES)


def changed(people: str) -> str:
    return CHANGED.replace("{people}", people)


def downgrade() -> None:
    take_figures(FIGURES)
    op.execute("drop policy case_text_select_own_orders on case_text")
    op.execute("drop policy case_text_select_deciders on case_text")
    for table in ("case_member", *LAID_BEFORE):
        op.execute(f"drop policy {table}_select_deciders on {table}")
    op.execute(
        f"alter policy fitness_case_update_ours on fitness_case using ({changed(HAD_WRITERS)}) with check ({changed(HAD_WRITERS)})"
    )
    for table in WRITTEN_BY_HEARINGS_OFFICERS:
        op.execute(
            f"alter policy {table}_insert_ours on {table} with check ({HAD_WRITERS} and {OF_A_CASE})"
        )
    for table in SEEN_BY_STAFF:
        op.execute(
            f"alter policy {table}_select_ours on {table} using ({HAD} and {OF_A_CASE})"
        )
    for table in ("order_appeal", "order_fact", "case_order"):
        op.execute(f"drop table {table}")
    op.execute("drop function case_order_decided")
    op.execute(FITS.replace("{places}", BEFORE).replace("{apart}", ""))
    refuse("case_read", "case_read_what_ck", "what", READS)
    refuse("case_event", "case_event_code_ck", "kind", EVENTS)
    op.execute("alter table case_member disable trigger fits")
    refuse("case_member", "case_member_place_ck", "place", PLACES)
    op.execute("alter table case_member enable trigger fits")
    for column, codes in (("because", CLOSED), ("stage", STAGES)):
        refuse("fitness_case", f"fitness_case_{column}_ck", column, codes, delete=False)
    refuse("role_grant", "role_grant_code_ck", "role", ROLES)
