"""The portfolio route: what a portfolio must show and the figures of the route, as rules, and what two assessors find of one.

The outcomes are the register's own words, to be replaced by those of the diploma when a part opens the route; so are the
figures, after the Independent Review of Children's Residential Care (2016), which knew good managers without the diploma.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_98"
down_revision = "2026_11_26_97"
branch_labels = None
depends_on = None

OUTCOMES = (
    ("P1", "Lead and manage a home so that each child in it is safe"),
    ("P2", "Understand how children develop, and what harm does to them"),
    ("P3", "Lead practice that helps children to form lasting relationships"),
    ("P4", "Lead work with children whose behaviour puts somebody at risk"),
    ("P5", "Lead what the home does for health, learning and independence"),
    ("P6", "Hear children and act on what they say"),
    ("P7", "Recruit, supervise and develop a team"),
    ("P8", "Work with families, schools, police and social workers"),
    ("P9", "Use records, inspection and complaints to make the home better"),
)
FIGURES = {
    "portfolio_care_months": 24,
    "portfolio_care_within_months": 60,
    "portfolio_supervising_months": 12,
    "portfolio_valid_months": 36,
}

TABLES = """
create table portfolio_outcome (
  id uuid not null,
  rule_set_id uuid not null,
  position bigint not null,
  code text not null,
  title text not null,
  constraint portfolio_outcome_pk primary key (id),
  constraint portfolio_outcome_rule_set_id_code_uq unique (rule_set_id, code),
  constraint portfolio_outcome_rule_set_id_fk foreign key (rule_set_id) references rule_set (id)
);
create index portfolio_outcome_rule_set_id_ix on portfolio_outcome (rule_set_id);
revoke update, delete, truncate on portfolio_outcome from register_app;
create trigger no_update before update or delete on portfolio_outcome for each row execute function refuse_change();
create trigger no_truncate before truncate on portfolio_outcome for each statement execute function refuse_change();
alter table portfolio_outcome enable always trigger no_update;
alter table portfolio_outcome enable always trigger no_truncate;
create table portfolio_sign_off (
  id uuid not null,
  application_id uuid not null,
  qualification_id uuid not null,
  sent_id uuid not null,
  met text[] not null,
  not_met text[] not null,
  because_id uuid not null,
  signed_at timestamptz not null,
  account_id uuid not null,
  process_id uuid not null,
  constraint portfolio_sign_off_pk primary key (id),
  constraint portfolio_sign_off_application_id_fk foreign key (application_id) references application (id),
  constraint portfolio_sign_off_account_id_fk foreign key (account_id) references account (id),
  constraint portfolio_sign_off_process_id_fk foreign key (process_id) references process (id),
  constraint portfolio_sign_off_each_once unique (qualification_id, sent_id, account_id),
  constraint portfolio_sign_off_apart_ck check (not met && not_met)
);
revoke update, truncate on portfolio_sign_off from register_app;
create trigger no_update before update on portfolio_sign_off for each row execute function refuse_change();
alter table portfolio_sign_off enable always trigger no_update
"""


def upgrade() -> None:
    for statement in TABLES.strip().split(";\n"):
        op.execute(statement)
    op.get_bind().execute(
        sa.text("""
            insert into portfolio_outcome (id, rule_set_id, position, code, title)
            select gen_random_uuid(), rule_set.id, :position, :code, :title from rule_set where part = 'manager'"""),
        [
            {"position": n, "code": code, "title": title}
            for n, (code, title) in enumerate(OUTCOMES, start=1)
        ],
    )
    kept = json.dumps([{"code": code, "title": title} for code, title in OUTCOMES])
    op.get_bind().execute(
        sa.text("""
            update rule_draft set terms = terms || jsonb_build_object(
              'outcomes', case when part = 'manager' then cast(:kept as jsonb) else '[]'::jsonb end)"""),
        {"kept": kept},
    )
    for figure, months in FIGURES.items():
        change_rules(
            f"data || jsonb_build_object('{figure}', {months})",
            f"jsonb_set(terms, '{{rules,{figure}}}', '{months}')",
        )


def downgrade() -> None:
    for figure in FIGURES:
        change_rules(f"data - '{figure}'", f"terms #- '{{rules,{figure}}}'")
    op.execute("update rule_draft set terms = terms - 'outcomes'")
    op.execute("drop table portfolio_sign_off")
    op.execute("drop table portfolio_outcome")


def change_rules(data: str, terms: str) -> None:
    """A figure that is new to all versions, and to the drafts of the next, is no change of what one said."""
    op.execute("alter table rule_set disable trigger user")
    op.execute(f"update rule_set set data = {data}")
    for trigger in ("no_update", "no_delete", "no_truncate"):
        op.execute(f"alter table rule_set enable always trigger {trigger}")
    op.execute(f"update rule_draft set terms = {terms}")
