"""A registrant asks for an early review of their order, and is answered. The days of the answer are the register's own proposal."""

from alembic import op

from migrations.steps import add_figures, allow, policy, refuse, take_figures

revision = "2026_11_27_99f"
down_revision = "2026_11_27_99e"
branch_labels = None
depends_on = None

EVENTS = "early_review_asked early_review_answered"
FIGURES = {"early_review_answer_days": "14"}
TABLE = """
create table early_review (
  id uuid not null,
  case_id uuid not null,
  order_id uuid not null,
  process_id uuid not null,
  asked_at timestamptz not null,
  answer_by date not null,
  sealed bytea not null,
  answered_at timestamptz,
  granted boolean,
  text_id uuid,
  constraint early_review_pk primary key (id),
  constraint early_review_answered_ck check ((answered_at is null) = (granted is null) and answered_at >= asked_at),
  constraint early_review_case_id_fk foreign key (case_id) references fitness_case (id),
  constraint early_review_order_id_fk foreign key (order_id) references case_order (id),
  constraint early_review_process_id_fk foreign key (process_id) references process (id),
  constraint early_review_text_id_fk foreign key (text_id) references case_text (id) on delete set null
);
create index early_review_case_id_ix on early_review (case_id);
create unique index early_review_one_open on early_review (order_id) where answered_at is null
"""
PEOPLE = "'investigator', 'team_manager', 'registrar', 'hearings_officer'"
SERVICE = "(select fitness_capacity()) = 'service'"
STAFF = f"({SERVICE} or (select fitness_has_role({PEOPLE}, 'auditor')))"
WRITERS = f"({SERVICE} or (select fitness_has_role({PEOPLE})))"
OWN = "(select fitness_capacity()) = 'own'"
OF_A_CASE = "case_id in (select id from fitness_case)"


def upgrade() -> None:
    for statement in TABLE.strip().split(";\n"):
        op.execute(statement)
    op.execute("revoke delete, truncate on early_review from register_app")
    policy("early_review", "select", f"{STAFF} and {OF_A_CASE}")
    policy("early_review", "update", f"{WRITERS} and {OF_A_CASE}")
    policy("early_review", "insert", f"{SERVICE} and {OF_A_CASE}")
    for doing in ("select", "insert"):
        policy("early_review", doing, f"{OWN} and {OF_A_CASE}", name="own")
        policy(
            "case_event",
            doing,
            f"{OWN} and kind = 'early_review_asked' and {OF_A_CASE}",
            name="own_early_reviews",
        )
    policy(
        "case_text",
        "select",
        f"{OWN} and id in (select text_id from early_review)",
        name="own_early_reviews",
    )
    allow("case_event", "case_event_code_ck", "kind", EVENTS)
    add_figures(FIGURES)


def downgrade() -> None:
    take_figures(FIGURES)
    for table, doing in (
        ("case_text", "select"),
        ("case_event", "select"),
        ("case_event", "insert"),
    ):
        op.execute(f"drop policy {table}_{doing}_own_early_reviews on {table}")
    op.execute("drop table early_review")
    refuse("case_event", "case_event_code_ck", "kind", EVENTS)
