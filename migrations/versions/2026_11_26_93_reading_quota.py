"""How much of what is restricted somebody may open in a day, and who is locked out of it."""

from alembic import op

revision = "2026_11_26_93"
down_revision = "2026_11_26_92"
branch_labels = None
depends_on = None

WARN, LOCK = 40, 80
"""The register's own choice: a caseworker's full day, and twice that."""


def upgrade() -> None:
    op.execute("""
        create table reading_lock (
          id uuid not null,
          account_id uuid not null,
          locked_at timestamptz not null,
          sections bigint not null,
          released_at timestamptz,
          released_by_id uuid,
          constraint reading_lock_pk primary key (id),
          constraint reading_lock_account_id_fk foreign key (account_id) references account (id),
          constraint reading_lock_released_by_id_fk foreign key (released_by_id) references account (id),
          constraint reading_lock_released_ck check ((released_at is null) = (released_by_id is null)),
          constraint reading_lock_two_people_ck check (released_by_id <> account_id)
        )""")
    op.execute("create index reading_lock_account_id_ix on reading_lock (account_id)")
    op.execute("""
        create unique index reading_lock_one_open on reading_lock (account_id) where released_at is null""")
    op.execute("revoke delete, truncate on reading_lock from register_app")
    op.execute("create index process_actor_id_at_ix on process (actor_id, at)")
    change_rules(
        f"data || jsonb_build_object('restricted_reads_warn', {WARN}, 'restricted_reads_lock', {LOCK})",
        f"jsonb_set(jsonb_set(terms, '{{rules,restricted_reads_warn}}', '{WARN}'), '{{rules,restricted_reads_lock}}', '{LOCK}')",
    )


def downgrade() -> None:
    change_rules(
        "data - 'restricted_reads_warn' - 'restricted_reads_lock'",
        "terms #- '{rules,restricted_reads_warn}' #- '{rules,restricted_reads_lock}'",
    )
    op.execute("drop index process_actor_id_at_ix")
    op.execute("drop table reading_lock")


def change_rules(data: str, terms: str) -> None:
    """A figure that is new to all versions, and to the drafts of the next, is no change of what one said."""
    op.execute("alter table rule_set disable trigger user")
    op.execute(f"update rule_set set data = {data}")
    for trigger in ("no_update", "no_delete", "no_truncate"):
        op.execute(f"alter table rule_set enable always trigger {trigger}")
    op.execute(f"update rule_draft set terms = {terms}")
