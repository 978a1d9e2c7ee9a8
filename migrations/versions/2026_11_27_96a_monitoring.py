"""How orders are kept: reporters, check-ins and what came of them. The days of the reminder are the register's own proposal."""

from alembic import op

from migrations.steps import add_figures, allow, policy, refuse, take_figures

revision = "2026_11_27_96a"
down_revision = "2026_11_27_96"
branch_labels = None
depends_on = None

EVENTS = (
    "reporter_named reporter_ended check_in_set check_in_reminded check_in_answered check_in_judged "
    "review_brought_forward"
)
FIGURES = {"check_in_reminder_days": "7"}
TABLES = """
create table reporter (
  id uuid not null,
  case_id uuid not null,
  order_id uuid not null,
  number bigint not null,
  standing varchar(40) not null,
  process_id uuid not null,
  sealed_name bytea not null,
  sealed_contact bytea not null,
  named_at timestamptz not null,
  ended_at timestamptz,
  constraint reporter_pk primary key (id),
  constraint reporter_case_id_number_uq unique (case_id, number),
  constraint reporter_standing_ck check (standing in ('supervisor', 'employer', 'health', 'other')),
  constraint reporter_order_ck check (ended_at >= named_at),
  constraint reporter_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint reporter_order_id_fk foreign key (order_id) references case_order (id),
  constraint reporter_process_id_fk foreign key (process_id) references process (id)
);
create index reporter_order_id_ix on reporter (order_id);
create table check_in (
  id uuid not null,
  case_id uuid not null,
  order_id uuid not null,
  number bigint not null,
  reporter_id uuid,
  due_on date not null,
  set_at timestamptz not null,
  process_id uuid not null,
  text_id uuid,
  reminded_at timestamptz,
  judged varchar(40),
  judged_at timestamptz,
  judgement_id uuid,
  constraint check_in_pk primary key (id),
  constraint check_in_case_id_number_uq unique (case_id, number),
  constraint check_in_judged_ck check (judged in ('met', 'partly', 'not_met', 'waived')),
  constraint check_in_judged_when_ck check ((judged is null) = (judged_at is null)),
  constraint check_in_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint check_in_order_id_fk foreign key (order_id) references case_order (id),
  constraint check_in_reporter_id_fk foreign key (reporter_id) references reporter (id),
  constraint check_in_process_id_fk foreign key (process_id) references process (id),
  constraint check_in_text_id_fk foreign key (text_id) references case_text (id) on delete set null,
  constraint check_in_judgement_id_fk foreign key (judgement_id) references case_text (id) on delete set null
);
create index check_in_order_id_ix on check_in (order_id);
create index check_in_due on check_in (due_on) where judged is null;
create table check_in_answer (
  id uuid not null,
  case_id uuid not null,
  check_in_id uuid not null,
  process_id uuid not null,
  sent_at timestamptz not null,
  came_on date,
  sealed bytea not null,
  file_id uuid,
  constraint check_in_answer_pk primary key (id),
  constraint check_in_answer_file_id_uq unique (file_id),
  constraint check_in_answer_came_ck check (came_on <= (sent_at at time zone 'Europe/London')::date),
  constraint check_in_answer_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint check_in_answer_check_in_id_fk foreign key (check_in_id) references check_in (id),
  constraint check_in_answer_process_id_fk foreign key (process_id) references process (id),
  constraint check_in_answer_file_id_fk foreign key (file_id) references stored_file (id)
);
create index check_in_answer_case_id_ix on check_in_answer (case_id);
create index check_in_answer_check_in_id_ix on check_in_answer (check_in_id)
"""
PEOPLE = "'investigator', 'team_manager', 'registrar', 'hearings_officer'"
SERVICE = "(select fitness_capacity()) = 'service'"
STAFF = f"({SERVICE} or (select fitness_has_role({PEOPLE}, 'auditor')))"
WRITERS = f"({SERVICE} or (select fitness_has_role({PEOPLE})))"
OWN = "(select fitness_capacity()) = 'own'"
OF_A_CASE = "case_id in (select id from fitness_case)"
# What the registrant is to show themself, and no report of anybody else.
ASKED_OF_THEM = f"reporter_id is null and {OF_A_CASE}"
ANSWERED_BY_THEM = f"check_in_id in (select id from check_in) and {OF_A_CASE}"
THEIR_WORDS = "(id in (select text_id from check_in) or id in (select judgement_id from check_in))"


def upgrade() -> None:
    for statement in TABLES.strip().split(";\n"):
        op.execute(statement)
    op.execute("revoke delete, truncate on reporter, check_in from register_app")
    op.execute("revoke update, delete, truncate on check_in_answer from register_app")
    for table in ("reporter", "check_in", "check_in_answer"):
        policy(table, "select", f"{STAFF} and {OF_A_CASE}")
        policy(table, "insert", f"{WRITERS} and {OF_A_CASE}")
    for table in ("reporter", "check_in"):
        policy(table, "update", f"{WRITERS} and {OF_A_CASE}")
    policy("check_in", "select", f"{OWN} and {ASKED_OF_THEM}", name="own")
    for doing in ("select", "insert"):
        policy("check_in_answer", doing, f"{OWN} and {ANSWERED_BY_THEM}", name="own")
        policy(
            "case_event",
            doing,
            f"{OWN} and kind = 'check_in_answered' and {OF_A_CASE}",
            name="own_check_ins",
        )
    policy("case_text", "select", f"{OWN} and {THEIR_WORDS}", name="own_check_ins")
    allow("case_event", "case_event_code_ck", "kind", EVENTS)
    allow("case_read", "case_read_what_ck", "what", "check_in_file")
    add_figures(FIGURES)


def downgrade() -> None:
    take_figures(FIGURES)
    for table, doing in (
        ("case_text", "select"),
        ("case_event", "select"),
        ("case_event", "insert"),
    ):
        op.execute(f"drop policy {table}_{doing}_own_check_ins on {table}")
    for table in ("check_in_answer", "check_in", "reporter"):
        op.execute(f"drop table {table}")
    refuse("case_read", "case_read_what_ck", "what", "check_in_file")
    refuse("case_event", "case_event_code_ck", "kind", EVENTS)
