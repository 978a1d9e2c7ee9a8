"""Case examiners: a case laid before two of them, what each makes of it, what they decide, and what the registrant accepts.

What one of them makes of a case the database shows to the other only once both have said it, and to our other staff only once the
examination is over. They read what was disclosed to the registrant, and what the registrant said to it; no note, no log, no rating.
"""

from alembic import op

from migrations.steps import allow, policy, refuse

revision = "2026_11_27_98"
down_revision = "2026_11_27_97"
branch_labels = None
depends_on = None

OUTCOMES = "'no_action', 'advice', 'warning', 'disposal', 'hearing', 'more_information'"
MEASURES = "'advice', 'warning', 'conditions_order', 'suspension_order', 'removal_order', 'interim_conditions', 'interim_suspension'"
ON_TERMS = "(measure is not null) = (outcome in ('advice', 'warning', 'disposal')) and (outcome = 'disposal' or measure = outcome)"
FOR_MONTHS = "(months is null) = (measure is null or measure = 'removal_order')"
TABLES = f"""
create table examination (
  id uuid not null,
  case_id uuid not null,
  number bigint not null,
  process_id uuid not null,
  text_id uuid,
  began_at timestamptz not null,
  target_on date not null,
  views_since timestamptz not null,
  waiting_since timestamptz,
  ended_at timestamptz,
  outcome varchar(40),
  constraint examination_pk primary key (id),
  constraint examination_case_id_number_uq unique (case_id, number),
  constraint examination_outcome_ck check (outcome in ({OUTCOMES})),
  constraint examination_ended_ck check ((ended_at is null) = (outcome is null)),
  constraint examination_order_ck check (ended_at >= began_at and views_since >= began_at and waiting_since >= began_at),
  constraint examination_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint examination_process_id_fk foreign key (process_id) references process (id),
  constraint examination_text_id_fk foreign key (text_id) references case_text (id) on delete set null
);
create unique index examination_one_open on examination (case_id) where ended_at is null;
create table examination_allegation (
  examination_id uuid not null,
  case_id uuid not null,
  version_id uuid not null,
  constraint examination_allegation_pk primary key (examination_id, version_id),
  constraint examination_allegation_examination_id_fk foreign key (examination_id) references examination (id),
  constraint examination_allegation_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint examination_allegation_version_id_fk foreign key (version_id) references allegation_version (id)
);
create index examination_allegation_version_id_ix on examination_allegation (version_id);
create table examiner_view (
  id uuid not null,
  examination_id uuid not null,
  case_id uuid not null,
  number bigint not null,
  account_id uuid not null,
  process_id uuid not null,
  given_at timestamptz not null,
  outcome varchar(40) not null,
  measure varchar(40),
  months bigint,
  interest boolean,
  interest_id uuid,
  text_id uuid,
  interim boolean not null,
  stands boolean not null,
  constraint examiner_view_pk primary key (id),
  constraint examiner_view_examination_id_number_uq unique (examination_id, number),
  constraint examiner_view_outcome_ck check (outcome in ({OUTCOMES})),
  constraint examiner_view_measure_ck check (measure in ({MEASURES})),
  constraint examiner_view_terms_ck check ({ON_TERMS}),
  constraint examiner_view_months_ck check ({FOR_MONTHS}),
  constraint examiner_view_interest_ck check (
    outcome = 'more_information' or (outcome = 'hearing') = (interest is true) and (outcome = 'disposal') = (interest is false)),
  constraint examiner_view_examination_id_fk foreign key (examination_id) references examination (id),
  constraint examiner_view_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint examiner_view_account_id_fk foreign key (account_id) references account (id),
  constraint examiner_view_process_id_fk foreign key (process_id) references process (id),
  constraint examiner_view_interest_id_fk foreign key (interest_id) references case_text (id) on delete set null,
  constraint examiner_view_text_id_fk foreign key (text_id) references case_text (id) on delete set null
);
create index examiner_view_case_id_ix on examiner_view (case_id);
create table examiner_prospect (
  view_id uuid not null,
  case_id uuid not null,
  version_id uuid not null,
  prospect varchar(40) not null,
  text_id uuid,
  constraint examiner_prospect_pk primary key (view_id, version_id),
  constraint examiner_prospect_prospect_ck check (prospect in ('yes', 'no', 'unclear')),
  constraint examiner_prospect_view_id_fk foreign key (view_id) references examiner_view (id),
  constraint examiner_prospect_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint examiner_prospect_version_id_fk foreign key (version_id) references allegation_version (id),
  constraint examiner_prospect_text_id_fk foreign key (text_id) references case_text (id) on delete set null
);
create index examiner_prospect_case_id_ix on examiner_prospect (case_id);
create table examination_decision (
  id uuid not null,
  examination_id uuid not null,
  case_id uuid not null,
  number bigint not null,
  outcome varchar(40) not null,
  measure varchar(40),
  months bigint,
  account_id uuid not null,
  process_id uuid not null,
  drafted_at timestamptz not null,
  text_id uuid,
  wording_id uuid,
  public_id uuid,
  health boolean not null,
  confirmer_id uuid,
  confirmed_at timestamptz,
  constraint examination_decision_pk primary key (id),
  constraint examination_decision_examination_id_number_uq unique (examination_id, number),
  constraint examination_decision_outcome_ck check (outcome in ({OUTCOMES})),
  constraint examination_decision_measure_ck check (measure in ({MEASURES})),
  constraint examination_decision_terms_ck check ({ON_TERMS}),
  constraint examination_decision_months_ck check ({FOR_MONTHS}),
  constraint examination_decision_confirmed_ck check (
    (confirmer_id is null) = (confirmed_at is null) and confirmer_id <> account_id and confirmed_at >= drafted_at),
  constraint examination_decision_examination_id_fk foreign key (examination_id) references examination (id),
  constraint examination_decision_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint examination_decision_account_id_fk foreign key (account_id) references account (id),
  constraint examination_decision_confirmer_id_fk foreign key (confirmer_id) references account (id),
  constraint examination_decision_process_id_fk foreign key (process_id) references process (id),
  constraint examination_decision_text_id_fk foreign key (text_id) references case_text (id) on delete set null,
  constraint examination_decision_wording_id_fk foreign key (wording_id) references case_text (id) on delete set null,
  constraint examination_decision_public_id_fk foreign key (public_id) references case_text (id) on delete set null
);
create index examination_decision_case_id_ix on examination_decision (case_id);
create table disposal (
  id uuid not null,
  case_id uuid not null,
  number bigint not null,
  examination_id uuid not null,
  decision_id uuid not null,
  service_id uuid not null,
  process_id uuid not null,
  proposed_at timestamptz not null,
  respond_by date not null,
  insisted boolean not null,
  answered_at timestamptz,
  answer varchar(40),
  text_id uuid,
  order_id uuid,
  constraint disposal_pk primary key (id),
  constraint disposal_case_id_number_uq unique (case_id, number),
  constraint disposal_decision_id_uq unique (decision_id),
  constraint disposal_answer_ck check (answer in ('agreed', 'varied', 'refused', 'expired')),
  constraint disposal_answered_ck check ((answered_at is null) = (answer is null)),
  constraint disposal_order_ck check ((answer = 'agreed') is true = (order_id is not null)),
  constraint disposal_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint disposal_examination_id_fk foreign key (examination_id) references examination (id),
  constraint disposal_decision_id_fk foreign key (decision_id) references examination_decision (id),
  constraint disposal_service_id_fk foreign key (service_id) references case_service (id),
  constraint disposal_process_id_fk foreign key (process_id) references process (id),
  constraint disposal_text_id_fk foreign key (text_id) references case_text (id) on delete set null,
  constraint disposal_order_id_fk foreign key (order_id) references case_order (id)
);
create index disposal_examination_id_ix on disposal (examination_id);
create unique index disposal_one_open on disposal (case_id) where answered_at is null;
create table disposal_paper (
  id uuid not null,
  case_id uuid not null,
  disposal_id uuid not null,
  answer varchar(40) not null,
  came_on date not null,
  account_id uuid not null,
  process_id uuid not null,
  recorded_at timestamptz not null,
  text_id uuid,
  checker_id uuid,
  checked_at timestamptz,
  found varchar(40),
  constraint disposal_paper_pk primary key (id),
  constraint disposal_paper_answer_ck check (answer in ('agreed', 'varied', 'refused', 'expired')),
  constraint disposal_paper_on_paper_ck check (answer <> 'expired'),
  constraint disposal_paper_found_ck check (found in ('confirmed', 'not_so')),
  constraint disposal_paper_checked_ck check (
    num_nonnulls(checker_id, checked_at, found) in (0, 3) and checker_id <> account_id and checked_at >= recorded_at),
  constraint disposal_paper_came_ck check (came_on <= (recorded_at at time zone 'Europe/London')::date),
  constraint disposal_paper_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint disposal_paper_disposal_id_fk foreign key (disposal_id) references disposal (id),
  constraint disposal_paper_account_id_fk foreign key (account_id) references account (id),
  constraint disposal_paper_checker_id_fk foreign key (checker_id) references account (id),
  constraint disposal_paper_process_id_fk foreign key (process_id) references process (id),
  constraint disposal_paper_text_id_fk foreign key (text_id) references case_text (id) on delete set null
);
create index disposal_paper_case_id_ix on disposal_paper (case_id);
create unique index disposal_paper_one_open on disposal_paper (disposal_id) where checked_at is null
"""
FUNCTIONS = (
    """
create function fitness_views_open(of_examination uuid) returns boolean language sql stable security definer
  set search_path = public, pg_temp as $$
  select count(distinct v.account_id) >= 2 from examiner_view v
  join case_member m on m.case_id = v.case_id and m.account_id = v.account_id and m.place = 'examiner' and m.left_at is null
  where v.examination_id = of_examination
$$""",
    """
create function examiner_examines(who uuid, of_case uuid) returns void language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  perform from case_member where account_id = who and case_id = of_case and place = 'examiner' and left_at is null;
  if not found then
    raise exception 'account % does not examine this case', who using errcode = 'check_violation';
  end if;
end $$""",
    """
create function examiner_view_theirs() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  perform examiner_examines(new.account_id, new.case_id);
  return new;
end $$""",
    """
create function examination_decision_theirs() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    perform examiner_examines(new.account_id, new.case_id);
  elsif old.confirmed_at is not null or (old.account_id, old.outcome, old.number, old.measure, old.months)
      is distinct from (new.account_id, new.outcome, new.number, new.measure, new.months) then
    raise exception 'a decision is confirmed once, and never changed' using errcode = 'check_violation';
  end if;
  if new.confirmer_id is not null then
    perform examiner_examines(new.confirmer_id, new.case_id);
  end if;
  return new;
end $$""",
)
TRIGGERS = (
    "create trigger theirs before insert on examiner_view for each row execute function examiner_view_theirs()",
    "create trigger theirs before insert or update on examination_decision for each row execute function examination_decision_theirs()",
)
CHANGED = ("examination", "examination_decision", "disposal", "disposal_paper")
ONLY_ADDED = ("examination_allegation", "examiner_view", "examiner_prospect")
EVENTS = "reported view_given interim_wanted decision_drafted examined proposed proposal_answered paper_recorded paper_checked"
SERVICE = "(select fitness_capacity()) = 'service'"
OUR_PEOPLE = "'investigator', 'team_manager', 'registrar', 'hearings_officer'"
STAFF = f"({SERVICE} or (select fitness_has_role({OUR_PEOPLE}, 'auditor')))"
WRITERS = f"({SERVICE} or (select fitness_has_role('investigator', 'team_manager', 'registrar')))"
EXAMINERS = "(select fitness_has_role('case_examiner'))"
OWN = "(select fitness_capacity()) = 'own'"
OF_A_CASE = "case_id in (select id from fitness_case)"
OVER = "examination_id in (select id from examination where ended_at is not null)"
OF_A_VIEW = "view_id in (select id from examiner_view)"
OURS = {
    "examination": OF_A_CASE,
    "examination_allegation": OF_A_CASE,
    "examiner_view": f"{OF_A_CASE} and ({SERVICE} or {OVER})",
    "examiner_prospect": f"{OF_A_CASE} and {OF_A_VIEW}",
    "examination_decision": OF_A_CASE,
    "disposal": OF_A_CASE,
    "disposal_paper": OF_A_CASE,
}
# What is laid before the examiners, and what is theirs.
LAID_BEFORE = {
    "examination": OF_A_CASE,
    "examination_allegation": OF_A_CASE,
    "examiner_view": f"{OF_A_CASE} and (account_id = (select fitness_account()) or fitness_views_open(examination_id))",
    "examiner_prospect": f"{OF_A_CASE} and {OF_A_VIEW}",
    "examination_decision": OF_A_CASE,
    "disposal": OF_A_CASE,
    "disclosure_evidence": OF_A_CASE,
    "case_evidence": "id in (select evidence_id from disclosure_evidence)",
    "case_comment": OF_A_CASE,
}
THEIR_WORDS = " or ".join(
    f"id in (select {column} from {table})"
    for table, column in (
        ("examination", "text_id"),
        ("examiner_view", "text_id"),
        ("examiner_view", "interest_id"),
        ("examiner_prospect", "text_id"),
        ("examination_decision", "text_id"),
        ("examination_decision", "wording_id"),
        ("examination_decision", "public_id"),
        ("disposal", "text_id"),
        ("case_evidence", "text_id"),
    )
)
# The registrant reads what was decided, once both have signed it; what more is to be found out, is not theirs to know.
TOLD = {
    "examination": OF_A_CASE,
    "examination_decision": f"{OF_A_CASE} and confirmed_at is not null and outcome <> 'more_information'",
    "disposal": OF_A_CASE,
}
TOLD_WORDS = " or ".join(
    f"id in (select {column} from {table})"
    for table, column in (
        ("examination_decision", "text_id"),
        ("examination_decision", "wording_id"),
        ("examination_decision", "public_id"),
        ("disposal", "text_id"),
    )
)


def upgrade() -> None:
    for statement in TABLES.strip().split(";\n"):
        op.execute(statement)
    for statement in (*FUNCTIONS, *TRIGGERS):
        op.execute(statement)
    for table in ONLY_ADDED:
        op.execute(f"revoke update, delete, truncate on {table} from register_app")
    for table in CHANGED:
        op.execute(f"revoke delete, truncate on {table} from register_app")
    fence()
    allow("case_event", "case_event_code_ck", "kind", EVENTS)
    allow("case_read", "case_read_what_ck", "what", "examination")
    allow("case_service", "case_service_kind_ck", "kind", "examination proposal")


def fence() -> None:
    for table, seen in OURS.items():
        policy(table, "select", f"{STAFF} and {seen}")
    for table in ("examination", "examination_allegation"):
        policy(table, "insert", f"{WRITERS} and {OF_A_CASE}")
    for table in (
        "examiner_view",
        "examiner_prospect",
        "examination_decision",
        "disposal",
        "disposal_paper",
    ):
        policy(table, "insert", SERVICE)
    for table in CHANGED:
        policy(table, "update", SERVICE)
    for table, seen in LAID_BEFORE.items():
        policy(table, "select", f"{EXAMINERS} and {seen}", name="examiners")
    policy(
        "case_text",
        "select",
        f"{EXAMINERS} and {OF_A_CASE} and ({THEIR_WORDS})",
        name="examiners",
    )
    for table, seen in TOLD.items():
        policy(table, "select", f"{OWN} and {seen}", name="own")
    policy("case_text", "select", f"{OWN} and ({TOLD_WORDS})", name="own_examined")


def downgrade() -> None:
    op.execute("drop policy case_text_select_own_examined on case_text")
    for table in ("case_text", "case_comment", "case_evidence", "disclosure_evidence"):
        op.execute(f"drop policy {table}_select_examiners on {table}")
    for table in (
        "disposal_paper",
        "disposal",
        "examination_decision",
        "examiner_prospect",
        "examiner_view",
        "examination_allegation",
        "examination",
    ):
        op.execute(f"drop table {table}")
    for function in (
        "examination_decision_theirs()",
        "examiner_view_theirs()",
        "examiner_examines(uuid, uuid)",
        "fitness_views_open(uuid)",
    ):
        op.execute(f"drop function {function}")
    refuse("case_service", "case_service_kind_ck", "kind", "examination proposal")
    refuse("case_read", "case_read_what_ck", "what", "examination")
    refuse("case_event", "case_event_code_ck", "kind", EVENTS)
