"""Concerns, what was told in them, what intake did, and the fence around all of it.

No statement sees a row unless its transaction has said in which capacity and on whose behalf it looks (fitness/fence.py).
"""

from alembic import op

revision = "2026_11_27_93"
down_revision = "2026_11_27_92"
branch_labels = None
depends_on = None

SECTIONS = (
    "'trigger', 'subject', 'what', 'when', 'safety', 'witnesses', 'elsewhere', 'investigation', 'removal', 'harm', "
    "'allegation', 'incident', 'crime', 'teacher', 'advocate', 'you', 'naming'"
)
STEPS = "'matched', 'matched_nobody', 'screened', 'acknowledged', 'signposted', 'passed_on', 'taken'"
STATES = "'draft', 'received', 'screened', 'signposted', 'passed_on', 'taken'"
BODIES = "'police', 'lado', 'ofsted', 'dbs', 'tra', 'employer', 'other'"
TABLES = f"""
create table concern (
  id uuid not null,
  reference text not null,
  code_hash bytea not null,
  referrer varchar(40) not null,
  state varchar(40) not null,
  begun_at timestamptz not null,
  keep_until date not null,
  sent_at timestamptz,
  rule_set_id uuid,
  anonymous boolean not null,
  protected boolean not null,
  screen_by date,
  screened_at timestamptz,
  at_risk boolean,
  acknowledge_by date,
  acknowledged_at timestamptz,
  person_id uuid,
  looked_up_at timestamptz,
  case_id uuid,
  settled_at timestamptz,
  version bigint not null,
  constraint concern_pk primary key (id),
  constraint concern_reference_uq unique (reference),
  constraint concern_referrer_ck check (referrer in ('child', 'family', 'colleague', 'other', 'employer')),
  constraint concern_state_ck check (state in ({STATES})),
  constraint concern_sent_ck check ((state = 'draft') = (sent_at is null)),
  constraint concern_screen_by_ck check ((sent_at is null) = (screen_by is null)),
  constraint concern_rules_ck check ((sent_at is null) = (rule_set_id is null)),
  constraint concern_screened_ck check ((screened_at is null) = (at_risk is null)),
  constraint concern_looked_at_ck check ((state in ('draft', 'received')) = (screened_at is null)),
  constraint concern_taken_ck check ((state = 'taken') = (case_id is not null)),
  constraint concern_settled_ck check ((state in ('signposted', 'passed_on', 'taken')) = (settled_at is not null)),
  constraint concern_looked_up_ck check (person_id is null or looked_up_at is not null),
  constraint concern_code_hash_ck check (length(code_hash) = 32),
  constraint concern_rule_set_id_fk foreign key (rule_set_id) references rule_set (id),
  constraint concern_person_id_fk foreign key (person_id) references person (id)
);
create index concern_person_id_ix on concern (person_id);
create index concern_case_id_ix on concern (case_id);
create index concern_drafts on concern (keep_until) where state = 'draft';
create index concern_open on concern (sent_at) where state in ('received', 'screened');
create table concern_part (
  concern_id uuid not null,
  section varchar(40) not null,
  sealed bytea not null,
  saved_at timestamptz not null,
  constraint concern_part_pk primary key (concern_id, section),
  constraint concern_part_section_ck check (section in ({SECTIONS})),
  constraint concern_part_concern_id_fk foreign key (concern_id) references concern (id) on delete cascade
);
create table concern_file (
  id uuid not null,
  concern_id uuid not null,
  file_id uuid not null,
  sealed bytea not null,
  added_at timestamptz not null,
  constraint concern_file_pk primary key (id),
  constraint concern_file_file_id_uq unique (file_id),
  constraint concern_file_concern_id_fk foreign key (concern_id) references concern (id) on delete cascade,
  constraint concern_file_file_id_fk foreign key (file_id) references stored_file (id)
);
create index concern_file_concern_id_ix on concern_file (concern_id);
create table concern_duty (
  concern_id uuid not null,
  body varchar(40) not null,
  because jsonb not null,
  told_on date,
  sealed bytea,
  constraint concern_duty_pk primary key (concern_id, body),
  constraint concern_duty_body_ck check (body in ({BODIES})),
  constraint concern_duty_told_ck check (sealed is null or told_on is not null),
  constraint concern_duty_concern_id_fk foreign key (concern_id) references concern (id) on delete cascade
);
create table concern_step (
  id uuid not null,
  concern_id uuid not null,
  process_id uuid not null,
  account_id uuid,
  kind varchar(40) not null,
  at timestamptz not null,
  answer text,
  towards text,
  person_id uuid,
  sealed bytea,
  constraint concern_step_pk primary key (id),
  constraint concern_step_code_ck check (kind in ({STEPS})),
  constraint concern_step_concern_id_fk foreign key (concern_id) references concern (id),
  constraint concern_step_process_id_fk foreign key (process_id) references process (id),
  constraint concern_step_account_id_fk foreign key (account_id) references account (id),
  constraint concern_step_person_id_fk foreign key (person_id) references person (id)
);
create index concern_step_concern_id_ix on concern_step (concern_id);
create table concern_read (
  id bigint not null generated always as identity,
  concern_id uuid not null,
  account_id uuid not null,
  what varchar(40) not null,
  at timestamptz not null,
  constraint concern_read_pk primary key (id),
  constraint concern_read_what_ck check (what in ('concern', 'document')),
  constraint concern_read_concern_id_fk foreign key (concern_id) references concern (id),
  constraint concern_read_account_id_fk foreign key (account_id) references account (id)
);
create index concern_read_concern_id_id_ix on concern_read (concern_id, id)
"""
NAMES = (
    "concern",
    "concern_part",
    "concern_file",
    "concern_duty",
    "concern_step",
    "concern_read",
)
ONLY_ADDED = ("concern_step", "concern_read")

# Asked once a statement, as those of cases are (migration 91), and by the owner: the policy of a table may not hide from it
# what its referrer is to have.
RECEIPT = """
create function concern_receipt() returns table (
    reference text, referrer text, sent_at timestamptz, anonymous boolean, acknowledged boolean, acknowledge_by date)
  language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select c.reference, c.referrer, c.sent_at, c.anonymous, c.acknowledged_at is not null, c.acknowledge_by from concern c
  where fitness_capacity() = 'referrer' and c.id = fitness_reader() and c.state <> 'draft'
$$"""
SERVICE = "(select fitness_capacity()) = 'service'"
REFERRER = "(select fitness_capacity()) = 'referrer'"
DRAFT = f"{REFERRER} and id = (select fitness_reader()) and state = 'draft'"
NOT_ABOUT_THEM = "state <> 'draft' and (person_id is null or person_id <> all ((select fitness_own_persons())::uuid[]))"
READERS = (
    "(select fitness_has_role('investigator', 'team_manager', 'registrar', 'auditor'))"
)
TAKERS = "(select fitness_has_role('investigator', 'team_manager', 'registrar'))"
READ = f"{READERS} and {NOT_ABOUT_THEM}"
CHANGE = f"{TAKERS} and {NOT_ABOUT_THEM}"


def within(table: str) -> str:
    """What may be seen of the concern, may be seen of its row: asked through the concern's own policies."""
    return f"exists (select from concern where concern.id = {table}.concern_id)"


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)
    op.execute(RECEIPT)
    for table in NAMES:
        op.execute(f"alter table {table} enable row level security")
    for table in ONLY_ADDED:
        op.execute(f"revoke update, delete, truncate on {table} from register_app")
    policies("concern", see=f"{SERVICE} or {DRAFT} or {READ}")
    policies("concern", add=f"{SERVICE} or {DRAFT}", drop=f"{SERVICE} or {DRAFT}")
    policies("concern", change=f"{SERVICE} or {DRAFT} or {CHANGE}")
    for table in ("concern_part", "concern_file"):
        theirs = f"({SERVICE} or {REFERRER}) and {within(table)}"
        policies(table, see=within(table), add=theirs, change=theirs, drop=theirs)
    theirs = f"({SERVICE} or {REFERRER}) and {within('concern_duty')}"
    own = f"{REFERRER} and concern_id = (select fitness_reader())"
    policies("concern_duty", see=f"{own} or {within('concern_duty')}")
    policies("concern_duty", add=theirs, change=theirs, drop=theirs)
    for table, who in (("concern_step", TAKERS), ("concern_read", READERS)):
        own_act = "account_id = (select fitness_reader())"
        policies(
            table,
            see=f"({SERVICE} or {READERS}) and {within(table)}",
            add=f"({SERVICE} or {who} and {own_act}) and {within(table)}",
        )


def policies(
    table: str, *, see: str = "", add: str = "", change: str = "", drop: str = ""
) -> None:
    clauses = {
        "select": f"using ({see})" if see else "",
        "insert": f"with check ({add})" if add else "",
        "update": f"using ({change}) with check ({change})" if change else "",
        "delete": f"using ({drop})" if drop else "",
    }
    for verb, clause in clauses.items():
        if clause:
            op.execute(
                f"create policy {table}_{verb} on {table} for {verb} to register_app {clause}"
            )


def downgrade() -> None:
    for table in reversed(NAMES):
        op.execute(f"drop table {table}")
    op.execute("drop function concern_receipt()")
