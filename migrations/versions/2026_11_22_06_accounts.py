"""What an account proves itself with."""

from alembic import op

revision = "2026_11_22_06"
down_revision = "2026_11_22_05"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        create table recovery_code (
          id uuid not null constraint recovery_code_pk primary key,
          account_id uuid not null constraint recovery_code_account_id_fk references account (id),
          code_hash bytea not null constraint recovery_code_code_hash_uq unique
        )""")
    op.execute("create index recovery_code_account_id_ix on recovery_code (account_id)")
    op.execute("""
        create table emailed_code (
          key bytea not null constraint emailed_code_pk primary key,
          purpose varchar(40) not null constraint emailed_code_code_ck check (purpose in ('sign_up', 'change_email')),
          code_hash bytea not null,
          expires_at timestamptz not null,
          tries_left bigint not null constraint emailed_code_tries_left_ck check (tries_left > 0)
        )""")
    op.execute("create index emailed_code_expires_at_ix on emailed_code (expires_at)")
    op.execute("""
        create table sign_in (
          id uuid not null constraint sign_in_pk primary key,
          account_id uuid not null constraint sign_in_account_id_fk references account (id),
          at timestamptz not null,
          way varchar(40) not null constraint sign_in_code_ck check (way in ('password', 'app', 'recovery_code')),
          network text not null,
          browser text not null
        )""")
    op.execute("create index sign_in_account_id_at_ix on sign_in (account_id, at)")


def downgrade() -> None:
    for table in ("sign_in", "emailed_code", "recovery_code"):
        op.execute(f"drop table {table}")
