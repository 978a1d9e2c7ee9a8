"""Certificates; what one says, and when, is never changed."""

from alembic import op

revision = "2026_11_22_08"
down_revision = "2026_11_22_07"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        create table certificate (
            id uuid not null constraint certificate_pk primary key,
            serial text not null constraint certificate_serial_uq unique
                constraint certificate_serial_ck check (serial ~ '^[0-9A-HJKMNP-TV-Z]{16}$'),
            entry_id uuid not null constraint certificate_entry_id_fk references entry (id),
            process_id uuid not null constraint certificate_process_id_fk references process (id),
            as_at timestamptz not null,
            issued_at timestamptz not null,
            says jsonb not null,
            superseded_at timestamptz,
            printed_at timestamptz,
            kept_as text constraint certificate_kept_as_uq unique,
            unprintable text,
            constraint certificate_as_at_ck check (as_at <= issued_at),
            constraint certificate_superseded_at_ck check (superseded_at >= issued_at),
            constraint certificate_printed_ck check ((printed_at is null) = (kept_as is null)),
            constraint certificate_made_once_ck check (printed_at is null or unprintable is null)
        )""")
    op.execute("create index certificate_entry_id_ix on certificate (entry_id)")
    op.execute(
        "create unique index certificate_current on certificate (entry_id) where superseded_at is null"
    )
    op.execute("revoke update, delete on certificate from register_app")
    op.execute(
        "grant update (superseded_at, printed_at, kept_as, unprintable) on certificate to register_app"
    )


def downgrade() -> None:
    op.execute("drop table certificate")
