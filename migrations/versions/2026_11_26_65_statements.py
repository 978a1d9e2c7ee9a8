"""The sentences that applicants declare as they send, a list of each version of the rules. The words are the register's own."""

import json

import sqlalchemy as sa
from alembic import op

revision = "2026_11_26_65"
down_revision = "2026_11_26_31"
branch_labels = None
depends_on = None

STATEMENTS = (
    ("D1", "What I have told you in this application is true and complete."),
    (
        "D2",
        "I will tell you at once if any of it changes before you decide, and afterwards of anything that the standards ask me to tell.",
    ),
    (
        "D3",
        "I know that you will check what I have told you with the people and bodies that I named, and with those who hold records about me.",
    ),
    (
        "D4",
        "I know that an answer that is false, or that I kept back, can lead to a refusal, or later to the end of my registration.",
    ),
)


def upgrade() -> None:
    op.execute("""
        create table statement (
          id uuid not null,
          rule_set_id uuid not null,
          position bigint not null,
          code text not null,
          words text not null,
          constraint statement_pk primary key (id),
          constraint statement_rule_set_id_code_uq unique (rule_set_id, code),
          constraint statement_rule_set_id_fk foreign key (rule_set_id) references rule_set (id)
        )""")
    op.execute("create index statement_rule_set_id_ix on statement (rule_set_id)")
    op.execute("revoke update, delete, truncate on statement from register_app")
    op.execute("""
        create trigger no_update before update or delete on statement for each row execute function refuse_change()""")
    op.execute("""
        create trigger no_truncate before truncate on statement for each statement execute function refuse_change()""")
    op.execute("alter table statement enable always trigger no_update")
    op.execute("alter table statement enable always trigger no_truncate")
    op.get_bind().execute(
        sa.text("""
            insert into statement (id, rule_set_id, position, code, words)
            select gen_random_uuid(), rule_set.id, :position, :code, :words from rule_set"""),
        [
            {"position": n, "code": code, "words": words}
            for n, (code, words) in enumerate(STATEMENTS, start=1)
        ],
    )
    kept = json.dumps([{"code": code, "words": words} for code, words in STATEMENTS])
    op.get_bind().execute(
        sa.text(
            "update rule_draft set terms = terms || jsonb_build_object('statements', cast(:kept as jsonb))"
        ),
        {"kept": kept},
    )


def downgrade() -> None:
    op.execute("update rule_draft set terms = terms - 'statements'")
    op.execute("drop table statement")
